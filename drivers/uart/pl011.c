// SPDX-License-Identifier: GPL-2.0-or-later
/* Arm PrimeCell UART (PL011, DDI 0183), left at the rate firmware chose. */
#include "uart_port.h"

enum {
	DR = 0x00, FR = 0x18, LCR_H = 0x2c, CR = 0x30, IFLS = 0x34,
	IMSC = 0x38, ICR = 0x44,
};

#define FR_BUSY		BIT(3)
#define FR_RXFE		BIT(4)
#define FR_TXFF		BIT(5)
#define FR_TXFE		BIT(7)
#define LCR_FIFO	BIT(4)
#define IFLS_TX		7u		/* 0: an eighth is left */
#define CR_ENABLE	(BIT(0) | BIT(8) | BIT(9))	/* UART, TX, RX */
#define INT_RX		(BIT(4) | BIT(6))		/* level, time-out */
#define INT_TX		BIT(5)

#define FIFO_SIZE	16		/* of newer ones 32 */
#define BUSY_MAX	100000		/* looks: a byte's time, and more */

/* Some firmware leaves it off; then each byte has an interrupt. */
static void fifo_on(struct uart_port *p)
{
	const u32 line = uart_port_read(p, LCR_H);

	if (line & LCR_FIFO)
		return;
	for (u32 i = 0; i < BUSY_MAX; i++)
		if (!(uart_port_read(p, FR) & FR_BUSY))
			break;
	uart_port_write(p, CR, 0);
	uart_port_write(p, LCR_H, line | LCR_FIFO);
}

/*
 * The interrupt of a FIFO comes when it falls to its level, so that what is
 * sent at a time has to be more than that.
 */
static void init(struct uart_port *p, struct dt_node node)
{
	uart_port_write(p, IMSC, 0);
	fifo_on(p);
	uart_port_write(p, IFLS, uart_port_read(p, IFLS) & ~IFLS_TX);
	uart_port_write(p, CR, CR_ENABLE);
	if (uart_port_read(p, LCR_H) & LCR_FIFO)
		p->burst = FIFO_SIZE;
}

static void acknowledge(struct uart_port *p)
{
	uart_port_write(p, ICR, INT_RX | INT_TX);
}

static const struct uart_chip chip = {
	.width = 4, .data = DR, .status = FR, .irqs = IMSC,
	.has_byte = { FR_RXFE, 0 }, .has_room = { FR_TXFF, 0 },
	.is_empty = { FR_TXFE, FR_TXFE },
	.irq_receive = INT_RX, .irq_send = INT_TX,
	.init = init, .acknowledge = acknowledge,
};

static const struct driver pl011 = {
	.name = "pl011",
	.match = (const struct dt_match[]){ { "arm,pl011", &chip }, { 0 } },
	.state_size = sizeof(struct uart_port),
	.probe = uart_port_probe, .early = uart_port_early,
};
DRIVER(pl011);
