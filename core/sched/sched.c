// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The scheduler's mechanism: how a CPU goes from one thread to another.
 *
 * One lock guards all decisions.  It is held from the decision until the next
 * thread's stack is in use, so that nobody picks a thread whose registers are
 * still being saved; what interrupts decide leaves nobody to pick.  What the
 * hardware holds of a VCPU changes hands after that, without the lock
 * (placement.c).
 *
 * A slice's end needs a timer only while somebody of the same priority waits.
 * The timer is not moved at each switch: when it rings early, it is set anew.
 */
#include <arch/cycles.h>
#include <libs/printf.h>
#include <vmm/arch.h>
#include <vmm/clock.h>
#include <vmm/irq.h>
#include <vmm/log.h>
#include <vmm/sched.h>
#include <vmm/timer.h>
#include <vmm/trace.h>
#include <vmm/vcpu.h>

#include "internal.h"

SET_DEFINE(sched_policy);

struct spinlock sched_lock = SPINLOCK_INIT(LOCK_SCHED);
const struct sched_policy *sched_policy;
cpu_mask_t sched_idle_mask;
u32 sched_ready_count;
u32 sched_cpu_count;
struct list sched_threads = LIST_INIT(sched_threads);
struct sched_group sched_orphans;

static struct thread idle_threads[CONFIG_CPU_MAX];
static struct sched_group idle_group;	/* pays for idle time */
static struct timer slice_timers[CONFIG_CPU_MAX];	/* o */

/* Rings when t, which runs here, has had its slice. */
static void slice_arm(struct cpu *cpu, const struct thread *t)
{
	u64 slice = sched_policy->slice_cycles(t);
	u64 used = t->slice_cycles +
		   sched_elapsed(t->since_cycles, cycles_read());

	if (!slice || !sched_policy->peek(cpu, t->priority))
		return;
	cpu->slice_armed = true;
	timer_set_cycles(&slice_timers[cpu->index], cycles_read() +
			 (used < slice ? slice - used : 0));
}

static bool slice_is_over(const struct thread *t)
{
	u64 slice = sched_policy->slice_cycles(t);

	return slice && t->slice_cycles +
	       sched_elapsed(t->since_cycles, cycles_read()) >= slice;
}

/*
 * Somebody else may run by now: only where the slice of who does is over, and
 * an equal waits, others are looked at.
 */
static void slice_ring(struct timer *timer)
{
	struct cpu *cpu = this_cpu();
	struct thread *t = cpu->current;

	SCOPED_LOCK_RAW(&sched_lock);
	cpu->slice_armed = false;
	if (t == cpu->idle || !sched_ready_count)
		return;
	if (!slice_is_over(t))
		slice_arm(cpu, t);
	else if (sched_policy->peek(cpu, t->priority))
		cpu_request(cpu, CPU_RESCHEDULE);
}

/* t pays for what it ran until now. */
static ALWAYS_INLINE u64 charge(struct thread *t, u64 now)
{
	u64 ran = sched_elapsed(t->since_cycles, now);

	t->run_cycles += ran;
	t->group->account += ran;
	t->since_cycles = now;
	return ran;
}

/* What others may expect of this CPU from now on. */
static ALWAYS_INLINE void set_bid(struct cpu *cpu, const struct thread *t,
				  bool was_idle)
{
	if (t == cpu->idle) {
		cpu->bid = SCHED_BID_IDLE;
		sched_idle_mask |= CPU_MASK(cpu->index);
		return;
	}
	cpu->bid = t->priority;
	if (was_idle)
		sched_idle_mask &= ~CPU_MASK(cpu->index);
}

/* Somebody waits, t runs here: turns end, and all are where they should be. */
static NO_INLINE void look_around(struct cpu *cpu, const struct thread *t)
{
	if (!cpu->slice_armed && t != cpu->idle)
		slice_arm(cpu, t);
	if (cpu->kicked) {
		cpu->kicked = false;
		sched_place_all();
	}
}

