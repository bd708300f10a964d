// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A CPU that decides while another one still takes out the state of whoever
 * just had to wait: nobody's turn is lost, whatever the order of slice ends.
 */
#include <arch/barrier.h>
#include <arch/fake.h>
#include <vmm/sched.h>
#include <vmm/test.h>

#include "fake_platform.h"
#include "sched_actors.h"

#define SPINNERS	3
#define RUN_NS		(3000 * PLATFORM_MS)

static cpu_mask_t slow;			/* CPUs that take long for it */
static u64 seed;			/* 0: always */

/* The others run meanwhile. */
static void take_long(void)
{
	seed = seed * 6364136223846793005ull + !!seed;
	if ((slow >> fake_cpu_index() & 1) && !(seed >> 62 & 1))
		cpu_relax();
}

static bool has_two_thirds(unsigned actor)
{
	u64 part = actors_received(&actor_groups[actor]) * 1000 / RUN_NS;

	return part >= 633 && part <= 700;
}

static bool share_two_cpus(cpu_mask_t mask, u64 from)
{
	bool good = true;

	slow = mask;
	seed = from;
	actors_begin(2);
	fake_put_hook = take_long;
	for (unsigned i = 0; i < SPINNERS; i++)
		thread_start(actors_add(actor_spin, &actor_groups[i]));
	actors_run(RUN_NS);
	for (unsigned i = 0; i < SPINNERS; i++)
		good = good && has_two_thirds(i);
	good = good && actors_check();
	slow = 0;
	return actors_end() && good;
}

static void equal_whoever_is_slow(void)
{
	for (cpu_mask_t mask = 0; mask < 4; mask++)
		EXPECT(share_two_cpus(mask, 0));
}

static void equal_at_random(void)
{
	for (u64 from = 1; from <= 20; from++)
		EXPECT(share_two_cpus(1 + from % 3, from));
}

SUITE(sched_handover, TEST(equal_whoever_is_slow), TEST(equal_at_random));
