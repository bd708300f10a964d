// SPDX-License-Identifier: GPL-2.0-or-later
/* Guests' GICs beside vgic_ref.h, by seeds. */
#include "vgic_ref.h"

#include <vmm/test.h>

#define SEEDS	60
#define STEPS	3000

/* The first seed that is bad; 0: none, and something was done. */
static u64 first_bad(unsigned version)
{
	u32 acknowledged = 0;

	for (u64 seed = 1; seed <= SEEDS; seed++) {
		struct story s = { .seed = seed };

		if (!vgic_ref_run(version, &s, STEPS))
			return seed;
		acknowledged += vgic_ref_acknowledged();
	}
	return acknowledged > 1000 ? 0 : ~0ull;
}

static void random_v3(void)
{
	EXPECT_EQ(first_bad(3), 0);
}

static void random_v2(void)
{
	EXPECT_EQ(first_bad(2), 0);
}

SUITE(vgic, TEST(random_v3), TEST(random_v2));