/* After each decision that t runs here. */
static ALWAYS_INLINE void settle(struct cpu *cpu, const struct thread *t)
{
	if (unlikely(!cpu->slice_armed || cpu->kicked)) {
		if (sched_ready_count)
			look_around(cpu, t);
		else
			cpu->kicked = false;
	}
}

/* Apart, so that the usual way keeps no registers for it. */
static NO_INLINE void switch_end_traced(struct cpu *cpu, struct thread *t)
{
	trace_thread(TRACE_SWITCH, t);
	if (t->vcpu != cpu->loaded)
		sched_swap_vcpu(cpu, t);
}

/*
 * Runs on the stack of the thread that goes on.  What an interrupt decided
 * (resume(), replace()) is done without the lock: nobody may pick who ran.
 */
void sched_switch_end(void)
{
	struct cpu *cpu = this_cpu();
	struct thread *t = cpu->current;

	if (cpu->leaving)
		cpu->leaving = NULL;
	else
		spin_unlock(&sched_lock);
	if (trace_is_on(TRACE_SWITCHES))
		switch_end_traced(cpu, t);
	else if (t->vcpu != cpu->loaded)
		sched_swap_vcpu(cpu, t);
}

/* t, taken from the ready ones, is what runs here from now on. */
static ALWAYS_INLINE void start(struct cpu *cpu, struct thread *t, u64 now)
{
	t->state = THREAD_RUNNING;
	t->cpu = (u8)cpu->index;
	t->since_cycles = now;
	if (likely(t->vcpu))
		t->loaded_on = cpu;
	cpu->current = t;
}

/* LOCK_SCHED is held before, and free after.  from is charged. */
static ALWAYS_INLINE void switch_to(struct cpu *cpu, struct thread *from,
				    struct thread *to, u64 now)
{
	start(cpu, to, now);
	set_bid(cpu, to, from == cpu->idle);
	settle(cpu, to);
	arch_thread_switch(&from->arch, &to->arch);
	sched_switch_end();
}

/*
 * The shortest way out of sleep, in an interrupt of this CPU: t, whose state it
 * or nobody holds, is what runs here from now on, without a queue, the policy
 * or a second look.  The idle thread changes stacks when the interrupt is over;
 * what else that brings is seen before the guest goes on.  False: somebody else
 * is ready, or the CPU is asked to look.
 */
static ALWAYS_INLINE bool resume(struct cpu *cpu, struct thread *t)
{
	struct thread *idle = cpu->idle;
	u64 now;

	if (cpu->bid != SCHED_BID_IDLE || sched_ready_count ||
	    !(t->affinity >> cpu->index & 1))
		return false;
	if (t->loaded_on != cpu) {
		if (t->loaded_on)
			return false;
		t->cpu = (u8)cpu->index;
		t->loaded_on = t->vcpu ? cpu : NULL;
	}
	now = cycles_read();
	idle->run_cycles += sched_elapsed(idle->since_cycles, now);
	idle->since_cycles = now;
	sched_unblock(t, now);
	t->state = THREAD_RUNNING;
	cpu->current = t;
	cpu->bid = t->priority;
	sched_idle_mask &= ~CPU_MASK(cpu->index);
	return true;
}

/*
 * In an interrupt of a CPU that runs a lesser thread, a VCPU whose state it
 * holds, or any where there is no other CPU: t is what runs here from now on.
 * The thread waits for its turn aside, where nobody may take it, so stacks are
 * changed when the interrupt is over (leaving).  Whoever may run here and
 * waits is not better than who ran, so not as good as t.  False: this CPU has
 * been asked to look, or is not the place, or has put another one aside.
 */
static ALWAYS_INLINE bool replace(struct cpu *cpu, struct thread *t,
				  bool quickly)
{
	struct thread *from = cpu->current;
	u64 now;

	if (unlikely(!from->vcpu || from->vcpu != cpu->loaded) &&
	    sched_cpu_count > 1)
		return false;
	if (!cpu->in_irq || cpu->kicked || cpu->aside)
		return false;
	if (!sched_is_only(t, cpu) && (quickly || !sched_is_weakest(t, cpu)))
		return false;
	now = cycles_read();
	from->slice_cycles += charge(from, now);
	sched_unblock(t, now);
	start(cpu, t, now);
	cpu->bid = t->priority;
	from->state = THREAD_READY;
	sched_ready_count++;
	cpu->aside = cpu->leaving = from;
	return true;
}

