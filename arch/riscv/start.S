/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entry of the image, first CPU and others.  Header: the "Image" format of
 * Linux' Documentation/arch/riscv/boot-image-header.rst.  The image runs
 * wherever it was loaded, on a boundary of 2 MiB: translation is turned on
 * with small Sv39 tables that know it at its link address only, so that the
 * next fetch faults, and goes to stvec.
 */
#include <arch/boot.h>
#include <arch/csr.h>
#include <arch/offsets.h>
#include <arch/page.h>

#define BLOCK_SHIFT	21
#define LEAF		0xef		/* D, A, G, X, W, R, V */
#define TABLE		0x01

	.section .head, "ax"
	.option	push
	.option	norvc
	.global image_head
image_head:
	j	start
	nop
	.quad	0x200000		/* text_offset */
	.quad	image_load_size
	.quad	0			/* little endian */
	.long	2			/* version 0.2 */
	.long	0
	.quad	0
	.ascii	"RISCV\0\0\0"
	.ascii	"RSC\x05"
	.long	0
	.option	pop

/*
 * a0: hart, a1: device tree.  Keeps them in s0 and s1, and the image's
 * physical address in s2.
 */
start:
	csrw	CSR_SIE, zero
	csrci	CSR_SSTATUS, SSTATUS_SIE
	li	t0, 1
	lla	t1, start_taken
	amoswap.w.aqrl t0, t0, (t1)
	bnez	t0, start_late
	mv	s0, a0
	mv	s1, a1
	lla	s2, image_head
	call	tables_build
	lla	a0, boot_tables
	srli	a0, a0, PAGE_SHIFT
	li	a1, ATP_MODE_39 << ATP_MODE_SHIFT
	or	a0, a0, a1
	lla	a1, high_start
	j	translate

/*
 * The hypervisor runs already.  OpenSBI before 1.2 can send a CPU here that
 * it was asked to start elsewhere: it calls it started before it has noted
 * where.  Waits for its own turn.
 */
start_late:
	lla	t0, boot_next
	lla	t1, image_head
	li	t2, ARCH_IMAGE_BASE
	sub	t1, t1, t2
1:	ld	a1, (t0)
	beqz	a1, 1b
	add	t2, a1, t1
	ld	t2, CPU_HWID(t2)
	bne	t2, a0, 1b
	fence	r, rw
	j	secondary_start

/*
 * Goes on at a1, an address in the image before translation, behind it with
 * satp as a0 says.
 */
translate:
	lla	a2, image_head
	sub	a1, a1, a2
	li	a2, ARCH_IMAGE_BASE
	add	a1, a1, a2
	csrw	CSR_STVEC, a1
	sfence.vma
	csrw	CSR_SATP, a0
	/* Here only in M-mode, which has no translation and no firmware. */
hang:	wfi
	j	hang

/* At the link address. */
	.balign	4
high_start:
	lla	sp, boot_stack_top
	lla	t0, image_bss_start
	lla	t1, image_bss_end
1:	sd	zero, (t0)
	addi	t0, t0, 8
	bltu	t0, t1, 1b
	lla	t0, vectors
	csrw	CSR_STVEC, t0
	csrw	CSR_SSCRATCH, zero
	mv	a0, s0
	mv	a1, s1
	mv	a2, s2
	mv	s0, zero
	mv	ra, zero
	j	boot_main

/* Another CPU, translation off, a1: its struct cpu. */
	.global secondary_start
secondary_start:
	csrw	CSR_SIE, zero
	csrci	CSR_SSTATUS, SSTATUS_SIE
	mv	s1, a1
	lla	a0, boot_satp
	ld	a0, (a0)
	lla	a1, high_secondary
	j	translate

	.balign	4
high_secondary:
	lla	t0, vectors
	csrw	CSR_STVEC, t0
	csrw	CSR_SSCRATCH, zero
	ld	sp, CPU_BOOT_STACK(s1)
	mv	a0, s1
	mv	s0, zero
	mv	ra, zero
	j	boot_secondary

/* The root has one entry, its table the image and the device tree. */
tables_build:
	lla	t0, boot_tables
	li	t1, BOOT_TABLE_COUNT << PAGE_SHIFT
	add	t1, t0, t1
	mv	t2, t0
1:	sd	zero, (t2)
	addi	t2, t2, 8
	bltu	t2, t1, 1b
	li	t3, 1 << PAGE_SHIFT
	add	t1, t0, t3
	srli	t2, t1, PAGE_SHIFT - 10
	ori	t2, t2, TABLE
	li	t3, (ARCH_IMAGE_BASE >> 30 & 0x1ff) * 8
	add	t0, t0, t3
	sd	t2, (t0)

	srli	t2, s2, BLOCK_SHIFT
	slli	t2, t2, BLOCK_SHIFT - PAGE_SHIFT + 10
	ori	t2, t2, LEAF
	li	t3, 1 << (BLOCK_SHIFT - PAGE_SHIFT + 10)
	lla	t4, image_end
	mv	t5, s2
	li	t6, 1 << BLOCK_SHIFT
	mv	t0, t1
1:	sd	t2, (t0)
	add	t2, t2, t3
	add	t5, t5, t6
	addi	t0, t0, 8
	bltu	t5, t4, 1b

	/* The tree, at most 2 MiB long, may cross a boundary. */
	srli	t2, s1, BLOCK_SHIFT
	slli	t2, t2, BLOCK_SHIFT - PAGE_SHIFT + 10
	ori	t2, t2, LEAF
	li	t4, BOOT_DTB_SLOT * 8
	add	t1, t1, t4
	sd	t2, 0(t1)
	add	t2, t2, t3
	sd	t2, 8(t1)
	ret

	/* Not cleared by whoever comes first. */
	.section .data.start, "aw"
	.balign	8
	.global	boot_next
boot_next:
	.quad	0
start_taken:
	.word	0

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
