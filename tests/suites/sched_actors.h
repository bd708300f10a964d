/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads on simulated CPUs, for suites and fuzzers of the scheduler. */
#ifndef TESTS_SUITES_SCHED_ACTORS_H
#define TESTS_SUITES_SCHED_ACTORS_H

#include <vmm/sched.h>
#include <vmm/types.h>
#include <vmm/vcpu.h>

#define ACTORS_MAX	12
#define ACTOR_GROUPS	4
#define ACTORS_STEP_NS	200000ull

/* A VCPU's thread or an orphan, which calls act until all are to end. */
struct actor {
	struct vcpu vcpu;
	void (*act)(struct actor *a);
	u64 turns;
	bool owed;			/* a fuzzer's: woken before it blocks */
};

extern struct actor actors[ACTORS_MAX];
extern unsigned actor_count;
extern struct sched_group actor_groups[ACTOR_GROUPS];
extern bool actors_ending;

/* CPUs come up; there is nobody yet. */
void actors_begin(unsigned cpu_total);
/* One more, not started: a VCPU of the guest g, or with NULL an orphan. */
struct thread *actors_add(void (*act)(struct actor *), struct sched_group *g);
void actors_run(u64 ns);
/* All leave their bodies; false when one does not. */
bool actors_end(void);

/*
 * Between two steps: who runs may, on one CPU; who is ready waits for nobody
 * lesser, and is known to the policy; CPUs hold whom they say they hold.
 */
bool actors_check(void);

/* Cycles that a group's actors received so far. */
u64 actors_received(const struct sched_group *g);

/* Something to act: uses its CPU until the next step. */
void actor_spin(struct actor *a);

#endif
