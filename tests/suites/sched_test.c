// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The scheduler on simulated CPUs: who runs where, shares of time, and
 * threads that wake, block, yield and move at random.
 */
#include <arch/irqflags.h>
#include <vmm/arch.h>
#include <vmm/clock.h>
#include <vmm/sched.h>
#include <vmm/test.h>
#include <vmm/timer.h>
#include <vmm/trace.h>
#include <vmm/vcpu.h>
#include <vmm/wait.h>

#include "fake_platform.h"
#include "sched_actors.h"

static u64 seed;

static u64 random_below(u64 n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (seed >> 33) % n;
}

/* ---- Cases ---- */

/* In thousandths of `of`. */
static u64 share(u64 part, u64 of)
{
	return part * 1000 / of;
}

static void three_on_two_cpus(void)
{
	unsigned i;

	actors_begin(2);
	for (i = 0; i < 3; i++)
		thread_start(actors_add(actor_spin, &actor_groups[i]));
	actors_run(3000 * PLATFORM_MS);
	EXPECT(actors_check());
	for (i = 0; i < 3; i++) {
		u64 got = share(actors_received(&actor_groups[i]),
				3000 * PLATFORM_MS);

		EXPECT(got >= 633 && got <= 700);
	}
	EXPECT(actors_end());
}

static void block_forever(struct actor *a)
{
	sched_block();
}

static void wake_and_block(struct actor *a)
{
	sched_wake(&actors[2].vcpu.thread);
	sched_block();
}

/*
 * CPU 0, whose spinner has had its slice, is asked to run somebody better who
 * has found CPU 1 before it looks: it takes part in what comes later.
 */
static void asked_in_vain(void)
{
	struct thread *better;
	unsigned i;

	actors_begin(2);
	thread_start(actors_add(actor_spin, &actor_groups[0]));
	thread_start(actors_add(block_forever, NULL));
	better = actors_add(block_forever, NULL);
	better->priority = 200;
	better->affinity = CPU_MASK(0);
	thread_start(better);
	actors_run(100 * PLATFORM_MS);
	better->affinity = CPU_MASK_ALL;
	actors[1].act = wake_and_block;
	sched_wake(&actors[1].vcpu.thread);
	actors_run(PLATFORM_MS);
	EXPECT_EQ(better->cpu, 1);
	EXPECT(actors_check());
	thread_start(actors_add(actor_spin, &actor_groups[1]));
	thread_start(actors_add(actor_spin, &actor_groups[2]));
	actors_run(3000 * PLATFORM_MS);
	for (i = 1; i < 3; i++) {
		u64 got = share(actors_received(&actor_groups[i]),
				3000 * PLATFORM_MS);

		EXPECT(got >= 633 && got <= 700);
	}
	EXPECT(actors_end());
}

/* The guest with four VCPUs gets as much as the one with one. */
static void four_against_one(unsigned cpu_total, u64 least, u64 most)
{
	unsigned i;

	actors_begin(cpu_total);
	for (i = 0; i < 4; i++)
		thread_start(actors_add(actor_spin, &actor_groups[0]));
	thread_start(actors_add(actor_spin, &actor_groups[1]));
	actors_run(4000 * PLATFORM_MS);
	EXPECT(actors_check());
	for (i = 0; i < 2; i++) {
		u64 got = share(actors_received(&actor_groups[i]),
				4000 * PLATFORM_MS);

		EXPECT(got >= least && got <= most);
	}
	for (i = 0; i < 4; i++) {
		u64 got = share(thread_run_cycles(&actors[i].vcpu.thread),
				actors_received(&actor_groups[0]));

		EXPECT(got >= 240 && got <= 260);
	}
	EXPECT(actors_end());
}

static void four_against_one_on_one(void)
{
	four_against_one(1, 490, 510);
}

static void four_against_one_on_two(void)
{
	four_against_one(2, 970, 1030);
}

