// SPDX-License-Identifier: GPL-2.0-or-later
/* core/console/port: a line of one user, its bytes, a far end that is slow. */
#include <string.h>

#include <arch/fake.h>
#include <vmm/console_port.h>
#include <vmm/errno.h>
#include <vmm/test.h>
#include <vmm/thread.h>

#include "../suites/fake_platform.h"

static char sent[64];
static size_t sent_size, room;
static const char *incoming = "";

static size_t uart_send(struct uart *u, const u8 *data, size_t size)
{
	size = MIN(size, room);
	memcpy(sent + sent_size, data, size);
	sent_size += size;
	room -= size;
	return size;
}

static size_t uart_receive(struct uart *u, u8 *data, size_t max)
{
	size_t size = MIN(strlen(incoming), max);

	memcpy(data, incoming, size);
	incoming += size;
	return size;
}

static void irqs(struct uart *u, bool on)
{
}

static const struct uart_ops ops = {
	.send = uart_send, .receive = uart_receive, .send_irq = irqs,
	.receive_irq = irqs,
};
static struct uart first = { .ops = &ops, .name = "/soc/serial@1" };
static struct uart second = { .ops = &ops, .name = "/soc/serial@2" };
static struct uart nameless = { .ops = &ops };
static struct console_port *port;

static void came(const char *text)
{
	incoming = text;
	console_port_interrupt(&second);
}

static void one_user_by_name(void)
{
	struct console_port *other;

	console_port_add(&first);
	console_port_add(&second);
	console_port_add(&nameless);
	EXPECT(!strcmp(console_port_nth(0), "/soc/serial@2"));
	EXPECT(!strcmp(console_port_nth(1), "/soc/serial@1"));
	EXPECT(!console_port_nth(2));
	EXPECT_EQ(console_port_open("serial@3", &other), -ENOENT);
	EXPECT_EQ(console_port_open("serial@2", &port), 0);
	EXPECT(!strcmp(console_port_name(port), "/soc/serial@2"));
	EXPECT_EQ(console_port_open("/soc/serial@2", &other), -EBUSY);
	console_port_close(port);
	EXPECT_EQ(console_port_open("/soc/serial@2", &port), 0);
}

static void bytes_wait(void)
{
	bool stop = false;
	u8 byte;

	fake_cycles = PLATFORM_MS;
	came("ab");
	EXPECT_EQ(console_port_read_or(port, &byte, &stop, 1), 0);
	EXPECT_EQ(byte, 'a');
	/* Who comes anew gets nothing old. */
	console_port_close(port);
	EXPECT_EQ(console_port_open("serial@2", &port), 0);
	EXPECT_EQ(console_port_read_or(port, &byte, &stop, 1), -ETIMEDOUT);
	stop = true;
	EXPECT_EQ(console_port_read_or(port, &byte, &stop, 0), -ECANCELED);
}

static int results[2];
static bool stopping;

static void read_for_ever(void *arg)
{
	u8 byte = 0;

	results[0] = console_port_read_or(port, &byte, &stopping, 0);
	results[0] += byte;
	results[1] = console_port_read_or(port, &byte, &stopping, 0);
}

static void run(unsigned steps)
{
	while (steps--)
		platform_step(PLATFORM_MS);
}

static void readers_sleep(void)
{
	struct thread *t;

	platform_start(1);
	EXPECT(!thread_create("reads", read_for_ever, NULL, &t));
	thread_start(t);
	run(3);
	EXPECT_EQ(t->state, THREAD_BLOCKED);
	came("z");
	run(3);
	EXPECT_EQ(results[0], 'z');
	EXPECT_EQ(t->state, THREAD_BLOCKED);
	stopping = true;
	console_port_wake(port);
	run(3);
	EXPECT_EQ(results[1], -ECANCELED);
	EXPECT_EQ(t->state, THREAD_DEAD);
	thread_destroy(t);
	platform_stop();
}

static void write_all(void *arg)
{
	console_port_write(port, "slowly", 6);
}

/* Two bytes in a while; and when none goes any more, the rest is dropped. */
static void writers_are_patient(void)
{
	struct thread *t;

	platform_start(1);
	EXPECT(!thread_create("writes", write_all, NULL, &t));
	thread_start(t);
	for (unsigned i = 0; i < 2; i++) {
		room = 2;
		run(4);
		EXPECT_EQ(sent_size, 2 * i + 2);
	}
	EXPECT(t->state != THREAD_DEAD);
	run(6000);
	EXPECT_EQ(t->state, THREAD_DEAD);
	EXPECT(!memcmp(sent, "slow", 4));
	thread_destroy(t);
	platform_stop();
}

SUITE(console_port, TEST(one_user_by_name), TEST(bytes_wait),
      TEST(readers_sleep), TEST(writers_are_patient));
