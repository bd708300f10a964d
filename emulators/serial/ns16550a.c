// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PC16550D UART (National Semiconductor, June 1995, chapter 8) as a guest sees
 * it; the binding is Linux's ns16550a.  Sending takes no time, and the receive
 * time-out comes at once: what the console hands over is all there is.
 */
#include <vmm/emulator.h>

/* DLL and DLM are where RBR and IER are while LCR says so. */
enum { RBR, IER, IIR, LCR, MCR, LSR, MSR, SCR, DLL, DLM, REG_COUNT };
enum { IER_RDI = 1, IER_THRI = 2, IER_RLSI = 4, IER_MSI = 8 };
enum { IIR_MSI, IIR_NONE, IIR_THRI, IIR_RDI = 4, IIR_RLSI = 6, IIR_CTI = 12 };
enum { FCR_ENABLE = 1, FCR_CLEAR_RX = 2, IIR_FIFO = 0xc0, LCR_DLAB = 0x80 };
enum { LSR_DR = 1, LSR_OE = 2, LSR_SENT = 0x60, MCR_LOOP = 0x10 };
enum { MSR_TERI = 4, MSR_CHANGES = 0x0f, MSR_RI = 0x40, MSR_THERE = 0xb0 };

#define FIFO_SIZE	16
#define SHIFT_MAX	2

struct ns16550a {
	struct emu emu;
	/* As written; IIR: FCR; LSR, MSR: what is there until it is read. */
	u8 regs[REG_COUNT];
	u8 sent;		/* the transmitter interrupts */
	u8 head, fill, fifo[FIFO_SIZE];
	u32 shift;		/* c: registers are 1 << shift bytes apart */
};

/* Without loop-back, the other end is always there and ready. */
static unsigned modem(unsigned mcr)
{
	return mcr & MCR_LOOP ? (mcr & 2) << 3 | (mcr & 1) << 5 |
				(mcr & 12) << 4 : MSR_THERE;
}

static unsigned identify(const struct ns16550a *s)
{
	static const u8 triggers[] = { 1, 4, 8, 14 };
	const u8 ier = s->regs[IER], fcr = s->regs[IIR];

	if (ier & IER_RLSI && s->regs[LSR])
		return IIR_RLSI;
	if (ier & IER_RDI && s->fill)
		return fcr & FCR_ENABLE && s->fill < triggers[fcr >> 6] ?
		       IIR_CTI : IIR_RDI;
	if (ier & IER_THRI && s->sent)
		return IIR_THRI;
	return ier & IER_MSI && s->regs[MSR] ? IIR_MSI : IIR_NONE;
}

static bool fifo_put(struct ns16550a *s, u8 byte)
{
	if (s->fill >= (s->regs[IIR] & FCR_ENABLE ? FIFO_SIZE : 1))
		return false;
	s->fifo[(s->head + s->fill++) % FIFO_SIZE] = byte;
	return true;
}

/* Which register a byte is; REG_COUNT: none. */
static unsigned locate(const struct ns16550a *s, u32 offset)
{
	const u32 n = offset >> s->shift;

	if (n > SCR || n << s->shift != offset)
		return REG_COUNT;
	return n <= IER && s->regs[LCR] & LCR_DLAB ? n + DLL : n;
}

/* Reads that change something, or that ask what interrupts. */
static NO_INLINE u64 read_effect(struct ns16550a *s, unsigned n)
{
	unsigned value = s->regs[n];

	if (n == RBR && s->fill) {
		value = s->regs[RBR] = s->fifo[s->head++ % FIFO_SIZE];
		s->fill--;
		emu_input_ready(&s->emu);
	} else if (n == IIR) {
		value = identify(s) | (value & FCR_ENABLE ? IIR_FIFO : 0);
		if ((value & 0xf) != IIR_THRI)
			return value;
		s->sent = 0;
	} else if (n == LSR) {
		value |= LSR_SENT | (s->fill ? LSR_DR : 0);
		s->regs[LSR] = 0;
	} else if (n == MSR) {
		value |= modem(s->regs[MCR]);
		s->regs[MSR] = 0;
	}
	emu_irq_set(&s->emu, 0, identify(s) != IIR_NONE);
	return value;
}

