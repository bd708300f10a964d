// SPDX-License-Identifier: GPL-2.0-or-later
/* core/guest/emulator*: a device with every kind of row. */
#include "capture.h"
#include "emulated.h"
#include "starve.h"
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/test.h>

struct rows {
	struct emu emu;
	u32 plain, masked, array[4];
	u8 byte;
	u16 half;
	u64 wide;
	u32 last_index;
	u64 last_lanes, last_value;
	unsigned reads, afters, alarms;
	u8 hidden[3];
};

static u64 hook_read(void *state, const struct reg_context *c)
{
	struct rows *s = state;

	s->reads++;
	s->last_index = c->index;
	return 0x11223344u + c->index;
}

static void hook_write(void *state, const struct reg_context *c, u64 value)
{
	struct rows *s = state;

	s->last_index = c->index;
	s->last_lanes = c->lanes;
	s->last_value = value;
}

static void after(void *state, const struct reg_context *c)
{
	struct rows *s = state;

	s->afters++;
}

static void alarm(void *state)
{
	struct rows *s = state;

	s->alarms++;
}

static const struct emu_reg regs[] = {
	REG(0x00, struct rows, plain, .wmask = ~0u, .reset = 0xa5a5),
	REG(0x04, struct rows, masked, .wmask = 0x00ff00f0, .after = after),
	CONSTANT(0x08, 0xcafe),
	{ .offset = 0x10, .width = 1, .name = "byte", .wmask = 0xff,
	  .slot = offsetof(struct rows, byte) },
	{ .offset = 0x12, .width = 2, .name = "half", .wmask = 0xffff,
	  .slot = offsetof(struct rows, half) },
	{ .offset = 0x18, .width = 8, .name = "wide", .wmask = ~0ull,
	  .slot = offsetof(struct rows, wide) },
	REG(0x20, struct rows, array, .wmask = ~0u, .count = 4, .reset = 7),
	HOOK(0x40, .read = hook_read, .write = hook_write),
	HOOK(0x1000, .read = hook_read, .write = hook_write, .count = 3,
	     .stride = 0x20000),
	STATE(struct rows, hidden),
};

static const struct emulator rows_type = {
	.name = "rows", .state_size = sizeof(struct rows), .regs = regs,
	.reg_count = ARRAY_LEN(regs), .alarm = alarm,
};

static struct rows *create(void)
{
	return (struct rows *)(void *)emulated_create_at(&rows_type, DT_NONE);
}

static void resets(void)
{
	struct rows *s = create();

	EXPECT(s);
	EXPECT_EQ(emulated_get(&s->emu, 0x00), 0xa5a5);
	EXPECT_EQ(emulated_get(&s->emu, 0x08), 0xcafe);
	EXPECT_EQ(emulated_get(&s->emu, 0x2c), 7);
	emulated_put(&s->emu, 0x00, 1);
	s->hidden[2] = 9;
	emu_reset(&s->emu);
	EXPECT_EQ(s->plain, 0xa5a5);
	EXPECT_EQ(s->hidden[2], 0);
	emu_destroy(&s->emu);
}

static void masks(void)
{
	struct rows *s = create();

	EXPECT(s);
	emulated_put(&s->emu, 0x04, 0xffffffff);
	EXPECT_EQ(s->masked, 0x00ff00f0);
	EXPECT_EQ(s->afters, 1);
	emulated_write(&s->emu, 0x06, 0x12, 1);
	EXPECT_EQ(s->masked, 0x001200f0);
	emulated_put(&s->emu, 0x08, 1);
	EXPECT_EQ(emulated_get(&s->emu, 0x08), 0xcafe);
	EXPECT_EQ(s->emu.unknown_count, 0);
	emu_destroy(&s->emu);
}

/* Each width at each alignment sees, and changes, the bytes of memory. */
static void widths(void)
{
	struct rows *s = create();
	u8 mirror[16];

	EXPECT(s);
	for (unsigned i = 0; i < 16; i++)
		mirror[i] = (u8)(0x30 + i);
	memcpy(s->array, mirror, 16);
	for (unsigned size = 1; size <= 8; size *= 2) {
		for (unsigned at = 0; at + size <= 16; at++) {
			u64 value = 0, next = 0x1122334455667788ull * (at + 1);

			memcpy(&value, mirror + at, size);
			EXPECT_EQ(emulated_read(&s->emu, 0x20 + at, size),
				  value);
			emulated_write(&s->emu, 0x20 + at, next, size);
			memcpy(mirror + at, &next, size);
			EXPECT(!memcmp(s->array, mirror, 16));
		}
	}
	emu_destroy(&s->emu);
}

