// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A guest that must not notice its neighbours: its memory keeps a pattern, its
 * registers their values, time goes on.  A round is about a million
 * instructions; each is told with the counter at its end, from which follows
 * what share of the CPU there was.
 */
#include "fpregs.h"

#define WORDS	(1u << 15)

/* Beyond image and tree. */
static uint64_t *const memory = (uint64_t *)(RAM_BASE + 0x1400000);

static uint64_t mixed(uint64_t v)
{
	v ^= v >> 31;
	v *= 0x7fb5d329728ea185ull;
	return v ^ v >> 27;
}

/* Registers that only a neighbour or the hypervisor could change. */
static void registers_keep(uint64_t round)
{
	const uint64_t v = mixed(round);

	fp_fill(v);
	registers_fill(v);
	for (unsigned i = 0; i < WORDS; i++)
		EXPECT_EQ(memory[i], mixed(i + round - 1));
	EXPECT(registers_kept(v));
	EXPECT_EQ(fp_differ(v), 0);
}

void guest_main(void *tree)
{
	uint64_t before = now();

	for (unsigned i = 0; i < WORDS; i++) {
		EXPECT_EQ(memory[i], 0);
		memory[i] = mixed(i);
	}
	for (uint64_t round = 1; ; round++) {
		uint64_t t;

		registers_keep(round);
		for (unsigned i = 0; i < WORDS; i++)
			memory[i] = mixed(i + round);
		t = now();
		EXPECT(t > before);
		before = t;
		print("round %u %u\n", round, t);
	}
}
