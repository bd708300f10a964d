// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PC16550D UART (National Semiconductor, June 1995, chapter 8) as a guest sees
 * it; the binding is Linux's ns16550a.  Sending takes no time, and the receive
 * time-out comes at once: what the console hands over is all there is.
 */
#include <vmm/emulator.h>

enum { RBR, IER, IIR, LCR, MCR, LSR, MSR, SCR };

enum { IER_RDI = 1, IER_THRI = 2, IER_RLSI = 4, IER_MSI = 8 };
enum { IIR_MSI, IIR_NONE, IIR_THRI, IIR_RDI = 4, IIR_RLSI = 6, IIR_CTI = 12 };
enum { FCR_ENABLE = 1, FCR_CLEAR_RX = 2, IIR_FIFO = 0xc0, LCR_DLAB = 0x80 };
enum { LSR_DR = 1, LSR_OE = 2, LSR_BI = 0x10, LSR_SENT = 0x60 };
enum { MCR_LOOP = 0x10 };
enum { MSR_TERI = 4, MSR_RI = 0x40, MSR_THERE = 0xb0 };

#define FIFO_SIZE	16

struct ns16550a {
	struct emu emu;
	u8 rbr, ier, fcr, lcr, mcr, lsr, scr;
	u8 dll, dlm;		/* in place of RBR and IER while LCR says so */
	u8 changes;		/* of the modem's lines, low half of MSR */
	u8 sent;		/* the transmitter interrupts */
	u8 head, fill, fifo[FIFO_SIZE];
	u16 breaks;		/* places in it that hold one */
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

	if (s->ier & IER_RLSI && s->lsr & (LSR_OE | LSR_BI))
		return IIR_RLSI;
	if (s->ier & IER_RDI && s->fill)
		return s->fcr & FCR_ENABLE && s->fill < triggers[s->fcr >> 6] ?
		       IIR_CTI : IIR_RDI;
	if (s->ier & IER_THRI && s->sent)
		return IIR_THRI;
	return s->ier & IER_MSI && s->changes ? IIR_MSI : IIR_NONE;
}

static void update_irq(struct ns16550a *s)
{
	emu_irq_set(&s->emu, 0, identify(s) != IIR_NONE);
}

static void fill_set(struct ns16550a *s, unsigned fill)
{
	s->fill = (u8)fill;
	s->lsr = (u8)((s->lsr & ~LSR_DR) | (fill ? LSR_DR : 0));
}

/* The error of a byte shows when it is the next one to be read. */
static void show_break(struct ns16550a *s)
{
	const unsigned place = s->head % FIFO_SIZE;

	if (likely(!s->breaks) || !s->fill || !(s->breaks >> place & 1))
		return;
	s->breaks &= (u16)~(1u << place);
	s->lsr |= LSR_BI;
}

static bool fifo_put(struct ns16550a *s, u8 byte)
{
	if (s->fill >= (s->fcr & FCR_ENABLE ? FIFO_SIZE : 1))
		return false;
	s->fifo[(s->head + s->fill) % FIFO_SIZE] = byte;
	fill_set(s, s->fill + 1u);
	return true;
}

static u64 rbr_read(void *state, const struct reg_context *c)
{
	struct ns16550a *s = state;

	if (s->lcr & LCR_DLAB)
		return s->dll;
	if (!s->fill)
		return s->rbr;
	s->rbr = s->fifo[s->head++ % FIFO_SIZE];
	fill_set(s, s->fill - 1u);
	show_break(s);
	emu_input_ready(&s->emu);
	update_irq(s);
	return s->rbr;
}

/* It is gone at once, and the transmitter is empty again. */
static void thr_write(void *state, const struct reg_context *c, u64 value)
{
	struct ns16550a *s = state;

	if (s->lcr & LCR_DLAB) {
		s->dll = (u8)value;
		return;
	}
	if (!(s->mcr & MCR_LOOP))
		emu_output(&s->emu, (u8)value);
	else if (!fifo_put(s, (u8)value))
		s->lsr |= LSR_OE;
	s->sent = 1;
	update_irq(s);
}

static u64 ier_read(void *state, const struct reg_context *c)
{
	const struct ns16550a *s = state;

	return s->lcr & LCR_DLAB ? s->dlm : s->ier;
}

/* Enabling the transmitter's interrupt tells that it is empty. */
static void ier_write(void *state, const struct reg_context *c, u64 value)
{
	struct ns16550a *s = state;

	if (s->lcr & LCR_DLAB) {
		s->dlm = (u8)value;
		return;
	}
	s->sent |= (value & ~(u64)s->ier & IER_THRI) != 0;
	s->ier = value & 0xf;
	update_irq(s);
}

