// SPDX-License-Identifier: GPL-2.0-or-later
/* emulators/gpio/sifive_gpio: pins, and what of them interrupts. */
#include "emulated.h"
#include <vmm/test.h>

enum {
	INPUT_VAL = 0x00, INPUT_EN = 0x04, OUTPUT_EN = 0x08,
	OUTPUT_VAL = 0x0c, RISE_IE = 0x18, RISE_IP = 0x1c, FALL_IE = 0x20,
	FALL_IP = 0x24, HIGH_IE = 0x28, HIGH_IP = 0x2c, LOW_IE = 0x30,
	LOW_IP = 0x34, OUT_XOR = 0x40,
};

static struct emu *create(void)
{
	struct emu *e = emulated_create("sifive-gpio");

	if (e)
		emulated_put(e, INPUT_EN, 0xf);
	return e;
}

static void values(void)
{
	struct emu *e = create();

	EXPECT(e);
	EXPECT_EQ(emulated_get(e, INPUT_EN), 0xf);
	emu_pin_set(e, 1, true);
	emu_pin_set(e, 4, true);
	emu_pin_set(e, ~0u, true);
	EXPECT_EQ(emulated_get(e, INPUT_VAL), 2);
	emulated_put(e, OUTPUT_EN, ~0u);
	EXPECT_EQ(emulated_get(e, OUTPUT_EN), 0xf);
	EXPECT_EQ(emulated_get(e, INPUT_VAL), 0);
	emulated_put(e, OUTPUT_VAL, 5);
	emulated_put(e, OUT_XOR, 4);
	EXPECT_EQ(emulated_get(e, INPUT_VAL), 1);
	emulated_put(e, OUTPUT_EN, 0);
	emulated_put(e, INPUT_EN, 0xd);
	EXPECT_EQ(emulated_get(e, INPUT_VAL), 0);
	emu_destroy(e);
}

static void edges(void)
{
	struct emu *e = create();

	EXPECT(e);
	emulated_put(e, RISE_IE, 1);
	emu_pin_set(e, 0, true);
	EXPECT(emulated_line);
	EXPECT_EQ(emulated_get(e, RISE_IP), 1);
	emu_pin_set(e, 0, false);
	EXPECT(emulated_line);
	emulated_put(e, RISE_IP, 0xe);
	EXPECT(emulated_line);
	emulated_put(e, RISE_IP, 1);
	EXPECT(!emulated_line);
	EXPECT_EQ(emulated_get(e, FALL_IP), 1);
	emulated_put(e, FALL_IE, 1);
	EXPECT(emulated_line);
	emulated_put(e, FALL_IP, 1);
	EXPECT(!emulated_line);
	emu_destroy(e);
}

static void levels(void)
{
	struct emu *e = create();

	EXPECT(e);
	emulated_put(e, HIGH_IE, 1);
	EXPECT(!emulated_line);
	emu_pin_set(e, 0, true);
	EXPECT(emulated_line);
	emulated_put(e, HIGH_IP, 1);
	EXPECT(emulated_line);
	emu_pin_set(e, 0, false);
	emulated_put(e, HIGH_IP, 1);
	EXPECT(!emulated_line);
	emulated_put(e, LOW_IE, 1);
	EXPECT(emulated_line);
	e = emulated_move(e);
	EXPECT(e);
	EXPECT(emulated_line);
	emu_destroy(e);
}

SUITE(sifive_gpio, TEST(values), TEST(edges), TEST(levels));
