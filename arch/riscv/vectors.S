/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one entry of traps to HS-mode (Privileged ISA 12.1.2).  sscratch is 0
 * while our own code runs; while a guest runs it points to where its
 * registers are saved, at the top of its thread's stack.
 */
#include <arch/csr.h>
#include <arch/offsets.h>

	/* What a C function may change. */
	.macro	for_each_volatile op
	\op	t0, 8 * 0(sp)
	\op	t1, 8 * 1(sp)
	\op	t2, 8 * 2(sp)
	\op	a0, 8 * 3(sp)
	\op	a1, 8 * 4(sp)
	\op	a2, 8 * 5(sp)
	\op	a3, 8 * 6(sp)
	\op	a4, 8 * 7(sp)
	\op	a5, 8 * 8(sp)
	\op	a6, 8 * 9(sp)
	\op	a7, 8 * 10(sp)
	\op	t3, 8 * 11(sp)
	\op	t4, 8 * 12(sp)
	\op	t5, 8 * 13(sp)
	\op	t6, 8 * 14(sp)
	\op	ra, 8 * 15(sp)
	.endm

	/*
	 * An interrupt of our own code, on its stack.  The frame record on
	 * top lets return addresses be followed through it.  FS and VS of
	 * sstatus are not the thread's, and may have changed.
	 */
	.macro	own_irq_by handler
	csrrw	sp, CSR_SSCRATCH, zero
	addi	sp, sp, -IRQ_FRAME_SIZE
	for_each_volatile sd
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
	for_each_volatile ld
	addi	sp, sp, IRQ_FRAME_SIZE
	sret
	.endm

	.text
/* sp: 0, sscratch: our stack pointer. */
	.global	own_trap
own_trap:
	csrr	sp, CSR_SCAUSE
	bgez	sp, own_fault
	own_irq_by irq_dispatch_own

/*
 * A mistake of ours, perhaps a stack that ran into its guard page: goes on
 * on the CPU's panic stack.
 */
own_fault:
	ld	sp, CPU_PANIC_STACK(tp)
	addi	sp, sp, -FRAME_SIZE
	sd	ra, 8 * 1(sp)
	sd	gp, 8 * 3(sp)
	sd	tp, 8 * 4(sp)
	sd	t0, 8 * 5(sp)
	csrrw	t0, CSR_SSCRATCH, zero
	sd	t0, 8 * 2(sp)
	sd	t1, 8 * 6(sp)
	sd	t2, 8 * 7(sp)
	sd	s0, 8 * 8(sp)
	sd	s1, 8 * 9(sp)
	sd	a0, 8 * 10(sp)
	sd	a1, 8 * 11(sp)
	sd	a2, 8 * 12(sp)
	sd	a3, 8 * 13(sp)
	sd	a4, 8 * 14(sp)
	sd	a5, 8 * 15(sp)
	sd	a6, 8 * 16(sp)
	sd	a7, 8 * 17(sp)
	sd	s2, 8 * 18(sp)
	sd	s3, 8 * 19(sp)
	sd	s4, 8 * 20(sp)
	sd	s5, 8 * 21(sp)
	sd	s6, 8 * 22(sp)
	sd	s7, 8 * 23(sp)
	sd	s8, 8 * 24(sp)
	sd	s9, 8 * 25(sp)
	sd	s10, 8 * 26(sp)
	sd	s11, 8 * 27(sp)
	sd	t3, 8 * 28(sp)
	sd	t4, 8 * 29(sp)
	sd	t5, 8 * 30(sp)
	sd	t6, 8 * 31(sp)
	csrr	t0, CSR_SEPC
	csrr	t1, CSR_SSTATUS
	csrr	t2, CSR_SCAUSE
	csrr	t3, CSR_STVAL
	sd	t0, FRAME_SEPC(sp)
	sd	t1, FRAME_SEPC + 8(sp)
	sd	t2, FRAME_SEPC + 16(sp)
	sd	t3, FRAME_SEPC + 24(sp)
	mv	a0, sp
	mv	ra, t0			/* return addresses begin there */
	tail	panic_own_fault

/* The same on a CPU whose interrupts are traced. */
	.global	own_trap_traced
own_trap_traced:
	csrr	sp, CSR_SCAUSE
	bgez	sp, own_fault
	own_irq_by trace_own_irq
