/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Moving vector registers, eight at a time; layout: struct arch_vector.
 * Instructions of V by their encodings: only here may the assembler know
 * them.  a0: the memory, a1: bytes of a register.
 */
#include <arch/csr.h>

#define VS8R(v)		(0xe2800027 | (v) << 7 | 12 << 15)	/* (a2) */
#define VL8RE8(v)	(0xe2800007 | (v) << 7 | 12 << 15)

	.macro	each_eight first, second, third, fourth
	slli	a1, a1, 3
	addi	a2, a0, 32
	.word	\first
	add	a2, a2, a1
	.word	\second
	add	a2, a2, a1
	.word	\third
	add	a2, a2, a1
	.word	\fourth
	.endm

	.text
	.global	vector_save
vector_save:
	csrr	t0, CSR_VSTART
	csrr	t1, CSR_VCSR
	csrr	t2, CSR_VL
	csrr	t3, CSR_VTYPE
	sd	t0, 0(a0)
	sd	t1, 8(a0)
	sd	t2, 16(a0)
	sd	t3, 24(a0)
	csrw	CSR_VSTART, zero
	each_eight VS8R(0), VS8R(8), VS8R(16), VS8R(24)
	csrw	CSR_VSTART, t0
	ret

	.global	vector_restore
vector_restore:
	csrw	CSR_VSTART, zero
	each_eight VL8RE8(0), VL8RE8(8), VL8RE8(16), VL8RE8(24)
	ld	t0, 0(a0)
	ld	t1, 8(a0)
	ld	t2, 16(a0)
	ld	t3, 24(a0)
	.insn	r 0x57, 7, 0x40, x0, t2, t3	/* vsetvl zero, t2, t3 */
	csrw	CSR_VCSR, t1
	csrw	CSR_VSTART, t0
	ret
