/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entry of the image, first CPU and others.  Header: the arm64 "Image"
 * format of Linux' Documentation/arch/arm64/booting.rst.  The MMU is turned
 * on with small tables built here: the image at its link address, at its
 * physical address for the step across, and the device tree.
 */
#include <arch/boot.h>
#include <arch/offsets.h>
#include <arch/page.h>

#define BLOCK_SHIFT	21
#define BLOCK_NORMAL	0x709		/* AF, inner shareable, MAIR 2 */

	.section .head, "ax"
	.global image_head
image_head:
	b	start
	.long	0
	.quad	0			/* text_offset */
	.quad	image_load_size
	.quad	0xa			/* little endian, 4K pages, anywhere */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

/*
 * x0: device tree.  Keeps it in x20, the image's physical address in x21,
 * the exception level in x19.
 */
start:
	msr	daifset, #0xf
	mov	x20, x0
	adrp	x21, image_head
	mrs	x19, CurrentEL
	bl	tables_clean
	bl	tables_build
	bl	tables_clean
	bl	mmu_on
	ldr	x1, =high_start
	br	x1

/* At the link address. */
high_start:
	adrp	x0, boot_stack_top
	add	x0, x0, :lo12:boot_stack_top
	mov	sp, x0
	mov	x29, xzr
	mov	x30, xzr
	ldr	x0, =image_bss_start
	ldr	x1, =image_bss_end
1:	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	1b
	mov	x0, x20
	mov	x1, x21
	cmp	x19, #(2 << 2)
	b.ne	boot_wrong_level
	ldr	x2, =vectors
	msr	vbar_el2, x2
	isb
	b	boot_main

/*
 * Another CPU, MMU off, x0: its struct cpu.  Our own tables hold its stack.
 */
	.global secondary_start
secondary_start:
	msr	daifset, #0xf
	mov	x20, x0
	mrs	x19, CurrentEL
	cmp	x19, #(2 << 2)
	b.ne	hang			/* its starter times out and says so */
	bl	mmu_on
	ldr	x1, =high_secondary
	br	x1

high_secondary:
	ldr	x1, =boot_host_root
	ldr	x1, [x1]
	msr	ttbr0_el2, x1
	isb
	tlbi	alle2
	dsb	nsh
	isb
	ldr	x2, =vectors
	msr	vbar_el2, x2
	isb
	ldr	x1, [x20, #CPU_BOOT_STACK]
	mov	sp, x1
	mov	x29, xzr
	mov	x30, xzr
	mov	x0, x20
	b	boot_secondary

hang:	wfe
	b	hang

/*
 * Drops what caches hold of the tables: they are written with the MMU off.
 */
tables_clean:
	adrp	x0, boot_tables
	mov	x1, #(BOOT_TABLE_COUNT << PAGE_SHIFT)
	add	x1, x0, x1
	mrs	x2, ctr_el0
	ubfx	x2, x2, #16, #4
	mov	x3, #4
	lsl	x2, x3, x2
1:	dc	ivac, x0
	add	x0, x0, x2
	cmp	x0, x1
	b.lo	1b
	dsb	sy
	ret

/*
 * Pages of boot_tables: level 0, levels 1 and 2 of the physical address,
 * levels 1 and 2 of the link address.
 */
tables_build:
	adrp	x0, boot_tables
	mov	x1, #(BOOT_TABLE_COUNT << PAGE_SHIFT)
	add	x1, x0, x1
	mov	x2, x0
1:	stp	xzr, xzr, [x2], #16
	cmp	x2, x1
	b.lo	1b
	add	x1, x0, #(1 << PAGE_SHIFT)
	add	x2, x0, #(2 << PAGE_SHIFT)
	add	x3, x0, #(3 << PAGE_SHIFT)
	add	x4, x0, #(4 << PAGE_SHIFT)

	ubfx	x5, x21, #39, #9
	orr	x6, x1, #3
	str	x6, [x0, x5, lsl #3]
	ubfx	x5, x21, #30, #9
	orr	x6, x2, #3
	str	x6, [x1, x5, lsl #3]
	orr	x6, x3, #3
	str	x6, [x0, #((ARCH_IMAGE_BASE >> 39) * 8)]
	orr	x6, x4, #3
	str	x6, [x3]

	/* The image: one block unless it outgrows 2 MiB. */
	lsr	x5, x21, #BLOCK_SHIFT
	lsl	x5, x5, #BLOCK_SHIFT
	mov	x6, #BLOCK_NORMAL
	orr	x5, x5, x6
	ubfx	x6, x21, #BLOCK_SHIFT, #9
	str	x5, [x2, x6, lsl #3]
	ldr	x7, =image_load_size
	mov	x6, xzr
1:	str	x5, [x4, x6, lsl #3]
	add	x5, x5, #(1 << BLOCK_SHIFT)
	add	x6, x6, #1
	cmp	x7, x6, lsl #BLOCK_SHIFT
	b.hi	1b

	/* The tree, at most 2 MiB long, may cross a boundary. */
	lsr	x5, x20, #BLOCK_SHIFT
	lsl	x5, x5, #BLOCK_SHIFT
	mov	x6, #BLOCK_NORMAL
	orr	x5, x5, x6
	add	x4, x4, #(BOOT_DTB_SLOT * 8)
	add	x6, x5, #(1 << BLOCK_SHIFT)
	stp	x5, x6, [x4]
	ret

/* x19: exception level.  Returns at the physical address. */
mmu_on:
	ldr	x0, =BOOT_MAIR
	ldr	x1, =BOOT_TCR
	mrs	x2, id_aa64mmfr0_el1
	and	x2, x2, #0xf
	mov	x3, #6			/* no more than 52 bits */
	cmp	x2, x3
	csel	x2, x2, x3, lo
	adrp	x3, boot_tables
	ldr	x4, =BOOT_SCTLR
	cmp	x19, #(2 << 2)
	b.ne	1f

	bfi	x1, x2, #16, #3		/* TCR_EL2.PS */
	msr	mair_el2, x0
	msr	tcr_el2, x1
	msr	ttbr0_el2, x3
	mov	x5, #(1 << 31)		/* HCR_EL2.RW, nothing else yet */
	msr	hcr_el2, x5
	isb
	tlbi	alle2
	dsb	nsh
	isb
	ic	iallu
	dsb	nsh
	isb
	msr	sctlr_el2, x4
	isb
	ret

1:	bfi	x1, x2, #32, #3		/* TCR_EL1.IPS */
	msr	mair_el1, x0
	msr	tcr_el1, x1
	msr	ttbr0_el1, x3
	isb
	tlbi	vmalle1
	dsb	nsh
	isb
	ic	iallu
	dsb	nsh
	isb
	msr	sctlr_el1, x4
	isb
	ret

	.ltorg

	.section .bss.boot_stack, "aw", %nobits
	.balign	16
boot_stack:
	.skip	ARCH_STACK_SIZE
boot_stack_top:

	.section .boot.bss, "aw", %nobits
	.balign	1 << PAGE_SHIFT
	.global boot_tables
boot_tables:
	.skip	BOOT_TABLE_COUNT << PAGE_SHIFT
