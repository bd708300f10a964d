// SPDX-License-Identifier: GPL-2.0-or-later
/* emulators/misc/pvpanic: which stores are a panic. */
#include "emulated.h"
#include <arch/irqflags.h>
#include <libs/string.h>
#include <vmm/guest.h>
#include <vmm/test.h>

static struct guest g;
static struct vcpu v;

static void store(struct emu *e, u64 value)
{
	struct access a = {
		.value = value, .size = 1, .write = true, .vcpu = &v,
	};
	u64 flags = irq_save();

	emu_access(e, &a);
	irq_restore(flags);
}

static void events(void)
{
	struct emu *e = emulated_create("pvpanic");

	EXPECT(e);
	g = (struct guest){ .name = "panics" };
	spin_init(&g.power_lock, LOCK_POWER);
	v.guest = &g;
	EXPECT_EQ(emulated_get(e, 0) & 0xff, 3);
	emulated_put(e, 0, 1);			/* no guest's */
	store(e, 0);
	store(e, 2);
	store(e, 0xfc);
	EXPECT(!g.ending);
	store(e, 1);
	EXPECT(g.ending);
	EXPECT_EQ(g.end, GUEST_END_CRASH);
	EXPECT(string_equal(g.reason, "panic"));
	emu_destroy(e);
}

SUITE(pvpanic, TEST(events));
