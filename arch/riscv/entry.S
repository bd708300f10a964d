/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traps (Privileged ISA, "Traps" of the supervisor and the hypervisor).  While
 * a guest runs, sscratch points at its registers at the top of its thread's
 * stack; while we run, it is 0.  An exit calls one C function: by its cause,
 * or, where only what C may change is saved, for calls of firmware and
 * interrupts.  On the way back the registers that C keeps are still the
 * guest's, but after exits that may have changed them.  sepc, hstatus and
 * sstatus.SPP stay in the hardware: thread switches keep them, and
 * exit_service() does before interrupts may be unmasked.
 */
#include <arch/csr.h>
#include <arch/offsets.h>

/* Of scause; an instruction that loaded can be read. */
#define LOAD_FAULTS	(1 << CAUSE_LOAD_MISALIGNED | 1 << CAUSE_LOAD_ACCESS | \
			 1 << CAUSE_LOAD_PAGE | 1 << CAUSE_LOAD_GUEST_PAGE)
#define HLV_MASK	0xf200707f
#define HLV_MATCH	0x60004073

	/* What a C function returns. */
	.macro	results op
	\op	a0, 8*10(sp)
	\op	a1, 8*11(sp)
	.endm

	/* What else it may change; tp is the CPU's while we run. */
	.macro	volatile op
	\op	ra, 8*1(sp)
	\op	t0, 8*5(sp)
	\op	t1, 8*6(sp)
	\op	t2, 8*7(sp)
	\op	a2, 8*12(sp)
	\op	a3, 8*13(sp)
	\op	a4, 8*14(sp)
	\op	a5, 8*15(sp)
	\op	a6, 8*16(sp)
	\op	a7, 8*17(sp)
	\op	t3, 8*28(sp)
	\op	t4, 8*29(sp)
	\op	t5, 8*30(sp)
	\op	t6, 8*31(sp)
	.endm

	/* What C keeps, and gp, which we leave alone. */
	.macro	rest op
	\op	gp, 8*3(sp)
	\op	s0, 8*8(sp)
	\op	s1, 8*9(sp)
	\op	s2, 8*18(sp)
	\op	s3, 8*19(sp)
	\op	s4, 8*20(sp)
	\op	s5, 8*21(sp)
	\op	s6, 8*22(sp)
	\op	s7, 8*23(sp)
	\op	s8, 8*24(sp)
	\op	s9, 8*25(sp)
	\op	s10, 8*26(sp)
	\op	s11, 8*27(sp)
	.endm

	/* a0: the VCPU, a1: scause */
	.macro	guest_enter_c
	results	sd
	volatile sd
	csrrw	t0, CSR_SSCRATCH, zero
	sd	tp, 8*4(sp)
	sd	t0, 8*2(sp)
	ld	tp, REGS_CPU(sp)
	ld	a0, REGS_VCPU(sp)
	csrr	a1, CSR_SCAUSE
	.endm

	/* What a C function keeps, and its results, are the guest's again. */
	.macro	guest_leave_c
	csrw	CSR_SSCRATCH, sp
	volatile ld
	ld	tp, 8*4(sp)
	ld	sp, 8*2(sp)
	sret
	.endm

	/*
	 * An interrupt of our own code, on its stack.  The frame record on
	 * top lets return addresses be followed through it.  FS and VS of
	 * sstatus are not the thread's, and may have changed.
	 */
	.macro	own_irq_by handler
	csrrw	sp, CSR_SSCRATCH, zero
	addi	sp, sp, -IRQ_FRAME_SIZE
	results	sd
	volatile sd
	csrr	t0, CSR_SEPC
	sd	s0, IRQ_FRAME_SIZE - 16(sp)
	sd	t0, IRQ_FRAME_SIZE - 8(sp)
	addi	s0, sp, IRQ_FRAME_SIZE
	call	\handler
	ld	t0, IRQ_FRAME_SIZE - 8(sp)
	ld	s0, IRQ_FRAME_SIZE - 16(sp)
	li	t1, SSTATUS_SPP | SSTATUS_SPIE
	csrw	CSR_SEPC, t0
	csrs	CSR_SSTATUS, t1
	results	ld
	volatile ld
	addi	sp, sp, IRQ_FRAME_SIZE
	sret
	.endm

	.text
	.balign	4
	.global	vectors
vectors:
	csrrw	sp, CSR_SSCRATCH, sp
	beqz	sp, own_trap
	guest_enter_c
guest_short:
	li	t0, CAUSE_ECALL_VS
	bne	a1, t0, guest_not_call
	call	exit_sbi
	lw	t0, CPU_REQUESTS(tp)
	bnez	t0, guest_call_service
	guest_leave_c

guest_call_service:
	results	sd
guest_short_service:
	rest	sd
guest_service:
	ld	a0, REGS_VCPU(sp)
	call	exit_service
guest_restore:
	rest	ld
	results	ld
	guest_leave_c

guest_not_call:
	bltz	a1, guest_irq
	rest	sd
	slli	t0, a1, 3
1:	auipc	t1, %pcrel_hi(exit_handlers)
	add	t1, t1, t0
	ld	t1, %pcrel_lo(1b)(t1)
	jalr	t1
guest_return:
	lw	t0, CPU_REQUESTS(tp)
	bnez	t0, guest_service
	bnez	a0, guest_restore
	results	ld
	guest_leave_c

guest_irq:
	call	exit_irq
	lw	t0, CPU_REQUESTS(tp)
	bnez	t0, guest_short_service
	results	ld
	guest_leave_c

