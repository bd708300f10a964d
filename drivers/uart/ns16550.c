// SPDX-License-Identifier: GPL-2.0-or-later
/* 16550 UART and its descendants (National PC16550D, Synopsys DW_apb_uart). */
#include "uart_port.h"

/* USR is DW_apb_uart's. */
enum { RBR, IER, IIR, LCR, MCR, LSR, USR = 31, FCR = IIR };
enum { DLL = RBR, DLM = IER };			/* while LCR_DLAB is set */
enum { IER_RX = 1, IER_TX = 2, FCR_ENABLE = 1, LCR_8N1 = 3, LCR_DLAB = 0x80 };
enum { IIR_ID = 0xf, IIR_FIFO = 0xc0 };
enum { IIR_BUSY = 7 };				/* DW: LCR was refused */
enum { MCR_ON = 0xb };				/* DTR, RTS, OUT2: the IRQ */
enum { LSR_READY = 1, LSR_EMPTY = 0x20 };	/* THR, or its whole FIFO */

#define FIFO_SIZE	16

static void set_rate(struct uart_port *p, u32 divisor)
{
	uart_port_write(p, LCR, LCR_8N1 | LCR_DLAB);
	uart_port_write(p, DLL, divisor & 0xff);
	uart_port_write(p, DLM, divisor >> 8);
	uart_port_write(p, LCR, LCR_8N1);
}

static void init(struct uart_port *p, struct dt_node node)
{
	const u32 divisor = uart_port_divisor(node);

	uart_port_write(p, IER, 0);
	uart_port_write(p, FCR, FCR_ENABLE);
	if ((uart_port_read(p, IIR) & IIR_FIFO) == IIR_FIFO)
		p->burst = FIFO_SIZE;
	if (divisor)
		set_rate(p, divisor);
	uart_port_write(p, MCR, MCR_ON);
}

static void acknowledge(struct uart_port *p)
{
	if ((uart_port_read(p, IIR) & IIR_ID) == IIR_BUSY)
		uart_port_read(p, USR);
}

static const struct uart_chip chip = {
	.width = 1, .data = RBR, .status = LSR, .irqs = IER,
	.has_byte = { LSR_READY, LSR_READY },
	.has_room = { LSR_EMPTY, LSR_EMPTY },
	.is_empty = { LSR_EMPTY, LSR_EMPTY },
	.irq_receive = IER_RX, .irq_send = IER_TX,
	.init = init, .acknowledge = acknowledge,
};

static const struct driver ns16550 = {
	.name = "ns16550",
	.match = (const struct dt_match[]){
		{ "ns16550", &chip }, { "ns16550a", &chip },
		{ "snps,dw-apb-uart", &chip }, { 0 } },
	.state_size = sizeof(struct uart_port),
	.probe = uart_port_probe, .early = uart_port_early,
};
DRIVER(ns16550);