/* False: t has to look for a CPU; quickly: or this is not worth a call. */
static ALWAYS_INLINE bool wake_here(struct thread *t, bool quickly)
{
	struct cpu *cpu = this_cpu();

	if (unlikely(t->state != THREAD_BLOCKED)) {
		t->wake_pending = true;
		return true;
	}
	if (cpu->asleep)	/* on the idle thread's stack */
		return resume(cpu, t);
	return replace(cpu, t, quickly);
}

void sched_wake_locked(struct thread *t)
{
	if (trace_is_on(TRACE_WAKES))
		trace_thread(TRACE_WAKE, t);
	if (!wake_here(t, false))
		sched_make_ready(t);
}

void sched_wake(struct thread *t)
{
	SCOPED_LOCK(&sched_lock);
	sched_wake_locked(t);
}

static NO_INLINE void wake_and_unlock(struct thread *t)
{
	sched_wake_locked(t);
	spin_unlock(&sched_lock);
}

/* What is usual, without a call that registers would be kept for. */
void sched_wake_masked(struct thread *t)
{
	if (trace_is_on(TRACE_WAKES) || !spin_try_lock(&sched_lock)) {
		sched_wake(t);
		return;
	}
	if (unlikely(!wake_here(t, true))) {
		wake_and_unlock(t);
		return;
	}
	spin_unlock(&sched_lock);
}

/* t is blocked or dead. */
static void leave(struct cpu *cpu, struct thread *t)
{
	u64 now = cycles_read();
	struct thread *next;

	charge(t, now);
	t->slice_cycles = 0;
	next = sched_pick(cpu, 0);
	switch_to(cpu, t, next ? next : cpu->idle, now);
}

static ALWAYS_INLINE void check_may_leave(const struct cpu *cpu)
{
	if (IS_ENABLED(CONFIG_DEBUG_LOCKS))
		assert(cpu->current != cpu->idle && !cpu->in_irq &&
		       !cpu->preempt_depth);
}

void sched_block(void)
{
	u64 flags = irq_save();
	struct cpu *cpu = this_cpu();
	struct thread *t = cpu->current;

	check_may_leave(cpu);
	spin_lock(&sched_lock);
	if (t->wake_pending) {
		t->wake_pending = false;
		spin_unlock(&sched_lock);
	} else {
		t->state = THREAD_BLOCKED;
		leave(cpu, t);
	}
	irq_restore(flags);
}

_Noreturn void sched_exit(void)
{
	struct cpu *cpu;
	struct thread *t;

	irq_mask();
	cpu = this_cpu();
	t = cpu->current;
	check_may_leave(cpu);
	spin_lock(&sched_lock);
	t->state = THREAD_DEAD;
	if (t->joiner)
		sched_wake_locked(t->joiner);
	leave(cpu, t);
	panic("sched: %s: runs after its end", t->name);
}

/* This CPU is to look where whom it leaves, who is held nowhere, may run. */
static ALWAYS_INLINE void look_for_place(struct cpu *cpu)
{
	if (sched_cpu_count > 1)
		cpu->kicked = true;
}

/*
 * The current thread waits again; next is what runs instead of it.  Who holds
 * no state may go elsewhere at once, others once theirs is taken out.
 */
static ALWAYS_INLINE void give_way(struct cpu *cpu, struct thread *next,
				   bool at_head)
{
	struct thread *t = cpu->current;
	u64 now = cycles_read();
	u64 ran = charge(t, now);

	if (t != cpu->idle) {
		t->slice_cycles = at_head ? t->slice_cycles + ran : 0;
		sched_enqueue(t, at_head);
		if (unlikely(!t->loaded_on))
			look_for_place(cpu);
	}
	switch_to(cpu, t, next, now);
}

