/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The image's sections; symbols as <vmm/image.h> documents them.  Sections
 * of entry code: .head, where the image begins, and .boot.bss, which nobody
 * clears.
 */
#include <arch/page.h>
#include <vmm/sets.lds.h>

#define PAGE	(1 << PAGE_SHIFT)

ENTRY(image_head)

SECTIONS
{
	. = ARCH_IMAGE_BASE;
	image_start = .;
	image_text_start = .;
	.text : {
		KEEP(*(.head))
		*(.text .text.*)
	}
	. = ALIGN(PAGE);
	image_text_end = .;

	image_boot_start = .;
	.boot : {
		*(.boot.text .boot.text.*)
		. = ALIGN(4);
		alternatives_start = .;
		KEEP(*(.boot.rodata.alternatives))
		alternatives_end = .;
		*(.boot.rodata .boot.rodata.*)
	}
	. = ALIGN(PAGE);
	image_boot_end = .;

	image_rodata_start = .;
	.rodata : {
		*(.rodata .rodata.*)
		SETS
	}
	.symbols : { KEEP(*(.symbols)) }
	. = ALIGN(PAGE);
	image_rodata_end = .;

	image_data_start = .;
	.data : {
		*(.data .data.*)
		*(.boot.data)
		. = ALIGN(16);
	}
	image_file_end = .;
	.bss (NOLOAD) : {
		. = ALIGN(16);
		image_bss_start = .;
		*(.bss .bss.*)
		*(COMMON)
		. = ALIGN(16);
		image_bss_end = .;
		. = ALIGN(PAGE);
		*(.boot.bss)
	}
	. = ALIGN(PAGE);
	image_data_end = .;

	.pool (NOLOAD) : {
		image_pool_start = .;
		. += 64 * PAGE;
		image_pool_end = .;
	}
	image_end = .;
	image_load_size = image_end - image_start;

	/DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) }
}

ASSERT(image_load_size <= 64 << 20, "the image outgrew its boot mapping")
