// SPDX-License-Identifier: GPL-2.0-or-later
/* emulators/rtc/goldfish_rtc: time by halves, setting it, the alarm. */
#include "emulated.h"
#include <vmm/clock.h>
#include <vmm/test.h>

enum {
	TIME_LOW = 0x00, TIME_HIGH = 0x04, ALARM_LOW = 0x08, ALARM_HIGH = 0x0c,
	IRQ_ENABLED = 0x10, CLEAR_ALARM = 0x14, ALARM_STATUS = 0x18,
	CLEAR_INTERRUPT = 0x1c,
};

#define SECOND	1000000000ull

static u64 time_read(struct emu *e)
{
	u64 low = emulated_get(e, TIME_LOW);

	return (u64)emulated_get(e, TIME_HIGH) << 32 | low;
}

static void time_write(struct emu *e, u64 ns)
{
	emulated_put(e, TIME_HIGH, (u32)(ns >> 32));
	emulated_put(e, TIME_LOW, (u32)ns);
}

static void alarm_write(struct emu *e, u64 ns)
{
	emulated_put(e, ALARM_HIGH, (u32)(ns >> 32));
	emulated_put(e, ALARM_LOW, (u32)ns);
}

/* Seconds may turn between two looks. */
static bool is_near(u64 later, u64 earlier)
{
	return later - earlier <= SECOND;
}

static void time_of_day(void)
{
	struct emu *e = emulated_create("goldfish-rtc");
	const u64 before = clock_wall();
	u64 time;

	EXPECT(e);
	time = time_read(e);
	EXPECT(time >= before && time <= clock_wall());
	time_write(e, 0x123456789abcdef0);
	EXPECT(is_near(time_read(e), 0x123456789abcdef0));
	e = emulated_move(e);
	EXPECT(e);
	EXPECT(is_near(time_read(e), 0x123456789abcdef0));
	emu_destroy(e);
}

static void alarm(void)
{
	struct emu *e = emulated_create("goldfish-rtc");
	u64 time;

	EXPECT(e);
	time_write(e, 5000 * SECOND);
	time = time_read(e);
	emulated_put(e, IRQ_ENABLED, 1);
	alarm_write(e, time + 3600 * SECOND);
	EXPECT_EQ(emulated_get(e, ALARM_STATUS), 1);
	EXPECT(e->deadline_ns != EMU_NEVER);
	emulated_ring(e);
	EXPECT(!emulated_line);
	emulated_put(e, CLEAR_ALARM, 0);
	EXPECT_EQ(emulated_get(e, ALARM_STATUS), 0);
	EXPECT_EQ(e->deadline_ns, EMU_NEVER);
	/* In the past: at once. */
	alarm_write(e, time - SECOND);
	EXPECT(emulated_line);
	EXPECT_EQ(emulated_get(e, ALARM_STATUS), 0);
	emulated_put(e, IRQ_ENABLED, 0);
	EXPECT(!emulated_line);
	emulated_put(e, IRQ_ENABLED, 1);
	EXPECT(emulated_line);
	emulated_put(e, CLEAR_INTERRUPT, 0);
	EXPECT(!emulated_line);
	emu_destroy(e);
}

/* It is at a time: setting the clock past it rings. */
static void time_moves(void)
{
	struct emu *e = emulated_create("goldfish-rtc");

	EXPECT(e);
	emulated_put(e, IRQ_ENABLED, 1);
	time_write(e, 5000 * SECOND);
	alarm_write(e, 9000 * SECOND);
	time_write(e, 8000 * SECOND);
	EXPECT(!emulated_line);
	time_write(e, 9001 * SECOND);
	EXPECT(emulated_line);
	/* One that never comes. */
	alarm_write(e, ~0ull);
	emulated_ring(e);
	EXPECT_EQ(emulated_get(e, ALARM_STATUS), 1);
	emu_destroy(e);
}

SUITE(goldfish_rtc, TEST(time_of_day), TEST(alarm), TEST(time_moves));
