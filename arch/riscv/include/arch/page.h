/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages and the layout of our own virtual address space: the upper half of
 * Sv39's, which is canonical with Sv48 and Sv57 as well.  With those the
 * linear map begins where their upper half does.
 */
#ifndef ARCH_PAGE_H
#define ARCH_PAGE_H

#define PAGE_SHIFT		12

#define ARCH_DYNAMIC_BASE	0xfffffff000000000	/* devices, stacks */
#define ARCH_DYNAMIC_SIZE	0x800000000
#define ARCH_IMAGE_BASE		0xffffffff80000000	/* link address */

#define ARCH_STACK_SIZE		8192

#ifndef __ASSEMBLY__

/* Physical address 0; constant once core runs. */
extern unsigned long long page_linear_base;
#define ARCH_LINEAR_BASE	page_linear_base

#endif

#endif
