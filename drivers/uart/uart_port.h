/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What drivers of UARTs share.  A chip is the places and bits of its
 * registers; how they lie in memory (reg-offset, reg-shift, reg-io-width:
 * Linux's binding serial/8250.yaml), the interrupt and how bytes come and go
 * is the same for all.
 */
#ifndef DRIVERS_UART_UART_PORT_H
#define DRIVERS_UART_UART_PORT_H

#include <vmm/console.h>
#include <vmm/device.h>

struct uart_port;

/* The bits of a register say yes when they have that value. */
struct uart_bits {
	u32 mask, value;
};

struct uart_chip {
	u32 width;		/* bytes of a register; a tree may say others */
	u32 data, status, irqs;	/* registers; irqs: which are on */
	struct uart_bits has_byte, has_room;	/* of status */
	struct uart_bits is_empty;	/* of status: takes uart_port.burst */
	u32 irq_receive, irq_send;		/* of irqs */
	/* Ready, without interrupts; once for `early`, and in the probe. */
	void (*init)(struct uart_port *p, struct dt_node node);
	/* An interrupt came; NULL: it goes with its cause. */
	void (*acknowledge)(struct uart_port *p);
};

/* The state of a driver: state_size; registers by number. */
struct uart_port {
	struct uart uart;
	const struct uart_chip *chip;	/* c */
	u32 shift, width;		/* c: of a register: log2, bytes */
	u32 burst;			/* c: bytes of the FIFO that sends */
	u32 irqs;			/* what the register has */
};

u32 uart_port_read(const struct uart_port *p, u32 reg);
void uart_port_write(const struct uart_port *p, u32 reg, u32 value);
/*
 * What the clock is to be divided by, 16 times, for the rate in the tree; 0
 * if it does not say both: the rate stays the firmware's.
 */
u32 uart_port_divisor(struct dt_node node);

/* For drivers whose matches' data is a chip. */
int uart_port_probe(struct device *dev);
int uart_port_early(const struct dt_match *match, struct dt_node node,
		    void *regs, struct uart **out);

#endif
