// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The scheduler on simulated CPUs: who runs where, shares of time, and
 * threads that wake, block, yield and move at random.
 */
#include <arch/irqflags.h>
#include <libs/printf.h>
#include <vmm/arch.h>
#include <vmm/clock.h>
#include <vmm/sched.h>
#include <vmm/test.h>
#include <vmm/timer.h>
#include <vmm/vcpu.h>
#include <vmm/wait.h>

#include "../../core/sched/internal.h"
#include "fake_platform.h"

#define STEP_NS		200000ull
#define ACTORS_MAX	12
#define GROUPS_MAX	4

/* A thread of a test: a VCPU or an orphan. */
struct actor {
	struct vcpu vcpu;
	void (*act)(struct actor *a);
	u64 turns;
};

static struct actor actors[ACTORS_MAX];
static unsigned actor_count;
static struct sched_group groups[GROUPS_MAX];
static bool ending;
static u64 seed;

static u64 random_below(u64 n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (seed >> 33) % n;
}

static void body(void *arg)
{
	struct actor *a = arg;

	while (!ending) {
		a->turns++;
		a->act(a);
	}
}

static void spin(struct actor *a)
{
	platform_spin();
}

static struct thread *add(void (*act)(struct actor *), struct sched_group *g)
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

static bool end(void);

static void begin(unsigned cpu_total)
{
	unsigned i;

	if (actor_count)
		end();			/* a case that failed left them */
	ending = false;
	actor_count = 0;
	seed = 1;
	platform_start(cpu_total);
	for (i = 0; i < GROUPS_MAX; i++)
		sched_group_init(&groups[i]);
}

static void run(u64 ns)
{
	u64 i;

	for (i = 0; i < ns; i += STEP_NS)
		platform_step(STEP_NS);
}

