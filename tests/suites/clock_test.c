// SPDX-License-Identifier: GPL-2.0-or-later
/* Conversions of the clock: exact rates, saturation, error over years. */
#include <arch/fake.h>
#include <vmm/clock.h>
#include <vmm/test.h>

#define S_NS		1000000000ull
#define YEAR_S		31557600ull

static void set_up(u64 hz)
{
	fake_cycles = 0;
	clock_init(hz);
}

static void exact_rates(void)
{
	const u64 year = YEAR_S * S_NS;

	set_up(S_NS);
	EXPECT_EQ(clock_cycles_to_ns(1), 1);
	EXPECT_EQ(clock_cycles_to_ns(~0ull - 1), ~0ull - 1);
	EXPECT_EQ(clock_ns_to_cycles(~0ull - 1), ~0ull - 1);
	set_up(62500000);
	EXPECT_EQ(clock_cycles_to_ns(1), 16);
	EXPECT_EQ(clock_cycles_to_ns(62500000 * YEAR_S * 100), year * 100);
	EXPECT_EQ(clock_ns_to_cycles(16), 1);
	EXPECT_EQ(clock_ns_to_cycles(year * 100), 62500000 * YEAR_S * 100);
	set_up(4 * S_NS);
	EXPECT_EQ(clock_cycles_to_ns(4), 1);
	EXPECT_EQ(clock_ns_to_cycles(year), 4 * year);
	set_up(1);
	EXPECT_EQ(clock_cycles_to_ns(5), 5 * S_NS);
	EXPECT_EQ(clock_ns_to_cycles(5 * S_NS), 5);
}

/* Down one way, up the other. */
static void rounding(void)
{
	set_up(62500000);
	EXPECT_EQ(clock_ns_to_cycles(0), 0);
	EXPECT_EQ(clock_ns_to_cycles(1), 1);
	EXPECT_EQ(clock_ns_to_cycles(17), 2);
	EXPECT_EQ(clock_ns_to_cycles(32), 2);
	set_up(4 * S_NS);
	EXPECT_EQ(clock_cycles_to_ns(3), 0);
	EXPECT_EQ(clock_cycles_to_ns(7), 1);
	set_up(24000000);
	EXPECT_EQ(clock_cycles_to_ns(1), 41);
	EXPECT_EQ(clock_ns_to_cycles(41), 1);
	EXPECT_EQ(clock_ns_to_cycles(42), 2);
}

static void saturation(void)
{
	set_up(1);
	EXPECT_EQ(clock_cycles_to_ns(~0ull), ~0ull);
	EXPECT_EQ(clock_cycles_to_ns(~0ull / S_NS + 1), ~0ull);
	set_up(62500000);
	EXPECT_EQ(clock_cycles_to_ns(~0ull / 16), ~0ull / 16 * 16);
	EXPECT_EQ(clock_cycles_to_ns(~0ull / 16 + 1), ~0ull);
	set_up(4 * S_NS);
	EXPECT_EQ(clock_ns_to_cycles(~0ull / 4 + 1), ~0ull);
}

/* A century at odd rates: within a second, and never backwards. */
static void odd_rates(void)
{
	static const u64 rates[] = {
		19200000, 24000000, 31250000, 54000000, 100000000, 2999999999u,
	};
	u64 ns, want = YEAR_S * 100 * S_NS;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rates); i++) {
		set_up(rates[i]);
		ns = clock_cycles_to_ns(rates[i] * YEAR_S * 100);
		EXPECT(ns <= want);
		EXPECT(want - ns < 2 * S_NS);
		EXPECT(clock_cycles_to_ns(0xffffffffull) <=
		       clock_cycles_to_ns(0x100000000ull));
		EXPECT(clock_cycles_to_ns(rates[i]) + 1 >= S_NS);
	}
}

static void wall_clock(void)
{
	set_up(S_NS);
	fake_cycles = 7 * S_NS;
	EXPECT_EQ(clock_now(), 7 * S_NS);
	clock_set_wall(1700000000 * S_NS + 5);
	fake_cycles = 10 * S_NS;
	EXPECT_EQ(clock_wall(), 1700000003 * S_NS + 5);
	clock_set_wall(10);
	EXPECT_EQ(clock_wall(), 10);
	EXPECT_EQ(clock_hz(), S_NS);
}

/* Loops end, too, when the clock stands still or goes back. */
static void limits(void)
{
	struct clock_limit l;
	u32 looks = 0;

	set_up(S_NS);
	fake_cycles = 1000;
	l = clock_limit(50);
	for (fake_cycles = 1000; fake_cycles <= 1050; fake_cycles++)
		EXPECT(!clock_limit_is_over(&l));
	EXPECT(clock_limit_is_over(&l));
	l = clock_limit(50);
	fake_cycles -= 10;
	EXPECT(clock_limit_is_over(&l));
	l = clock_limit(50);
	while (!clock_limit_is_over(&l) && looks < 100000000)
		looks++;
	EXPECT(looks > 1000000 && looks < 100000000);
	l = clock_limit(50);
	for (looks = 0; looks < 1000; looks++)
		EXPECT(!clock_limit_is_over(&l));
	fake_cycles += 20;
	EXPECT(!clock_limit_is_over(&l));
	fake_cycles = ~0ull;
	EXPECT(clock_limit_is_over(&l));
	clock_delay(1000);
}

SUITE(clock, TEST(exact_rates), TEST(rounding), TEST(saturation),
      TEST(odd_rates), TEST(wall_clock),
      TEST(limits));
