// SPDX-License-Identifier: GPL-2.0-or-later
/* Arm PrimeCell real-time clock (PL031): Arm DDI 0224C, chapter 3. */
#include <vmm/emulator.h>

enum {
	DR = 0x00, MR = 0x04, LR = 0x08, CR = 0x0c,
	IMSC = 0x10, RIS = 0x14, MIS = 0x18, ICR = 0x1c,
};

#define NS_PER_SECOND	1000000000ull

struct pl031 {
	struct emu emu;
	u32 match, load, imsc, ris;
	u32 offset;		/* guest's seconds less the host's, mod 2^32 */
};

static u32 now(struct pl031 *s)
{
	return (u32)(emu_wall_ns(&s->emu) / NS_PER_SECOND) + s->offset;
}

/* One in the past comes once the counter has wrapped, as on the real part. */
static void rearm(void *state, const struct reg_context *c)
{
	struct pl031 *s = state;
	u32 seconds = s->match - now(s);

	emu_timer_set(&s->emu, emu_clock_ns(&s->emu) + seconds * NS_PER_SECOND);
}

static void update_irq(void *state, const struct reg_context *c)
{
	struct pl031 *s = state;

	emu_irq_set(&s->emu, 0, s->ris & s->imsc);
}

static void alarm(void *state)
{
	struct pl031 *s = state;

	s->ris = 1;
	update_irq(s, NULL);
}

static u64 dr_read(void *state, const struct reg_context *c)
{
	return now(state);
}

static void lr_write(void *state, const struct reg_context *c, u64 value)
{
	struct pl031 *s = state;

	s->load = (u32)value;
	s->offset += s->load - now(s);
	rearm(s, c);
}

static u64 mis_read(void *state, const struct reg_context *c)
{
	const struct pl031 *s = state;

	return s->ris & s->imsc;
}

static void icr_write(void *state, const struct reg_context *c, u64 value)
{
	struct pl031 *s = state;

	s->ris &= ~(u32)value;
	update_irq(s, c);
}

static const struct emu_reg regs[] = {
	HOOK(DR, .read = dr_read),
	REG(MR, struct pl031, match, .wmask = 0xffffffff, .after = rearm),
	REG(LR, struct pl031, load, .write = lr_write),
	CONSTANT(CR, 1),	/* it cannot be stopped */
	REG(IMSC, struct pl031, imsc, .wmask = 1, .after = update_irq),
	REG(RIS, struct pl031, ris),
	HOOK(MIS, .read = mis_read),
	HOOK(ICR, .write = icr_write),
	CONSTANT(0xfe0, 0x31), CONSTANT(0xfe4, 0x10), CONSTANT(0xfe8, 0x04),
	CONSTANT(0xfec, 0x00), CONSTANT(0xff0, 0x0d), CONSTANT(0xff4, 0xf0),
	CONSTANT(0xff8, 0x05), CONSTANT(0xffc, 0xb1),
	STATE(struct pl031, offset),
};

static const struct emulator pl031 = {
	.name = "pl031",
	.compatible = (const char *const[]){ "arm,pl031", NULL },
	.state_size = sizeof(struct pl031),
	.regs = regs,
	.reg_count = ARRAY_LEN(regs),
	.alarm = alarm,
};
EMULATOR(pl031);
