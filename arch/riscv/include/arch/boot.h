/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values that boot code and C agree on. */
#ifndef ARCH_BOOT_H
#define ARCH_BOOT_H

/*
 * Sv39's root, the table of the GiB that the image is linked to, and what
 * lies above that root with Sv48 and Sv57.
 */
#define BOOT_TABLE_COUNT	4
/* 2 MiB slots from ARCH_IMAGE_BASE: the tree's two. */
#define BOOT_DTB_SLOT		256

#endif