static void narrow_registers(void)
{
	struct rows *s = create();

	EXPECT(s);
	/* byte, hole, half, hole of 4: a wide store reaches both. */
	emulated_write(&s->emu, 0x10, 0x8877665544332211ull, 8);
	EXPECT_EQ(s->byte, 0x11);
	EXPECT_EQ(s->half, 0x4433);
	EXPECT_EQ(s->emu.unknown_count, 1);
	EXPECT_EQ(emulated_read(&s->emu, 0x10, 8), 0x44330011);
	EXPECT_EQ(emulated_read(&s->emu, 0x13, 1), 0x44);
	emulated_write(&s->emu, 0x18, 0x8877665544332211ull, 8);
	EXPECT_EQ(s->wide, 0x8877665544332211ull);
	EXPECT_EQ(emulated_read(&s->emu, 0x1c, 4), 0x88776655);
	EXPECT_EQ(emulated_read(&s->emu, 0x1e, 4), 0x00078877);
	emu_destroy(&s->emu);
}

static void hooks(void)
{
	struct rows *s = create();

	EXPECT(s);
	EXPECT_EQ(emulated_read(&s->emu, 0x42, 1), 0x22);
	EXPECT_EQ(emulated_read(&s->emu, 0x41, 2), 0x2233);
	EXPECT_EQ(s->reads, 2);
	/* A narrow store reads nothing, and says which bytes it has. */
	emulated_write(&s->emu, 0x42, 0xfffe, 1);
	EXPECT_EQ(s->reads, 2);
	EXPECT_EQ(s->last_lanes, 0xff0000);
	EXPECT_EQ(s->last_value, 0xfe0000);
	emulated_put(&s->emu, 0x40, 0x01020304);
	EXPECT_EQ(s->last_lanes, 0xffffffff);
	EXPECT_EQ(s->last_value, 0x01020304);
	EXPECT_EQ(emulated_get(&s->emu, 0x41000), 0x11223346);
	EXPECT_EQ(s->last_index, 2);
	emulated_put(&s->emu, 0x21000, 0);
	EXPECT_EQ(s->last_index, 1);
	emu_destroy(&s->emu);
}

static void unknown_registers(void)
{
	static const u64 offsets[] = {
		0x0c, 0x30, 0x44, 0xfff, 0x2000, 0x1004, 0x61000, 0x100000,
		~0ull - 7, 1ull << 40,
	};
	struct rows *s = create();
	u64 count = 0;

	EXPECT(s);
	for (size_t i = 0; i < ARRAY_LEN(offsets); i++) {
		EXPECT_EQ(emulated_read(&s->emu, offsets[i], 1), 0);
		emulated_write(&s->emu, offsets[i], 1, 1);
		EXPECT_EQ(s->emu.unknown_count, count += 2);
	}
	emu_destroy(&s->emu);
}

static void lines(void)
{
	struct rows *s = create();
	unsigned before = emulated_line_changes;

	EXPECT(s);
	emu_irq_set(&s->emu, 0, true);
	emu_irq_set(&s->emu, 0, true);
	EXPECT(emulated_line);
	EXPECT_EQ(emulated_line_changes, before + 1);
	emu_irq_set(&s->emu, 1, true);
	emu_irq_set(&s->emu, 77, true);
	EXPECT_EQ(emulated_line_changes, before + 1);
	EXPECT_EQ(s->emu.lines[0].rises, 1);
	EXPECT_EQ(s->emu.lines[0].raised_cycles, 0);
	s->emu.lines[0].raised_at -= 100;
	emu_reset(&s->emu);
	EXPECT(!emulated_line);
	EXPECT_EQ(s->emu.lines[0].rises, 1);
	EXPECT(s->emu.lines[0].raised_cycles >= 100);
	emu_destroy(&s->emu);
}

