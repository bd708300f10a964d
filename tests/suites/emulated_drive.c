// SPDX-License-Identifier: GPL-2.0-or-later
/* Bytes as a story of what happens to a device, for fuzzers and suites. */
#include "emulated.h"
#include <arch/irqflags.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/guest.h>
#include <vmm/heap.h>
#include <vmm/vcpu.h>

#include "story.h"

/*
 * Who may touch the device, of two VCPUs.  Their guest has ended for long, so
 * that no device can end it.
 */
static struct guest guest = { .name = "driven", .ending = true };
static struct vcpu vcpus[2] = {
	{ .guest = &guest, .index = 0 }, { .guest = &guest, .index = 1 },
};

/* Near a register of the table, or anywhere in a region. */
static u64 pick_offset(struct story *s, const struct emulator *t, u8 *region)
{
	u64 where = story_take(s, 1), n = story_take(s, 2);
	const struct emu_reg *r;

	*region = (u8)(where & 1);
	if (where & 0x80)
		return story_take(s, 4) % (MIB(64) - 8);
	if (!t->reg_count)
		return n;
	r = &t->regs[n % t->reg_count];
	if (!r->width)
		return n;
	*region = r->region;
	return r->offset + n % (r->count ? r->count : 1) *
	       (r->stride ? r->stride : r->width) + (where >> 1 & 7);
}

static bool do_access(struct story *s, struct emu **e)
{
	struct access a = { .size = (u8)BIT(story_take(s, 1) & 3) };
	u64 who, flags;

	a.offset = pick_offset(s, (*e)->type, &a.region);
	who = story_take(s, 1);
	a.write = who & 1;
	a.vcpu = who & 4 ? &vcpus[who >> 1 & 1] : NULL;
	a.value = story_take(s, a.size);
	flags = irq_save();
	emu_access(*e, &a);
	irq_restore(flags);
	return a.write || a.size == 8 || !(a.value >> 8 * a.size);
}

static bool do_input(struct story *s, struct emu **e)
{
	u8 bytes[64] = { 0 };
	size_t size = story_take(s, 1) % sizeof(bytes);

	for (size_t i = 0; i < size; i++)
		bytes[i] = story_byte(s);
	return emu_input(*e, bytes, size) <= size;
}

static bool do_alarm(struct story *s, struct emu **e)
{
	if ((*e)->deadline_ns != EMU_NEVER)
		(*e)->deadline_ns = 0;
	emulated_ring(*e);
	return true;
}

static bool do_pin(struct story *s, struct emu **e)
{
	emu_pin_set(*e, (u32)story_take(s, 1), story_take(s, 1) & 1);
	return true;
}

static bool do_button(struct story *s, struct emu **e)
{
	emu_power_button(*e);
	return true;
}

static bool do_reset(struct story *s, struct emu **e)
{
	if (story_take(s, 1) < 64)
		emu_reset(*e);
	return true;
}

/* To another host, while all that happens. */
static bool do_move(struct story *s, struct emu **e)
{
	if (story_take(s, 1) < 64)
		*e = emulated_move(*e);
	return *e;
}

/* As it was saved, but for a byte: taken or refused, and it goes on. */
static bool do_restore(struct story *s, struct emu **e)
{
	size_t size = emu_save(*e, NULL), at = story_take(s, 2) % (size + 1);
	u8 *data HEAP_SCOPED = heap_alloc(size + 1);

	if (!data || size > KIB(64))
		return true;
	emu_save(*e, data);
	data[at] = story_byte(s);
	emu_restore(*e, data, story_take(s, 1) < 240 ? size : at);
	return true;
}

static bool do_message(struct story *s, struct emu **e)
{
	const struct emu_message m = {
		.offset = story_take(s, 2), .data = (u32)story_take(s, 4),
		.region = (u8)(story_take(s, 1) & 3),
	};

	if ((*e)->type->message)
		(*e)->type->message(*e, &m);
	return true;
}

static bool (*const events[])(struct story *s, struct emu **e) = {
	do_input, do_alarm, do_pin, do_button, do_reset, do_move, do_restore,
	do_message,
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
	const struct emulator *t = pick_type(story_byte(&s));
	struct emu *e = t ? emulated_create_at(t, find_node(t)) : NULL;
	bool good = e;

	spin_init(&guest.power_lock, LOCK_POWER);
	while (good && s.left) {
		u8 event = story_byte(&s);

		if (event >= ARRAY_LEN(events))
			good = do_access(&s, &e);
		else
			good = events[event](&s, &e);
	}
	if (good)
		e = emulated_move(e);
	good = good && e;
	emu_destroy(e);
	return good;
}