/* Eight VCPUs against four on eight CPUs: half of the machine each. */
static void eight_against_four(void)
{
	unsigned i;

	actors_begin(8);
	for (i = 0; i < 12; i++)
		thread_start(actors_add(actor_spin, &actor_groups[i / 8]));
	actors_run(2000 * PLATFORM_MS);
	for (i = 0; i < 2; i++) {
		u64 got = share(actors_received(&actor_groups[i]),
				2000 * PLATFORM_MS);

		EXPECT(got >= 3800 && got <= 4200);
	}
	EXPECT(actors_end());
}

/* Pinned beside a guest that has another CPU to itself: still equal. */
static void pinned_beside_a_leader(void)
{
	struct thread *t;
	unsigned i;

	actors_begin(2);
	for (i = 0; i < 5; i++) {
		t = actors_add(actor_spin, &actor_groups[i < 4 ? 0 : 1]);
		t->affinity = CPU_MASK(0);
		thread_start(t);
	}
	t = actors_add(actor_spin, &actor_groups[2]);
	t->affinity = CPU_MASK(1);
	thread_start(t);
	actors_run(3000 * PLATFORM_MS);
	for (i = 0; i < 2; i++) {
		u64 got = share(actors_received(&actor_groups[i]),
				3000 * PLATFORM_MS);

		EXPECT(got >= 480 && got <= 520);
	}
	EXPECT_EQ(share(actors_received(&actor_groups[2]), 3000 * PLATFORM_MS),
		  1000);
	EXPECT(actors_end());
}

/* Who slept for ten seconds does not run alone for ten seconds. */
static void sleepers_do_not_hoard(void)
{
	struct thread *t;
	u64 before;

	actors_begin(1);
	thread_start(actors_add(actor_spin, &actor_groups[0]));
	t = actors_add(block_forever, &actor_groups[1]);
	thread_start(t);
	actors_run(10000 * PLATFORM_MS);
	actors[1].act = actor_spin;
	before = actors_received(&actor_groups[0]);
	sched_wake(t);
	actors_run(400 * PLATFORM_MS);
	before = actors_received(&actor_groups[0]) - before;
	EXPECT(before >= 180 * PLATFORM_MS && before <= 200 * PLATFORM_MS);
	EXPECT(actors_end());
}

static void higher_runs_at_once(void)
{
	struct thread *low, *high;
	u64 turns;

	actors_begin(1);
	low = actors_add(actor_spin, &actor_groups[0]);
	high = actors_add(block_forever, &actor_groups[1]);
	high->priority = 200;
	thread_start(low);
	thread_start(high);
	actors_run(PLATFORM_MS);
	EXPECT_EQ(high->state, THREAD_BLOCKED);
	EXPECT_EQ(low->state, THREAD_RUNNING);
	actors[1].act = actor_spin;
	sched_wake(high);
	platform_step(ACTORS_STEP_NS);
	EXPECT_EQ(high->state, THREAD_RUNNING);
	turns = actors[0].turns;
	actors_run(100 * PLATFORM_MS);
	EXPECT_EQ(actors[0].turns, turns);
	EXPECT(actors_check());
	EXPECT(actors_end());
}

/* Who waits behind a better one, is made better, and worse again. */
static void priority_changes(void)
{
	struct thread *low, *high;

	actors_begin(1);
	low = actors_add(actor_spin, &actor_groups[0]);
	high = actors_add(actor_spin, &actor_groups[1]);
	high->priority = 130;
	thread_start(low);
	thread_start(high);
	actors_run(PLATFORM_MS);
	EXPECT_EQ(low->state, THREAD_READY);
	for (unsigned i = 0; i < 3; i++) {
		sched_set_priority(low, 160);
		platform_step(ACTORS_STEP_NS);
		EXPECT_EQ(low->state, THREAD_RUNNING);
		EXPECT_EQ(high->state, THREAD_READY);
		EXPECT(actors_check());
		sched_set_priority(low, 128);
		platform_step(ACTORS_STEP_NS);
		EXPECT_EQ(high->state, THREAD_RUNNING);
		EXPECT(actors_check());
	}
	EXPECT(actors_end());
}

