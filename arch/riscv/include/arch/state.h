/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What RISC-V keeps in core's objects. */
#ifndef ARCH_STATE_H
#define ARCH_STATE_H

#include <vmm/types.h>

struct cpu;
struct vcpu;

/*
 * Registers of a thread that is not running; switch.S knows the layout.
 * The last three belong to the guest of a VCPU's thread: exits that wait
 * with interrupts masked leave them in the hardware, so they are switched
 * with the thread.
 */
struct arch_thread {
	u64 callee_saved[14];		/* ra, sp, s0 to s11 */
	u64 sepc, sstatus, hstatus;
};

struct arch_cpu {
	void *panic_stack_top;		/* entry code: offsets.h */
};

struct arch_guest {
	u64 hgatp;			/* mode, VMID and root */
};

/* The guest's general registers, at the top of its thread's stack. */
struct arch_regs {
	u64 x[32];			/* x[0] is always 0 */
	struct vcpu *vcpu;
	struct cpu *cpu;		/* tp while v is in its guest */
};

#define ARCH_VCPU_STACK_RESERVE	sizeof(struct arch_regs)

enum arch_exit {
	EXIT_IRQ,
	ARCH_EXIT_COUNT
};

struct arch_vcpu {
	struct arch_regs *regs;		/* c: on the stack */
};

#endif