/* All actors leave their bodies; false when one does not. */
static bool end(void)
{
	unsigned i, tries;
	bool all = true;

	ending = true;
	for (tries = 0; tries < 200; tries++) {
		for (i = 0; i < actor_count; i++)
			sched_wake(&actors[i].vcpu.thread);
		platform_step(STEP_NS);
	}
	for (i = 0; i < actor_count; i++) {
		struct thread *t = &actors[i].vcpu.thread;

		all = all && t->state == THREAD_DEAD;
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
		if ((cpus[i].requests & CPU_PREEMPT) || cpus[i].kicked ||
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

static bool check(void)
{
	unsigned i, ready = 0;
	bool settled = is_settled(), good = true;

	for (i = 0; i < actor_count; i++) {
		const struct thread *t = &actors[i].vcpu.thread;

		ready += t->state == THREAD_READY;
		if (t->state == THREAD_RUNNING)
			good = good && runs_right(t);
		if (t->state == THREAD_READY && settled)
			good = good && waits_right(t);
	}
	for (i = 0; i < cpu_count; i++) {
		good = good && hardware_right(&cpus[i]) &&
		       (!settled || promises_right(&cpus[i]));
		if (cpus[i].current != cpus[i].idle)
			good = good &&
			       cpus[i].current->state == THREAD_RUNNING;
	}
	ready_seen = 0;
	broken = false;
	sched_policy->for_each_ready(see_ready);
	return good && !broken && ready_seen == ready &&
	       ready == sched_ready_count;
}

/* ---- Cases ---- */

/* In thousandths of `of`. */
static u64 share(u64 part, u64 of)
{
	return part * 1000 / of;
}

/* What a group received so far. */
static u64 received(const struct sched_group *g)
{
	u64 sum = 0;
	unsigned i;

	for (i = 0; i < actor_count; i++) {
		if (actors[i].vcpu.thread.group == g)
			sum += thread_run_cycles(&actors[i].vcpu.thread);
	}
	return sum;
}

static void three_on_two_cpus(void)
{
	unsigned i;

	begin(2);
	for (i = 0; i < 3; i++)
		thread_start(add(spin, &groups[i]));
	run(3000 * PLATFORM_MS);
	EXPECT(check());
	for (i = 0; i < 3; i++) {
		u64 got = share(received(&groups[i]), 3000 * PLATFORM_MS);

		EXPECT(got >= 633 && got <= 700);
	}
	EXPECT(end());
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

	begin(2);
	thread_start(add(spin, &groups[0]));
	thread_start(add(block_forever, NULL));
	better = add(block_forever, NULL);
	better->priority = 200;
	better->affinity = CPU_MASK(0);
	thread_start(better);
	run(100 * PLATFORM_MS);
	better->affinity = CPU_MASK_ALL;
	actors[1].act = wake_and_block;
	sched_wake(&actors[1].vcpu.thread);
	run(PLATFORM_MS);
	EXPECT_EQ(better->cpu, 1);
	EXPECT(check());
	thread_start(add(spin, &groups[1]));
	thread_start(add(spin, &groups[2]));
	run(3000 * PLATFORM_MS);
	for (i = 1; i < 3; i++) {
		u64 got = share(received(&groups[i]), 3000 * PLATFORM_MS);

		EXPECT(got >= 633 && got <= 700);
	}
	EXPECT(end());
}

/* The guest with four VCPUs gets as much as the one with one. */
static void four_against_one(unsigned cpu_total, u64 least, u64 most)
{
	unsigned i;

	begin(cpu_total);
	for (i = 0; i < 4; i++)
		thread_start(add(spin, &groups[0]));
	thread_start(add(spin, &groups[1]));
	run(4000 * PLATFORM_MS);
	EXPECT(check());
	for (i = 0; i < 2; i++) {
		u64 got = share(received(&groups[i]), 4000 * PLATFORM_MS);

		EXPECT(got >= least && got <= most);
	}
	for (i = 0; i < 4; i++) {
		u64 got = share(thread_run_cycles(&actors[i].vcpu.thread),
				received(&groups[0]));

		EXPECT(got >= 240 && got <= 260);
	}
	EXPECT(end());
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

	begin(8);
	for (i = 0; i < 12; i++)
		thread_start(add(spin, &groups[i / 8]));
	run(2000 * PLATFORM_MS);
	for (i = 0; i < 2; i++) {
		u64 got = share(received(&groups[i]), 2000 * PLATFORM_MS);

		EXPECT(got >= 3800 && got <= 4200);
	}
	EXPECT(end());
}

/* Pinned beside a guest that has another CPU to itself: still equal. */
static void pinned_beside_a_leader(void)
{
	struct thread *t;
	unsigned i;

	begin(2);
	for (i = 0; i < 5; i++) {
		t = add(spin, &groups[i < 4 ? 0 : 1]);
		t->affinity = CPU_MASK(0);
		thread_start(t);
	}
	t = add(spin, &groups[2]);
	t->affinity = CPU_MASK(1);
	thread_start(t);
	run(3000 * PLATFORM_MS);
	for (i = 0; i < 2; i++) {
		u64 got = share(received(&groups[i]), 3000 * PLATFORM_MS);

		EXPECT(got >= 480 && got <= 520);
	}
	EXPECT_EQ(share(received(&groups[2]), 3000 * PLATFORM_MS), 1000);
	EXPECT(end());
}

/* Who slept for ten seconds does not run alone for ten seconds. */
static void sleepers_do_not_hoard(void)
{
	struct thread *t;
	u64 before;

	begin(1);
	thread_start(add(spin, &groups[0]));
	t = add(block_forever, &groups[1]);
	thread_start(t);
	run(10000 * PLATFORM_MS);
	actors[1].act = spin;
	before = received(&groups[0]);
	sched_wake(t);
	run(400 * PLATFORM_MS);
	before = received(&groups[0]) - before;
	EXPECT(before >= 180 * PLATFORM_MS && before <= 200 * PLATFORM_MS);
	EXPECT(end());
}

static void higher_runs_at_once(void)
{
	struct thread *low, *high;
	u64 turns;

	begin(1);
	low = add(spin, &groups[0]);
	high = add(block_forever, &groups[1]);
	high->priority = 200;
	thread_start(low);
	thread_start(high);
	run(PLATFORM_MS);
	EXPECT_EQ(high->state, THREAD_BLOCKED);
	EXPECT_EQ(low->state, THREAD_RUNNING);
	actors[1].act = spin;
	sched_wake(high);
	platform_step(STEP_NS);
	EXPECT_EQ(high->state, THREAD_RUNNING);
	turns = actors[0].turns;
	run(100 * PLATFORM_MS);
	EXPECT_EQ(actors[0].turns, turns);
	EXPECT(check());
	EXPECT(end());
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

/* Of two that one interrupt wakes the higher runs first, whoever is first. */
static void woken_by_an_interrupt(void)
{
	unsigned first;
	struct thread *t;

	for (first = 1; first <= 2; first++) {
		begin(1);
		timer_init(&interrupts[0], wake_two);
		thread_start(add(spin, &groups[0]));
		for (unsigned i = 1; i <= 2; i++) {
			t = add(block_forever, &groups[i]);
			t->priority = i == first ? 220 : 200;
			thread_start(t);
		}
		run(PLATFORM_MS);
		actors[1].act = actors[2].act = spin;
		actors[0].act = spin_until_wake;
		run(PLATFORM_MS);
		EXPECT_EQ(actors[first].vcpu.thread.state, THREAD_RUNNING);
		EXPECT_EQ(actors[3 - first].vcpu.thread.state, THREAD_READY);
		EXPECT_EQ(actors[0].vcpu.thread.state, THREAD_READY);
		EXPECT(check());
		actors[0].act = spin;
		timer_cancel(&interrupts[0]);
		EXPECT(end());
	}
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
	begin(1);
	timer_init(&interrupts[0], wake_two);
	thread_start(add(wake_later, NULL));
	thread_start(add(block_forever, &groups[1]));
	add(block_forever, NULL)->priority = 200;
	thread_start(&actors[2].vcpu.thread);
	run(PLATFORM_MS);
	EXPECT_EQ(cpus[0].current, cpus[0].idle);
	EXPECT_EQ(cpus[0].loaded, &actors[1].vcpu);
	actors[1].act = actors[2].act = spin;
	run(10 * PLATFORM_MS);
	EXPECT(!(cpus[0].requests & CPU_SWITCH));
	EXPECT_EQ(actors[2].vcpu.thread.state, THREAD_RUNNING);
	EXPECT_EQ(actors[1].vcpu.thread.state, THREAD_READY);
	EXPECT(check());
	actors[2].act = block_forever;
	run(PLATFORM_MS);
	EXPECT_EQ(actors[1].vcpu.thread.state, THREAD_RUNNING);
	EXPECT(actors[1].turns > 2);
	EXPECT(end());
}

/* One thread alone takes no timer interrupts; nor does an idle CPU. */
static void alone_is_tickless(void)
{
	begin(2);
	thread_start(add(spin, &groups[0]));
	run(50 * PLATFORM_MS);
	EXPECT_EQ(platform_lines[0].deadline, ~0ull);
	EXPECT_EQ(platform_lines[1].deadline, ~0ull);
	EXPECT(end());
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

	begin(1);
	thread_start(add(spin, &groups[1]));
	run(10 * PLATFORM_MS);
	for (i = 0; i < 4; i++)
		thread_start(add(spin_then_block, &groups[0]));
	run(30 * PLATFORM_MS);
	got = received(&groups[1]);
	EXPECT(got >= 18 * PLATFORM_MS && got <= 24 * PLATFORM_MS);
	EXPECT(end());
}

/* Being asked to look does not end a turn. */
static void requests_leave_turns_alone(void)
{
	const struct thread *was = NULL;
	unsigned i, changes = 0;

	begin(1);
	for (i = 0; i < 2; i++)
		thread_start(add(spin, &groups[i]));
	for (i = 0; i < 500; i++) {
		cpu_request(&cpus[0], CPU_RESCHEDULE);
		platform_step(STEP_NS);
		changes += cpus[0].current != was;
		was = cpus[0].current;
	}
	EXPECT(changes >= 9 && changes <= 12);
	EXPECT(end());
}

/*
 * State stays while nobody needs the CPU; when somebody does, it goes, so
 * that the VCPU can wake elsewhere.
 */
static void state_stays_while_idle(struct sched_group *other)
{
	struct thread *a, *b;

	begin(2);
	a = add(block_forever, &groups[0]);
	thread_start(a);
	run(PLATFORM_MS);
	EXPECT(actors[0].vcpu.arch.loaded);
	EXPECT(a->loaded_on);
	b = add(spin, other);
	b->affinity = CPU_MASK(a->cpu);
	thread_start(b);
	run(PLATFORM_MS);
	EXPECT(!actors[0].vcpu.arch.loaded);
	EXPECT(!a->loaded_on);
	actors[0].act = spin;
	sched_wake(a);
	run(PLATFORM_MS);
	EXPECT_EQ(a->state, THREAD_RUNNING);
	EXPECT(a->cpu != b->cpu);
	EXPECT(check());
	EXPECT(end());
}

static void state_gives_way_to_vcpus(void)
{
	state_stays_while_idle(&groups[1]);
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
	run(within);
	return done;
}

static void affinity_moves(void)
{
	struct thread *t;
	unsigned i;

	begin(3);
	t = add(spin, &groups[0]);
	thread_start(t);
	wanted = CPU_MASK(1);
	thread_start(add(move_first, NULL));
	run(2 * PLATFORM_MS);
	for (i = 0; i < 9; i++) {
		EXPECT(moved_to(CPU_MASK(i % 3), 2 * PLATFORM_MS));
		EXPECT_EQ(result, 0);
		EXPECT_EQ(t->cpu, i % 3);
		EXPECT_EQ(t->state, THREAD_RUNNING);
		EXPECT(check());
	}
	EXPECT(moved_to(CPU_MASK(5), 2 * PLATFORM_MS));
	EXPECT(result < 0);
	actors[0].act = block_forever;
	run(PLATFORM_MS);
	EXPECT_EQ(t->loaded_on, &cpus[2]);
	EXPECT(moved_to(CPU_MASK(0), 2 * PLATFORM_MS));
	EXPECT(!t->loaded_on);
	EXPECT(!actors[0].vcpu.arch.loaded);
	EXPECT(end());
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
	begin(2);
	done = false;
	thread_start(add(leave_late, NULL));
	thread_start(add(join_first, NULL));
	platform_step(STEP_NS);
	platform_step(STEP_NS);
	EXPECT(!done);
	run(20 * PLATFORM_MS);
	EXPECT(done);
	EXPECT_EQ(result, THREAD_DEAD);
	EXPECT(thread_stack_used(&actors[0].vcpu.thread) > 64);
	EXPECT(thread_stack_used(&actors[0].vcpu.thread) <
	       ARCH_STACK_SIZE);
	EXPECT(end());
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
	begin(1);
	result = 0;
	thread_start(add(wake_self_and_block, NULL));
	run(20 * PLATFORM_MS);
	EXPECT(actors[0].turns >= 90);
	EXPECT((u64)result + 2 >= actors[0].turns);
	EXPECT(end());
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
		for (i = random_below(60); i && !ending; i--)
			platform_spin();
	}
}

static bool random_round(unsigned cpu_total, u64 round)
{
	unsigned i, step;
	struct thread *t;

	begin(cpu_total);
	seed = round;
	for (i = 0; i < ACTORS_MAX; i++) {
		timer_init(&interrupts[i], interrupt);
		t = add(misbehave, i % 4 ? &groups[i % 4] : NULL);
		t->priority = (u8)(100 + 20 * random_below(3));
		thread_start(t);
	}
	for (step = 0; step < 1500; step++) {
		platform_step(random_below(2 * STEP_NS));
		if (random_below(3) == 0)
			sched_wake(any_actor());
		if (!check())
			return false;
	}
	return end();
}

static void at_random(void)
{
	unsigned total;
	u64 round;

	for (total = 1; total <= 4; total++)
		for (round = 1; round <= 6; round++)
			EXPECT(random_round(total, round * 100 + total));
}

SUITE(sched, TEST(three_on_two_cpus), TEST(asked_in_vain),
      TEST(four_against_one_on_one),
      TEST(four_against_one_on_two), TEST(eight_against_four),
      TEST(pinned_beside_a_leader), TEST(sleepers_do_not_hoard),
      TEST(higher_runs_at_once), TEST(woken_by_an_interrupt),
      TEST(woken_in_sleep), TEST(alone_is_tickless),
      TEST(blocking_is_no_trick), TEST(requests_leave_turns_alone),
      TEST(state_gives_way_to_vcpus), TEST(state_gives_way_to_orphans),
      TEST(affinity_moves), TEST(join_waits), TEST(wake_before_block),
      TEST(at_random));