static void alarms(void)
{
	const u64 hour = 3600000000000ull;
	struct rows *s = create();

	EXPECT(s);
	emulated_ring(&s->emu);
	EXPECT_EQ(s->alarms, 0);
	/* Too early: rung for a deadline that has moved. */
	emu_timer_set(&s->emu, emu_clock_ns(&s->emu) + hour);
	emulated_ring(&s->emu);
	EXPECT_EQ(s->alarms, 0);
	emu_timer_set(&s->emu, emu_clock_ns(&s->emu));
	emulated_ring(&s->emu);
	emulated_ring(&s->emu);
	EXPECT_EQ(s->alarms, 1);
	emu_timer_set(&s->emu, 0);
	emu_timer_stop(&s->emu);
	emulated_ring(&s->emu);
	EXPECT(s->alarms <= 2);
	emu_timer_set(&s->emu, emu_clock_ns(&s->emu) + hour);
	emu_destroy(&s->emu);
}

static void saves(void)
{
	struct rows *s = create();
	struct emu *e;
	u8 byte = 0;

	EXPECT(s);
	s->plain = 0x1234;
	s->wide = ~0ull / 3;
	s->array[3] = 5;
	s->hidden[1] = 0x77;
	emu_irq_set(&s->emu, 0, true);
	emu_timer_set(&s->emu, ~0ull / 4);
	e = emulated_move(&s->emu);
	EXPECT(e);
	s = (struct rows *)(void *)e;
	EXPECT_EQ(s->plain, 0x1234);
	EXPECT_EQ(s->array[3], 5);
	EXPECT_EQ(s->hidden[1], 0x77);
	EXPECT_EQ(s->emu.deadline_ns, ~0ull / 4);
	EXPECT(emulated_line);
	EXPECT_EQ(emu_restore(e, &byte, 1), -EBADMSG);
	EXPECT_EQ(s->plain, 0x1234);
	emu_destroy(e);
}

/* All types that need no guest around them, after some stores. */
static void saves_all(void)
{
	static const char *const names[] = {
		"pl011", "pl031", "pl061", "gpio-keys", "cfi-flash",
		"ns16550a", "goldfish-rtc", "sifive-gpio",
		"sifive-test", "pvpanic",
	};

	unsigned made = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct emu *e = emulated_create(names[i]);

		if (!e)
			continue;	/* configured out */
		made++;
		for (u64 at = 0; at < 0x1000; at += 4)
			emulated_put(e, at, (u32)(at * 0x9e3779b1u));
		e = emulated_move(e);
		EXPECT(e);
		emu_destroy(e);
	}
	EXPECT(made >= 4);
}

static void dumps(void)
{
	struct rows *s = create();

	EXPECT(s);
	capture_begin();
	emu_dump(&s->emu, &capture);
	capture_end();
	EXPECT(strstr(capture_text, "0x00       0000a5a5\n"));
	EXPECT(strstr(capture_text, "00000007 00000007 00000007 00000007\n"));
	EXPECT(strstr(capture_text, "hidden     000000\n"));
	emu_destroy(&s->emu);
}

static int create_rows(void *arg)
{
	struct emu **e = arg;

	*e = emulated_create_at(&rows_type, DT_NONE);
	return *e ? 0 : -ENOMEM;
}

static void destroy_rows(void *arg)
{
	struct emu **e = arg;

	emu_destroy(*e);
}

static void out_of_memory(void)
{
	struct emu *e;

	EXPECT(starve(&(struct starving){
		.what = "a device", .run = create_rows, .undo = destroy_rows,
		.words = "no memory", .arg = &e }) > 3);
}

/* Whatever is done to them in any order: see emulated_drive(). */
static void at_random(void)
{
	static u8 data[4096];
	u64 x = 0x2545f4914f6cdd1dull;

	for (unsigned round = 0; round < 200; round++) {
		for (size_t i = 0; i < sizeof(data); i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			data[i] = (u8)(x >> 32);
		}
		data[0] = (u8)round;
		capture_begin();
		EXPECT(emulated_drive(data, sizeof(data)));
		capture_end();
	}
}

SUITE(emulator, TEST(resets), TEST(masks), TEST(widths),
      TEST(narrow_registers), TEST(hooks), TEST(unknown_registers),
      TEST(lines), TEST(alarms), TEST(saves), TEST(saves_all), TEST(dumps),
      TEST(out_of_memory), TEST(at_random));
