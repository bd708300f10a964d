/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running what may do anything: a piece of code with registers and an sstatus
 * of the caller's choice, until it takes an exception or interrupt.  What the
 * caller needs back is found by sscratch.
 */
	.text

	.macro	area reg, other
	csrr	\reg, sscratch
	andi	\reg, \reg, 7
	slli	\reg, \reg, 7
	la	\other, areas
	add	\reg, \reg, \other
	.endm

/* For recover_saved: what a caller needs back. */
	.macro	save
	area	t0, t1
	sd	ra, 0(t0)
	sd	sp, 8(t0)
	sd	s0, 16(t0)
	sd	s1, 24(t0)
	sd	s2, 32(t0)
	sd	s3, 40(t0)
	sd	s4, 48(t0)
	sd	s5, 56(t0)
	sd	s6, 64(t0)
	sd	s7, 72(t0)
	sd	s8, 80(t0)
	sd	s9, 88(t0)
	sd	s10, 96(t0)
	sd	s11, 104(t0)
	csrr	t1, stvec
	sd	t1, 112(t0)
	.endm

/* a0: code, a1: x1 to x31 for it, a2: sstatus.  Gives scause. */
	.globl	hostile_call
hostile_call:
	save
	la	t1, recover
	csrw	stvec, t1
	csrw	sepc, a0
	li	t1, 0x7e6122
	csrc	sstatus, t1
	csrs	sstatus, a2
	mv	x31, a1
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, \
		17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	ld	x\n, 8 * (\n - 1)(x31)
	.endr
	ld	x31, 8 * 30(x31)
	sret

	.balign	4
recover:
	csrw	sie, zero
	csrci	sip, 2
recover_saved:
	area	t0, t1
	ld	ra, 0(t0)
	ld	sp, 8(t0)
	ld	s0, 16(t0)
	ld	s1, 24(t0)
	ld	s2, 32(t0)
	ld	s3, 40(t0)
	ld	s4, 48(t0)
	ld	s5, 56(t0)
	ld	s6, 64(t0)
	ld	s7, 72(t0)
	ld	s8, 80(t0)
	ld	s9, 88(t0)
	ld	s10, 96(t0)
	ld	s11, 104(t0)
	ld	t1, 112(t0)
	csrw	stvec, t1
	csrr	a0, scause
	ret

/*
 * a0: code, a1: its end, a2: value, a3: sstatus, a4: where results go.  An
 * exception before the end is noted in a3 and stepped over.
 */
	.globl	hostile_sweep
hostile_sweep:
	save
	la	t1, sweep_trap
	csrw	stvec, t1
	csrw	sepc, a0
	li	t1, 0x7e6122
	csrc	sstatus, t1
	andi	a3, a3, ~0x20
	csrs	sstatus, a3
	mv	a5, a2
	mv	a0, a4
	sret

	.balign	4
sweep_trap:
	csrr	t0, scause
	bltz	t0, 1f
	csrr	t1, sepc
	bgeu	t1, a1, recover_saved
	addi	a3, t0, 1
	addi	t1, t1, 4
	csrw	sepc, t1
	sret
/* Its own doing: no interrupt was on before. */
1:	csrw	sie, zero
	li	t1, 0x20
	csrc	sstatus, t1
	sret

	.bss
	.balign	128
areas:	.skip	8 * 128

	.section .note.GNU-stack, "", %progbits