#define READ_EFFECTS	(BIT(RBR) | BIT(IIR) | BIT(LSR) | BIT(MSR))

static u64 reg_read(void *state, const struct reg_context *c)
{
	struct ns16550a *s = state;
	const unsigned n = locate(s, c->index);

	if (likely(n == LSR && !s->regs[LSR]))
		return LSR_SENT | (s->fill ? LSR_DR : 0);
	if (READ_EFFECTS >> n & 1)
		return read_effect(s, n);
	return n < REG_COUNT ? s->regs[n] : 0;
}

/* It is gone at once, and the transmitter is empty again. */
static void send(struct ns16550a *s, u8 byte)
{
	if (!(s->regs[MCR] & MCR_LOOP))
		emu_output(&s->emu, byte);
	else if (!fifo_put(s, byte))
		s->regs[LSR] |= LSR_OE;
	s->sent = 1;
}

/* Of RI, only its end is a change that is told. */
static void modem_changed(struct ns16550a *s, unsigned was, unsigned now)
{
	unsigned changes = (was ^ now) >> 4;

	if (now & MSR_RI)
		changes &= ~(unsigned)MSR_TERI;
	s->regs[MSR] |= (u8)changes;
}

static void reg_write(void *state, const struct reg_context *c, u64 value)
{
	static const u8 masks[REG_COUNT + 1] = {
		[IER] = 0xf, [IIR] = 0xc9, [LCR] = 0xff, [MCR] = 0x1f,
		[SCR] = 0xff, [DLL] = 0xff, [DLM] = 0xff,
	};
	struct ns16550a *s = state;
	const unsigned n = locate(s, c->index);
	const u8 was = masks[n] ? s->regs[n] : 0, now = (u8)value & masks[n];

	if (masks[n])
		s->regs[n] = now;
	if (n == RBR)
		send(s, (u8)value);
	else if (n == IER)
		s->sent |= (now & ~was & IER_THRI) != 0;
	else if (n == IIR && (value & FCR_CLEAR_RX || (now ^ was) & FCR_ENABLE))
		s->fill = 0;
	else if (n == MCR)
		modem_changed(s, modem(was), modem(now));
	if (n == IIR || n == MCR)	/* there may be more room */
		emu_input_ready(&s->emu);
	emu_irq_set(&s->emu, 0, identify(s) != IIR_NONE);
}

static size_t input(void *state, const u8 *data, size_t size)
{
	struct ns16550a *s = state;
	size_t taken = 0;

	while (taken < size && !(s->regs[MCR] & MCR_LOOP) &&
	       fifo_put(s, data[taken]))
		taken++;
	emu_irq_set(&s->emu, 0, identify(s) != IIR_NONE);
	return taken;
}

static int probe(void *state)
{
	struct ns16550a *s = state;

	dt_u32(s->emu.node, "reg-shift", 0, &s->shift);
	s->shift = MIN(s->shift, (u32)SHIFT_MAX);
	return 0;
}

static const struct emu_reg regs[] = {
	{ .width = 1, .count = 8 << SHIFT_MAX, .name = "registers",
	  .slot = EMU_NO_SLOT, .read = reg_read, .write = reg_write },
	STATE(struct ns16550a, regs), STATE(struct ns16550a, sent),
	STATE(struct ns16550a, head), STATE(struct ns16550a, fill),
	STATE(struct ns16550a, fifo),
};

static const struct emulator ns16550a = {
	.name = "ns16550a",
	.compatible = (const char *const[]){ "ns16550a", "ns16550", NULL },
	.state_size = sizeof(struct ns16550a),
	.regs = regs,
	.reg_count = ARRAY_LEN(regs),
	.probe = probe,
	.input = input,
};
EMULATOR(ns16550a);
