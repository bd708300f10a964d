/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the scheduler share among themselves. */
#ifndef SCHED_INTERNAL_H
#define SCHED_INTERNAL_H

#include <vmm/cpu.h>
#include <vmm/sched.h>
#include <vmm/spinlock.h>
#include <vmm/thread.h>

#define SCHED_BID_IDLE	(-1)

/* LOCK_SCHED: every field marked s */
extern struct spinlock sched_lock;
extern const struct sched_policy *sched_policy;	/* c */
extern cpu_mask_t sched_idle_mask;	/* s: asleep and not asked to wake */
extern u32 sched_ready_count;		/* s; read without to be quick */
extern u32 sched_cpu_count;		/* s; likewise: CPUs that take turns */
extern struct list sched_threads;	/* s */

static ALWAYS_INLINE cpu_mask_t sched_online(void)
{
	return __atomic_load_n(&cpu_online_mask, __ATOMIC_RELAXED);
}

/*
 * May the ready thread t run on cpu?  A VCPU whose state another CPU's
 * hardware still holds may not, until that CPU has taken it out.
 */
static inline bool sched_may_run(const struct thread *t, const struct cpu *cpu)
{
	return (t->affinity >> cpu->index & 1) &&
	       (!t->loaded_on || t->loaded_on == cpu);
}

/* A counter read by another CPU may be a little ahead of ours. */
static inline u64 sched_elapsed(u64 since, u64 now)
{
	return now > since ? now - since : 0;
}

/* ---- LOCK_SCHED held ---- */

/* t, which was blocked, is so no longer. */
static ALWAYS_INLINE void sched_unblock(struct thread *t, u64 now)
{
	t->blocked_cycles += sched_elapsed(t->since_cycles, now);
	t->since_cycles = now;
}

static inline void sched_enqueue(struct thread *t, bool at_head)
{
	t->state = THREAD_READY;
	sched_ready_count++;
	sched_policy->enqueue(t, at_head);
}

/*
 * Whom an interrupt pushed aside is ready, but goes into the queue only when
 * somebody looks there who might take it: cpu itself, or, once its state is no
 * longer held here, others.  So who was woken does not wait for that.
 */
static inline void sched_queue_aside(struct cpu *cpu)
{
	struct thread *t = cpu->aside;

	if (unlikely(t)) {
		cpu->aside = NULL;
		sched_policy->enqueue(t, true);
	}
}

static inline struct thread *sched_pick(struct cpu *cpu, unsigned least)
{
	struct thread *t = NULL;

	if (sched_ready_count) {
		sched_queue_aside(cpu);
		t = sched_policy->pick(cpu, least);
	}
	if (t)
		sched_ready_count--;
	return t;
}

/* t, new or blocked, becomes ready and finds a CPU. */
void sched_make_ready(struct thread *t);

/*
 * Asks the CPU on which the ready thread t should run to look: an idle one,
 * else the one that runs the lowest priority below t's; where t must wait
 * for its turn, sees to it that turns end.
 */
void sched_place(struct thread *t);
void sched_place_all(void);

/* cpu, which is not idle, is where t, new or blocked, should run. */
bool sched_is_weakest(const struct thread *t, const struct cpu *cpu);
/* It is, and there is no other that t may run on. */
static ALWAYS_INLINE bool sched_is_only(const struct thread *t,
					const struct cpu *cpu)
{
	return (t->affinity & sched_online()) == CPU_MASK(cpu->index) &&
	       !t->loaded_on && cpu->bid < t->priority;
}

/* sched_wake() for those who hold the lock. */
void sched_wake_locked(struct thread *t);

/* ---- No lock held, interrupts masked ---- */

/* The hardware of this CPU changes hands after a switch to t. */
void sched_swap_vcpu(struct cpu *cpu, struct thread *t);

/* The second half of a switch: first thing that a new thread does. */
void sched_switch_end(void);

/* The current thread ends. */
_Noreturn void sched_exit(void);

#endif
