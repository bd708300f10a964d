/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages and the layout of our own 48-bit virtual address space at EL2, one
 * level-0 slot of the top-level table for each kind of mapping.
 */
#ifndef ARCH_PAGE_H
#define ARCH_PAGE_H

#define PAGE_SHIFT		12

#define ARCH_DYNAMIC_BASE	0x200000000000	/* devices, stacks */
#define ARCH_DYNAMIC_SIZE	0x1000000000
#define ARCH_IMAGE_BASE		0x400000000000	/* link address */
#define ARCH_LINEAR_BASE	0x800000000000	/* physical address 0 */

#define ARCH_STACK_SIZE		8192

#endif
