/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Switching threads: what the procedure call standard lets a callee keep
 * (AAPCS64 6.1), the stack, and the two registers that exits leave to it.
 */
	.text
	.global	arch_thread_switch
arch_thread_switch:
	stp	x19, x20, [x0, #16 * 0]
	stp	x21, x22, [x0, #16 * 1]
	stp	x23, x24, [x0, #16 * 2]
	stp	x25, x26, [x0, #16 * 3]
	stp	x27, x28, [x0, #16 * 4]
	stp	x29, x30, [x0, #16 * 5]
	mov	x2, sp
	mrs	x3, elr_el2
	mrs	x4, spsr_el2
	stp	x2, x3, [x0, #16 * 6]
	str	x4, [x0, #16 * 7]
	ldr	x4, [x1, #16 * 7]
	ldp	x2, x3, [x1, #16 * 6]
	msr	spsr_el2, x4
	msr	elr_el2, x3
	mov	sp, x2
	ldp	x29, x30, [x1, #16 * 5]
	ldp	x27, x28, [x1, #16 * 4]
	ldp	x25, x26, [x1, #16 * 3]
	ldp	x23, x24, [x1, #16 * 2]
	ldp	x21, x22, [x1, #16 * 1]
	ldp	x19, x20, [x1, #16 * 0]
	ret

/* First code of a thread: x19 is its body, x20 the body's argument. */
	.global	thread_entry
thread_entry:
	mov	x29, xzr
	mov	x30, xzr
	mov	x0, x20
	br	x19
