// SPDX-License-Identifier: GPL-2.0-or-later
/* RISC-V's interrupt controllers beside pins_ref.h, by seeds. */
#include "pins_ref.h"

#include <vmm/test.h>

#define SEEDS	20
#define STEPS	2000

static u64 first_bad(bool (*run)(struct story *s, unsigned steps))
{
	for (u64 seed = 1; seed <= SEEDS; seed++) {
		struct story s = { .seed = seed };

		if (!run(&s, STEPS))
			return seed;
	}
	return 0;
}

static void plic(void)
{
	EXPECT_EQ(first_bad(plic_ref_run), 0);
}

static void aplic(void)
{
	EXPECT_EQ(first_bad(aplic_ref_run), 0);
}

static void imsic(void)
{
	EXPECT_EQ(first_bad(imsic_ref_run), 0);
}

SUITE(pins_ref, TEST(plic), TEST(aplic), TEST(imsic));
