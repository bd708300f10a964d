// SPDX-License-Identifier: GPL-2.0-or-later
/* Timers: order, re-arming, other CPUs, what the event timer is told. */
#include <arch/barrier.h>
#include <arch/fake.h>
#include <arch/irqflags.h>
#include <vmm/clock.h>
#include <vmm/sched.h>
#include <vmm/test.h>
#include <vmm/thread.h>
#include <vmm/timer.h>

#include "fake_platform.h"

#define STOPPED		(~0ull)
#define TIMERS		40

static struct timer timers[TIMERS];
static unsigned order[TIMERS * 2], rung;

static void ring(struct timer *t)
{
	if (rung < ARRAY_LEN(order))
		order[rung] = (unsigned)(t - timers);
	rung++;
}

static struct platform_line *line(void)
{
	return &platform_lines[fake_cpu_index()];
}

static void begin(void (*fn)(struct timer *t))
{
	unsigned i;

	platform_reset();
	timer_init_cpu();
	for (i = 0; i < TIMERS; i++)
		timer_init(&timers[i], fn);
	rung = 0;
}

static void interrupt(void)
{
	irq_mask();
	timer_interrupt();
	irq_unmask();
}

static void in_order_of_deadlines(void)
{
	u64 start;
	unsigned i;

	begin(ring);
	start = clock_now();
	EXPECT(timer_is_there());
	EXPECT_EQ(line()->deadline, STOPPED);
	for (i = 0; i < TIMERS; i++)
		timer_set(&timers[i], start + 100 + i * 7 % TIMERS);
	EXPECT_EQ(line()->deadline, start + 100);
	fake_cycles = start + 99;
	interrupt();
	EXPECT_EQ(rung, 0);
	fake_cycles = start + 100;
	interrupt();
	EXPECT_EQ(rung, 1);
	EXPECT_EQ(line()->deadline, start + 101);
	/* A few in each interrupt; the next comes at once. */
	fake_cycles = start + 100 + TIMERS;
	for (i = 0; i < TIMERS && line()->deadline <= fake_cycles; i++)
		interrupt();
	EXPECT(i > 1);
	EXPECT_EQ(rung, TIMERS);
	EXPECT_EQ(line()->deadline, STOPPED);
	for (i = 1; i < TIMERS; i++)
		EXPECT(order[i - 1] * 7 % TIMERS < order[i] * 7 % TIMERS);
	EXPECT(!timer_is_set(&timers[0]));
}

static void set_again_and_cancel(void)
{
	u64 start;

	begin(ring);
	start = clock_now();
	timer_set(&timers[0], start + 10);
	timer_set(&timers[0], start + 500);
	timer_set(&timers[1], start + 20);
	EXPECT(timer_is_set(&timers[0]));
	timer_cancel(&timers[1]);
	timer_cancel(&timers[1]);
	EXPECT(!timer_is_set(&timers[1]));
	fake_cycles = start + 499;
	interrupt();
	EXPECT_EQ(rung, 0);
	EXPECT_EQ(line()->deadline, start + 500);
	fake_cycles++;
	interrupt();
	EXPECT_EQ(rung, 1);
}

static void past_and_far(void)
{
	begin(ring);
	timer_set(&timers[0], 0);
	EXPECT_EQ(line()->deadline, fake_cycles);
	interrupt();
	EXPECT_EQ(rung, 1);
	timer_set(&timers[0], ~0ull);
	EXPECT(line()->deadline > fake_cycles + (1ull << 62));
	timer_cancel(&timers[0]);
}

static void ring_again(struct timer *t)
{
	rung++;
	timer_set(t, 0);
}

/* A timer that is always due does not keep the CPU for ever. */
static void bounded(void)
{
	begin(ring_again);
	timer_set(&timers[0], 0);
	interrupt();
	EXPECT(rung >= 1 && rung < 1000);
	EXPECT_EQ(line()->deadline, fake_cycles);
	timer_cancel(&timers[0]);
}

/* ---- whose timers: one in each interrupt, the best first ---- */

static struct thread lesser = { .priority = 10 };
static struct thread better = { .priority = 200 };

static void runs(struct thread *t)
{
	this_cpu()->current = t;
	this_cpu()->bid = t->priority;
}

/* Those of the lesser one, from timers[0] on, were due at these times. */
static u64 begin_owned(unsigned count, struct thread *running)
{
	u64 start;

	begin(ring);
	runs(running);
	start = clock_now();
	for (unsigned i = 0; i < count; i++) {
		timer_init_for(&timers[i], ring, &lesser);
		timer_set(&timers[i], start + 1 + i);
	}
	return start;
}

