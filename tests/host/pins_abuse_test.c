// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RISC-V's interrupt controllers, whatever happens in any order: accesses of
 * all widths, wires, messages, registers of interrupt files.
 */
#include "pins_fake.h"

#include <vmm/test.h>

#define ROUNDS	60000

static u64 seed;

static u64 any(u64 limit)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 16) % limit;
}

/* Few bits, many, or a small number. */
static u64 any_value(void)
{
	switch (any(4)) {
	case 0:
		return BIT64(any(64));
	case 1:
		return seed;
	case 2:
		return any(128);
	default:
		return any(8) << 18 | any(256);
	}
}

static void do_access(struct emu *e)
{
	const struct emu_reg *r = &e->type->regs[any(e->type->reg_count)];
	struct access a = {
		.size = (u8)BIT(any(4)), .value = any_value(),
		.write = any(3) != 0,
	};

	if (!any(4))
		a.size = 4;
	a.offset = r->offset + any(r->count ? r->count : 1) *
		   (r->stride ? r->stride : 4);
	if (!any(8))
		a.offset = any(MIB(6));
	emu_access(e, &a);
}

/* Delivery, threshold, low words of what is pending and enabled, any. */
static unsigned any_register(void)
{
	static const u8 first[] = { 0x70, 0x72, 0x80, 0xc0 };

	return (unsigned)(any(4) ? first[any(4)] + any(2) : any(0x110));
}

static void do_file(void)
{
	struct vpic_files *f = fake_pins.guest.files;
	struct vcpu *v = &fake_pins.vcpus[any(fake_pins.count)];
	u64 value = any_value();

	if (!f)
		return;
	if (any(4))
		f->ops->access(f, v, any_register(), any(2) ? ~0ull :
			       any_value(), &value);
	else
		f->ops->top(f, v, any(2));
}

static void do_message(void)
{
	guest_msi(&fake_pins.guest, (u32)any(4),
		  GPA(any(2) ? 0x28000000 + any(0x9000) : 0xd002000),
		  (u32)any_value());
}

static void do_something(void)
{
	switch (any(8)) {
	case 0:
	case 1:
		fake_pins_line((u32)any(100), any(2));
		break;
	case 2:
		do_file();
		break;
	case 3:
		do_message();
		break;
	case 4:
		if (fake_pins.files)
			do_access(fake_pins.files);
		break;
	default:
		do_access(fake_pins.pic);
	}
}

static bool abuse(enum fake_variant variant)
{
	unsigned changes;

	seed = 0x2545f4914f6cdd1dull + variant;
	if (!fake_pins_create(variant, 4))
		return false;
	for (unsigned i = 0; i < ROUNDS; i++)
		do_something();
	changes = fake_pins.changes;
	if (!fake_pins_move())
		return false;
	emu_reset(fake_pins.pic);
	if (fake_pins.files)
		emu_reset(fake_pins.files);
	for (unsigned i = 0; i < 4; i++)
		changes *= !fake_pins.level[i];
	fake_pins_destroy();
	return changes && !fake_pins.wrong;
}

static void plic(void)
{
	EXPECT(abuse(FAKE_PLIC));
}

static void aplic(void)
{
	EXPECT(abuse(FAKE_APLIC));
}

static void imsic(void)
{
	EXPECT(abuse(FAKE_IMSIC));
}

SUITE(pins_abuse, TEST(plic), TEST(aplic), TEST(imsic));
