// SPDX-License-Identifier: GPL-2.0-or-later
/* emulators/gpio: pins, their interrupts, the power key on one of them. */
#include "emulated.h"
#include <arch/cycles.h>
#include <libfdt.h>
#include <libs/string.h>
#include <vmm/guest.h>
#include <vmm/test.h>

enum {
	DIR = 0x400, IS = 0x404, IBE = 0x408, IEV = 0x40c, IE = 0x410,
	RIS = 0x414, MIS = 0x418, IC = 0x41c,
};

#define ALL	0x3fc			/* all eight pins */

static void data(void)
{
	struct emu *e = emulated_create("pl061");

	EXPECT(e);
	emulated_put(e, DIR, 0x0f);
	emulated_put(e, ALL, 0xff);
	EXPECT_EQ(emulated_get(e, ALL), 0x0f);
	emulated_put(e, 0x3 << 2, 0);
	EXPECT_EQ(emulated_get(e, ALL), 0x0c);
	EXPECT_EQ(emulated_get(e, 0x4 << 2), 0x04);
	EXPECT_EQ(emulated_get(e, 0), 0);
	emu_pin_set(e, 6, true);
	emu_pin_set(e, 0, true);
	emu_pin_set(e, 8, true);
	EXPECT_EQ(emulated_get(e, ALL), 0x4c);
	EXPECT_EQ(emulated_get(e, RIS), 0);
	emu_destroy(e);
}

static void edges(void)
{
	struct emu *e = emulated_create("pl061");

	EXPECT(e);
	emulated_put(e, IE, 0xff);
	emulated_put(e, IEV, 0x08);
	emu_pin_set(e, 3, true);
	EXPECT(emulated_line);
	EXPECT_EQ(emulated_get(e, MIS), 0x08);
	emu_pin_set(e, 3, false);
	EXPECT(emulated_line);
	emulated_put(e, IC, 0x08);
	EXPECT(!emulated_line);
	/* Falling ones of pin 4, both of pin 5. */
	emulated_put(e, IBE, 0x20);
	emu_pin_set(e, 4, true);
	EXPECT(!emulated_line);
	emu_pin_set(e, 4, false);
	EXPECT_EQ(emulated_get(e, RIS), 0x10);
	emu_pin_set(e, 5, true);
	EXPECT_EQ(emulated_get(e, RIS), 0x30);
	emulated_put(e, IC, 0x30);
	emu_pin_set(e, 5, false);
	EXPECT_EQ(emulated_get(e, RIS), 0x20);
	emulated_put(e, IE, 0xdf);
	EXPECT(!emulated_line);
	emu_destroy(e);
}

static void levels(void)
{
	struct emu *e = emulated_create("pl061");

	EXPECT(e);
	emulated_put(e, IS, 0x08);
	emulated_put(e, IEV, 0x08);
	emulated_put(e, IE, 0x08);
	emu_pin_set(e, 3, true);
	EXPECT(emulated_line);
	emulated_put(e, IC, 0x08);
	EXPECT(emulated_line);
	emu_pin_set(e, 3, false);
	EXPECT(!emulated_line);
	emulated_put(e, IEV, 0);
	EXPECT(emulated_line);
	emu_destroy(e);
}

static u8 tree[1024] ALIGNED(8);

static void cells(const char *name, u32 a, u32 b, u32 c)
{
	const fdt32_t bytes[] = {
		cpu_to_fdt32(a), cpu_to_fdt32(b), cpu_to_fdt32(c),
	};

	fdt_property(tree, name, bytes, sizeof(bytes));
}

static void tree_write(u32 flags)
{
	fdt_create(tree, sizeof(tree));
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	fdt_begin_node(tree, "gpio");
	fdt_property_u32(tree, "phandle", 9);
	fdt_end_node(tree);
	fdt_begin_node(tree, "gpio-keys");
	fdt_begin_node(tree, "home");
	fdt_property_u32(tree, "linux,code", 102);
	cells("gpios", 9, 1, flags);
	fdt_end_node(tree);
	fdt_begin_node(tree, "poweroff");
	fdt_property_u32(tree, "linux,code", 116);
	cells("gpios", 9, 3, flags);
	fdt_end_node(tree);
	fdt_end_node(tree);
	fdt_end_node(tree);
	fdt_finish(tree);
}

