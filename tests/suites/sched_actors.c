// SPDX-License-Identifier: GPL-2.0-or-later
/* Threads that do what a suite or a fuzzer likes, and what must always hold. */
#include "sched_actors.h"
#include <libs/printf.h>
#include <vmm/arch.h>

#include "../../core/sched/internal.h"
#include "fake_platform.h"

struct actor actors[ACTORS_MAX];
unsigned actor_count;
struct sched_group actor_groups[ACTOR_GROUPS];
bool actors_ending;

static void body(void *arg)
{
	struct actor *a = arg;

	while (!actors_ending) {
		a->turns++;
		a->act(a);
	}
}

void actor_spin(struct actor *a)
{
	platform_spin();
}

struct thread *actors_add(void (*act)(struct actor *), struct sched_group *g)
{
	struct actor *a = &actors[actor_count++];
	struct thread *t = &a->vcpu.thread;
	char name[16];

	*a = (struct actor){ .act = act };
	snprintf(name, sizeof(name), "actor/%u", actor_count - 1);
	if (thread_init(t, name, 0))
		return NULL;
	thread_set_body(t, body, a);
	if (g) {
		t->vcpu = &a->vcpu;
		t->group = g;
	}
	return t;
}

void actors_begin(unsigned cpu_total)
{
	unsigned i;

	if (actor_count)
		actors_end();		/* a case that failed left them */
	actors_ending = false;
	actor_count = 0;
	platform_start(cpu_total);
	for (i = 0; i < ACTOR_GROUPS; i++)
		sched_group_init(&actor_groups[i]);
}

void actors_run(u64 ns)
{
	u64 i;

	for (i = 0; i < ns; i += ACTORS_STEP_NS)
		platform_step(ACTORS_STEP_NS);
}

static bool all_dead(void)
{
	for (unsigned i = 0; i < actor_count; i++)
		if (actors[i].vcpu.thread.state != THREAD_DEAD)
			return false;
	return true;
}

bool actors_end(void)
{
	unsigned i, tries;
	bool all;

	actors_ending = true;
	for (tries = 0; tries < 200 && !all_dead(); tries++) {
		for (i = 0; i < actor_count; i++)
			sched_wake(&actors[i].vcpu.thread);
		platform_step(ACTORS_STEP_NS);
	}
	all = all_dead();
	for (i = 0; i < actor_count; i++) {
		struct thread *t = &actors[i].vcpu.thread;

		t->loaded_on = NULL;
		if (t->state == THREAD_DEAD)
			thread_fini(t);
	}
	actor_count = 0;
	platform_stop();
	return all && !sched_ready_count;
}

/* ---- Invariants, between two steps ---- */

static unsigned ready_seen;
static bool broken;

static void see_ready(struct thread *t)
{
	ready_seen++;
	broken = broken || t->state != THREAD_READY;
}

static bool is_settled(void)
{
	unsigned i;

	for (i = 0; i < cpu_count; i++) {
		if (sched_preempt_is_due(&cpus[i]) || cpus[i].kicked ||
		    platform_lines[i].ipi)
			return false;
	}
	return true;
}

static bool runs_right(const struct thread *t)
{
	const struct cpu *c = &cpus[t->cpu];

	if (c->current != t || c->index != t->cpu)
		return false;
	if (t->vcpu && (c->loaded != t->vcpu || t->loaded_on != c))
		return false;
	return t->affinity >> c->index & 1 || (c->requests & CPU_RESCHEDULE);
}

/* Nobody who may be displaced by t runs, nor does a CPU idle. */
static bool waits_right(const struct thread *t)
{
	unsigned i;

	for (i = 0; i < cpu_count; i++) {
		const struct cpu *c = &cpus[i];

		if (!sched_may_run(t, c))
			continue;
		if (c->current == c->idle ||
		    c->current->priority < t->priority)
			return false;
		/* Its turn comes: somebody looks at the time. */
		if (c->current->priority == t->priority && !c->slice_armed)
			return false;
	}
	return true;
}

static bool hardware_right(const struct cpu *c)
{
	const struct thread *t;

	if (!c->loaded)
		return true;
	t = &c->loaded->thread;
	return t->loaded_on == c && c->loaded->arch.loaded &&
	       (c->current == t || c->current == c->idle || !c->current->vcpu);
}

/* Nobody expects more, or less, of a CPU than what it runs. */
static bool promises_right(const struct cpu *c)
{
	return c->bid == (c->current == c->idle ? SCHED_BID_IDLE :
						  c->current->priority);
}

bool actors_check(void)
{
	unsigned i, ready = 0;
	bool settled = is_settled(), good = true;

	ready_seen = 0;
	broken = false;
	for (i = 0; i < actor_count; i++) {
		const struct thread *t = &actors[i].vcpu.thread;

		ready += t->state == THREAD_READY;
		if (t->state == THREAD_RUNNING)
			good = good && runs_right(t);
		if (t->state == THREAD_READY && settled)
			good = good && waits_right(t);
	}
	for (i = 0; i < cpu_count; i++) {
		if (cpus[i].aside)
			see_ready(cpus[i].aside);
		good = good && hardware_right(&cpus[i]) &&
		       (!settled || promises_right(&cpus[i]));
		if (cpus[i].current != cpus[i].idle)
			good = good &&
			       cpus[i].current->state == THREAD_RUNNING &&
			       cpus[i].current->cpu == i;
	}
	sched_policy->for_each_ready(see_ready);
	return good && !broken && ready_seen == ready &&
	       ready == sched_ready_count;
}

/* What a group received so far. */
u64 actors_received(const struct sched_group *g)
{
	u64 sum = 0;
	unsigned i;

	for (i = 0; i < actor_count; i++) {
		if (actors[i].vcpu.thread.group == g)
			sum += thread_run_cycles(&actors[i].vcpu.thread);
	}
	return sum;
}
