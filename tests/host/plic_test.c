// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * emulators/pic/plic: gateways, priorities, thresholds, claims, contexts.
 * Hart n's context of supervisor mode is 2 * n + 1.
 */
#include "pins_fake.h"

#include <vmm/test.h>

#define PRIORITY(id)	(4ull * (id))
#define PENDING(w)	(0x1000 + 4ull * (w))
#define ENABLE(hart, w)	(0x2000 + 0x80ull * (2 * (hart) + 1) + 4 * (w))
#define THRESHOLD(hart)	(0x200000 + 0x1000ull * (2 * (hart) + 1))
#define CLAIM(hart)	(THRESHOLD(hart) + 4)

static bool create(unsigned vcpu_count)
{
	return fake_pins_create(FAKE_PLIC, vcpu_count);
}

/* Source id has that priority, and goes to hart 0. */
static void enable(u32 id, u32 priority)
{
	const u64 at = ENABLE(0, id / 32);

	fake_pins_put(PRIORITY(id), priority);
	fake_pins_put(at, fake_pins_get(at) | BIT(id % 32));
}

static void level_source(void)
{
	EXPECT(create(1));
	enable(10, 1);
	fake_pins_line(10, true);
	EXPECT(fake_pins.level[0]);
	EXPECT_EQ(fake_pins_get(PENDING(0)), BIT(10));
	EXPECT_EQ(fake_pins_get(CLAIM(0)), 10);
	EXPECT(!fake_pins.level[0]);
	EXPECT_EQ(fake_pins_get(PENDING(0)), 0);
	EXPECT_EQ(fake_pins_get(CLAIM(0)), 0);
	/* High still: again when it is completed. */
	fake_pins_put(CLAIM(0), 10);
	EXPECT(fake_pins.level[0]);
	EXPECT_EQ(fake_pins_get(CLAIM(0)), 10);
	fake_pins_line(10, false);
	fake_pins_put(CLAIM(0), 10);
	EXPECT(!fake_pins.level[0]);
	EXPECT_EQ(fake_pins.wrong, 0);
	fake_pins_destroy();
}

/* A pulse stays; while it is served, it is lost, and so is a second one. */
static void pulses(void)
{
	EXPECT(create(1));
	enable(11, 1);
	fake_pins_line(11, true);
	fake_pins_line(11, false);
	EXPECT(fake_pins.level[0]);
	EXPECT_EQ(fake_pins_get(CLAIM(0)), 11);
	fake_pins_line(11, true);
	fake_pins_line(11, false);
	fake_pins_put(CLAIM(0), 11);
	EXPECT(!fake_pins.level[0]);
	fake_pins_destroy();
}

static void priorities(void)
{
	EXPECT(create(1));
	enable(5, 2);
	enable(40, 3);
	enable(7, 3);
	enable(90, 0);
	fake_pins_line(90, true);
	EXPECT(!fake_pins.level[0]);
	fake_pins_line(5, true);
	fake_pins_line(40, true);
	fake_pins_line(7, true);
	EXPECT_EQ(fake_pins_get(CLAIM(0)), 7);
	EXPECT_EQ(fake_pins_get(CLAIM(0)), 40);
	EXPECT_EQ(fake_pins_get(CLAIM(0)), 5);
	EXPECT_EQ(fake_pins_get(CLAIM(0)), 0);
	fake_pins_put(PRIORITY(90), 1);
	EXPECT(fake_pins.level[0]);
	EXPECT_EQ(fake_pins_get(CLAIM(0)), 90);
	fake_pins_put(PRIORITY(90), 0xff);
	EXPECT_EQ(fake_pins_get(PRIORITY(90)), 7);
	fake_pins_destroy();
}

/* It holds the pin back, not claims. */
static void threshold(void)
{
	EXPECT(create(1));
	enable(10, 3);
	fake_pins_put(THRESHOLD(0), 3);
	fake_pins_line(10, true);
	EXPECT(!fake_pins.level[0]);
	fake_pins_put(THRESHOLD(0), 2);
	EXPECT(fake_pins.level[0]);
	fake_pins_put(THRESHOLD(0), 7);
	EXPECT(!fake_pins.level[0]);
	EXPECT_EQ(fake_pins_get(CLAIM(0)), 10);
	fake_pins_destroy();
}

