// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * FP and vector registers: each VCPU fills all of them and their status with a
 * pattern of its own and finds them again after computing, yields, exits,
 * sleep.  Run it with more VCPUs than the host has, and twice at once.
 */
#include "fpregs.h"

#define ROUNDS	20000

static void between(uint64_t round)
{
	if (round % (EXIT_KINDS + 1))
		exit_of_kind(round % (EXIT_KINDS + 1) - 1);
	else
		for (volatile int i = 0; i < 2000; i++)
			;
}

static void keep(uint64_t index)
{
	/* Two guests at once start at different times. */
	const uint64_t base = now() << 20 ^ index << 56;

	for (uint64_t round = 0; round < ROUNDS; round++) {
		const uint64_t seed = base + round * 64;

		fp_fill(seed);
		between(round);
		EXPECT_EQ(fp_differ(seed), 0);
	}
}

void guest_main(void *tree)
{
	vcpu_all(vcpu_count(), keep);
	pass();
}