/*
 * LOCK_SCHED is held before, and free after.  Two that are not idle change
 * places: as many are ready as before.
 */
static ALWAYS_INLINE void take_turn(struct cpu *cpu, struct thread *t)
{
	u64 now = cycles_read(), ran = charge(t, now);
	struct thread *next;

	next = sched_policy->take_turn(cpu, t);
	if (unlikely(!next)) {
		t->slice_cycles += ran;
		spin_unlock(&sched_lock);
		return;
	}
	t->slice_cycles = 0;
	t->state = THREAD_READY;
	if (unlikely(!t->loaded_on))
		look_for_place(cpu);
	start(cpu, next, now);
	cpu->bid = next->priority;
	settle(cpu, next);
	arch_thread_switch(&t->arch, &next->arch);
	sched_switch_end();
	if (likely(t->vcpu))
		vcpu_recheck(t->vcpu);
}

void sched_yield(void)
{
	struct cpu *cpu = this_cpu();

	if (!__atomic_load_n(&sched_ready_count, __ATOMIC_RELAXED))
		return;
	check_may_leave(cpu);
	spin_lock(&sched_lock);
	take_turn(cpu, cpu->current);
}

/*
 * t's slice is over: it waits for its turn, which may be the next one.  Where
 * nobody can take it over the slice stays over: who is next may only wait
 * until another CPU lets go of its state, and then asks this one to look.
 */
static void end_slice(struct cpu *cpu, struct thread *t)
{
	struct thread *next;
	u64 now = cycles_read(), used = t->slice_cycles + charge(t, now);

	t->slice_cycles = 0;
	sched_enqueue(t, false);
	next = sched_pick(cpu, 0);
	if (next != t) {
		if (unlikely(!t->loaded_on))
			look_for_place(cpu);
		switch_to(cpu, t, next, now);
		return;
	}
	t->state = THREAD_RUNNING;
	if (!sched_policy->peek(cpu, t->priority))
		t->slice_cycles = used;
	set_bid(cpu, t, false);
	settle(cpu, t);
	spin_unlock(&sched_lock);
}

/*
 * What replace() has decided is looked at once more: who runs from now on has
 * not begun, so its state is in no hardware.  Takes LOCK_SCHED.
 */
static NO_INLINE void choose_again(struct cpu *cpu)
{
	struct thread *t = cpu->current, *next;
	unsigned least;
	u64 now = cycles_read();

	cpu->leaving = NULL;
	__atomic_fetch_and(&cpu->requests, ~(u32)CPU_RESCHEDULE,
			   __ATOMIC_ACQUIRE);
	spin_lock(&sched_lock);
	least = sched_may_run(t, cpu) ? t->priority + 1u : 0;
	next = sched_pick(cpu, least);
	if (next || !least) {
		charge(t, now);
		t->loaded_on = NULL;
		sched_enqueue(t, true);
		cpu->kicked = true;
		start(cpu, next ? next : cpu->idle, now);
	}
	set_bid(cpu, cpu->current, false);
	settle(cpu, cpu->current);
}

/* What replace() has decided, unless others were asked for meanwhile. */
static ALWAYS_INLINE void switch_stacks(struct cpu *cpu, struct thread *from)
{
	if (unlikely(__atomic_load_n(&cpu->requests, __ATOMIC_RELAXED) &
		     CPU_RESCHEDULE))
		choose_again(cpu);
	arch_thread_switch(&from->arch, &cpu->current->arch);
	sched_switch_end();
}

void sched_switch(struct vcpu *v)
{
	switch_stacks(this_cpu(), &v->thread);
	vcpu_recheck(v);
}

