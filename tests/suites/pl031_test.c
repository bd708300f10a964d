// SPDX-License-Identifier: GPL-2.0-or-later
/* emulators/rtc/pl031: counting, setting, the match interrupt. */
#include "emulated.h"
#include <vmm/clock.h>
#include <vmm/test.h>

enum {
	DR = 0x00, MR = 0x04, LR = 0x08, CR = 0x0c, IMSC = 0x10, RIS = 0x14,
	MIS = 0x18, ICR = 0x1c,
};

/* Seconds may turn between two looks. */
static bool is_near(u32 a, u32 b)
{
	return a - b <= 1;
}

static void time_of_day(void)
{
	struct emu *e = emulated_create("pl031");

	EXPECT(e);
	EXPECT(is_near((u32)(clock_wall() / 1000000000), emulated_get(e, DR)));
	EXPECT_EQ(emulated_get(e, CR), 1);
	emulated_put(e, LR, 1000);
	EXPECT(is_near(emulated_get(e, DR), 1000));
	EXPECT_EQ(emulated_get(e, LR), 1000);
	emulated_put(e, DR, 5);
	EXPECT(is_near(emulated_get(e, DR), 1000));
	EXPECT_EQ(emulated_get(e, 0xfe0), 0x31);
	emu_destroy(e);
}

static void match(void)
{
	struct emu *e = emulated_create("pl031");

	EXPECT(e);
	emulated_put(e, LR, 1000);
	emulated_put(e, IMSC, 1);
	emulated_put(e, MR, 3000);
	emulated_ring(e);
	EXPECT_EQ(emulated_get(e, RIS), 0);
	EXPECT(!emulated_line);
	emulated_put(e, MR, emulated_get(e, DR));
	emulated_ring(e);
	EXPECT_EQ(emulated_get(e, RIS), 1);
	EXPECT_EQ(emulated_get(e, MIS), 1);
	EXPECT(emulated_line);
	emulated_put(e, IMSC, 0);
	EXPECT_EQ(emulated_get(e, MIS), 0);
	EXPECT(!emulated_line);
	emulated_put(e, IMSC, 1);
	emulated_put(e, ICR, 1);
	EXPECT(!emulated_line);
	EXPECT_EQ(emulated_get(e, RIS), 0);
	emu_destroy(e);
}

/* A second that has passed comes again after 2^32 of them. */
static void match_in_the_past(void)
{
	struct emu *e = emulated_create("pl031");

	EXPECT(e);
	emulated_put(e, LR, 1000);
	emulated_put(e, MR, 999);
	emulated_ring(e);
	EXPECT_EQ(emulated_get(e, RIS), 0);
	EXPECT(e->deadline_ns > 0xfffffff0ull * 1000000000);
	EXPECT(e->deadline_ns != EMU_NEVER);
	emu_destroy(e);
}

SUITE(pl031, TEST(time_of_day), TEST(match), TEST(match_in_the_past));
