// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The firmware's console (SBI 3.0, 12, or its legacy calls), where there is no
 * UART that we drive.  Nothing interrupts: input is asked for by a timer.
 */
#include <arch/sbi.h>
#include <vmm/clock.h>
#include <vmm/console.h>
#include <vmm/device.h>
#include <vmm/errno.h>
#include <vmm/hostmap.h>
#include <vmm/timer.h>

#define POLL_NS		10000000ull

static struct {
	struct uart uart;
	struct timer poll;
	bool has_calls;			/* c: DBCN, else the legacy ones */
} console;

/* Bytes that went through a buffer in memory. */
static size_t transfer(u64 function, const void *data, size_t size)
{
	struct sbi_result r;
	hpa_t pa;

	if (hostmap_translate(data, &pa))
		return 0;
	r = sbi_call(&(struct sbi_call){ SBI_DBCN, function, { size, pa.v } });
	return r.error ? 0 : (size_t)r.value;
}

static size_t send(struct uart *u, const u8 *data, size_t size)
{
	if (console.has_calls)
		return transfer(SBI_DBCN_WRITE, data, size);
	for (size_t i = 0; i < size; i++)
		sbi_call(&(struct sbi_call){ SBI_LEGACY_PUTCHAR, 0,
					     { data[i] } });
	return size;
}

static size_t receive(struct uart *u, u8 *data, size_t max)
{
	s64 byte;
	size_t i;

	if (console.has_calls)
		return transfer(SBI_DBCN_READ, data, max);
	for (i = 0; i < max; i++) {
		byte = sbi_call(&(struct sbi_call){
			SBI_LEGACY_GETCHAR, 0, { 0 } }).error;
		if (byte < 0)
			break;
		data[i] = (u8)byte;
	}
	return i;
}

static void poll(struct timer *t)
{
	host_console_interrupt(&console.uart);
	timer_set(t, clock_now() + POLL_NS);
}

/* Both directions are looked at in each poll. */
static void irq(struct uart *u, bool on)
{
}

static const struct uart_ops ops = {
	.send = send, .receive = receive,
	.send_irq = irq, .receive_irq = irq,
};

static void init(void)
{
	console.has_calls = sbi_probe(SBI_DBCN);
	console.uart.ops = &ops;
}

static int early(const struct dt_match *match, struct dt_node node,
		 void *regs, struct uart **out)
{
	init();
	if (!console.has_calls && !sbi_probe(SBI_LEGACY_PUTCHAR))
		return -ENODEV;
	*out = &console.uart;
	return 0;
}

static int probe(struct device *dev)
{
	init();
	timer_init(&console.poll, poll);
	if (host_console_register(&console.uart))
		return -ENODEV;
	timer_set(&console.poll, clock_now() + POLL_NS);
	return 0;
}

static const struct driver sbi_console = {
	.name = "sbi_console", .probe = probe, .early = early,
};
DRIVER(sbi_console);