void sched_preempt(void)
{
	struct cpu *cpu = this_cpu();
	struct thread *t = cpu->current, *next;
	unsigned least;
	bool stays;

	if (cpu->leaving) {
		switch_stacks(cpu, cpu->leaving);
		return;
	}
	__atomic_fetch_and(&cpu->requests, ~(u32)CPU_RESCHEDULE,
			   __ATOMIC_ACQUIRE);
	spin_lock(&sched_lock);
	stays = sched_may_run(t, cpu);
	least = stays && t != cpu->idle ? t->priority + 1u : 0;
	next = sched_pick(cpu, least);
	if (next || !stays) {
		give_way(cpu, next ? next : cpu->idle, stays);
		return;
	}
	if (t != cpu->idle && slice_is_over(t)) {
		end_slice(cpu, t);
		return;
	}
	set_bid(cpu, t, t == cpu->idle);
	settle(cpu, t);
	spin_unlock(&sched_lock);
}

u64 thread_run_cycles(const struct thread *t)
{
	u64 ran = t->run_cycles;

	if (t->state == THREAD_RUNNING)
		ran += sched_elapsed(t->since_cycles, cycles_read());
	return ran;
}

u64 thread_blocked_cycles(const struct thread *t)
{
	u64 blocked = t->blocked_cycles;

	if (t->state == THREAD_BLOCKED)
		blocked += sched_elapsed(t->since_cycles, cycles_read());
	return blocked;
}

u64 thread_ready_cycles(const struct thread *t)
{
	u64 other = thread_run_cycles(t) + thread_blocked_cycles(t);

	if (t->state == THREAD_NEW || t->state == THREAD_DEAD)
		return 0;
	return sched_elapsed(t->begin_cycles + other, cycles_read());
}

/* The idle thread is always as if it ran. */
u64 sched_idle_cycles(const struct cpu *cpu)
{
	const struct thread *idle = cpu->idle;

	return cpu->current == idle ? thread_run_cycles(idle) :
	       idle->run_cycles;
}

void sched_group_init(struct sched_group *g)
{
	*g = (struct sched_group){ .account = 0 };
	list_init(&g->entry);
	list_init(&g->ready);
}

void sched_for_each_thread(void (*fn)(struct thread *t, void *arg), void *arg)
{
	struct thread *t;

	SCOPED_LOCK(&sched_lock);
	list_for_each(t, &sched_threads, all_entry)
		fn(t, arg);
}

void sched_init_cpu(struct cpu *cpu)
{
	struct thread *t = &idle_threads[cpu->index];

	*t = (struct thread){
		.state = THREAD_RUNNING,
		.cpu = (u8)cpu->index,
		.affinity = CPU_MASK(cpu->index),
		.group = &idle_group,
		.since_cycles = cycles_read(),
	};
	snprintf(t->name, sizeof(t->name), "idle/%u", cpu->index);
	timer_init(&slice_timers[cpu->index], slice_ring);
	cpu->idle = t;
	cpu->current = t;
	cpu->bid = SCHED_BID_IDLE;
	cpu->requests |= CPU_RESCHEDULE;
}

void sched_init(void)
{
	set_for_each(sched_policy, p)
		sched_policy = p;
	if (!sched_policy)
		panic("sched: no policy in this image");
	sched_group_init(&sched_orphans);
	sched_cpu_count = 0;
	sched_init_cpu(this_cpu());
}

static ALWAYS_INLINE void sleep(struct cpu *cpu)
{
	struct thread *idle = cpu->idle, *t;
	u64 since = cycles_read();

	cpu->asleep = true;
	arch_cpu_idle();
	cpu->idle_cycles += sched_elapsed(since, cycles_read());
	irq_dispatch();
	cpu->asleep = false;
	t = cpu->current;
	if (t == idle)
		return;
	cpu->leaving = idle;
	arch_thread_switch(&idle->arch, &t->arch);
	sched_switch_end();
}

/* By now the clock's frequency is known, which slices are made of. */
static void join(void)
{
	SCOPED_LOCK(&sched_lock);
	sched_policy->set_cpus(++sched_cpu_count);
}

_Noreturn void sched_idle(void)
{
	struct cpu *cpu = this_cpu();

	irq_mask();
	join();
	for (;;) {
		while (!(__atomic_load_n(&cpu->requests, __ATOMIC_RELAXED) &
			 CPU_RESCHEDULE))
			sleep(cpu);
		sched_preempt();
	}
}