/* What an interrupt of the CPU does, after who runs asked for it. */
static struct timer interrupts[ACTORS_MAX];

static void wake_two(struct timer *t)
{
	sched_wake(&actors[1].vcpu.thread);
	sched_wake(&actors[2].vcpu.thread);
}

static void spin_until_wake(struct actor *a)
{
	timer_set(&interrupts[0], 0);
	platform_spin();
}

/* A member of `group` runs, two others sleep, and are woken at once. */
static void wake_two_beside(struct sched_group *group, unsigned first)
{
	struct thread *t;

	actors_begin(1);
	timer_init(&interrupts[0], wake_two);
	thread_start(actors_add(actor_spin, group));
	for (unsigned i = 1; i <= 2; i++) {
		t = actors_add(block_forever, &actor_groups[i]);
		t->priority = i == first ? 220 : 200;
		thread_start(t);
	}
	actors_run(PLATFORM_MS);
	actors[1].act = actors[2].act = actor_spin;
	actors[0].act = spin_until_wake;
	actors_run(PLATFORM_MS);
	EXPECT_EQ(actors[first].vcpu.thread.state, THREAD_RUNNING);
	EXPECT_EQ(actors[3 - first].vcpu.thread.state, THREAD_READY);
	EXPECT_EQ(actors[0].vcpu.thread.state, THREAD_READY);
	EXPECT(actors_check());
	actors[0].act = actor_spin;
	timer_cancel(&interrupts[0]);
	EXPECT(actors_end());
}

/*
 * Of two that one interrupt wakes the higher runs first, whoever is first, be
 * it a VCPU that is interrupted or an orphan.
 */
static void woken_by_an_interrupt(void)
{
	for (unsigned first = 1; first <= 2; first++) {
		wake_two_beside(&actor_groups[0], first);
		wake_two_beside(NULL, first);
	}
}

static void wake_first(struct timer *t)
{
	sched_wake(&actors[1].vcpu.thread);
}

/* With one CPU an interrupt puts an orphan aside, without the queues. */
static void orphan_is_put_aside(void)
{
	actors_begin(1);
	timer_init(&interrupts[0], wake_first);
	thread_start(actors_add(actor_spin, NULL));
	actors_add(block_forever, &actor_groups[1])->priority = 200;
	thread_start(&actors[1].vcpu.thread);
	actors_run(PLATFORM_MS);
	actors[1].act = actor_spin;
	actors[0].act = spin_until_wake;
	actors_run(PLATFORM_MS);
	EXPECT_EQ(actors[1].vcpu.thread.state, THREAD_RUNNING);
	EXPECT_EQ(cpus[0].aside, &actors[0].vcpu.thread);
	EXPECT(!cpus[0].leaving);
	actors[0].act = actor_spin;
	timer_cancel(&interrupts[0]);
	EXPECT(actors_end());
}

static void wake_later(struct actor *a)
{
	timer_set(&interrupts[0], clock_now() + 2 * PLATFORM_MS);
	sched_block();
}

/*
 * An interrupt ends a CPU's sleep for the VCPU that it holds, and then for an
 * orphan that goes before it: each goes on where it blocked.
 */
static void woken_in_sleep(void)
{
	actors_begin(1);
	timer_init(&interrupts[0], wake_two);
	thread_start(actors_add(wake_later, NULL));
	thread_start(actors_add(block_forever, &actor_groups[1]));
	actors_add(block_forever, NULL)->priority = 200;
	thread_start(&actors[2].vcpu.thread);
	actors_run(PLATFORM_MS);
	EXPECT_EQ(cpus[0].current, cpus[0].idle);
	EXPECT_EQ(cpus[0].loaded, &actors[1].vcpu);
	actors[1].act = actors[2].act = actor_spin;
	actors_run(10 * PLATFORM_MS);
	EXPECT(!cpus[0].leaving);
	EXPECT_EQ(actors[2].vcpu.thread.state, THREAD_RUNNING);
	EXPECT_EQ(actors[1].vcpu.thread.state, THREAD_READY);
	EXPECT(actors_check());
	actors[2].act = block_forever;
	actors_run(PLATFORM_MS);
	EXPECT_EQ(actors[1].vcpu.thread.state, THREAD_RUNNING);
	EXPECT(actors[1].turns > 2);
	EXPECT(actors_end());
}