static struct guest guest;
static struct emu *devices[2];

static const struct emulator *type_of(const char *name)
{
	set_for_each(emulator, t)
		if (string_equal(t->name, name))
			return t;
	return NULL;
}

/* The two devices in a guest of their own. */
static bool key_create(u32 flags)
{
	static const char *const names[] = { "pl061", "gpio-keys" };
	static const char *const paths[] = { "/gpio", "/gpio-keys" };

	tree_write(flags);
	guest.devices = devices;
	guest.device_count = 0;
	for (unsigned i = 0; i < 2; i++) {
		const struct emu_config config = {
			.type = type_of(names[i]), .guest = &guest,
			.node = dt_find_path(tree, paths[i]),
			.name = names[i],
		};

		if (emu_create(&config, &devices[i]))
			return false;
		guest.device_count++;
	}
	for (unsigned i = 0; i < 2; i++)
		emu_settle(devices[i]);
	return true;
}

static void power_key(void)
{
	EXPECT(key_create(0));
	EXPECT(!emu_power_button(devices[0]));
	EXPECT(emu_power_button(devices[1]));
	EXPECT_EQ(emulated_get(devices[0], ALL), 0x08);
	EXPECT(devices[1]->deadline_ns != EMU_NEVER);
	devices[1]->deadline_ns = 0;
	emulated_ring(devices[1]);
	EXPECT_EQ(emulated_get(devices[0], ALL), 0);
	EXPECT_EQ(devices[1]->deadline_ns, EMU_NEVER);
	emu_destroy(devices[1]);
	emu_destroy(devices[0]);
}

static void power_key_active_low(void)
{
	EXPECT(key_create(1));
	EXPECT_EQ(emulated_get(devices[0], ALL), 0x08);
	EXPECT(emu_power_button(devices[1]));
	EXPECT_EQ(emulated_get(devices[0], ALL), 0);
	devices[1]->deadline_ns = 0;
	emulated_ring(devices[1]);
	EXPECT_EQ(emulated_get(devices[0], ALL), 0x08);
	emu_destroy(devices[1]);
	emu_destroy(devices[0]);
}

/* Alarms wait while the guest's clock stands. */
static void power_key_in_pause(void)
{
	EXPECT(key_create(0));
	guest.clock.paused_at_cycles = cycles_read_ordered() + 1;
	EXPECT(emu_power_button(devices[1]));
	EXPECT(!timer_is_set(&devices[1]->timer));
	emulated_ring(devices[1]);
	EXPECT_EQ(emulated_get(devices[0], ALL), 0x08);
	guest.clock.paused_at_cycles = 0;
	emu_clock_changed(devices[1]);
	EXPECT(devices[1]->deadline_ns != EMU_NEVER);
	EXPECT(timer_is_set(&devices[1]->timer));
	emu_destroy(devices[1]);
	emu_destroy(devices[0]);
}

/* A guest's end: the key's alarm must not look for a controller that went. */
static void power_key_quiet(void)
{
	EXPECT(key_create(0));
	EXPECT(emu_power_button(devices[1]));
	EXPECT(timer_is_set(&devices[1]->timer));
	emu_quiet(devices[1]);
	EXPECT(!timer_is_set(&devices[1]->timer));
	EXPECT_EQ(devices[1]->deadline_ns, EMU_NEVER);
	emulated_ring(devices[1]);
	EXPECT_EQ(emulated_get(devices[0], ALL), 0x08);
	emu_destroy(devices[1]);
	emu_destroy(devices[0]);
}

/* A tree whose key names the key itself as its controller. */
static void power_key_of_itself(void)
{
	EXPECT(key_create(0));
	devices[1]->node = devices[0]->node;
	devices[0]->node = DT_NONE;
	EXPECT(emu_power_button(devices[1]));
	emu_destroy(devices[1]);
	emu_destroy(devices[0]);
}

SUITE(pl061, TEST(data), TEST(edges), TEST(levels), TEST(power_key),
      TEST(power_key_active_low), TEST(power_key_in_pause),
      TEST(power_key_quiet), TEST(power_key_of_itself));