/* sp: 0, sscratch: our stack pointer. */
own_trap:
	csrr	sp, CSR_SCAUSE
	bgez	sp, own_fault
	own_irq_by irq_dispatch_own

own_trap_traced:
	csrr	sp, CSR_SCAUSE
	bgez	sp, own_fault
	own_irq_by trace_own_irq

/*
 * A mistake of ours, perhaps a stack that ran into its guard page: goes on
 * on the CPU's panic stack, where return addresses begin at the mistake.
 */
own_fault:
	ld	sp, CPU_PANIC_STACK(tp)
	addi	sp, sp, -FRAME_SIZE
	results	sd
	volatile sd
	csrr	ra, CSR_SEPC
	csrr	t0, CSR_SCAUSE
	li	t1, LOAD_FAULTS
	srl	t1, t1, t0
	andi	t1, t1, 1
	beqz	t1, 1f
	lhu	t0, 2(ra)
	lhu	t1, 0(ra)
	slli	t0, t0, 16
	or	t0, t0, t1
	li	t1, HLV_MASK
	and	t0, t0, t1
	li	t1, HLV_MATCH
	beq	t0, t1, unprivileged_fault
1:	rest	sd
	csrrw	t0, CSR_SSCRATCH, zero
	csrr	t1, CSR_SSTATUS
	csrr	t2, CSR_SCAUSE
	csrr	t3, CSR_STVAL
	sd	t0, 8*2(sp)
	sd	tp, 8*4(sp)
	sd	ra, FRAME_SEPC(sp)
	sd	t1, FRAME_SEPC + 8(sp)
	sd	t2, FRAME_SEPC + 16(sp)
	sd	t3, FRAME_SEPC + 24(sp)
	mv	a0, sp
	lla	t0, io_guard
	lw	t0, (t0)
	bnez	t0, 2f
	tail	panic_own_fault
2:	call	panic_guarded_fault
	ld	t0, FRAME_SEPC(sp)
	ld	t1, 8*2(sp)
	csrw	CSR_SEPC, t0
	csrw	CSR_SSCRATCH, t1
	results	ld
	volatile ld
	csrrw	sp, CSR_SSCRATCH, zero
	sret

	.global	arch_frame_call
arch_frame_call:
	addi	sp, sp, -FRAME_SIZE
	results	sd
	volatile sd
	rest	sd
	addi	t0, sp, FRAME_SIZE
	addi	t1, ra, -4
	sd	t0, 8*2(sp)
	sd	tp, 8*4(sp)
	sd	t1, FRAME_SEPC(sp)
	mv	t0, a0
	mv	a0, sp
	jr	t0

/*
 * HLV and HLVX are how C reads as the guest does: a trap on the way goes on
 * behind the instruction with t1 0 and t2 1, and all registers of traps as it
 * left them.
 */
unprivileged_fault:
	addi	ra, ra, 4
	csrw	CSR_SEPC, ra
	li	t0, 1
	sd	zero, 8*6(sp)
	sd	t0, 8*7(sp)
	results	ld
	volatile ld
	csrrw	sp, CSR_SSCRATCH, zero
	sret

/* a0: registers of a VCPU whose thread this is. */
	.global	exit_enter_guest
exit_enter_guest:
	csrci	CSR_SSTATUS, SSTATUS_SIE
	mv	sp, a0
	j	guest_return

/* The vectors of a CPU whose exits are traced: each records, then goes on. */
	.balign	4
	.global	trace_vectors
trace_vectors:
	csrrw	sp, CSR_SSCRATCH, sp
	beqz	sp, own_trap_traced
	guest_enter_c
	ld	t2, VCPU_TRACE_WHO(a0)
	beqz	t2, trace_in_c
	ld	t3, CPU_TRACE(tp)
	ld	t4, 0(t3)
	li	t5, CONFIG_TRACE_RECORDS - 1
	and	t5, t5, t4
	slli	t5, t5, TRACE_RECORD_SHIFT
	add	t5, t5, t3
	rdtime	t6
	csrr	a2, CSR_SEPC
	bltz	a1, 3f
	slli	a4, a1, TRACE_KIND_SHIFT
	csrr	a3, CSR_HTVAL
	slli	a3, a3, 2
	bnez	a3, 2f
	csrr	a3, CSR_STVAL
2:	add	t2, t2, a4
	sd	t6, TRACE_CYCLES(t5)
	sd	a2, TRACE_PC(t5)
	sd	a3, TRACE_DETAIL(t5)
	sd	t2, TRACE_WHO(t5)
	addi	t4, t4, 1
	fence	w, w			/* as core/trace.c says */
	sd	t4, 0(t3)
	j	guest_short
3:	li	a4, TRACE_RAW_IRQ
	slli	a4, a4, TRACE_KIND_SHIFT
	mv	a3, a1
	j	2b

/* More than exits is traced, or nothing of this guest. */
trace_in_c:
	call	trace_exit
	ld	a0, REGS_VCPU(sp)
	csrr	a1, CSR_SCAUSE
	bltz	a1, guest_irq
	rest	sd
	li	t0, CAUSE_ECALL_VS
	bne	a1, t0, 1f
	call	exit_sbi
	results	sd
	j	2f
1:	slli	t0, a1, 3
3:	auipc	t1, %pcrel_hi(exit_handlers)
	add	t1, t1, t0
	ld	t1, %pcrel_lo(3b)(t1)
	jalr	t1
2:	ld	a0, REGS_VCPU(sp)
	csrr	a1, CSR_SEPC
	call	trace_return
	lw	t0, CPU_REQUESTS(tp)
	bnez	t0, guest_service
	j	guest_restore