static const struct thread *at_once;	/* what ran right after a wake-up */

static void wake_and_look(struct timer *t)
{
	wake_first(t);
	at_once = this_cpu()->current;
	EXPECT(!(this_cpu()->requests & CPU_RESCHEDULE));
}

/* The same, without a queue, for one whose state no CPU holds, or an orphan. */
static void woken_in_sleep_from_memory(void)
{
	for (unsigned orphan = 0; orphan < 2; orphan++) {
		const struct thread *t;

		actors_begin(1);
		timer_init(&interrupts[0], wake_and_look);
		thread_start(actors_add(wake_later, NULL));
		t = actors_add(block_forever,
			       orphan ? NULL : &actor_groups[1]);
		thread_start(&actors[1].vcpu.thread);
		actors_run(PLATFORM_MS);
		thread_start(actors_add(block_forever, &actor_groups[2]));
		actors_run(PLATFORM_MS / 2);
		EXPECT_EQ(cpus[0].loaded, &actors[2].vcpu);
		EXPECT(!t->loaded_on);
		actors[1].act = actor_spin;
		at_once = NULL;
		actors_run(10 * PLATFORM_MS);
		EXPECT(at_once == t && cpus[0].current == t);
		EXPECT_EQ(cpus[0].loaded, &actors[2 - !orphan].vcpu);
		EXPECT(actors_check());
		EXPECT(actors_end());
	}
}

/* One thread alone takes no timer interrupts; nor does an idle CPU. */
static void alone_is_tickless(void)
{
	actors_begin(2);
	thread_start(actors_add(actor_spin, &actor_groups[0]));
	actors_run(50 * PLATFORM_MS);
	EXPECT_EQ(platform_lines[0].deadline, ~0ull);
	EXPECT_EQ(platform_lines[1].deadline, ~0ull);
	EXPECT(actors_end());
}

static void spin_then_block(struct actor *a)
{
	unsigned i;

	for (i = 0; i < 45; i++)
		platform_spin();
	sched_block();
}

/* What one member used counts for those who have been waiting. */
static void blocking_is_no_trick(void)
{
	u64 got;
	unsigned i;

	actors_begin(1);
	thread_start(actors_add(actor_spin, &actor_groups[1]));
	actors_run(10 * PLATFORM_MS);
	for (i = 0; i < 4; i++)
		thread_start(actors_add(spin_then_block, &actor_groups[0]));
	actors_run(30 * PLATFORM_MS);
	got = actors_received(&actor_groups[1]);
	EXPECT(got >= 18 * PLATFORM_MS && got <= 24 * PLATFORM_MS);
	EXPECT(actors_end());
}

/* Being asked to look does not end a turn. */
static void requests_leave_turns_alone(void)
{
	const struct thread *was = NULL;
	unsigned i, changes = 0;

	actors_begin(1);
	for (i = 0; i < 2; i++)
		thread_start(actors_add(actor_spin, &actor_groups[i]));
	for (i = 0; i < 500; i++) {
		cpu_request(&cpus[0], CPU_RESCHEDULE);
		platform_step(ACTORS_STEP_NS);
		changes += cpus[0].current != was;
		was = cpus[0].current;
	}
	EXPECT(changes >= 9 && changes <= 12);
	EXPECT(actors_end());
}

/*
 * State stays while nobody needs the CPU; when somebody does, it goes, so
 * that the VCPU can wake elsewhere.
 */