/* One that is not enabled for a context is not completed by it. */
static void completion(void)
{
	EXPECT(create(2));
	enable(10, 1);
	fake_pins_line(10, true);
	EXPECT_EQ(fake_pins_get(CLAIM(0)), 10);
	fake_pins_put(CLAIM(1), 10);
	EXPECT(!fake_pins.level[0]);
	fake_pins_put(ENABLE(0, 0), 0);
	fake_pins_put(CLAIM(0), 10);
	fake_pins_put(ENABLE(0, 0), BIT(10));
	EXPECT(!fake_pins.level[0]);
	fake_pins_put(CLAIM(0), 10 | BIT(20));
	EXPECT(!fake_pins.level[0]);
	fake_pins_put(CLAIM(0), 10);
	EXPECT(fake_pins.level[0]);
	fake_pins_destroy();
}

static void contexts(void)
{
	EXPECT(create(GUEST_CPU_MAX));
	fake_pins_put(PRIORITY(10), 1);
	for (unsigned i = 0; i < GUEST_CPU_MAX; i++)
		fake_pins_put(ENABLE(i, 0), BIT(10));
	fake_pins_line(10, true);
	for (unsigned i = 0; i < GUEST_CPU_MAX; i++)
		EXPECT(fake_pins.level[i]);
	EXPECT_EQ(fake_pins_get(CLAIM(3)), 10);
	for (unsigned i = 0; i < GUEST_CPU_MAX; i++)
		EXPECT(!fake_pins.level[i]);
	EXPECT_EQ(fake_pins_get(CLAIM(5)), 0);
	/* Machine mode's works, and is nobody's. */
	fake_pins_put(CLAIM(3), 10);
	for (unsigned i = 0; i < GUEST_CPU_MAX; i++)
		fake_pins_put(ENABLE(i, 0), 0);
	fake_pins_put(0x2000, BIT(10));
	EXPECT(!fake_pins.level[0]);
	EXPECT_EQ(fake_pins_get(0x200004), 10);
	/* Behind the last context there is nothing. */
	fake_pins_put(0x2000 + 0x80ull * 2 * GUEST_CPU_MAX, ~0u);
	EXPECT_EQ(fake_pins_get(0x2000 + 0x80ull * 2 * GUEST_CPU_MAX), 0);
	fake_pins_destroy();
}

/* 95 sources, none of them 0. */
static void absent_sources(void)
{
	EXPECT(create(1));
	for (unsigned w = 0; w < 32; w++)
		fake_pins_put(ENABLE(0, w), ~0u);
	EXPECT_EQ(fake_pins_get(ENABLE(0, 0)), ~1u);
	EXPECT_EQ(fake_pins_get(ENABLE(0, 2)), ~0u);
	EXPECT_EQ(fake_pins_get(ENABLE(0, 3)), 0);
	fake_pins_put(PRIORITY(96), 1);
	EXPECT_EQ(fake_pins_get(PRIORITY(96)), 0);
	fake_pins_line(0, true);
	fake_pins_line(96, true);
	fake_pins_line(~0u, true);
	EXPECT_EQ(fake_pins_get(CLAIM(0)), 0);
	EXPECT(!fake_pins.level[0]);
	fake_pins_destroy();
}

static void reset_and_move(void)
{
	struct vpic *p;

	EXPECT(create(2));
	enable(10, 1);
	enable(12, 2);
	fake_pins_line(10, true);
	fake_pins_line(12, true);
	EXPECT_EQ(fake_pins_get(CLAIM(0)), 12);
	EXPECT(fake_pins_move());
	EXPECT(fake_pins.level[0]);
	EXPECT_EQ(fake_pins_get(CLAIM(0)), 10);
	fake_pins_put(CLAIM(0), 12);
	EXPECT(fake_pins.level[0]);
	/* A VCPU that was reset has forgotten what its pin was told. */
	p = fake_pins.guest.pic;
	fake_pins.level[0] = false;
	p->ops->vcpu_reset(p, &fake_pins.vcpus[0]);
	EXPECT(fake_pins.level[0]);
	EXPECT(p->ops->pending(p, &fake_pins.vcpus[0]));
	emu_reset(fake_pins.pic);
	EXPECT(!fake_pins.level[0]);
	EXPECT_EQ(fake_pins_get(PRIORITY(10)), 0);
	fake_pins_destroy();
}

/* The same source twice: no second edge, no second wake-up. */
static void no_needless_work(void)
{
	unsigned changes;

	EXPECT(create(1));
	enable(10, 1);
	enable(11, 1);
	fake_pins_line(10, true);
	changes = fake_pins.changes;
	fake_pins_line(10, true);
	fake_pins_line(11, true);
	EXPECT_EQ(fake_pins.changes, changes);
	fake_pins_destroy();
}

SUITE(plic, TEST(level_source), TEST(pulses), TEST(priorities),
      TEST(threshold), TEST(completion), TEST(contexts),
      TEST(absent_sources), TEST(reset_and_move), TEST(no_needless_work));