static void best_first(void)
{
	const u64 start = begin_owned(2, &lesser);

	timer_init_for(&timers[2], ring, &better);
	timer_set(&timers[2], start + 5);
	timer_set(&timers[3], start + 6);
	fake_cycles = start + 10;
	for (unsigned i = 1; i <= 4; i++) {
		interrupt();
		EXPECT_EQ(rung, i);
		EXPECT(i >= 3 || line()->deadline <= fake_cycles);
		fake_cycles = MAX(fake_cycles, line()->deadline % STOPPED);
	}
	EXPECT_EQ(order[0], 2);
	EXPECT_EQ(order[1], 0);
	EXPECT_EQ(order[2], 1);
	EXPECT_EQ(order[3], 3);			/* as who runs */
	EXPECT_EQ(line()->deadline, STOPPED);
	platform_stand_in();
}

static void lesser_ones_give_way(void)
{
	u64 start = begin_owned(4, &better);

	fake_cycles = start + 10;
	interrupt();
	EXPECT_EQ(rung, 1);
	EXPECT_EQ(line()->deadline, fake_cycles + TIMER_GIVE_WAY_NS);
	fake_cycles = line()->deadline;
	interrupt();
	EXPECT_EQ(rung, 2);
	EXPECT_EQ(line()->deadline, fake_cycles + TIMER_GIVE_WAY_NS);
	/* One that need not is in time. */
	timer_init_for(&timers[4], ring, &better);
	timer_set(&timers[4], fake_cycles + 50);
	EXPECT(line()->deadline <= fake_cycles + 50);
	fake_cycles += 50;
	interrupt();
	EXPECT_EQ(rung, 3);
	EXPECT_EQ(order[2], 4);
	/* Who ran sleeps, and sets a timer for that. */
	runs(&lesser);
	timer_init_for(&timers[5], ring, &better);
	timer_set(&timers[5], fake_cycles + 1000);
	EXPECT(line()->deadline <= fake_cycles);
	interrupt();
	interrupt();
	EXPECT_EQ(rung, 5);
	EXPECT_EQ(line()->deadline, fake_cycles + 1000);
	timer_cancel(&timers[5]);
	platform_stand_in();
}

/* More than are compared: all ring at last. */
static void many_give_way(void)
{
	begin_owned(TIMERS, &better);
	fake_cycles += 1000;
	for (unsigned i = 0; i < 2 * TIMERS && line()->deadline != STOPPED;
	     i++) {
		fake_cycles = MAX(fake_cycles, line()->deadline);
		interrupt();
	}
	EXPECT_EQ(rung, TIMERS);
	platform_stand_in();
}

static void cancel_self(struct timer *t)
{
	rung++;
	timer_set(t, clock_now() + 5);
	timer_cancel(t);
}

static void cancelled_by_itself(void)
{
	begin(cancel_self);
	timer_set(&timers[0], 0);
	interrupt();
	EXPECT_EQ(rung, 1);
	EXPECT(!timer_is_set(&timers[0]));
	EXPECT_EQ(line()->deadline, STOPPED);
}

/* ---- Two CPUs: one cancels while the other runs fn ---- */

static bool inside, left, cancelled, too_early;

static void slow_ring(struct timer *t)
{
	unsigned i;

	inside = true;
	for (i = 0; i < 5; i++)
		cpu_relax();
	left = true;
}

static void set_then_spin(void *arg)
{
	timer_set(&timers[0], clock_now() + 100);
	while (!cancelled)
		platform_spin();
}

static void cancel_when_inside(void *arg)
{
	while (!inside)
		platform_spin();
	timer_cancel(&timers[0]);
	too_early = !left;
	cancelled = true;
}

static void cancel_waits_for_fn(void)
{
	struct thread *a, *b;
	unsigned i;

	platform_start(2);
	timer_init(&timers[0], slow_ring);
	inside = left = cancelled = too_early = false;
	EXPECT(!thread_create("set", set_then_spin, NULL, &a));
	EXPECT(!thread_create("cancel", cancel_when_inside, NULL, &b));
	a->affinity = CPU_MASK(0);
	b->affinity = CPU_MASK(1);
	thread_start(a);
	thread_start(b);
	for (i = 0; i < 50; i++)
		platform_step(100);
	EXPECT(cancelled);
	EXPECT(!too_early);
	EXPECT_EQ(a->state, THREAD_DEAD);
	EXPECT_EQ(b->state, THREAD_DEAD);
	thread_destroy(a);
	thread_destroy(b);
	platform_stop();
}

SUITE(timer, TEST(in_order_of_deadlines), TEST(set_again_and_cancel),
      TEST(past_and_far), TEST(bounded), TEST(best_first),
      TEST(lesser_ones_give_way), TEST(many_give_way),
      TEST(cancelled_by_itself),
      TEST(cancel_waits_for_fn));