static void state_stays_while_idle(struct sched_group *other)
{
	struct thread *a, *b;

	actors_begin(2);
	a = actors_add(block_forever, &actor_groups[0]);
	thread_start(a);
	actors_run(PLATFORM_MS);
	EXPECT(actors[0].vcpu.arch.loaded);
	EXPECT(a->loaded_on);
	b = actors_add(actor_spin, other);
	b->affinity = CPU_MASK(a->cpu);
	thread_start(b);
	actors_run(PLATFORM_MS);
	EXPECT(!actors[0].vcpu.arch.loaded);
	EXPECT(!a->loaded_on);
	actors[0].act = actor_spin;
	sched_wake(a);
	actors_run(PLATFORM_MS);
	EXPECT_EQ(a->state, THREAD_RUNNING);
	EXPECT(a->cpu != b->cpu);
	EXPECT(actors_check());
	EXPECT(actors_end());
}

static void state_gives_way_to_vcpus(void)
{
	state_stays_while_idle(&actor_groups[1]);
}

static void state_gives_way_to_orphans(void)
{
	state_stays_while_idle(NULL);
}

/* ---- A thread that calls what only threads may call ---- */

static int result;
static cpu_mask_t wanted;
static bool done;

static void move_first(struct actor *a)
{
	result = sched_set_affinity(&actors[0].vcpu.thread, wanted);
	done = true;
	sched_block();
}

static bool moved_to(cpu_mask_t mask, u64 within)
{
	wanted = mask;
	done = false;
	sched_wake(&actors[1].vcpu.thread);
	actors_run(within);
	return done;
}

static void affinity_moves(void)
{
	struct thread *t;
	unsigned i;

	actors_begin(3);
	t = actors_add(actor_spin, &actor_groups[0]);
	thread_start(t);
	wanted = CPU_MASK(1);
	thread_start(actors_add(move_first, NULL));
	actors_run(2 * PLATFORM_MS);
	for (i = 0; i < 9; i++) {
		EXPECT(moved_to(CPU_MASK(i % 3), 2 * PLATFORM_MS));
		EXPECT_EQ(result, 0);
		EXPECT_EQ(t->cpu, i % 3);
		EXPECT_EQ(t->state, THREAD_RUNNING);
		EXPECT(actors_check());
	}
	EXPECT(moved_to(CPU_MASK(5), 2 * PLATFORM_MS));
	EXPECT(result < 0);
	actors[0].act = block_forever;
	actors_run(PLATFORM_MS);
	EXPECT_EQ(t->loaded_on, &cpus[2]);
	EXPECT(moved_to(CPU_MASK(0), 2 * PLATFORM_MS));
	EXPECT(!t->loaded_on);
	EXPECT(!actors[0].vcpu.arch.loaded);
	EXPECT(actors_end());
}

static void join_first(struct actor *a)
{
	thread_join(&actors[0].vcpu.thread);
	result = actors[0].vcpu.thread.state;
	done = true;
	sched_block();
}

static void leave_late(struct actor *a)
{
	unsigned i;

	for (i = 0; i < 20; i++)
		platform_spin();
	thread_exit();
}

static void join_waits(void)
{
	actors_begin(2);
	done = false;
	thread_start(actors_add(leave_late, NULL));
	thread_start(actors_add(join_first, NULL));
	platform_step(ACTORS_STEP_NS);
	platform_step(ACTORS_STEP_NS);
	EXPECT(!done);
	actors_run(20 * PLATFORM_MS);
	EXPECT(done);
	EXPECT_EQ(result, THREAD_DEAD);
	EXPECT(thread_stack_used(&actors[0].vcpu.thread) > 64);
	EXPECT(thread_stack_used_most() < ARCH_STACK_SIZE);
	for (unsigned i = 0; i < 2; i++)
		EXPECT(thread_stack_used(&actors[i].vcpu.thread) <=
		       thread_stack_used_most());
	EXPECT(actors_end());
}

/* A wake-up that comes before the block is not lost. */
static void wake_self_and_block(struct actor *a)
{
	sched_wake(thread_current());
	irq_mask();
	sched_block();
	result += irq_masked();
	irq_unmask();
	platform_spin();
}

