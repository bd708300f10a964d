// SPDX-License-Identifier: GPL-2.0-or-later
/* Wait queues, deadlines and mutexes among threads of two CPUs. */
#include <arch/fake.h>
#include <vmm/clock.h>
#include <vmm/errno.h>
#include <vmm/sched.h>
#include <vmm/test.h>
#include <vmm/thread.h>
#include <vmm/wait.h>

#include "fake_platform.h"

#define THREADS		5
#define STEP_NS		100000ull

static struct thread *threads[THREADS];
static unsigned thread_count;
static struct wait_queue queue = WAIT_QUEUE_INIT(queue);
static struct mutex mutex = MUTEX_INIT(mutex);
static unsigned tokens, woken, inside, most_inside, order[32], order_count;
static int result;
static u64 result_ns;
static bool created;

static void begin(void)
{
	platform_start(2);
	thread_count = 0;
	tokens = woken = inside = most_inside = order_count = 0;
	result = 1;
	created = true;
}

static void add(void (*fn)(void *), void *arg)
{
	struct thread **t = &threads[thread_count++];

	if (thread_create("waiter", fn, arg, t)) {
		created = false;
		return;
	}
	thread_start(*t);
}

static void run(unsigned steps)
{
	while (steps--)
		platform_step(STEP_NS);
}

/* All have come to their end by now. */
static bool end(void)
{
	bool all = created;
	unsigned i;

	for (i = 0; i < thread_count; i++) {
		all = all && threads[i]->state == THREAD_DEAD;
		if (threads[i]->state == THREAD_DEAD)
			thread_destroy(threads[i]);
	}
	platform_stop();
	return all;
}

static void take_token(void *arg)
{
	wait_until(&queue, tokens > 0);
	tokens--;
	woken++;
}

static void one_wakes_one(void)
{
	unsigned i;

	begin();
	for (i = 0; i < 3; i++)
		add(take_token, NULL);
	run(5);
	EXPECT_EQ(woken, 0);
	for (i = 1; i <= 3; i++) {
		tokens++;
		wait_wake_one(&queue);
		run(5);
		EXPECT_EQ(woken, i);
	}
	EXPECT(end());
}

/* Two calls in a row wake two, not one twice. */
static void two_wake_two(void)
{
	unsigned i;

	begin();
	for (i = 0; i < 2; i++)
		add(take_token, NULL);
	run(5);
	tokens = 2;
	wait_wake_one(&queue);
	wait_wake_one(&queue);
	run(5);
	EXPECT_EQ(woken, 2);
	EXPECT(end());
}

/* Woken in vain, they go back and are found again. */
static void vain_wake_ups(void)
{
	unsigned i;

	begin();
	for (i = 0; i < 3; i++)
		add(take_token, NULL);
	run(5);
	for (i = 0; i < 4; i++) {
		wait_wake_all(&queue);
		run(5);
	}
	EXPECT_EQ(woken, 0);
	tokens = 3;
	wait_wake_all(&queue);
	run(5);
	EXPECT_EQ(woken, 3);
	EXPECT(list_is_empty(&queue.waiters));
	EXPECT(end());
}

static void wait_a_millisecond(void *arg)
{
	result = wait_until_deadline(&queue, tokens > 0,
				     clock_now() + PLATFORM_MS);
	result_ns = clock_now();
}

static void deadline_passes(void)
{
	u64 start;

	begin();
	start = fake_cycles;
	add(wait_a_millisecond, NULL);
	run(9);
	EXPECT_EQ(result, 1);
	run(5);
	EXPECT_EQ(result, -ETIMEDOUT);
	EXPECT(result_ns >= start + PLATFORM_MS);
	EXPECT(result_ns <= start + PLATFORM_MS + 3 * STEP_NS);
	EXPECT(end());
}

static void in_time(void)
{
	begin();
	add(wait_a_millisecond, NULL);
	run(4);
	tokens = 1;
	wait_wake_one(&queue);
	run(2);
	EXPECT_EQ(result, 0);
	run(20);
	EXPECT_EQ(platform_lines[0].deadline, ~0ull);
	EXPECT_EQ(platform_lines[1].deadline, ~0ull);
	EXPECT(end());
}

static void use_mutex(void *arg)
{
	unsigned i, j;

	for (i = 0; i < 4; i++) {
		SCOPED_MUTEX(&mutex);
		inside++;
		most_inside = MAX(most_inside, inside);
		order[order_count++ % ARRAY_LEN(order)] =
			*(unsigned *)arg;
		for (j = 0; j < 3; j++)
			platform_spin();
		inside--;
	}
}

/* One at a time, and in turn: nobody gets it twice while others wait. */
static void mutex_takes_turns(void)
{
	static unsigned ids[4] = { 0, 1, 2, 3 };
	unsigned i;

	begin();
	for (i = 0; i < 4; i++)
		add(use_mutex, &ids[i]);
	run(200);
	EXPECT_EQ(most_inside, 1);
	EXPECT_EQ(order_count, 16);
	for (i = 4; i < 16; i++)
		EXPECT_EQ(order[i], order[i - 4]);
	EXPECT(!mutex.owner);
	EXPECT(end());
}

SUITE(wait, TEST(one_wakes_one), TEST(two_wake_two), TEST(vain_wake_ups),
      TEST(deadline_passes), TEST(in_time), TEST(mutex_takes_turns));
