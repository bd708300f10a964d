// SPDX-License-Identifier: GPL-2.0-or-later
/* Arm PrimeCell UART (PL011, DDI 0183), left at the rate firmware chose. */
#include "uart_port.h"

enum { DR = 0x00, FR = 0x18, CR = 0x30, IMSC = 0x38, ICR = 0x44 };

#define FR_RXFE		BIT(4)
#define FR_TXFF		BIT(5)
#define CR_ENABLE	(BIT(0) | BIT(8) | BIT(9))	/* UART, TX, RX */
#define INT_RX		(BIT(4) | BIT(6))		/* level, time-out */
#define INT_TX		BIT(5)

static void init(struct uart_port *p, struct dt_node node)
{
	uart_port_write(p, IMSC, 0);
	uart_port_write(p, CR, CR_ENABLE);
}

static void acknowledge(struct uart_port *p)
{
	uart_port_write(p, ICR, INT_RX | INT_TX);
}

static const struct uart_chip chip = {
	.width = 4, .data = DR, .status = FR, .irqs = IMSC,
	.has_byte = { FR_RXFE, 0 }, .has_room = { FR_TXFF, 0 },
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
