// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where threads run: which CPU a thread that became ready goes to, affinity,
 * and which CPU's hardware holds the state of which VCPU.
 *
 * State stays in a CPU while that CPU is idle or its VCPU blocked, and a VCPU
 * whose state is held may run nowhere else (sched_may_run).  So a CPU takes
 * out what it holds when it turns to anything but idling, and then looks for
 * a CPU for the VCPU that became free to move.
 */
#include <arch/cycles.h>
#include <vmm/arch.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/sched.h>
#include <vmm/vcpu.h>

#include "internal.h"

static bool is_alone(void)
{
	return sched_cpu_count == 1;
}

/* CPUs on which the ready thread t may run. */
static cpu_mask_t allowed(const struct thread *t)
{
	cpu_mask_t mask = t->affinity & sched_online();

	return t->loaded_on ? mask & CPU_MASK(t->loaded_on->index) : mask;
}

static struct cpu *first_of(cpu_mask_t mask)
{
	return &cpus[__builtin_ctzll(mask)];
}

/*
 * cpu has promised to run at least t's priority until it decides again; and,
 * where there are others, to look then who else might go where.
 */
static NO_INLINE void kick(struct cpu *cpu, const struct thread *t)
{
	sched_idle_mask &= ~CPU_MASK(cpu->index);
	cpu->bid = t->priority;
	if (!is_alone())
		cpu->kicked = true;
	cpu_request(cpu, CPU_RESCHEDULE);
}

/* The one of mask that does least; on a tie where t ran last.  Or NULL. */
static struct cpu *weakest(const struct thread *t, cpu_mask_t mask)
{
	struct cpu *found = NULL, *cpu;
	int lowest = t->priority;

	for (; mask; mask &= mask - 1) {
		cpu = first_of(mask);
		if (cpu->bid < lowest ||
		    (found && cpu->bid == lowest && cpu->index == t->cpu)) {
			lowest = cpu->bid;
			found = cpu;
		}
	}
	return found;
}

/* Those that run t's priority without looking at the time. */
static void start_slices(const struct thread *t, cpu_mask_t mask)
{
	struct cpu *cpu;

	for (; mask; mask &= mask - 1) {
		cpu = first_of(mask);
		if (cpu->bid == t->priority && !cpu->slice_armed &&
		    !cpu->kicked)
			cpu_request(cpu, CPU_RESCHEDULE);
	}
}

/* There is one CPU, the one that booted. */
static void place_alone(const struct thread *t)
{
	struct cpu *cpu = &cpus[0];

	if (!(t->affinity >> cpu->index & 1))
		return;
	if (cpu->bid < t->priority)
		kick(cpu, t);
	else if (cpu->bid == t->priority && !cpu->slice_armed)
		cpu_request(cpu, CPU_RESCHEDULE);
}

void sched_place(struct thread *t)
{
	cpu_mask_t mask, idle;
	struct cpu *cpu;

	if (is_alone()) {
		place_alone(t);
		return;
	}
	mask = allowed(t);
	idle = mask & sched_idle_mask;
	if (idle) {
		cpu = idle & CPU_MASK(t->cpu) ? &cpus[t->cpu] : first_of(idle);
		kick(cpu, t);
		return;
	}
	cpu = weakest(t, mask);
	if (cpu)
		kick(cpu, t);
	else
		start_slices(t, mask);
}

bool sched_is_weakest(const struct thread *t, const struct cpu *cpu)
{
	cpu_mask_t mask = allowed(t);

	return !(mask & sched_idle_mask) && weakest(t, mask) == cpu;
}

/* Where there is one CPU, the best of them decides. */
void sched_place_all(void)
{
	struct thread *best;

	if (!is_alone()) {
		sched_policy->for_each_ready(sched_place);
		return;
	}
	best = sched_policy->peek(this_cpu(), 0);
	if (best)
		sched_place(best);
}

void sched_make_ready(struct thread *t)
{
	sched_unblock(t, cycles_read());
	sched_enqueue(t, false);
	sched_place(t);
}

/* ---- Whose state the hardware holds ---- */

/* Whoever was kept waiting by what the hardware held of t goes on. */
static NO_INLINE void release(struct thread *t)
{
	SCOPED_LOCK_RAW(&sched_lock);
	t->loaded_on = NULL;
	if (t->state == THREAD_READY) {
		sched_queue_aside(this_cpu());
		sched_place(t);
	}
}

