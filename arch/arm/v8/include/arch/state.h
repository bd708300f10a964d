/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ARMv8 keeps in core's objects. */
#ifndef ARCH_STATE_H
#define ARCH_STATE_H

#include <vmm/timer.h>
#include <vmm/types.h>

/*
 * Registers of a thread that is not running; switch.S knows the layout.
 * ELR_EL2 and SPSR_EL2 belong to the guest of a VCPU's thread: exits that
 * wait with interrupts masked leave them in the hardware, so they are
 * switched with the thread.
 */
struct arch_thread {
	u64 callee_saved[12];		/* x19 to x30 */
	u64 sp;
	u64 elr, spsr;
};

struct arch_cpu {
	void *panic_stack_top;
};

struct arch_guest {
	u64 vttbr;			/* table and VMID */
	u64 vtcr;
	/* Index + 1 of the VCPU that each CPU held last, 0: none; its own. */
	u8 last[CONFIG_CPU_MAX];
};

/* The guest's general registers, at the top of its thread's stack. */
struct vcpu;
struct arch_regs {
	u64 x[32];			/* x[31] is written, never read */
	struct vcpu *vcpu;
	u64 unused;			/* the stack is aligned to 16 */
};

#define ARCH_VCPU_STACK_RESERVE	sizeof(struct arch_regs)

/* EL1 and EL0 system registers in the order in which they are switched. */
enum arch_sysreg {
	SR_SP_EL0, SR_TPIDR_EL0, SR_TPIDRRO_EL0, SR_TPIDR_EL1,
	SR_SP_EL1, SR_ELR_EL1, SR_SPSR_EL1, SR_VBAR_EL1,
	SR_SCTLR_EL1, SR_CPACR_EL1, SR_TCR_EL1, SR_MAIR_EL1,
	SR_TTBR0_EL1, SR_TTBR1_EL1, SR_CONTEXTIDR_EL1, SR_PAR_EL1,
	SR_ESR_EL1, SR_FAR_EL1, SR_CNTKCTL_EL1, SR_CSSELR_EL1,
	SR_HCR_EL2, SR_VMPIDR_EL2,	/* HCR: with VSE when an SError waits */
	SR_AMAIR_EL1, SR_AFSR0_EL1, SR_AFSR1_EL1,	/* ARCH_ALSO_AUX */
	SR_COUNT
};

/* What VCPUs of some machines and guests switch besides. */
enum arch_also {
	ARCH_ALSO_PAUTH	 = BIT(0),	/* the CPU has keys */
	ARCH_ALSO_AUX	 = BIT(1),	/* auxiliary registers change */
	ARCH_ALSO_PIC	 = BIT(2),	/* more than vgic_v3_plain covers */
	ARCH_ALSO_TLB	 = BIT(3),	/* the guest has other VCPUs */
	ARCH_ALSO_DEBUG	 = BIT(4),	/* it has a debugger */
	ARCH_ALSO_PTIMER = BIT(5),	/* its emulated timer is on */
};

/* Five pointer authentication keys of 128 bits. */
#define ARCH_PAUTH_WORDS	10

struct arch_fpsimd {
	u64 v[64];			/* V0 to V31 */
	u64 fpcr, fpsr;
} ALIGNED(16);

/* Breakpoints and watchpoints for a VCPU's debugger; debug.c. */
#define ARCH_DEBUG_CODE		6
#define ARCH_DEBUG_DATA		4

struct arch_debug_point {
	u64 value, control;
};
struct arch_debug {
	struct arch_debug_point code[ARCH_DEBUG_CODE];
	struct arch_debug_point data[ARCH_DEBUG_DATA];
	u64 mdscr;
	u64 from;			/* pc when it was set */
};

/* A generic timer of a guest: the virtual one, or the emulated physical. */
struct arch_timer {
	u64 cval;			/* guest counter value */
	u64 ctl;			/* ENABLE, IMASK */
	struct timer timer;		/* rings while the hardware cannot */
	bool high;			/* the emulated one's line */
};

enum arch_exit {
	EXIT_IRQ, EXIT_HVC, EXIT_SMC, EXIT_SYSREG, EXIT_SGI, EXIT_MMIO,
	EXIT_FAULT, EXIT_WFI, EXIT_WFE, EXIT_FPSIMD, EXIT_UNDEFINED,
	EXIT_SERROR,
	ARCH_EXIT_COUNT
};

struct arch_vcpu {
	struct arch_regs *regs;		/* c: on the stack */
	u64 pc, pstate;			/* where v goes on, while stopped */
	u64 far;			/* arch_exit_save() */
	u32 also;			/* enum arch_also */
	bool suspended;			/* a: waits in a call of firmware */
	bool fp_live;			/* FP registers are v's, untrapped */
	u8 fp_uses;			/* loads in a row after which FP was */
	u8 fp_ahead;			/* loads that bring FP with them */
	u64 sysregs[SR_COUNT];
	u64 pauth[ARCH_PAUTH_WORDS];
	struct arch_timer vtimer, ptimer;
	struct arch_debug *debug;	/* NULL: ARCH_ALSO_DEBUG is not set */
	struct arch_fpsimd fp;
};

#endif
