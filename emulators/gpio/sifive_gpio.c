// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SiFive's GPIO controller (FU540-C000 manual, chapter 17), with an interrupt
 * for each of its pins.  Pins that the guest drives lead nowhere; other devices
 * drive those that are inputs.
 */
#include <vmm/emulator.h>

enum {
	INPUT_VAL = 0x00, INPUT_EN = 0x04, OUTPUT_EN = 0x08,
	OUTPUT_VAL = 0x0c, PUE = 0x10, DS = 0x14, IE = 0x18, IP = 0x1c,
	OUT_XOR = 0x40,
};

/* What is enabled by IE and pends in IP, 8 bytes apart. */
enum { RISE, FALL, HIGH, LOW, EVENT_COUNT };

#define PIN_COUNT	EMU_LINE_MAX
#define PINS		(BIT(PIN_COUNT) - 1)

struct sifive_gpio {
	struct emu emu;
	u32 input_en, output_en, output_val, pue, ds, out_xor;
	u32 ie[EVENT_COUNT], ip[EVENT_COUNT];
	u32 in;			/* what others drive */
	u32 seen;		/* of the inputs, when last looked at */
};

static u32 inputs(const struct sifive_gpio *s)
{
	const u32 out = s->output_val ^ s->out_xor;

	return ((out & s->output_en) | (s->in & ~s->output_en)) & s->input_en;
}

/* A level pends again for as long as it is there. */
static void update(void *state, const struct reg_context *c)
{
	struct sifive_gpio *s = state;
	const u32 now = inputs(s);
	u32 lines = 0;

	s->ip[RISE] |= now & ~s->seen;
	s->ip[FALL] |= s->seen & ~now;
	s->ip[HIGH] |= now;
	s->ip[LOW] |= s->input_en & ~now;
	s->seen = now;
	for (unsigned i = 0; i < EVENT_COUNT; i++)
		lines |= s->ie[i] & s->ip[i];
	for (unsigned i = 0; i < PIN_COUNT; i++)
		emu_irq_set(&s->emu, i, lines >> i & 1);
}

static u64 input_val_read(void *state, const struct reg_context *c)
{
	return inputs(state);
}

/* Ones clear. */
static void ip_write(void *state, const struct reg_context *c, u64 value)
{
	struct sifive_gpio *s = state;

	s->ip[c->index % EVENT_COUNT] &= ~((u32)value & (u32)c->lanes);
	update(s, c);
}

static void pin(void *state, u32 n, bool level)
{
	struct sifive_gpio *s = state;

	if (n >= PIN_COUNT)
		return;
	s->in = level ? s->in | BIT(n) : s->in & ~BIT(n);
	update(s, NULL);
}

#define GPIO(o, field, ...)						\
	REG(o, struct sifive_gpio, field, .wmask = PINS, .after = update,\
	    __VA_ARGS__)

static const struct emu_reg regs[] = {
	HOOK(INPUT_VAL, .read = input_val_read),
	GPIO(INPUT_EN, input_en), GPIO(OUTPUT_EN, output_en),
	GPIO(OUTPUT_VAL, output_val), GPIO(PUE, pue), GPIO(DS, ds),
	GPIO(IE, ie, .count = EVENT_COUNT, .stride = 8),
	REG(IP, struct sifive_gpio, ip, .count = EVENT_COUNT, .stride = 8,
	    .write = ip_write),
	GPIO(OUT_XOR, out_xor),
	STATE(struct sifive_gpio, in), STATE(struct sifive_gpio, seen),
};

static const struct emulator sifive_gpio = {
	.name = "sifive-gpio",
	.compatible = (const char *const[]){ "sifive,gpio0", NULL },
	.state_size = sizeof(struct sifive_gpio),
	.regs = regs,
	.reg_count = ARRAY_LEN(regs),
	.pin = pin,
};
EMULATOR(sifive_gpio);
