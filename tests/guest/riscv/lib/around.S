/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * a0: an array of all integer registers, which are loaded, an instruction run,
 * and stored again.  The stack pointer is our own: a vector may need it.
 */
	.text
	.option	push
	.option	arch, +d

	.macro	each what, base, from=0
	.irp	n, 1, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, \
		20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\what	x\n, \from + 8 * \n(\base)
	.endr
	\what	x10, \from + 80(\base)
	.endm

	.macro	around name, insns:vararg
	.globl	around_\name
around_\name:
	addi	sp, sp, -528
	each	sd, sp, 256
	sd	a0, 512(sp)
	each	ld, a0
	\insns
	each	sd, sp
	j	around_end
	.endm

	.macro	countdown
1:	addi	x20, x20, -1
	bnez	x20, 1b
	.endm

around_end:
	ld	a0, 512(sp)
	.irp	n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, \
		19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	ld	a1, 8 * \n(sp)
	sd	a1, 8 * \n(a0)
	.endr
	each	ld, sp, 256
	addi	sp, sp, 528
	ret

	around	ecall, ecall
	around	wfi, wfi
	around	hidden, csrr x9, 0x600
	around	counter, csrr x9, time
	around	load_word, lw x9, (x10)
	around	load_half, lhu x9, (x10)
	around	load_byte, lbu x9, (x10)
	around	load_signed, lb x9, (x10)
	around	load_double, ld x9, (x10)
	around	load_base, lwu x10, (x10)
	around	load_ra, lwu x1, (x10)
	around	load_zero, lw x0, (x10)
	around	load_short, c.lw x9, 0(x10)
	around	store_word, sw x11, (x10)
	around	store_byte, sb x31, (x10)
	around	store_fp, fsw f1, (x10)
	around	load_fp, flw f1, (x10)
	around	amo, amoadd.w x9, x11, (x10)
	around	fp, fmv.d.x f1, x11
	around	spin, countdown

	.option	pop
	.section .note.GNU-stack, "", %progbits
