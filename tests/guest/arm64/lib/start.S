/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entry of a bare-metal guest at EL1 with the MMU off: a stack of 16 KiB for
 * each VCPU, FP on, vectors that call vector_sync() (x0: where ELR_EL1 is
 * saved, x1: x30) and vector_irq().
 */
	.section .head, "ax"
	.globl _start
_start:
	mrs	x20, cntvct_el0
	mov	x19, x0
	adr	x0, bss_start
	adr	x1, bss_end
1:	cmp	x0, x1
	b.hs	2f
	str	xzr, [x0], #8
	b	1b
2:	adrp	x0, guest_entry_time
	str	x20, [x0, :lo12:guest_entry_time]
	mov	x0, #0
	bl	cpu_setup
	mov	x0, x19
	bl	guest_main
	b	guest_off

/* x0: index of the VCPU (what it was turned on with). */
	.globl secondary_start
secondary_start:
	mrs	x20, cntvct_el0
	mov	x19, x0
	bl	cpu_setup
	mov	x0, x19
	bl	guest_secondary
	b	guest_cpu_off

cpu_setup:
	msr	tpidr_el1, x0
	adrp	x1, stacks
	add	x1, x1, :lo12:stacks
	add	x2, x0, #1
	add	x1, x1, x2, lsl #14
	mov	sp, x1
	mov	x1, #3 << 20
	msr	cpacr_el1, x1
	adr	x1, vectors
	msr	vbar_el1, x1
	isb
	ret

	.macro	vector handler
	.balign	128
	sub	sp, sp, #192
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x30, [sp, #144]
	mrs	x0, elr_el1
	mrs	x1, spsr_el1
	stp	x0, x1, [sp, #160]
	add	x0, sp, #160
	mov	x1, x30
	bl	\handler
	b	vector_return
	.endm

	.text
	.balign	2048
vectors:
	.rept	4
	vector	vector_sync
	vector	vector_irq
	vector	vector_sync
	vector	vector_sync
	.endr

vector_return:
	ldp	x0, x1, [sp, #160]
	msr	elr_el1, x0
	msr	spsr_el1, x1
	ldp	x0, x1, [sp]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x30, [sp, #144]
	add	sp, sp, #192
	eret

	.section .note.GNU-stack, "", %progbits