static u64 iir_read(void *state, const struct reg_context *c)
{
	struct ns16550a *s = state;
	const unsigned id = identify(s);

	if (id == IIR_THRI) {
		s->sent = 0;
		update_irq(s);
	}
	return id | (s->fcr & FCR_ENABLE ? IIR_FIFO : 0);
}

/* Without ENABLE, nothing else of it counts. */
static void fcr_write(void *state, const struct reg_context *c, u64 value)
{
	struct ns16550a *s = state;

	value = value & FCR_ENABLE ? value : 0;
	if (value & FCR_CLEAR_RX || (value ^ s->fcr) & FCR_ENABLE) {
		s->breaks = 0;
		fill_set(s, 0);
	}
	s->fcr = value & 0xc9;
	emu_input_ready(&s->emu);
	update_irq(s);
}

/* Of RI, only its end is a change that is told. */
static void mcr_write(void *state, const struct reg_context *c, u64 value)
{
	struct ns16550a *s = state;
	const unsigned was = modem(s->mcr), now = modem((unsigned)value);

	s->mcr = value & 0x1f;
	s->changes |= (u8)((was ^ now) >> 4 & ~(now & MSR_RI ? MSR_TERI : 0u));
	emu_input_ready(&s->emu);
	update_irq(s);
}

static u64 lsr_read(void *state, const struct reg_context *c)
{
	struct ns16550a *s = state;
	const u8 value = s->lsr;

	if (unlikely(value & (LSR_OE | LSR_BI))) {
		s->lsr &= (u8)~(LSR_OE | LSR_BI);
		update_irq(s);
	}
	return value;
}

static u64 msr_read(void *state, const struct reg_context *c)
{
	struct ns16550a *s = state;
	const u8 changes = s->changes;

	if (changes) {
		s->changes = 0;
		update_irq(s);
	}
	return modem(s->mcr) | changes;
}

static size_t input(void *state, const u8 *data, size_t size)
{
	struct ns16550a *s = state;
	size_t taken = 0;

	while (taken < size && !(s->mcr & MCR_LOOP) &&
	       fifo_put(s, data[taken]))
		taken++;
	update_irq(s);
	return taken;
}

static bool input_break(void *state)
{
	struct ns16550a *s = state;
	const unsigned place = (s->head + s->fill) % FIFO_SIZE;

	if (s->mcr & MCR_LOOP || !fifo_put(s, 0))
		return false;
	s->breaks |= (u16)(1u << place);
	show_break(s);
	update_irq(s);
	return true;
}

/* Registers are 1 << k bytes apart: the node's reg-shift. */
#define UART(n, k, field, ...)						\
	{ .offset = (n) << (k), .width = 1, .name = #n,			\
	  .slot = offsetof(struct ns16550a, field), __VA_ARGS__ }
#define REGS(k)								\
	UART(RBR, k, rbr, .read = rbr_read, .write = thr_write),	\
	UART(IER, k, ier, .read = ier_read, .write = ier_write),	\
	UART(IIR, k, fcr, .read = iir_read, .write = fcr_write),	\
	UART(LCR, k, lcr, .wmask = 0xff),				\
	UART(MCR, k, mcr, .write = mcr_write),				\
	UART(LSR, k, lsr, .read = lsr_read, .reset = LSR_SENT),		\
	{ .offset = MSR << (k), .width = 1, .name = "MSR",		\
	  .slot = EMU_NO_SLOT, .read = msr_read },			\
	UART(SCR, k, scr, .wmask = 0xff),				\
	STATE(struct ns16550a, dll), STATE(struct ns16550a, dlm),	\
	STATE(struct ns16550a, changes), STATE(struct ns16550a, sent),	\
	STATE(struct ns16550a, head), STATE(struct ns16550a, fill),	\
	STATE(struct ns16550a, fifo), STATE(struct ns16550a, breaks)

static const struct emu_reg regs[] = { REGS(0) };
static const struct emu_reg regs_2[] = { REGS(1) };
static const struct emu_reg regs_4[] = { REGS(2) };

static const struct emulator *pick(struct dt_node node);

#define TYPE(table, ...) {						\
	.name = "ns16550a",						\
	.state_size = sizeof(struct ns16550a),				\
	.regs = table,							\
	.reg_count = ARRAY_LEN(table),					\
	.input = input, .input_break = input_break, .tty = "ttyS",	\
	__VA_ARGS__ }

static const struct emulator ns16550a = TYPE(regs,
	.compatible = (const char *const[]){ "ns16550a", "ns16550", NULL },
	.pick = pick);
EMULATOR(ns16550a);

static const struct emulator *pick(struct dt_node node)
{
	static const struct emulator apart[] = { TYPE(regs_2), TYPE(regs_4) };
	u32 shift = 0;

	dt_u32(node, "reg-shift", 0, &shift);
	return shift ? &apart[MIN(shift, 2u) - 1] : &ns16550a;
}
