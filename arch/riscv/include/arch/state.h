/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What RISC-V keeps in core's objects. */
#ifndef ARCH_STATE_H
#define ARCH_STATE_H

#include <vmm/timer.h>
#include <vmm/types.h>

struct cpu;
struct vcpu;

/*
 * Registers of a thread that is not running; switch.S knows the layout.
 * gp and the last three belong to the guest of a VCPU's thread: exits that
 * wait with interrupts masked leave them in the hardware, so they are switched
 * with the thread.  Of sstatus that is SPP alone: FS and VS say whose
 * registers the CPU holds.
 */
struct arch_thread {
	u64 saved[15];			/* ra, sp, s0 to s11, gp */
	u64 sepc, sstatus, hstatus;
};

struct arch_cpu {
	void *panic_stack_top;		/* entry code: offsets.h */
	u64 guest_hgatp;		/* of whose VCPU was here last */
};

struct arch_guest {
	u64 hgatp;			/* mode, VMID and root */
	bool harts_renumbered;		/* c: some are not what VCPUs are */
	/* Index + 1 of the VCPU that each CPU held last, 0: none; its own. */
	u8 last[CONFIG_CPU_MAX];
};

/* The guest's general registers, at the top of its thread's stack. */
struct arch_regs {
	u64 x[32];			/* x[0] is always 0 */
	struct vcpu *vcpu;
	struct cpu *cpu;		/* whose tp it is, while v is loaded */
};

#define ARCH_VCPU_STACK_RESERVE	sizeof(struct arch_regs)

/* Registers of VS-mode in the order in which they are switched. */
enum arch_vs_csr {
	VS_VSSTATUS, VS_VSIE, VS_VSTVEC, VS_VSSCRATCH, VS_VSEPC, VS_VSCAUSE,
	VS_VSTVAL, VS_VSATP, VS_SCOUNTEREN, VS_SENVCFG,
	VS_COUNT
};

struct arch_fp {
	u64 f[32];
	u64 fcsr;
};

/* Vector registers and what goes with them; v0 to v31 follow. */
struct arch_vector {
	u64 vstart, vcsr, vl, vtype;
	u8 v[];
};

/* Steal time, SBI 3.0 chapter 16: where the guest wants it. */
struct arch_steal {
	u64 gpa;			/* ~0: nowhere */
	u64 cycles;			/* so far */
	u64 since;			/* a: when v began to wait, or 0 */
};

/* What the firmware counts, by SBI 3.0's codes (table 11.6). */
enum arch_pmu_event {
	PMU_ACCESS_LOAD = 2, PMU_ACCESS_STORE, PMU_ILLEGAL, PMU_SET_TIMER,
	PMU_IPI_SENT, PMU_IPI_RECEIVED, PMU_FENCE_I_SENT,
	PMU_FENCE_I_RECEIVED, PMU_SFENCE_SENT, PMU_SFENCE_RECEIVED,
	PMU_SFENCE_ASID_SENT, PMU_SFENCE_ASID_RECEIVED,
	PMU_EVENT_COUNT, PMU_EVENT_FIRST = PMU_ACCESS_LOAD
};
#define ARCH_PMU_COUNTERS	8

struct arch_pmu_counter {
	bool used, started;
	u8 event;			/* enum arch_pmu_event */
	u64 value;			/* while started, less events[event] */
};

enum arch_exit {
	EXIT_IRQ, EXIT_SBI, EXIT_MMIO, EXIT_FAULT, EXIT_CSR, EXIT_WFI,
	EXIT_WRS, EXIT_FP, EXIT_VECTOR, EXIT_ILLEGAL,
	ARCH_EXIT_COUNT
};

struct arch_vcpu {
	struct arch_regs *regs;		/* c: on the stack */
	u64 pc;				/* where v goes on, while stopped */
	u64 mode;			/* SSTATUS_SPP: VS; 0: VU */
	u64 cause, tval;		/* arch_exit_save() */
	u64 vs[VS_COUNT];
	u64 hvip;			/* VSSIP of a put VCPU */
	u64 henvcfg;
	u64 vsiselect;			/* on CPUs with AIA */
	u32 lines;			/* a: hvip as others want it */
	u32 cpu;			/* a: index + 1 while loaded, 0: put */
	u32 ran_on;			/* index + 1 of its last CPU */
	u32 stale;			/* a: to be fenced when loaded */
	bool suspended;			/* a: waits in a call of firmware */
	bool ad_locked;			/* FWFT: henvcfg.ADUE stays */
	bool aia_traps;			/* its CPUs have none of AIA */
	bool debug;			/* breakpoints come to us */
	u64 hstatus;			/* what a debugger adds to it */
	bool fp_live, vector_live;	/* the registers are v's, untrapped */
	bool fp_used, vector_used;	/* they were when v was put */
	u64 timecmp;			/* guest's time, ~0: never */
	struct timer timer;		/* rings while the hardware cannot */
	struct arch_steal steal;
	u64 events[PMU_EVENT_COUNT];	/* received ones: a */
	struct arch_pmu_counter counters[ARCH_PMU_COUNTERS];
	struct arch_fp fp;
	struct arch_vector *vector;	/* c: NULL without V */
};

#endif