/* v, which cpu, this one, holds, goes out, and next comes in; or NULL. */
static ALWAYS_INLINE void replace(struct cpu *cpu, struct vcpu *v,
				  struct vcpu *next)
{
	arch_vcpu_put(v);
	cpu->loaded = next;
	if (likely(is_alone()))
		v->thread.loaded_on = NULL;	/* nobody else looks */
	else
		release(&v->thread);
	if (next)
		arch_vcpu_load(next);
}

/* May cpu keep what it holds while it runs t, which is no VCPU? */
static NO_INLINE bool may_keep(const struct cpu *cpu, const struct thread *t)
{
	cpu_mask_t self = CPU_MASK(cpu->index);
	cpu_mask_t mask = cpu->loaded->thread.affinity & sched_online();

	return t == cpu->idle ? mask & self : mask == self;
}

void sched_swap_vcpu(struct cpu *cpu, struct thread *t)
{
	struct vcpu *old = cpu->loaded, *next = t->vcpu;

	if (likely(old && next)) {
		replace(cpu, old, next);
	} else if (next) {
		cpu->loaded = next;
		arch_vcpu_load(next);
	} else if (old && !may_keep(cpu, t)) {
		replace(cpu, old, NULL);
	}
}

void sched_vcpu_attach(struct vcpu *v)
{
	struct cpu *cpu = this_cpu();
	struct thread *t = &v->thread;

	assert(cpu->current == t);
	t->vcpu = v;
	{
		SCOPED_LOCK_RAW(&sched_lock);
		t->loaded_on = cpu;
	}
	if (cpu->loaded != v)
		sched_swap_vcpu(cpu, t);
}

void sched_vcpu_detach(struct vcpu *v)
{
	u64 flags = irq_save();
	struct cpu *cpu = this_cpu();

	v->thread.vcpu = NULL;
	if (cpu->loaded == v)
		replace(cpu, v, NULL);
	irq_restore(flags);
}

/* On a CPU that v should leave, in interrupt context. */
static void evict(void *arg)
{
	const struct thread *t = arg;
	struct cpu *cpu = this_cpu();

	if (cpu->current == t || cpu->leaving)
		cpu_request(cpu, CPU_RESCHEDULE);
	else if (cpu->loaded && &cpu->loaded->thread == t)
		replace(cpu, cpu->loaded, NULL);
}

/* ---- Priority ---- */

void sched_set_priority(struct thread *t, u8 priority)
{
	SCOPED_LOCK(&sched_lock);
	if (t->state == THREAD_READY) {
		sched_queue_aside(&cpus[t->cpu]);
		sched_policy->dequeue(t);
	}
	t->priority = priority;
	if (t->state == THREAD_READY) {
		sched_policy->enqueue(t, false);
		sched_place(t);
	} else if (t->state == THREAD_RUNNING) {
		cpu_request(&cpus[t->cpu], CPU_RESCHEDULE);
	}
}

/* ---- Affinity ---- */

/* The CPU that t must still leave, or NULL. */
static struct cpu *misplaced_on(const struct thread *t)
{
	SCOPED_LOCK(&sched_lock);
	if (t->state == THREAD_RUNNING && !(t->affinity >> t->cpu & 1))
		return &cpus[t->cpu];
	if (t->loaded_on && !(t->affinity >> t->loaded_on->index & 1))
		return t->loaded_on;
	return NULL;
}

int sched_set_affinity(struct thread *t, cpu_mask_t mask)
{
	struct cpu *cpu;

	if (!(mask & sched_online()))
		return fail(-EINVAL, "%s: affinity names no running host CPU",
			    t->name);
	{
		SCOPED_LOCK(&sched_lock);
		t->affinity = mask;
		if (t->state == THREAD_READY)
			sched_place(t);
		else if (t->state == THREAD_RUNNING && !(mask >> t->cpu & 1))
			cpu_request(&cpus[t->cpu], CPU_RESCHEDULE);
	}
	while ((cpu = misplaced_on(t)) != NULL) {
		if (t == thread_current()) {
			u64 flags = irq_save();

			sched_preempt();
			irq_restore(flags);
		} else {
			smp_call(CPU_MASK(cpu->index), evict, t);
		}
	}
	return 0;
}
