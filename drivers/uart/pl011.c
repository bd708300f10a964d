// SPDX-License-Identifier: GPL-2.0-or-later
/* Arm PrimeCell UART (PL011, DDI 0183), left at the rate firmware chose. */
#include <arch/io.h>
#include <vmm/console.h>
#include <vmm/device.h>

enum { DR = 0x00, FR = 0x18, CR = 0x30, IMSC = 0x38, ICR = 0x44 };

#define FR_RXFE		BIT(4)
#define FR_TXFF		BIT(5)
#define CR_ENABLE	(BIT(0) | BIT(8) | BIT(9))	/* UART, TX, RX */
#define INT_RX		(BIT(4) | BIT(6))		/* level, time-out */
#define INT_TX		BIT(5)

struct pl011 {
	struct uart uart;	/* first, so that the ops can get back */
	u32 mask;
};

static u8 *regs_of(struct uart *u)
{
	return u->regs;
}

static size_t send(struct uart *u, const u8 *data, size_t size)
{
	size_t n = 0;

	while (n < size && !(io_read32(regs_of(u) + FR) & FR_TXFF))
		io_write32(regs_of(u) + DR, data[n++]);
	return n;
}

static size_t receive(struct uart *u, u8 *data, size_t max)
{
	size_t n = 0;

	while (n < max && !(io_read32(regs_of(u) + FR) & FR_RXFE))
		data[n++] = (u8)io_read32(regs_of(u) + DR);
	return n;
}

static void mask_set(struct uart *u, u32 bits, bool on)
{
	struct pl011 *p = container_of(u, struct pl011, uart);

	p->mask = on ? p->mask | bits : p->mask & ~bits;
	io_write32(regs_of(u) + IMSC, p->mask);
}

static void send_irq(struct uart *u, bool on)
{
	mask_set(u, INT_TX, on);
}

static void receive_irq(struct uart *u, bool on)
{
	mask_set(u, INT_RX, on);
}

static const struct uart_ops ops = {
	.send = send, .receive = receive,
	.send_irq = send_irq, .receive_irq = receive_irq,
};

static void interrupt(void *arg)
{
	struct pl011 *p = arg;

	io_write32(regs_of(&p->uart) + ICR, INT_RX | INT_TX);
	host_console_interrupt(&p->uart);
}

static int early(struct dt_node node, void *regs, struct uart **out)
{
	static struct uart first = { .ops = &ops };

	first.regs = regs;
	*out = &first;
	return 0;
}

static int probe(struct device *dev)
{
	struct pl011 *p = device_state(dev);
	int rc = device_map(dev, 0, &p->uart.regs);

	if (rc)
		return rc;
	p->uart.ops = &ops;
	p->uart.name = dev->path;
	io_write32(regs_of(&p->uart) + IMSC, 0);
	io_write32(regs_of(&p->uart) + CR, CR_ENABLE);
	rc = device_irq(dev, 0, interrupt, p);
	if (!rc)
		host_console_register(&p->uart);
	return rc;
}

static const struct driver pl011 = {
	.name = "pl011",
	.match = (const struct dt_match[]){ { "arm,pl011", NULL }, { 0 } },
	.state_size = sizeof(struct pl011),
	.probe = probe, .early = early,
};
DRIVER(pl011);
