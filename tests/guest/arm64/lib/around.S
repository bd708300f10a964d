/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x0: an array of all integer registers, which are loaded, an instruction run,
 * and stored again.  The stack pointer is our own: a vector may need it.
 */
	.arch_extension simd
	.text

	.macro	around name, insns:vararg
	.globl	around_\name
around_\name:
	stp	x19, x20, [sp, #-112]!
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	str	x0, [sp, #96]
	sub	sp, sp, #256
	mov	x30, x0
	.irp	n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26
	ldr	x\n, [x30, #8 * \n]
	.endr
	.irp	n, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 28, 29, 30
	ldr	x\n, [x30, #8 * \n]
	.endr
	\insns
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, \
		17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	str	x\n, [sp, #8 * \n]
	.endr
	b	around_end
	.endm

	.macro	countdown
1:	subs	x20, x20, #1
	b.ne	1b
	.endm

around_end:
	ldr	x0, [sp, #256 + 96]
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, \
		17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	ldr	x1, [sp, #8 * \n]
	str	x1, [x0, #8 * \n]
	.endr
	add	sp, sp, #256
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	ldp	x19, x20, [sp], #112
	ret

	around	hvc, hvc #0
	around	smc, smc #0
	around	wfe, wfe
	around	wfi, wfi
	around	sysreg_read, mrs x5, actlr_el1
	around	sysreg_id, mrs x29, id_aa64pfr0_el1
	around	sysreg_hidden, mrs x3, pmcr_el0
	around	sysreg_write, msr cntp_tval_el0, x8
	around	counter, mrs x6, cntpct_el0
	around	load_word, ldr w9, [x10]
	around	load_byte, ldrb w9, [x10]
	around	load_pair, ldp w12, w13, [x10]
	around	load_back, ldr w14, [x10], #0
	around	load_last, ldr w30, [x10]
	around	load_zero, ldr wzr, [x10]
	around	store_word, str w11, [x10]
	around	store_pair, stp w12, w13, [x10]
	around	load_nothing, ldr x15, [x16]
	around	store_nothing, str x15, [x16]
	around	exclusive, ldxr w15, [x16]
	around	fp, fmov d0, x1
	around	spin, countdown

	.section .note.GNU-stack, "", %progbits
