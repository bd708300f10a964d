/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running what may do anything: a piece of code with registers and a PSTATE
 * of the caller's choice, until it takes an exception of whatever kind.  What
 * the caller needs back is found by MPIDR_EL1, which the code cannot change.
 */
	.text

/* x16: where this VCPU keeps its registers meanwhile */
	.macro	area
	mrs	x16, mpidr_el1
	and	x16, x16, #7
	adrp	x17, areas
	add	x17, x17, :lo12:areas
	add	x16, x17, x16, lsl #7
	.endm

/*
 * x0: code, x1: x0 to x30 for it, x2: PSTATE, x3: its stack.  Gives the
 * ESR_EL1 of how it ended; 0 is an interrupt.
 */
	.globl	hostile_call
hostile_call:
	area
	stp	x19, x20, [x16, #0]
	stp	x21, x22, [x16, #16]
	stp	x23, x24, [x16, #32]
	stp	x25, x26, [x16, #48]
	stp	x27, x28, [x16, #64]
	stp	x29, x30, [x16, #80]
	mov	x4, sp
	str	x4, [x16, #96]
	adr	x4, hostile_vectors
	msr	vbar_el1, x4
	msr	elr_el1, x0
	msr	spsr_el1, x2
	msr	sp_el0, x3
	mov	sp, x3
	isb
	mov	x30, x1
	ldp	x0, x1, [x30, #0]
	ldp	x2, x3, [x30, #16]
	ldp	x4, x5, [x30, #32]
	ldp	x6, x7, [x30, #48]
	ldp	x8, x9, [x30, #64]
	ldp	x10, x11, [x30, #80]
	ldp	x12, x13, [x30, #96]
	ldp	x14, x15, [x30, #112]
	ldp	x16, x17, [x30, #128]
	ldp	x18, x19, [x30, #144]
	ldp	x20, x21, [x30, #160]
	ldp	x22, x23, [x30, #176]
	ldp	x24, x25, [x30, #192]
	ldp	x26, x27, [x30, #208]
	ldp	x28, x29, [x30, #224]
	ldr	x30, [x30, #240]
	eret

/*
 * x0: code, x1: its end, x2: value, x3: PSTATE, x4: where results go.  An
 * exception before the end is noted in x13 and stepped over.
 */
	.globl	hostile_sweep
hostile_sweep:
	area
	stp	x19, x20, [x16, #0]
	stp	x21, x22, [x16, #16]
	stp	x23, x24, [x16, #32]
	stp	x25, x26, [x16, #48]
	stp	x27, x28, [x16, #64]
	stp	x29, x30, [x16, #80]
	mov	x5, sp
	str	x5, [x16, #96]
	mrs	x5, vbar_el1
	str	x5, [x16, #104]
	adr	x5, sweep_vectors
	msr	vbar_el1, x5
	msr	elr_el1, x0
	orr	x3, x3, #0xc0
	msr	spsr_el1, x3
	mov	x11, x1
	mov	x14, x2
	mov	x10, x4
	isb
	eret

sweep_sync:
	mrs	x16, elr_el1
	cmp	x16, x11
	b.hs	sweep_end
	add	x16, x16, #4
	msr	elr_el1, x16
	mrs	x13, esr_el1
	add	x13, x13, #1
	eret
/* Its own doing: no interrupt was on before. */
sweep_irq:
	mrs	x16, spsr_el1
	orr	x16, x16, #0x1c0
	msr	spsr_el1, x16
	eret
sweep_end:
	msr	spsel, #1
	area
	ldr	x5, [x16, #104]
	msr	vbar_el1, x5
	b	recover_saved

recover_irq:
	mrs	x0, S3_0_C12_C12_0	/* ICC_IAR1_EL1 */
	msr	cntv_ctl_el0, xzr
	msr	cntp_ctl_el0, xzr
	msr	S3_0_C12_C12_1, x0	/* ICC_EOIR1_EL1 */
	mov	x0, xzr
	b	1f
recover_sync:
	mrs	x0, esr_el1
1:	msr	daifset, #0xf
	msr	spsel, #1
	area
recover_saved:
	ldp	x19, x20, [x16, #0]
	ldp	x21, x22, [x16, #16]
	ldp	x23, x24, [x16, #32]
	ldp	x25, x26, [x16, #48]
	ldp	x27, x28, [x16, #64]
	ldp	x29, x30, [x16, #80]
	ldr	x1, [x16, #96]
	mov	sp, x1
	ret

	.balign	2048
hostile_vectors:
	.rept	4
	.balign	128
	b	recover_sync
	.balign	128
	b	recover_irq
	.balign	128
	b	recover_irq
	.balign	128
	b	recover_sync
	.endr

	.balign	2048
sweep_vectors:
	.rept	4
	.balign	128
	b	sweep_sync
	.balign	128
	b	sweep_irq
	.balign	128
	b	sweep_irq
	.balign	128
	b	sweep_sync
	.endr

	.bss
	.balign	128
areas:	.skip	8 * 128

	.section .note.GNU-stack, "", %progbits
