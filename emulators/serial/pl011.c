// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Arm PrimeCell UART (PL011), revision r1p5, as a guest sees it: Arm DDI
 * 0183G, chapter 3.  Sending takes no time; the receive time-out comes at
 * once, since what the console hands over is all there is.
 */
#include <vmm/emulator.h>

enum {
	DR = 0x00, RSR = 0x04, FR = 0x18, ILPR = 0x20, IBRD = 0x24,
	FBRD = 0x28, LCR_H = 0x2c, CR = 0x30, IFLS = 0x34, IMSC = 0x38,
	RIS = 0x3c, MIS = 0x40, ICR = 0x44, DMACR = 0x48,
};

#define FR_CTS		BIT(0)
#define FR_DSR		BIT(1)
#define FR_DCD		BIT(2)
#define FR_RXFE		BIT(4)
#define FR_RXFF		BIT(6)
#define FR_TXFE		BIT(7)
#define FR_RI		BIT(8)
#define LCR_H_FEN	BIT(4)
#define CR_LBE		BIT(7)
#define CR_RXE		BIT(9)
#define RSR_BE		BIT(2)
#define RSR_OE		BIT(3)
#define DR_BE		BIT(10)
#define DR_OE		BIT(11)
#define INT_RX		BIT(4)
#define INT_TX		BIT(5)
#define INT_RT		BIT(6)
#define INT_BE		BIT(9)
#define INT_OE		BIT(10)
#define INT_ALL		0x7ffu

#define FIFO_SIZE	32

struct pl011 {
	struct emu emu;
	u32 rsr, ilpr, ibrd, fbrd, lcr_h, cr, ifls, imsc, ris, dmacr;
	u32 modem;		/* FR bits of the modem's lines */
	u32 head, fill;		/* of the receive FIFO */
	u32 breaks;		/* places in it that hold one */
	u8 fifo[FIFO_SIZE];
};

/* CR's outputs, FR's inputs that loop-back connects them to, their RIS. */
static const struct { u32 cr, fr, ris; } wires[] = {
	{ BIT(11), FR_CTS, BIT(1) },	/* RTS */
	{ BIT(10), FR_DSR, BIT(3) },	/* DTR */
	{ BIT(12), FR_DCD, BIT(2) },	/* Out1 */
	{ BIT(13), FR_RI, BIT(0) },	/* Out2 */
};

static void update_irq(struct pl011 *s)
{
	emu_irq_set(&s->emu, 0, s->ris & s->imsc);
}

static u32 fifo_depth(const struct pl011 *s)
{
	return s->lcr_h & LCR_H_FEN ? FIFO_SIZE : 1;
}

/* Bytes at which the receive interrupt comes: IFLS, in eighths. */
static u32 fifo_trigger(const struct pl011 *s)
{
	static const u8 eighths[] = { 1, 2, 4, 6, 7, 7, 7, 7 };

	return fifo_depth(s) == 1 ? 1 :
	       eighths[s->ifls >> 3 & 7] * (FIFO_SIZE / 8u);
}

static bool fifo_has_room(const struct pl011 *s)
{
	return s->fill < fifo_depth(s);
}

static void fifo_put(struct pl011 *s, u8 byte, bool is_break)
{
	const u32 place = (s->head + s->fill++) % FIFO_SIZE;

	s->fifo[place] = byte;
	s->breaks = (s->breaks & ~(1u << place)) | (u32)is_break << place;
	s->ris |= INT_RT | (s->fill >= fifo_trigger(s) ? INT_RX : 0);
}

static u64 dr_read(void *state, const struct reg_context *c)
{
	struct pl011 *s = state;
	u32 value = s->fifo[s->head % FIFO_SIZE];

	if (s->rsr & RSR_OE)
		value |= DR_OE;
	if (!s->fill)
		return value;
	s->rsr &= ~RSR_BE;
	if (s->breaks >> s->head % FIFO_SIZE & 1) {
		s->rsr |= RSR_BE;
		value |= DR_BE;
	}
	s->head++;
	s->fill--;
	if (s->fill < fifo_trigger(s))
		s->ris &= ~INT_RX;
	if (!s->fill)
		s->ris &= ~INT_RT;
	emu_input_ready(&s->emu);
	update_irq(s);
	return value;
}

static void loop_back(struct pl011 *s, u8 byte)
{
	if (fifo_has_room(s)) {
		fifo_put(s, byte, false);
		return;
	}
	s->rsr |= RSR_OE;
	s->ris |= INT_OE;
}

