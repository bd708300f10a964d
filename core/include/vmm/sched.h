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
 */
struct sched_group {
	struct list entry;		/* s: the policy's queue of groups */
	struct list ready;		/* s: its ready threads of one priority */
	u64 run_cycles;			/* s: what its members used */
	u64 account;			/* s: the policy's own use */
	u8 priority;			/* s */
	bool queued;			/* s */
};

/* All hooks are called with LOCK_SCHED held and interrupts masked. */
struct sched_policy {
	const char *name;
	void (*group_init)(struct sched_group *g, u8 priority);
	/* t became ready (at_head: preempted before its slice ended). */
	void (*enqueue)(struct thread *t, bool at_head);
	void (*dequeue)(struct thread *t);
	/* Best ready thread that may run on cpu, taken out; NULL if none. */
	struct thread *(*pick)(struct cpu *cpu);
	/* Should the ready thread t run on cpu instead of what runs there? */
	bool (*preempts)(const struct thread *t, const struct cpu *cpu);
	/* Nanoseconds t may run while others of its priority wait; 0: no end. */
	u64 (*slice_ns)(const struct thread *t);
};

SET_DECLARE(sched_policy);

void sched_init(void);		/* the first CPU's; its boot code is idle */
void sched_init_cpu(struct cpu *cpu);	/* a secondary's, on itself */
/* Body of the idle thread; CPUs end their boot by calling it. */
_Noreturn void sched_idle(void);

void sched_group_init(struct sched_group *g, u8 priority);

/* Makes t ready; remembered if t is just about to block.  Any context. */
void sched_wake(struct thread *t);

/*
 * Blocks the current thread until sched_wake(), at once when a wake-up is
 * pending.  Thread context, interrupts masked or not; no spin lock held.
 */
void sched_block(void);

/* Gives way to others of the same priority.  Context as sched_block(). */
void sched_yield(void);

/* The CPU_RESCHEDULE request: run whoever should run.  Interrupts masked. */
void sched_preempt(void);

/*
 * True while nobody else is ready who could run on this CPU: then a trap
 * on the guest's idle instruction serves nobody.
 */
bool sched_alone(void);

/* -EINVAL when mask holds no online CPU.  Takes effect before it returns. */
int sched_set_affinity(struct thread *t, cpu_mask_t mask);

/*
 * Takes the state of v out of the CPU that holds it, if any; v's thread is
 * blocked or dead.  Thread context, interrupts unmasked.
 */
void sched_vcpu_unload(struct vcpu *v);

/* Calls fn for every thread, LOCK_SCHED held. */
void sched_for_each_thread(void (*fn)(struct thread *t, void *arg), void *arg);

#endif
