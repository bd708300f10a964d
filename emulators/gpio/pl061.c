// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Arm PrimeCell GPIO (PL061): Arm DDI 0190B, chapter 3.  Pins that the guest
 * drives lead nowhere; other devices drive those that are inputs.
 */
#include <vmm/emulator.h>

enum {
	DATA = 0x000, DIR = 0x400, IS = 0x404, IBE = 0x408, IEV = 0x40c,
	IE = 0x410, RIS = 0x414, MIS = 0x418, IC = 0x41c, AFSEL = 0x420,
};

#define PIN_COUNT	8

struct pl061 {
	struct emu emu;
	u32 dir, sense, both, event, enable, afsel;
	u32 out;		/* what the guest drives */
	u32 in;			/* what others drive */
	u32 edges;		/* seen and not yet cleared */
};

static u32 pins(const struct pl061 *s)
{
	return (s->out & s->dir) | (s->in & ~s->dir);
}

/* Level-triggered inputs ask as long as they are at IEV's level. */
static u32 raw_status(const struct pl061 *s)
{
	return s->edges | (s->sense & ~s->dir & ~(pins(s) ^ s->event) & 0xff);
}

static void update_irq(void *state, const struct reg_context *c)
{
	struct pl061 *s = state;

	emu_irq_set(&s->emu, 0, raw_status(s) & s->enable);
}

/* Pins were `before`: which inputs made an edge that counts? */
static void pins_changed(struct pl061 *s, u32 before)
{
	u32 changed = (before ^ pins(s)) & ~s->dir & 0xff;

	s->edges |= changed & ~s->sense & (s->both | ~(pins(s) ^ s->event));
	update_irq(s, NULL);
}

/* Address bits 9 to 2, the register's index, say which pins are meant. */
static u64 data_read(void *state, const struct reg_context *c)
{
	return pins(state) & c->index;
}

static void data_write(void *state, const struct reg_context *c, u64 value)
{
	struct pl061 *s = state;
	u32 before = pins(s), mask = c->index & (u32)c->lanes & s->dir;

	s->out = (s->out & ~mask) | ((u32)value & mask);
	pins_changed(s, before);
}

static void dir_write(void *state, const struct reg_context *c, u64 value)
{
	struct pl061 *s = state;
	u32 before = pins(s);

	s->dir = (u32)value & 0xff;
	pins_changed(s, before);
}

static void sense_changed(void *state, const struct reg_context *c)
{
	struct pl061 *s = state;

	s->edges &= ~s->sense;
	update_irq(s, c);
}

static u64 ris_read(void *state, const struct reg_context *c)
{
	return raw_status(state);
}

static u64 mis_read(void *state, const struct reg_context *c)
{
	const struct pl061 *s = state;

	return raw_status(s) & s->enable;
}

static void ic_write(void *state, const struct reg_context *c, u64 value)
{
	struct pl061 *s = state;

	s->edges &= ~(u32)value;
	update_irq(s, c);
}

static void pin(void *state, u32 n, bool level)
{
	struct pl061 *s = state;
	u32 before = pins(s);

	if (n >= PIN_COUNT)
		return;
	s->in = level ? s->in | BIT(n) : s->in & ~BIT(n);
	pins_changed(s, before);
}

static const struct emu_reg regs[] = {
	HOOK(DATA, .count = 256, .read = data_read, .write = data_write),
	REG(DIR, struct pl061, dir, .write = dir_write),
	REG(IS, struct pl061, sense, .wmask = 0xff, .after = sense_changed),
	REG(IBE, struct pl061, both, .wmask = 0xff, .after = update_irq),
	REG(IEV, struct pl061, event, .wmask = 0xff, .after = update_irq),
	REG(IE, struct pl061, enable, .wmask = 0xff, .after = update_irq),
	HOOK(RIS, .read = ris_read),
	HOOK(MIS, .read = mis_read),
	HOOK(IC, .write = ic_write),
	REG(AFSEL, struct pl061, afsel, .wmask = 0xff),
	CONSTANT(0xfe0, 0x61), CONSTANT(0xfe4, 0x10), CONSTANT(0xfe8, 0x04),
	CONSTANT(0xfec, 0x00), CONSTANT(0xff0, 0x0d), CONSTANT(0xff4, 0xf0),
	CONSTANT(0xff8, 0x05), CONSTANT(0xffc, 0xb1),
	STATE(struct pl061, out), STATE(struct pl061, in),
	STATE(struct pl061, edges),
};

static const struct emulator pl061 = {
	.name = "pl061",
	.compatible = (const char *const[]){ "arm,pl061", NULL },
	.state_size = sizeof(struct pl061),
	.regs = regs,
	.reg_count = ARRAY_LEN(regs),
	.pin = pin,
};
EMULATOR(pl061);
