// SPDX-License-Identifier: GPL-2.0-or-later
/* 16550 UART and its descendants (National PC16550D, Synopsys DW_apb_uart). */
#include <arch/io.h>
#include <vmm/console.h>
#include <vmm/device.h>
#include <vmm/errno.h>
#include <vmm/log.h>

/* By index, which reg-shift spreads; USR is DW_apb_uart's. */
enum { RBR, IER, IIR, LCR, MCR, LSR, USR = 31, THR = RBR, FCR = IIR };
enum { DLL = RBR, DLM = IER };			/* while LCR_DLAB is set */

#define IER_RX		BIT(0)
#define IER_TX		BIT(1)
#define IIR_ID		0xfu
#define IIR_BUSY	0x7u			/* DW: LCR was refused */
#define IIR_FIFO	0xc0u
#define FCR_ENABLE	0x01u
#define LCR_8N1		0x03u
#define LCR_DLAB	0x80u
#define MCR_ON		0x0bu			/* DTR, RTS, OUT2: the IRQ */
#define LSR_READY	BIT(0)
#define LSR_EMPTY	BIT(5)			/* THR, or its whole FIFO */
#define FIFO_SIZE	16

struct ns16550 {
	struct uart uart;	/* first, so that the ops can get back */
	u32 shift, width;	/* of a register: log2, bytes */
	u32 burst;		/* bytes that an empty FIFO takes */
	u32 ier;
};

static struct ns16550 *of(struct uart *u)
{
	return container_of(u, struct ns16550, uart);
}

static u32 get(const struct ns16550 *n, u32 index)
{
	const u8 *reg = (const u8 *)n->uart.regs + (index << n->shift);

	return n->width == 4 ? io_read32(reg) :
	       n->width == 2 ? io_read16(reg) : io_read8(reg);
}

static void put(const struct ns16550 *n, u32 index, u32 value)
{
	u8 *reg = (u8 *)n->uart.regs + (index << n->shift);

	if (n->width == 4)
		io_write32(reg, value);
	else if (n->width == 2)
		io_write16(reg, (u16)value);
	else
		io_write8(reg, (u8)value);
}

static size_t send(struct uart *u, const u8 *data, size_t size)
{
	const struct ns16550 *n = of(u);
	size_t room = get(n, LSR) & LSR_EMPTY ? n->burst : 0, i;

	for (i = 0; i < size && i < room; i++)
		put(n, THR, data[i]);
	return i;
}

static size_t receive(struct uart *u, u8 *data, size_t max)
{
	size_t i = 0;

	while (i < max && get(of(u), LSR) & LSR_READY)
		data[i++] = (u8)get(of(u), RBR);
	return i;
}

static void mask_set(struct ns16550 *n, u32 bits, bool on)
{
	n->ier = on ? n->ier | bits : n->ier & ~bits;
	put(n, IER, n->ier);
}

static void send_irq(struct uart *u, bool on)
{
	mask_set(of(u), IER_TX, on);
}

static void receive_irq(struct uart *u, bool on)
{
	mask_set(of(u), IER_RX, on);
}

static const struct uart_ops ops = {
	.send = send, .receive = receive,
	.send_irq = send_irq, .receive_irq = receive_irq,
};

static void interrupt(void *arg)
{
	struct ns16550 *n = arg;

	if ((get(n, IIR) & IIR_ID) == IIR_BUSY)
		get(n, USR);
	host_console_interrupt(&n->uart);
}

/* The rate stays the firmware's unless the tree says both numbers. */
static void set_rate(const struct ns16550 *n, struct dt_node node)
{
	u32 hz, baud, divisor;

	if (!dt_u32(node, "clock-frequency", 0, &hz) ||
	    !dt_u32(node, "current-speed", 0, &baud) || !baud ||
	    !(divisor = hz / 16 / baud))
		return;
	put(n, LCR, LCR_8N1 | LCR_DLAB);
	put(n, DLL, divisor & 0xff);
	put(n, DLM, divisor >> 8);
	put(n, LCR, LCR_8N1);
}

static int init(struct ns16550 *n, struct dt_node node)
{
	u32 offset = 0;

	n->uart.ops = &ops;
	n->width = 1;
	dt_u32(node, "reg-shift", 0, &n->shift);
	dt_u32(node, "reg-io-width", 0, &n->width);
	dt_u32(node, "reg-offset", 0, &offset);
	if (n->shift > 6 || offset > KIB(1) || n->width > 4 || n->width == 3)
		return fail(-EINVAL, "ns16550: %s: odd layout of registers",
			    dt_name(node));
	n->uart.regs = (u8 *)n->uart.regs + offset;
	put(n, IER, 0);
	put(n, FCR, FCR_ENABLE);
	n->burst = (get(n, IIR) & IIR_FIFO) == IIR_FIFO ? FIFO_SIZE : 1;
	set_rate(n, node);
	put(n, MCR, MCR_ON);
	return 0;
}

static int early(struct dt_node node, void *regs, struct uart **out)
{
	static struct ns16550 first;

	first.uart.regs = regs;
	*out = &first.uart;
	return init(&first, node);
}

static int probe(struct device *dev)
{
	struct ns16550 *n = device_state(dev);
	int rc = device_map(dev, 0, &n->uart.regs);

	if (!rc)
		rc = init(n, dev->node);
	if (rc)
		return rc;
	n->uart.name = dev->path;
	rc = device_irq(dev, 0, interrupt, n);
	if (!rc)
		host_console_register(&n->uart);
	return rc;
}

static const struct driver ns16550 = {
	.name = "ns16550",
	.match = (const struct dt_match[]){
		{ "ns16550", NULL }, { "ns16550a", NULL },
		{ "snps,dw-apb-uart", NULL }, { 0 } },
	.state_size = sizeof(struct ns16550),
	.probe = probe, .early = early,
};
DRIVER(ns16550);
