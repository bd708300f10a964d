/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages and address space of the fake architecture, at fixed host addresses
 * that neither the C library nor the sanitizers use.  The image's is low, so
 * that code not position independent reaches its symbols.
 */
#ifndef ARCH_PAGE_H
#define ARCH_PAGE_H

#define PAGE_SHIFT		12

#define ARCH_LINEAR_BASE	0x200000000000
#define ARCH_DYNAMIC_BASE	0x300000000000
#define ARCH_DYNAMIC_SIZE	0x1000000000
#define ARCH_IMAGE_BASE		0x60000000

/* Sanitizers put red zones around what lives on a stack. */
#define ARCH_STACK_SIZE		65536

#endif
