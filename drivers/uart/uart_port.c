// SPDX-License-Identifier: GPL-2.0-or-later
/* A UART of any chip as the host's console: uart_port.h. */
#include "uart_port.h"

#include <arch/io.h>
#include <vmm/errno.h>
#include <vmm/io_guard.h>
#include <vmm/log.h>

static struct uart_port *of(struct uart *u)
{
	return container_of(u, struct uart_port, uart);
}

static u8 *reg_at(const struct uart_port *p, u32 reg)
{
	return (u8 *)p->uart.regs + (reg << p->shift);
}

static ALWAYS_INLINE u32 read_at(const u8 *at, u32 width)
{
	return width == 4 ? io_read32(at) :
	       width == 2 ? io_read16(at) : io_read8(at);
}

static ALWAYS_INLINE void write_at(u8 *at, u32 width, u32 value)
{
	if (width == 4)
		io_write32(at, value);
	else if (width == 2)
		io_write16(at, (u16)value);
	else
		io_write8(at, (u8)value);
}

u32 uart_port_read(const struct uart_port *p, u32 reg)
{
	return read_at(reg_at(p, reg), p->width);
}

void uart_port_write(const struct uart_port *p, u32 reg, u32 value)
{
	write_at(reg_at(p, reg), p->width, value);
}

static ALWAYS_INLINE bool is_so(u32 status, struct uart_bits b)
{
	return (status & b.mask) == b.value;
}

static bool says(const struct uart_port *p, struct uart_bits b)
{
	return is_so(uart_port_read(p, p->chip->status), b);
}

/* Interrupts are masked meanwhile: nothing is looked up for each byte. */
static size_t send(struct uart *u, const u8 *data, size_t size)
{
	const struct uart_port *p = of(u);
	const struct uart_bits room = p->chip->has_room;
	const u8 *status = reg_at(p, p->chip->status);
	u8 *to = reg_at(p, p->chip->data);
	const u32 width = p->width;
	const u32 burst = says(p, p->chip->is_empty) ? p->burst : 0;
	size_t n;

	for (n = 0; n < size; n++) {
		if (n >= burst && !is_so(read_at(status, width), room))
			break;
		write_at(to, width, data[n]);
	}
	return n;
}

static size_t receive(struct uart *u, u8 *data, size_t max)
{
	const struct uart_port *p = of(u);
	size_t n = 0;

	while (n < max && says(p, p->chip->has_byte))
		data[n++] = (u8)uart_port_read(p, p->chip->data);
	return n;
}

static void irq_set(struct uart_port *p, u32 bits, bool on)
{
	p->irqs = on ? p->irqs | bits : p->irqs & ~bits;
	uart_port_write(p, p->chip->irqs, p->irqs);
}

static void send_irq(struct uart *u, bool on)
{
	irq_set(of(u), of(u)->chip->irq_send, on);
}

static void receive_irq(struct uart *u, bool on)
{
	irq_set(of(u), of(u)->chip->irq_receive, on);
}

static void interrupt(void *arg)
{
	struct uart_port *p = arg;

	if (p->chip->acknowledge)
		p->chip->acknowledge(p);
	host_console_interrupt(&p->uart);
}

u32 uart_port_divisor(struct dt_node node)
{
	u32 hz, baud;
	u64 divisor;

	if (!dt_u32(node, "clock-frequency", 0, &hz) ||
	    !dt_u32(node, "current-speed", 0, &baud) || !baud)
		return 0;
	divisor = (hz + 8ull * baud) / (16ull * baud);
	return divisor <= 0xffff ? (u32)divisor : 0;
}

static int init(struct uart_port *p, const struct uart_chip *chip,
		struct dt_node node)
{
	static const struct uart_ops ops = {
		.send = send, .receive = receive,
		.send_irq = send_irq, .receive_irq = receive_irq,
	};
	u32 offset = 0;

	p->uart.ops = &ops;
	p->chip = chip;
	p->width = chip->width;
	p->burst = 1;
	dt_u32(node, "reg-shift", 0, &p->shift);
	dt_u32(node, "reg-io-width", 0, &p->width);
	dt_u32(node, "reg-offset", 0, &offset);
	if (p->shift > 6 || offset > KIB(1) || p->width > 4 || p->width == 3)
		return fail(-EINVAL, "uart: %s: odd layout of registers",
			    dt_name(node));
	p->uart.regs = (u8 *)p->uart.regs + offset;
	chip->init(p, node);
	return io_guard_check(dt_name(node));
}

int uart_port_early(const struct dt_match *match, struct dt_node node,
		    void *regs, struct uart **out)
{
	static struct uart_port first;

	first.uart.regs = regs;
	*out = &first.uart;
	return init(&first, match->data, node);
}

int uart_port_probe(struct device *dev)
{
	struct uart_port *p = device_state(dev);
	int rc = device_map(dev, 0, &p->uart.regs);

	if (!rc)
		rc = init(p, dev->match->data, dev->node);
	if (rc)
		return rc;
	p->uart.name = dev->path;
	rc = device_irq(dev, 0, interrupt, p);
	if (!rc)
		host_console_register(&p->uart);
	return rc;
}