/* It is gone at once, and with it the FIFO passes its trigger level. */
static void dr_write(void *state, const struct reg_context *c, u64 value)
{
	struct pl011 *s = state;

	if (s->cr & CR_LBE)
		loop_back(s, (u8)value);
	else
		emu_output(&s->emu, (u8)value);
	s->ris |= INT_TX;
	update_irq(s);
}

static void ecr_write(void *state, const struct reg_context *c, u64 value)
{
	struct pl011 *s = state;

	s->rsr = 0;
}

static u64 fr_read(void *state, const struct reg_context *c)
{
	const struct pl011 *s = state;

	return FR_TXFE | s->modem | (s->fill ? 0 : FR_RXFE) |
	       (fifo_has_room(s) ? 0 : FR_RXFF);
}

/* Without loop-back, the other end is always there and ready. */
static void modem_update(struct pl011 *s)
{
	u32 modem = s->cr & CR_LBE ? 0 : FR_CTS | FR_DSR | FR_DCD;

	for (size_t i = 0; i < ARRAY_LEN(wires); i++) {
		if (s->cr & CR_LBE && s->cr & wires[i].cr)
			modem |= wires[i].fr;
		if ((modem ^ s->modem) & wires[i].fr)
			s->ris |= wires[i].ris;
	}
	s->modem = modem;
}

/* LCR_H, CR, IFLS or IMSC changed: there may be room for waiting input. */
static void control_changed(void *state, const struct reg_context *c)
{
	struct pl011 *s = state;

	modem_update(s);
	emu_input_ready(&s->emu);
	update_irq(s);
}

static u64 mis_read(void *state, const struct reg_context *c)
{
	const struct pl011 *s = state;

	return s->ris & s->imsc;
}

static void icr_write(void *state, const struct reg_context *c, u64 value)
{
	struct pl011 *s = state;

	s->ris &= ~(u32)value;
	update_irq(s);
}

static size_t input(void *state, const u8 *data, size_t size)
{
	struct pl011 *s = state;
	size_t taken = 0;

	if (!(s->cr & CR_RXE) || s->cr & CR_LBE)
		return 0;
	while (taken < size && fifo_has_room(s))
		fifo_put(s, data[taken++], false);
	update_irq(s);
	return taken;
}

static bool input_break(void *state)
{
	struct pl011 *s = state;

	if (!(s->cr & CR_RXE) || s->cr & CR_LBE || !fifo_has_room(s))
		return false;
	fifo_put(s, 0, true);
	s->ris |= INT_BE;
	update_irq(s);
	return true;
}

static void reset(void *state)
{
	struct pl011 *s = state;

	modem_update(s);
	s->ris = 0;
}

static const struct emu_reg regs[] = {
	HOOK(DR, .read = dr_read, .write = dr_write),
	REG(RSR, struct pl011, rsr, .write = ecr_write),
	HOOK(FR, .read = fr_read),
	REG(ILPR, struct pl011, ilpr, .wmask = 0xff),
	REG(IBRD, struct pl011, ibrd, .wmask = 0xffff),
	REG(FBRD, struct pl011, fbrd, .wmask = 0x3f),
	REG(LCR_H, struct pl011, lcr_h, .wmask = 0xff,
	    .after = control_changed),
	REG(CR, struct pl011, cr, .wmask = 0xff87, .reset = 0x300,
	    .after = control_changed),
	REG(IFLS, struct pl011, ifls, .wmask = 0x3f, .reset = 0x12,
	    .after = control_changed),
	REG(IMSC, struct pl011, imsc, .wmask = INT_ALL,
	    .after = control_changed),
	REG(RIS, struct pl011, ris),
	HOOK(MIS, .read = mis_read),
	HOOK(ICR, .write = icr_write),
	REG(DMACR, struct pl011, dmacr, .wmask = 0x7),
	CONSTANT(0xfe0, 0x11), CONSTANT(0xfe4, 0x10), CONSTANT(0xfe8, 0x34),
	CONSTANT(0xfec, 0x00), CONSTANT(0xff0, 0x0d), CONSTANT(0xff4, 0xf0),
	CONSTANT(0xff8, 0x05), CONSTANT(0xffc, 0xb1),
	STATE(struct pl011, modem), STATE(struct pl011, head),
	STATE(struct pl011, fill), STATE(struct pl011, breaks),
	STATE(struct pl011, fifo),
};

static const struct emulator pl011 = {
	.name = "pl011",
	.compatible = (const char *const[]){ "arm,pl011", NULL },
	.tty = "ttyAMA",
	.state_size = sizeof(struct pl011),
	.regs = regs,
	.reg_count = ARRAY_LEN(regs),
	.reset = reset,
	.input = input,
	.input_break = input_break,
};
EMULATOR(pl011);
