/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages and the layout of our own virtual address space: the upper half of
 * Sv39's, which is canonical with Sv48 and Sv57 as well.
 */
#ifndef ARCH_PAGE_H
#define ARCH_PAGE_H

#define PAGE_SHIFT		12

#define ARCH_LINEAR_BASE	0xffffffc000000000	/* physical address 0 */
#define ARCH_DYNAMIC_BASE	0xfffffff000000000	/* devices, stacks */
#define ARCH_DYNAMIC_SIZE	0x800000000
#define ARCH_IMAGE_BASE		0xffffffff80000000	/* link address */

#define ARCH_STACK_SIZE		8192

#endif
