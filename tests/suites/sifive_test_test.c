// SPDX-License-Identifier: GPL-2.0-or-later
/* emulators/misc/sifive_test: which stores end a guest, and how. */
#include "emulated.h"
#include <arch/irqflags.h>
#include <libs/string.h>
#include <vmm/guest.h>
#include <vmm/test.h>

static struct guest g;
static struct vcpu v;

static void store(struct emu *e, u64 value, u8 size)
{
	struct access a = {
		.value = value, .size = size, .write = true, .vcpu = &v,
	};
	u64 flags = irq_save();

	emu_access(e, &a);
	irq_restore(flags);
}

static struct emu *begin(void)
{
	g = (struct guest){ .name = "finisher" };
	spin_init(&g.power_lock, LOCK_POWER);
	v.guest = &g;
	return emulated_create("sifive-test");
}

static const struct {
	u32 value;
	u8 size;
	enum guest_end end;
	const char *reason;
} ends[] = {
	{ 0x5555, 4, GUEST_END_OFF, "powered off" },
	{ 0x5555, 2, GUEST_END_OFF, "powered off" },
	{ 0x7777, 4, GUEST_END_RESET, "reset" },
	{ 0x00173333, 4, GUEST_END_CRASH, "failure: code 23" },
};

static void commands(void)
{
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct emu *e = begin();

		EXPECT(e);
		store(e, ends[i].value, ends[i].size);
		EXPECT(g.ending);
		EXPECT_EQ(g.end, ends[i].end);
		EXPECT(strstr(g.reason, ends[i].reason));
		emu_destroy(e);
	}
}

static void others(void)
{
	static const u32 values[] = { 0, 0x55, 0x5554, 0x77770000, ~0u };
	struct emu *e = begin();

	EXPECT(e);
	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		store(e, values[i], 4);
	EXPECT(!g.ending);
	EXPECT_EQ(emulated_get(e, 0), 0);
	/* A debugger's is no guest's. */
	emulated_put(e, 0, 0x5555);
	EXPECT(!g.ending);
	emu_destroy(e);
}

SUITE(sifive_test, TEST(commands), TEST(others));
