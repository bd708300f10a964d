/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host CPUs: their per-CPU data, how they come up, calls from one to others.
 */
#ifndef VMM_CPU_H
#define VMM_CPU_H

#include <arch/percpu.h>
#include <arch/state.h>
#include <libs/list.h>
#include <vmm/types.h>

struct thread;
struct timer_queue;
struct vcpu;

/* A set of host CPUs by index; CONFIG_CPU_MAX is at most 64. */
typedef u64 cpu_mask_t;
#define CPU_MASK_ALL	(~(cpu_mask_t)0)
#define CPU_MASK(index)	((cpu_mask_t)1 << (index))

/*
 * Work that a CPU must do before it goes on with what it runs: the one word
 * that exits look at.  Set by the CPU itself, or by others through
 * cpu_request() which interrupts it.
 */
enum cpu_request {
	CPU_RESCHEDULE	= BIT(0),	/* somebody better may run here */
	CPU_SERVICE	= BIT(1),	/* the VCPU running here has requests */
};

/*
 * One host CPU.  The first fields are read by entry code through the per-CPU
 * register.  o: only this CPU, interrupts masked; a: atomic; c: constant
 * once the CPU is up; s: LOCK_SCHED.
 */
struct cpu {
	u32 requests;			/* a: enum cpu_request */
	u32 index;			/* c */
	struct thread *current;		/* o */
	struct vcpu *loaded;		/* o: whose state the hardware holds */
	struct arch_cpu arch;		/* o */
	u64 hwid;			/* c */
	struct thread *idle;		/* c */
	void *boot_stack_top;		/* c */
	void *trace_ring;		/* c once anything is traced */
	struct timer_queue *timers;	/* c */
	struct thread *leaving;		/* o: current waits for this one's end
					   of an interrupt; or NULL */
	struct thread *aside;		/* s: ready, see sched_queue_aside() */
	s16 bid;			/* s: priority it runs or shall run */
	bool kicked;			/* s: asked to look at the ready ones */
	bool slice_armed;		/* o, read under s: its slice timer */
	bool asleep;			/* o: sched_idle() waits here */
	bool in_irq;			/* o: a handler runs, masked */
	u32 preempt_depth;		/* o: raw locks held, debug only */
	u64 idle_cycles;		/* o: spent asleep, cycles */
	u64 ipi_count;			/* o: calls of others taken */
	bool online;			/* a */
} ALIGNED(64);

extern struct cpu cpus[CONFIG_CPU_MAX];
extern unsigned cpu_count;		/* described by the host's tree */
extern cpu_mask_t cpu_online_mask;	/* a */

static inline struct cpu *this_cpu(void)
{
	return arch_this_cpu();
}

#define for_each_online_cpu(c)						\
	for (struct cpu *c = cpus; c < cpus + cpu_count; c++)		\
		if (__atomic_load_n(&c->online, __ATOMIC_ACQUIRE))

/* How CPUs are started; a firmware driver registers itself. */
struct cpu_ops {
	/* enable-method of the binding; NULL: of CPUs that name none */
	const char *name;
	/*
	 * Ask firmware to enter cpu at entry with arg; -errno, reported.
	 * NULL: cannot.
	 */
	int (*start)(struct cpu *cpu, hpa_t entry, u64 arg);
	/* Do not return; NULL: cannot. */
	bool off_last;		/* machine_off: may hang when it cannot */
	void (*machine_off)(void);
	void (*machine_reset)(void);
};
void cpu_ops_register(const struct cpu_ops *ops);

/* Reads /cpus of the host's tree into cpus[]; the boot CPU becomes 0. */
int cpu_init(u64 boot_hwid);

/* Starts all others; each failure is reported, bounded, and survived. */
void cpu_start_all(void);

/* For drivers: power of the whole machine.  Returns -ENOTSUP or never. */
int cpu_machine_off(void);
int cpu_machine_reset(void);

/*
 * Sets bits in cpu's request word; interrupts it if it is another one and
 * not all of them were set.  Any context.
 */
void cpu_request(struct cpu *cpu, u32 requests);

/*
 * Runs fn(arg) on every online CPU of mask (this one too when named), in
 * interrupt context, and returns when all have finished.  Thread context,
 * interrupts not masked, no spin lock held.  One call at a time in the whole
 * machine; who waits for its turn serves the others' calls.  Panics with the
 * CPUs' numbers when they do not answer for 5 s.
 */
void smp_call(cpu_mask_t mask, void (*fn)(void *arg), void *arg);

/* What an irqchip driver calls when the IPI arrives.  Masked. */
void cpu_ipi_received(void);

#endif