static void wake_before_block(void)
{
	actors_begin(1);
	result = 0;
	thread_start(actors_add(wake_self_and_block, NULL));
	actors_run(20 * PLATFORM_MS);
	EXPECT(actors[0].turns >= 90);
	EXPECT((u64)result + 2 >= actors[0].turns);
	EXPECT(actors_end());
}

/* ---- At random ---- */

static struct thread *any_actor(void)
{
	return &actors[random_below(actor_count)].vcpu.thread;
}

static void block_somehow(void)
{
	if (random_below(2)) {
		sched_block();
		return;
	}
	irq_mask();
	sched_block();
	irq_unmask();
}

static void interrupt(struct timer *t)
{
	u64 i;

	for (i = 1 + random_below(3); i; i--)
		sched_wake(any_actor());
}

static void misbehave(struct actor *a)
{
	u64 i;

	switch (random_below(10)) {
	case 0:
		block_somehow();
		break;
	case 1:
	case 2:
		irq_mask();
		sched_yield();
		irq_unmask();
		break;
	case 3:
		sched_wake(any_actor());
		break;
	case 4:
		sched_set_affinity(any_actor(), 1 + random_below(15));
		break;
	case 5:
	case 6:
		timer_set_cycles(&interrupts[a - actors], 0);
		break;
	default:
		for (i = random_below(60); i && !actors_ending; i--)
			platform_spin();
	}
}

static bool random_round(unsigned cpu_total, u64 round)
{
	unsigned i, step;
	struct thread *t;

	actors_begin(cpu_total);
	seed = round;
	for (i = 0; i < ACTORS_MAX; i++) {
		timer_init(&interrupts[i], interrupt);
		t = actors_add(misbehave, i % 4 ? &actor_groups[i % 4] : NULL);
		t->priority = (u8)(100 + 20 * random_below(3));
		thread_start(t);
	}
	for (step = 0; step < 1500; step++) {
		platform_step(random_below(2 * ACTORS_STEP_NS));
		if (random_below(3) == 0)
			sched_wake(any_actor());
		if (!actors_check())
			return false;
	}
	return actors_end();
}

static void at_random(void)
{
	unsigned total;
	u64 round;

	for (total = 1; total <= 4; total++)
		for (round = 1; round <= 6; round++)
			EXPECT(random_round(total, round * 100 + total));
}

/* Where interrupts are masked already, and with a record of each. */
static void woken_masked_and_traced(void)
{
	struct thread *t;

	actors_begin(1);
	t = actors_add(block_forever, NULL);
	thread_start(t);
	actors_run(PLATFORM_MS);
	for (unsigned i = 0; i < 2; i++) {
		u64 turns = actors[0].turns;

		trace_select(i ? BIT(TRACE_WAKES) | BIT(TRACE_SWITCHES) : 0,
			     0);
		EXPECT_EQ(t->state, THREAD_BLOCKED);
		irq_mask();
		sched_wake_masked(t);
		EXPECT(irq_masked());
		irq_unmask();
		actors_run(PLATFORM_MS);
		EXPECT_EQ(actors[0].turns, turns + 1);
	}
	sched_wake(t);
	actors_run(PLATFORM_MS);
	trace_select(0, 0);
	EXPECT(actors_end());
}

SUITE(sched, TEST(three_on_two_cpus), TEST(asked_in_vain),
      TEST(four_against_one_on_one),
      TEST(four_against_one_on_two), TEST(eight_against_four),
      TEST(pinned_beside_a_leader), TEST(sleepers_do_not_hoard),
      TEST(higher_runs_at_once), TEST(priority_changes),
      TEST(woken_by_an_interrupt), TEST(orphan_is_put_aside),
      TEST(woken_in_sleep), TEST(woken_in_sleep_from_memory),
      TEST(alone_is_tickless),
      TEST(blocking_is_no_trick), TEST(requests_leave_turns_alone),
      TEST(state_gives_way_to_vcpus), TEST(state_gives_way_to_orphans),
      TEST(affinity_moves), TEST(join_waits), TEST(wake_before_block),
      TEST(at_random), TEST(woken_masked_and_traced));
