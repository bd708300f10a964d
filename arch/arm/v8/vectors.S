/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exception vectors of EL2 (Arm ARM D1.3).  An exit from a guest saves the
 * guest's general registers at the top of its thread's stack, where SP_EL2
 * points while the guest runs, and calls one C function by exception class.
 * ELR_EL2 and SPSR_EL2 stay in the hardware: thread switches keep them, and
 * exit_service() does before interrupts may be unmasked.
 */
#include <arch/alternative.h>
#include <arch/offsets.h>

	.macro	vector target
	.balign	0x80
	b	\target
	.endm

	.macro	save_volatile
	stp	x0, x1, [sp, #16 * 0]
	stp	x2, x3, [sp, #16 * 1]
	stp	x4, x5, [sp, #16 * 2]
	stp	x6, x7, [sp, #16 * 3]
	stp	x8, x9, [sp, #16 * 4]
	stp	x10, x11, [sp, #16 * 5]
	stp	x12, x13, [sp, #16 * 6]
	stp	x14, x15, [sp, #16 * 7]
	stp	x16, x17, [sp, #16 * 8]
	.endm

	.macro	restore_volatile
	ldp	x0, x1, [sp, #16 * 0]
	ldp	x2, x3, [sp, #16 * 1]
	ldp	x4, x5, [sp, #16 * 2]
	ldp	x6, x7, [sp, #16 * 3]
	ldp	x8, x9, [sp, #16 * 4]
	ldp	x10, x11, [sp, #16 * 5]
	ldp	x12, x13, [sp, #16 * 6]
	ldp	x14, x15, [sp, #16 * 7]
	ldp	x16, x17, [sp, #16 * 8]
	.endm

	.macro	save_rest
	stp	x18, x19, [sp, #16 * 9]
	stp	x20, x21, [sp, #16 * 10]
	stp	x22, x23, [sp, #16 * 11]
	stp	x24, x25, [sp, #16 * 12]
	stp	x26, x27, [sp, #16 * 13]
	stp	x28, x29, [sp, #16 * 14]
	str	x30, [sp, #16 * 15]
	.endm

	.macro	restore_rest
	ldp	x18, x19, [sp, #16 * 9]
	ldp	x20, x21, [sp, #16 * 10]
	ldp	x22, x23, [sp, #16 * 11]
	ldp	x24, x25, [sp, #16 * 12]
	ldp	x26, x27, [sp, #16 * 13]
	ldp	x28, x29, [sp, #16 * 14]
	ldr	x30, [sp, #16 * 15]
	.endm

	/* x30 is saved: what the guest trained must not steer our branches. */
	.macro	entry_mitigation
	alternative ALTERNATIVE_BRANCH_HISTORY, nop, bl clear_branch_history
	alternative_or ALTERNATIVE_FIRMWARE, bl clear_by_firmware
	.endm

	/* Anything else to do on this CPU before the guest goes on? */
	.macro	branch_if_requests target
	mrs	x2, tpidr_el2
	ldr	w2, [x2, #CPU_REQUESTS]
	cbnz	w2, \target
	.endm

	.text
	.balign	0x800
	.global	vectors
vectors:
	vector	own_sync		/* our code on SP_EL0: never */
	vector	own_sync
	vector	own_sync
	vector	own_sync

	vector	own_sync		/* our code */
	vector	own_irq
	vector	own_irq
	vector	own_sync

	.balign	0x80			/* a guest in AArch64 */
guest_sync:
	save_volatile
	save_rest
	entry_mitigation
guest_sync_saved:
	mrs	x1, esr_el2
	ldr	x0, [sp, #REGS_VCPU]
	adr	x3, exit_handlers
	lsr	w2, w1, #26
	ldr	x3, [x3, x2, lsl #3]
	adr	x30, guest_return
	br	x3
	vector	guest_irq
	vector	guest_irq
	vector	guest_serror

	vector	guest_sync		/* a guest's EL0 in AArch32 */
	vector	guest_irq
	vector	guest_irq
	vector	guest_serror

	.balign	0x80
guest_return:
	branch_if_requests guest_service
guest_restore:
	restore_volatile
	restore_rest
	eret

guest_service:
	ldr	x0, [sp, #REGS_VCPU]
	bl	exit_service
	b	guest_restore

/*
 * Interrupts save what a C function may change; the rest only when the CPU
 * turns to something else.
 */
guest_irq:
	save_volatile
	stp	x18, x19, [sp, #16 * 9]
	str	x30, [sp, #16 * 15]
	entry_mitigation
guest_irq_saved:
	ldr	x0, [sp, #REGS_VCPU]
	bl	exit_irq
	branch_if_requests 1f
	restore_volatile
	ldr	x18, [sp, #16 * 9]
	ldr	x30, [sp, #16 * 15]
	eret
1:	stp	x20, x21, [sp, #16 * 10]
	stp	x22, x23, [sp, #16 * 11]
	stp	x24, x25, [sp, #16 * 12]
	stp	x26, x27, [sp, #16 * 13]
	stp	x28, x29, [sp, #16 * 14]
	b	guest_service

guest_serror:
	save_volatile
	save_rest
guest_serror_saved:
	ldr	x0, [sp, #REGS_VCPU]
	bl	exit_serror
	b	guest_return

clear_branch_history:
	hint	#22			/* CLRBHB */
	isb
	ret

/* SMCCC 1.1: x4 and up are kept; x0 to x3 are saved already. */
clear_by_firmware:
	adrp	x0, patch_firmware_function
	ldr	w0, [x0, :lo12:patch_firmware_function]
	smc	#0
	ret

/*
 * x0: vcpu, x1: its registers, x2: pc, x3: pstate.  Starts the guest on an
 * empty stack, after what was asked for meanwhile.
 */
	.global	exit_enter_guest
exit_enter_guest:
	msr	daifset, #2
	mov	sp, x1
	msr	elr_el2, x2
	msr	spsr_el2, x3
	b	guest_return

	/* An interrupt of our own code, on its stack. */
	.macro	own_irq_by handler
	sub	sp, sp, #IRQ_FRAME_SIZE
	save_volatile
	str	x18, [sp, #16 * 9]
	stp	x29, x30, [sp, #16 * 10]
	add	x29, sp, #16 * 10
	mrs	x0, elr_el2
	mrs	x1, spsr_el2
	stp	x0, x1, [sp, #16 * 11]
	bl	\handler
	ldp	x0, x1, [sp, #16 * 11]
	msr	elr_el2, x0
	msr	spsr_el2, x1
	ldp	x29, x30, [sp, #16 * 10]
	ldr	x18, [sp, #16 * 9]
	restore_volatile
	add	sp, sp, #IRQ_FRAME_SIZE
	eret
	.endm

own_irq:
	own_irq_by irq_dispatch_own

	/* x2 to x29 into a struct arch_frame. */
	.macro	frame_save at
	stp	x2, x3, [\at, #16 * 1]
	stp	x4, x5, [\at, #16 * 2]
	stp	x6, x7, [\at, #16 * 3]
	stp	x8, x9, [\at, #16 * 4]
	stp	x10, x11, [\at, #16 * 5]
	stp	x12, x13, [\at, #16 * 6]
	stp	x14, x15, [\at, #16 * 7]
	stp	x16, x17, [\at, #16 * 8]
	stp	x18, x19, [\at, #16 * 9]
	stp	x20, x21, [\at, #16 * 10]
	stp	x22, x23, [\at, #16 * 11]
	stp	x24, x25, [\at, #16 * 12]
	stp	x26, x27, [\at, #16 * 13]
	stp	x28, x29, [\at, #16 * 14]
	.endm

	.global	arch_frame_call
arch_frame_call:
	sub	sp, sp, #FRAME_SIZE
	stp	x0, x1, [sp, #16 * 0]
	frame_save sp
	add	x1, sp, #FRAME_SIZE
	stp	x30, x1, [sp, #16 * 15]
	sub	x2, x30, #4
	mov	x3, #0x3c9		// EL2h, all masked
	stp	x2, x3, [sp, #FRAME_ELR]
	mov	x1, x0
	mov	x0, sp
	br	x1

/*
 * A mistake of ours, perhaps a stack that ran into its guard page: goes on
 * on the CPU's panic stack.  TPIDR_EL0, a guest's, is spent on the way.
 */
own_sync:
	msr	tpidr_el0, x0
	mrs	x0, tpidr_el2
	ldr	x0, [x0, #CPU_PANIC_STACK]
	sub	x0, x0, #FRAME_SIZE
	frame_save x0
	mov	x3, sp
	stp	x30, x3, [x0, #16 * 15]
	mrs	x2, tpidr_el0
	stp	x2, x1, [x0, #16 * 0]
	mrs	x2, elr_el2
	mrs	x3, spsr_el2
	stp	x2, x3, [x0, #FRAME_ELR]
	mrs	x2, esr_el2
	mrs	x3, far_el2
	stp	x2, x3, [x0, #FRAME_ESR]
	mov	sp, x0
	bl	exit_own_fault

	/* What C keeps is as it was. */
	ldp	x2, x3, [sp, #FRAME_ELR]
	msr	elr_el2, x2
	msr	spsr_el2, x3
	restore_volatile
	ldr	x18, [sp, #16 * 9]
	ldp	x30, x0, [sp, #16 * 15]
	mov	x1, sp
	mov	sp, x0
	ldp	x0, x1, [x1]
	eret

/*
 * The vectors of a CPU whose exits are traced: each records, then goes on
 * as above.
 */
	.balign	0x800
	.global	trace_vectors
trace_vectors:
	vector	own_sync
	vector	own_sync
	vector	own_sync
	vector	own_sync

	vector	own_sync
	vector	own_irq_traced
	vector	own_irq_traced
	vector	own_sync

	vector	guest_sync_traced
	vector	guest_irq_traced
	vector	guest_irq_traced
	vector	guest_serror_traced

	vector	guest_sync_traced
	vector	guest_irq_traced
	vector	guest_irq_traced
	vector	guest_serror_traced

	/*
	 * x0: vcpu; x9: v->trace_who, not 0.  Writes an exit's record, whose
	 * detail and word for `who` are made by `what` in x16 and x9.  Ordered
	 * as core/trace.c says.
	 */
	.macro	trace_record what
	mrs	x11, tpidr_el2
	ldr	x11, [x11, #CPU_TRACE]
	ldr	x12, [x11]
	and	x13, x12, #CONFIG_TRACE_RECORDS - 1
	add	x13, x11, x13, lsl #TRACE_RECORD_SHIFT
	mrs	x14, cntpct_el0
	mrs	x15, elr_el2
	\what
	stp	x14, x15, [x13, #TRACE_CYCLES]
	stp	x16, x9, [x13, #TRACE_DETAIL]
	add	x12, x12, #1
	stlr	x12, [x11]
	.endm

	/* The class, and the address of a translation fault, or ESR_EL2. */
	.macro	trace_sync_detail
	mrs	x16, esr_el2
	ubfx	x17, x16, #26, #6
	add	x9, x9, x17, lsl #48
	tbz	w16, #31, 1f
	tbnz	w16, #3, 1f
	mrs	x16, hpfar_el2
	mrs	x17, far_el2
	lsl	x16, x16, #8
	bfxil	x16, x17, #0, #12
1:
	.endm

	.macro	trace_irq_detail
	mov	x16, #TRACE_RAW_IRQ << 48
	add	x9, x9, x16
	mov	x16, #0
	.endm

guest_sync_traced:
	save_volatile
	save_rest
	entry_mitigation
	ldr	x0, [sp, #REGS_VCPU]
	ldr	x9, [x0, #VCPU_TRACE_WHO]
	cbz	x9, guest_sync_in_c
	trace_record trace_sync_detail
	b	guest_sync_saved

/* More than exits is traced, or nothing of this guest. */
guest_sync_in_c:
	bl	trace_exit_sync
	mrs	x1, esr_el2
	ldr	x0, [sp, #REGS_VCPU]
	adr	x3, exit_handlers
	lsr	w2, w1, #26
	ldr	x3, [x3, x2, lsl #3]
	blr	x3
	ldr	x0, [sp, #REGS_VCPU]
	mrs	x1, elr_el2
	bl	trace_return
	b	guest_return

guest_irq_traced:
	save_volatile
	stp	x18, x19, [sp, #16 * 9]
	str	x30, [sp, #16 * 15]
	entry_mitigation
	ldr	x0, [sp, #REGS_VCPU]
	ldr	x9, [x0, #VCPU_TRACE_WHO]
	cbz	x9, 1f
	trace_record trace_irq_detail
	b	guest_irq_saved
1:	bl	trace_exit_irq
	b	guest_irq_saved

guest_serror_traced:
	save_volatile
	save_rest
	ldr	x0, [sp, #REGS_VCPU]
	bl	trace_exit_serror
	b	guest_serror_saved

own_irq_traced:
	own_irq_by trace_own_irq
