/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduler: mechanism here, policy in a struct sched_policy that a
 * file of core/sched provides as a set member.
 */
#ifndef VMM_SCHED_H
#define VMM_SCHED_H

#include <vmm/set.h>
#include <vmm/thread.h>
#include <vmm/types.h>

/*
 * Whose turn it is: all VCPUs of a guest share a group, so a guest with
 * eight VCPUs gets no more turns than one with one.  Orphans share one group.
 * All s: LOCK_SCHED.
 */
struct sched_group {
	struct list entry;		/* the policy's queue of groups */
	struct list ready;		/* its ready threads, best first */
	u64 account;			/* cycles received, bounded */
	u64 placed_account;		/* the figure it is queued by */
	u8 priority;			/* of its best ready thread */
};

/*
 * Priorities are the mechanism's: a ready thread never waits for a CPU on
 * which a lower one runs.  Whose turn it is inside a priority is the policy's.
 * All hooks are called with LOCK_SCHED held and interrupts masked.
 */
struct sched_policy {
	const char *name;
	/* The number of online CPUs changed. */
	void (*set_cpus)(unsigned count);
	/* t became ready (at_head: preempted before its slice ended). */
	void (*enqueue)(struct thread *t, bool at_head);
	/* t, ready, shall be so no more. */
	void (*dequeue)(struct thread *t);
	/*
	 * Best ready thread of at least priority `least` for which
	 * sched_may_run() holds, taken out; NULL if there is none.
	 */
	struct thread *(*pick)(struct cpu *cpu, unsigned least);
	/*
	 * t, which runs on cpu, gives way to its equals and betters: the
	 * best of them, taken out, after t was put behind them; NULL, and t
	 * goes on, if there is none.
	 */
	struct thread *(*take_turn)(struct cpu *cpu, struct thread *t);
	/* As pick, without taking it out. */
	struct thread *(*peek)(struct cpu *cpu, unsigned least);
	/* How long t may run while its equals wait, cycles; 0: no end. */
	u64 (*slice_cycles)(const struct thread *t);
	/* Calls fn for all ready threads, best first. */
	void (*for_each_ready)(void (*fn)(struct thread *t));
};

SET_DECLARE(sched_policy);

void sched_init(void);		/* the first CPU's; its boot code is idle */
void sched_init_cpu(struct cpu *cpu);	/* a secondary's, on itself */
/* Body of the idle thread; CPUs end their boot by calling it. */
_Noreturn void sched_idle(void);

/* A group without threads; it outlives those that name it. */
void sched_group_init(struct sched_group *g);
/* Of all threads that belong to no guest. */
extern struct sched_group sched_orphans;

/*
 * Makes t ready; remembered if t is just about to block, so that its next
 * sched_block() returns at once.  Any context; LOCK_SCHED must not be held.
 */
void sched_wake(struct thread *t);
/* The same where interrupts are masked, which is quicker. */
void sched_wake_masked(struct thread *t);

/*
 * Blocks the current thread until sched_wake(), at once when a wake-up is
 * pending.  Thread context, interrupts masked or not; no spin lock held.
 */
void sched_block(void);

/*
 * Gives way to others of the same priority.  Thread context, interrupts
 * masked, no spin lock held.
 */
void sched_yield(void);

/*
 * Run whoever should run.  Thread context, interrupts masked, no spin lock
 * held.  Exits call it when they see CPU_RESCHEDULE, and irq_dispatch_own()
 * when it is due once irq_context() is false again.
 */
void sched_preempt(void);
static inline bool sched_preempt_is_due(const struct cpu *cpu)
{
	return cpu->leaving ||
	       __atomic_load_n(&cpu->requests, __ATOMIC_RELAXED) &
	       CPU_RESCHEDULE;
}

/*
 * this_cpu()->leaving at the end of an interrupt of the guest of v, of
 * which only what a function call may change is saved: others run until it
 * returns.
 */
void sched_switch(struct vcpu *v);

/*
 * -EINVAL when mask holds no online CPU.  Takes effect before it returns.
 * Thread context, interrupts unmasked; t has been started.
 */
int sched_set_affinity(struct thread *t, cpu_mask_t mask);

/* t has been started; from the next decision on.  As sched_wake(). */
void sched_set_priority(struct thread *t, u8 priority);

/*
 * The current thread, v's, enters or leaves the guest: only in between does
 * the hardware hold v's state while the thread runs.  Interrupts masked for
 * attach; leaving is allowed when it never entered.
 */
void sched_vcpu_attach(struct vcpu *v);
void sched_vcpu_detach(struct vcpu *v);

/* What cpu, which is online, had nothing to run, in cycles, until about now. */
u64 sched_idle_cycles(const struct cpu *cpu);

/* Calls fn for every thread but the idle ones, LOCK_SCHED held. */
void sched_for_each_thread(void (*fn)(struct thread *t, void *arg), void *arg);

#endif
