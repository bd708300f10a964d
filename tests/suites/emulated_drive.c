// SPDX-License-Identifier: GPL-2.0-or-later
/* Bytes as a story of what happens to a device, for fuzzers and suites. */
#include "emulated.h"
#include <arch/irqflags.h>
#include <libs/string.h>
#include <vmm/arch.h>

/* What is left of the bytes. */
struct story {
	const u8 *at;
	size_t left;
};

static u64 take(struct story *s, unsigned bytes)
{
	u64 value = 0;

	for (unsigned i = 0; i < bytes && s->left; i++, s->left--)
		value |= (u64)*s->at++ << 8 * i;
	return value;
}

/* Near a register of the table, or anywhere in a region. */
static u64 pick_offset(struct story *s, const struct emulator *t, u8 *region)
{
	u64 where = take(s, 1), n = take(s, 2);
	const struct emu_reg *r;

	*region = (u8)(where & 1);
	if (where & 0x80)
		return take(s, 4) % (MIB(64) - 8);
	if (!t->reg_count)
		return n;
	r = &t->regs[n % t->reg_count];
	if (!r->width)
		return n;
	*region = r->region;
	return r->offset + n % (r->count ? r->count : 1) *
	       (r->stride ? r->stride : r->width) + (where >> 1 & 7);
}

static bool do_access(struct story *s, struct emu *e)
{
	struct access a = { .size = (u8)BIT(take(s, 1) & 3) };
	u64 flags;

	a.offset = pick_offset(s, e->type, &a.region);
	a.write = take(s, 1) & 1;
	a.value = take(s, a.size);
	flags = irq_save();
	emu_access(e, &a);
	irq_restore(flags);
	return a.write || a.size == 8 || !(a.value >> 8 * a.size);
}

static bool do_input(struct story *s, struct emu *e)
{
	u8 bytes[64] = { 0 };
	size_t size = take(s, 1) % sizeof(bytes);

	return emu_input(e, bytes, size) <= size;
}

static bool do_alarm(struct story *s, struct emu *e)
{
	if (e->deadline_ns != EMU_NEVER)
		e->deadline_ns = 0;
	emulated_ring(e);
	return true;
}

static bool do_pin(struct story *s, struct emu *e)
{
	emu_pin_set(e, (u32)take(s, 1), take(s, 1) & 1);
	return true;
}

static bool do_button(struct story *s, struct emu *e)
{
	emu_power_button(e);
	return true;
}

static bool do_reset(struct story *s, struct emu *e)
{
	if (take(s, 1) < 64)
		emu_reset(e);
	return true;
}

static bool (*const events[])(struct story *s, struct emu *e) = {
	do_input, do_alarm, do_pin, do_button, do_reset,
};

/*
 * Controllers that need slots have suites of their own; others have the node
 * of a built-in tree, to know what is connected.
 */
static struct dt_node find_node(const struct emulator *t)
{
	struct dt_node n;
	const void *fdt;

	for (unsigned v = 1; (fdt = arch_guest_template(v)) != NULL; v++)
		for (const char *const *c = t->compatible; *c; c++) {
			n = dt_find_compatible(DT_NONE, fdt, *c);
			if (dt_exists(n))
				return n;
		}
	return DT_NONE;
}

static const struct emulator *find_type(const char *name)
{
	set_for_each(emulator, t)
		if (string_equal(t->name, name))
			return t;
	return NULL;
}

/* The n-th, or the next one that this configuration has. */
static const struct emulator *pick_type(u64 n)
{
	static const char *const names[] = {
		"pl011", "pl031", "pl061", "gpio-keys", "cfi-flash",
		"ns16550a", "goldfish-rtc", "sifive-gpio",
		"sifive-test", "pvpanic", "plic", "aplic",
		"imsic",
	};

	const struct emulator *t = NULL;

	for (size_t i = 0; i < ARRAY_LEN(names) && !t; i++)
		t = find_type(names[(n + i) % ARRAY_LEN(names)]);
	return t;
}

bool emulated_drive(const u8 *data, size_t size)
{
	struct story s = { .at = data, .left = size };
	const struct emulator *t = pick_type(take(&s, 1));
	struct emu *e = t ? emulated_create_at(t, find_node(t)) : NULL;
	bool good = e;

	while (good && s.left) {
		u64 event = take(&s, 1);

		if (event >= ARRAY_LEN(events))
			good = do_access(&s, e);
		else
			good = events[event](&s, e);
	}
	if (good)
		e = emulated_move(e);
	good = good && e;
	emu_destroy(e);
	return good;
}
