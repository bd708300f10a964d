/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages and address space of the fake architecture.  Physical address 0 is at
 * a fixed host address that neither the C library nor the sanitizers use.
 */
#ifndef ARCH_PAGE_H
#define ARCH_PAGE_H

#define PAGE_SHIFT		12

#define ARCH_LINEAR_BASE	0x200000000000
#define ARCH_DYNAMIC_BASE	0x300000000000
#define ARCH_DYNAMIC_SIZE	0x1000000000
#define ARCH_IMAGE_BASE		0x400000000000

/* Sanitizers put red zones around what lives on a stack. */
#define ARCH_STACK_SIZE		65536

#endif
