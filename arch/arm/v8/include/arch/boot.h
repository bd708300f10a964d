/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values that boot code and C agree on. */
#ifndef ARCH_BOOT_H
#define ARCH_BOOT_H

/* Attributes: 0 device nGnRE, 1 normal uncached, 2 normal write-back. */
#define BOOT_MAIR		0xff4404
/* 48-bit addresses, 4K, write-back walks, inner shareable, RES1 bits. */
#define BOOT_TCR		0x80803510
/* MMU, caches, stack alignment; RES1 bits of EL1 and EL2 alike. */
#define BOOT_SCTLR		0x30c5183d

#define BOOT_TABLE_COUNT	5
/* 2 MiB slots from ARCH_IMAGE_BASE: the tree's two, and a device's. */
#define BOOT_DTB_SLOT		256
#define BOOT_DEVICE_SLOT	260

#endif
