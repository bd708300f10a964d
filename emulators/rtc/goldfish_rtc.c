// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The Goldfish real-time clock of Android's emulator, with an alarm: Google,
 * GOLDFISH-VIRTUAL-HARDWARE.TXT, chapter III.  Times are in nanoseconds since
 * 1970.
 */
#include <vmm/emulator.h>

enum {
	TIME_LOW = 0x00, TIME_HIGH = 0x04, ALARM_LOW = 0x08, ALARM_HIGH = 0x0c,
	IRQ_ENABLED = 0x10, CLEAR_ALARM = 0x14, ALARM_STATUS = 0x18,
	CLEAR_INTERRUPT = 0x1c,
};

#define NS_PER_SECOND	1000000000ull
#define LOW		0xffffffffull

struct goldfish_rtc {
	struct emu emu;
	u64 offset;		/* guest's time less the host's */
	u64 alarm;
	u32 time_high;		/* when TIME_LOW was last read */
	u32 alarm_high, irq_enabled, armed, interrupts;
};

static u64 now(struct goldfish_rtc *s)
{
	return emu_wall_ns(&s->emu) + s->offset;
}

static void update_irq(void *state, const struct reg_context *c)
{
	struct goldfish_rtc *s = state;

	emu_irq_set(&s->emu, 0, s->interrupts & s->irq_enabled);
}

static void alarm(void *state)
{
	struct goldfish_rtc *s = state;

	s->armed = 0;
	s->interrupts = 1;
	update_irq(s, NULL);
}

/* One in the past rings at once. */
static void alarm_arm(struct goldfish_rtc *s)
{
	const u64 time = now(s), start = emu_clock_ns(&s->emu);
	const u64 delay = s->alarm > time ? s->alarm - time : 0;

	s->armed = 1;
	if (!delay)
		alarm(s);
	else
		emu_timer_set(&s->emu, delay < EMU_NEVER - start ?
				       start + delay : EMU_NEVER);
}

static u64 time_low_read(void *state, const struct reg_context *c)
{
	struct goldfish_rtc *s = state;
	const u64 time = now(s);

	s->time_high = (u32)(time >> 32);
	return (u32)time;
}

/* The other half stays; an alarm is at a time, not after a while. */
static void time_set(struct goldfish_rtc *s, u64 mask, u64 value)
{
	const u64 time = now(s);

	s->offset += ((time & ~mask) | value) - time;
	if (s->armed)
		alarm_arm(s);
}

static void time_low_write(void *state, const struct reg_context *c, u64 value)
{
	time_set(state, LOW, value);
}

static void time_high_write(void *state, const struct reg_context *c,
			    u64 value)
{
	time_set(state, ~LOW, value << 32);
}

static u64 alarm_low_read(void *state, const struct reg_context *c)
{
	const struct goldfish_rtc *s = state;

	return (u32)s->alarm;
}

static void alarm_low_write(void *state, const struct reg_context *c,
			    u64 value)
{
	struct goldfish_rtc *s = state;

	s->alarm = (u64)s->alarm_high << 32 | value;
	alarm_arm(s);
}

static void alarm_clear(void *state, const struct reg_context *c, u64 value)
{
	struct goldfish_rtc *s = state;

	s->armed = 0;
	emu_timer_stop(&s->emu);
}

static void interrupt_clear(void *state, const struct reg_context *c,
			    u64 value)
{
	struct goldfish_rtc *s = state;

	s->interrupts = 0;
	update_irq(s, c);
}

static const struct emu_reg regs[] = {
	HOOK(TIME_LOW, .read = time_low_read, .write = time_low_write),
	REG(TIME_HIGH, struct goldfish_rtc, time_high,
	    .write = time_high_write),
	HOOK(ALARM_LOW, .read = alarm_low_read, .write = alarm_low_write),
	REG(ALARM_HIGH, struct goldfish_rtc, alarm_high, .wmask = LOW),
	REG(IRQ_ENABLED, struct goldfish_rtc, irq_enabled, .wmask = 1,
	    .after = update_irq),
	HOOK(CLEAR_ALARM, .write = alarm_clear),
	REG(ALARM_STATUS, struct goldfish_rtc, armed),
	HOOK(CLEAR_INTERRUPT, .write = interrupt_clear),
	STATE(struct goldfish_rtc, offset), STATE(struct goldfish_rtc, alarm),
	STATE(struct goldfish_rtc, interrupts),
};

static const struct emulator goldfish_rtc = {
	.name = "goldfish-rtc",
	.compatible = (const char *const[]){ "google,goldfish-rtc", NULL },
	.state_size = sizeof(struct goldfish_rtc),
	.regs = regs,
	.reg_count = ARRAY_LEN(regs),
	.alarm = alarm,
};
EMULATOR(goldfish_rtc);
