/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sections of the image and the symbols that bound them (the architecture's
 * linker script defines them, all page aligned, in this order).
 */
#ifndef VMM_IMAGE_H
#define VMM_IMAGE_H

#include <vmm/types.h>

#define BOOT_TEXT	SECTION(".boot.text") __attribute__((noinline))
#define BOOT_DATA	SECTION(".boot.data")
#define BOOT_RODATA	SECTION(".boot.rodata")

extern char image_start[];
extern char image_text_start[], image_text_end[];	/* r-x */
extern char image_rodata_start[], image_rodata_end[];	/* r-- */
extern char image_boot_start[], image_boot_end[];	/* r-x until freed */
extern char image_data_start[], image_data_end[];	/* rw-, with bss */
extern char image_pool_start[], image_pool_end[];	/* early pages, rw- */
extern char image_end[];

#endif
