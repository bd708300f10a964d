/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entry of a bare-metal guest in S-mode with translation off: a stack of 16 KiB
 * for each VCPU, FP and vectors on if there are such, sscratch its index, a
 * vector that calls vector_sync() or vector_irq() (both a0: frame).
 */
	.section .head, "ax"
	.globl	_start
_start:
	csrw	sie, zero
	rdtime	s2
	mv	s0, a0
	mv	s1, a1
	la	t0, bss_start
	la	t1, bss_end
1:	bgeu	t0, t1, 2f
	sd	zero, (t0)
	addi	t0, t0, 8
	j	1b
2:	la	t0, guest_entry_time
	sd	s2, (t0)
	mv	a0, s0
	jal	cpu_setup
	mv	a0, s1
	jal	guest_main
	j	guest_off

/* a0: hart, a1: index of the VCPU */
	.globl	secondary_start
secondary_start:
	mv	s0, a1
	mv	a0, a1
	jal	cpu_setup
	mv	a0, s0
	jal	guest_secondary
	j	guest_cpu_off

cpu_setup:
	csrw	sie, zero
	csrw	satp, zero
	csrw	sscratch, a0
	la	t0, stacks
	addi	t1, a0, 1
	slli	t1, t1, 14
	add	sp, t0, t1
	li	t0, 0x6600
	csrs	sstatus, t0
	la	t0, vector
	csrw	stvec, t0
	ret

	.text
	.balign	4
vector:
	addi	sp, sp, -160
	sd	ra, 0(sp)
	sd	t0, 8(sp)
	sd	t1, 16(sp)
	sd	t2, 24(sp)
	sd	t3, 32(sp)
	sd	t4, 40(sp)
	sd	t5, 48(sp)
	sd	t6, 56(sp)
	sd	a0, 64(sp)
	sd	a1, 72(sp)
	sd	a2, 80(sp)
	sd	a3, 88(sp)
	sd	a4, 96(sp)
	sd	a5, 104(sp)
	sd	a6, 112(sp)
	sd	a7, 120(sp)
	csrr	t0, sepc
	csrr	t1, sstatus
	sd	t0, 128(sp)
	sd	t1, 136(sp)
	mv	a0, sp
	csrr	t0, scause
	bltz	t0, 1f
	jal	vector_sync
	j	2f
1:	jal	vector_interrupt
2:	ld	t0, 128(sp)
	ld	t1, 136(sp)
	csrw	sepc, t0
	csrw	sstatus, t1
	ld	ra, 0(sp)
	ld	t0, 8(sp)
	ld	t1, 16(sp)
	ld	t2, 24(sp)
	ld	t3, 32(sp)
	ld	t4, 40(sp)
	ld	t5, 48(sp)
	ld	t6, 56(sp)
	ld	a0, 64(sp)
	ld	a1, 72(sp)
	ld	a2, 80(sp)
	ld	a3, 88(sp)
	ld	a4, 96(sp)
	ld	a5, 104(sp)
	ld	a6, 112(sp)
	ld	a7, 120(sp)
	addi	sp, sp, 160
	sret

	.section .note.GNU-stack, "", %progbits
