// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A level that nobody lowers, edges as fast as they go, and a level that is
 * gone before it is taken: for each VCPU in turn, which takes interrupts all
 * the while.
 */
#include "games.h"

#define EDGES	100

static volatile uint64_t taken[MAX_VCPUS], rounds[MAX_VCPUS];

/* Ready for what others send. */
static void take(uint64_t index)
{
	pic_begin(index);
	for (;;) {
		taken[index] += pic_take(index);
		rounds[index]++;
	}
}

/*
 * Whatever it took by now it has ended: a PLIC ignores that of a source which
 * is disabled meanwhile, and then never sends it again (its specification,
 * chapter 9).
 */
static void wait_ended(uint64_t index)
{
	const uint64_t before = rounds[index];

	EXPECT_SOON(rounds[index] > before + 1);
}

/* Raises and lowers, so that its target often finds nothing. */
static void toggle(uint64_t to)
{
	line_hold(to, true);
	line_edge(to);
	line_hold(to, false);
}

static void attack_by_lines(uint64_t to)
{
	uint64_t before = taken[to];

	line_hold(to, true);
	EXPECT_SOON(taken[to] > before + 20);
	line_hold(to, false);
	before = taken[to];
	for (unsigned i = 0; i < EDGES; i++)
		line_edge(to);
	EXPECT_SOON(taken[to] > before);
	for (unsigned i = 0; i < EDGES / 4; i++)
		toggle(to);
	wait_ended(to);
}

void guest_main(void *tree)
{
	const uint64_t count = vcpu_count();
	chance_begin(tree);
	for (uint64_t i = 1; i < count; i++)
		vcpu_begin(i, take, i);
	for (uint64_t i = 1; i < count; i++)
		wait_ended(i);
	for (uint64_t to = 1; to < count; to++)
		attack_by_lines(to);
	print("\n");
	pass();
}
