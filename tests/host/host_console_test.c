// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * core/console/host_console: polling, interrupts, flow in both directions, on
 * a UART of this suite.  Inside the hypervisor the real one is in use.
 */
#include <stdlib.h>
#include <string.h>

#include <arch/fake.h>
#include <arch/irqflags.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/test.h>
#include <vmm/thread.h>

#include "../suites/capture.h"
#include "../suites/fake_platform.h"
#include "../suites/guest_host.h"

/* The line's far end, and a FIFO that takes `room` bytes more. */
static struct {
	char text[64 * 1024];
	size_t used, room;
	const char *incoming;
	bool send_irq, receive_irq;
} line;

static size_t uart_send(struct uart *u, const u8 *data, size_t size)
{
	if (size > line.room)
		size = line.room;
	if (size > sizeof(line.text) - 1 - line.used)
		size = sizeof(line.text) - 1 - line.used;
	memcpy(line.text + line.used, data, size);
	line.used += size;
	line.room -= size;
	line.text[line.used] = '\0';
	return size;
}

static size_t uart_receive(struct uart *u, u8 *data, size_t max)
{
	size_t size = strlen(line.incoming);

	if (size > max)
		size = max;
	if (size > 16)
		size = 16;
	memcpy(data, line.incoming, size);
	line.incoming += size;
	return size;
}

static void uart_send_irq(struct uart *u, bool on)
{
	line.send_irq = on;
}

static void uart_receive_irq(struct uart *u, bool on)
{
	line.receive_irq = on;
}

static const struct uart_ops ops = {
	.send = uart_send, .receive = uart_receive,
	.send_irq = uart_send_irq, .receive_irq = uart_receive_irq,
};
static struct uart uart = { .ops = &ops, .name = "/uart" };

static void far_end_reset(size_t room)
{
	line.used = 0;
	line.text[0] = '\0';
	line.room = room;
	line.incoming = "";
}

static void put(const char *text)
{
	host_console_write(text, strlen(text));
}

static void put_masked(const char *text)
{
	u64 flags = irq_save();

	put(text);
	irq_restore(flags);
}

/* The FIFO has room again, after as long as a line takes. */
static void ready_interrupt(void)
{
	fake_cycles += PLATFORM_MS;
	host_console_interrupt(&uart);
}

/* In this order: the console changes its mode but once. */
static void polls_early(void)
{
	far_end_reset(1000);
	host_console_flush();
	host_console_early(&uart);
	far_end_reset(1000);
	put("a\nb\n\n");
	EXPECT(!strcmp(line.text, "a\r\nb\r\n\r\n"));
	EXPECT(!line.send_irq);
}

static void survives_a_dead_uart(void)
{
	u64 dropped = host_console_dropped();

	far_end_reset(3);
	put("abcdef");
	EXPECT_EQ(host_console_dropped() - dropped, 3);
	far_end_reset(1000);
	put("next");
	EXPECT(!strcmp(line.text, "next"));
}

static void drains_by_interrupts(void)
{
	EXPECT_EQ(host_console_register(&uart), 0);
	EXPECT(line.receive_irq);
	far_end_reset(4);
	put("0123456789");
	EXPECT(!strcmp(line.text, "0123"));
	EXPECT(line.send_irq);
	line.room = 4;
	ready_interrupt();
	EXPECT(!strcmp(line.text, "01234567"));
	EXPECT(line.send_irq);
	line.room = 4;
	ready_interrupt();
	EXPECT(!strcmp(line.text, "0123456789"));
	EXPECT(!line.send_irq);
}

#define UART_IRQ	40

static void uart_interrupt(void *arg)
{
	host_console_interrupt(&uart);
}

static void quick_interrupt(void)
{
	platform_raise(0, UART_IRQ);
	platform_step(0);
}

/*
 * A FIFO that is empty at once: where interrupts are masked, some bytes, then
 * time for others.
 */
static void paces_a_quick_line(void)
{
	static const struct irq_spec irq = { UART_IRQ, IRQ_TRIGGER_LEVEL_HIGH };
	static const char text[] = "0123456789abcdef0123456789abcdef"
				   "0123456789abcdef0123456789abcdef";

	far_end_reset(sizeof(line.text));
	put(text);
	EXPECT_EQ(line.used, 64);
	EXPECT(!line.send_irq);
	platform_start(1);
	EXPECT_EQ(irq_request(&irq, "uart", uart_interrupt, NULL), 0);
	far_end_reset(sizeof(line.text));
	put_masked(text);
	EXPECT_EQ(line.used, 16);
	EXPECT(line.send_irq);
	quick_interrupt();
	EXPECT_EQ(line.used, 16);
	EXPECT(!line.send_irq);
	put_masked("more");
	EXPECT_EQ(line.used, 16);
	platform_step(10000);
	EXPECT_EQ(line.used, 16);
	platform_step(10000);
	platform_step(0);
	EXPECT_EQ(line.used, 32);
	EXPECT(!line.send_irq);
	/* Full all the same: its interrupt is what to wait for. */
	line.room = 0;
	platform_step(20000);
	platform_step(0);
	EXPECT_EQ(line.used, 32);
	EXPECT(line.send_irq);
	line.room = sizeof(line.text);
	platform_step(20000);
	quick_interrupt();
	EXPECT_EQ(line.used, 48);
	EXPECT(line.send_irq);
	quick_interrupt();
	for (unsigned i = 0; i < 3; i++)
		platform_step(20000);
	EXPECT_EQ(line.used, 68);
	EXPECT(!line.send_irq);
	put("!");
	EXPECT_EQ(line.used, 69);
	irq_free(UART_IRQ);
	platform_stop();
}

static void one_console(void)
{
	struct uart other = { .ops = &ops, .name = "/other" };

	EXPECT(host_console_register(&other) != 0);
	host_console_interrupt(&other);
}

static void drops_whole_lines(void)
{
	char text[1000];
	u64 dropped = host_console_dropped();

	memset(text, 'x', sizeof(text));
	far_end_reset(0);
	for (unsigned i = 0; i < 20; i++)
		host_console_write(text, sizeof(text));
	EXPECT_EQ(host_console_dropped() - dropped, 4000);
	line.room = sizeof(line.text);
	host_console_flush();
	EXPECT_EQ(line.used, 16000);
}

/* Each interrupt sends a few bytes. */
static void drain(void)
{
	for (unsigned i = 0; line.send_irq && i < sizeof(line.text); i++)
		ready_interrupt();
}

static void sessions_lose_nothing(void)
{
	static char text[3000];

	memset(text, 'y', sizeof(text));
	far_end_reset(sizeof(line.text));
	con_write(&host_console, text, sizeof(text));
	drain();
	EXPECT_EQ(line.used, sizeof(text));
}

static bool came_back;

static void write_much(void)
{
	static char text[40 * 1024];

	memset(text, 'z', sizeof(text));
	con_write(&host_console, text, sizeof(text));
	con_write(&host_console, text, sizeof(text));
	came_back = true;
}

/* Its FIFO stays full: sessions wait once, some seconds, and go on. */
static void goes_on_without_a_line(void)
{
	u64 dropped = host_console_dropped();

	came_back = false;
	far_end_reset(0);
	EXPECT(in_thread(write_much));
	EXPECT(came_back);
	EXPECT(host_console_dropped() - dropped >= 60 * 1024);
	line.room = sizeof(line.text);
	drain();
	EXPECT(line.used > 15 * 1024);
	far_end_reset(sizeof(line.text));
	dropped = host_console_dropped();
	con_write(&host_console, "again", 5);
	EXPECT(!strcmp(line.text, "again"));
	EXPECT_EQ(host_console_dropped(), dropped);
}

static void receives_all(void)
{
	static char text[6001];
	unsigned good = 0;

	memset(text, 'r', sizeof(text) - 1);
	far_end_reset(100);
	line.incoming = text;
	host_console_interrupt(&uart);
	/* The ring is full: the rest waits in the FIFO, without interrupts. */
	EXPECT(!line.receive_irq);
	EXPECT_EQ(strlen(line.incoming), 6000 - 4096);
	for (unsigned i = 0; i < 6000; i++)
		good += host_console_read() == 'r';
	EXPECT_EQ(good, 6000);
	EXPECT(line.receive_irq);
}

static void reads_again(void)
{
	static char text[5001];
	u8 byte;

	far_end_reset(100);
	line.incoming = "ab";
	host_console_interrupt(&uart);
	EXPECT(!host_console.read(&host_console, &byte, 1) && byte == 'a');
	EXPECT_EQ(host_console.read(&host_console, &byte, 1), 0);
	host_console.unread(&host_console, (const u8 *)"12", 2);
	EXPECT_EQ(host_console_read(), '1');
	EXPECT_EQ(host_console_read(), '2');
	/* Of a full ring the newest bytes make way. */
	memset(text, 'r', sizeof(text) - 1);
	line.incoming = text;
	host_console_interrupt(&uart);
	host_console.unread(&host_console, (const u8 *)"1", 1);
	EXPECT_EQ(host_console_read(), '1');
	for (unsigned i = 1; i < 5000; i++)
		EXPECT_EQ(host_console_read(), 'r');
}

static void sleeps_until_ctrl_c(void)
{
	static char text[5001];

	far_end_reset(100);
	line.incoming = "typed\003next";
	host_console_interrupt(&uart);
	EXPECT_EQ(host_console_sleep(1), -ECANCELED);
	EXPECT_EQ(host_console_read(), 'n');
	EXPECT_EQ(host_console_read(), 'e');
	EXPECT_EQ(host_console_read(), 'x');
	EXPECT_EQ(host_console_read(), 't');
	/* As the last byte of a full ring: the rest must come in again. */
	memset(text, 'r', sizeof(text) - 1);
	text[4095] = '\003';
	line.incoming = text;
	host_console_interrupt(&uart);
	EXPECT(!line.receive_irq);
	EXPECT_EQ(host_console_sleep(1), -ECANCELED);
	EXPECT(line.receive_irq);
	for (unsigned i = 4096; i < 5000; i++)
		EXPECT_EQ(host_console_read(), 'r');
}

static void gives_a_byte_back(void)
{
	far_end_reset(100);
	line.incoming = "ab";
	host_console_interrupt(&uart);
	EXPECT_EQ(host_console_read(), 'a');
	host_console_unread('a');
	EXPECT_EQ(host_console_read(), 'a');
	EXPECT_EQ(host_console_read(), 'b');
}

/* Ctrl-C while something runs: what came before it is dropped with it. */
static void looks_for_ctrl_c(void)
{
	far_end_reset(100);
	host_console.canceled = false;
	line.incoming = "x";
	host_console_interrupt(&uart);
	EXPECT(!host_console_look_canceled());
	line.incoming = "\003y";
	host_console_interrupt(&uart);
	EXPECT(host_console_look_canceled());
	EXPECT(host_console_look_canceled());
	EXPECT_EQ(host_console_read(), 'y');
	host_console.canceled = false;
}

/* ---- Guests' consoles, line by line, until Ctrl-C ---- */

static int merged;
static bool stopping;

static void merge(void *arg)
{
	merged = guest_console_merge(&capture);
}

static void read_until_woken(void *arg)
{
	u8 byte;

	merged = host_console_read_or(&byte, &stopping, 0);
}

static void run(unsigned ms)
{
	while (ms--)
		platform_step(PLATFORM_MS);
}

static struct thread *begin_thread(void (*fn)(void *))
{
	struct thread *t;

	platform_start(1);
	merged = 1;
	if (thread_create("console", fn, NULL, &t))
		abort();
	thread_start(t);
	run(5);
	return t;
}

static void end_thread(struct thread *t)
{
	run(2000);
	if (t->state != THREAD_DEAD)
		abort();
	thread_destroy(t);
	platform_stop();
}

static void readers_are_woken(void)
{
	struct thread *t = begin_thread(read_until_woken);

	EXPECT_EQ(merged, 1);
	stopping = true;
	host_console_wake();
	end_thread(t);
	EXPECT_EQ(merged, -ECANCELED);
}

static void say(struct guest_console *c, const char *text)
{
	guest_console_output(c, (const u8 *)text, strlen(text));
}

static void guests_lines_are_merged(void)
{
	struct guest_console *a, *b;
	struct thread *t;

	far_end_reset(1000);
	EXPECT(!guest_console_get("a", GUEST_CONSOLE_RING, &a));
	EXPECT(!guest_console_get("b", GUEST_CONSOLE_RING, &b));
	say(a, "before\n");
	EXPECT(!guest_console_nth(3));
	capture_begin();
	t = begin_thread(merge);
	say(a, "one\nha");
	say(b, "two\n");
	run(300);
	say(a, "lf\n");
	guest_console_end(b);
	run(300);
	line.incoming = "\003";
	host_console_interrupt(&uart);
	end_thread(t);
	capture_end();
	guest_console_end(a);
	EXPECT_EQ(merged, 0);
	EXPECT(!strstr(capture_text, "before"));
	EXPECT(strstr(capture_text, "one") && strstr(capture_text, "two"));
}

static void panics_without_locks(void)
{
	far_end_reset(2);
	put("abc");
	EXPECT(!strcmp(line.text, "ab"));
	line.room = 1000;
	host_console_panic();
	put("d\n");
	EXPECT(!strcmp(line.text, "abcd\r\n"));
}

SUITE(host_console, TEST(polls_early), TEST(survives_a_dead_uart),
      TEST(drains_by_interrupts), TEST(paces_a_quick_line),
      TEST(one_console),
      TEST(drops_whole_lines), TEST(sessions_lose_nothing),
      TEST(goes_on_without_a_line),
      TEST(receives_all), TEST(reads_again), TEST(sleeps_until_ctrl_c),
      TEST(gives_a_byte_back), TEST(looks_for_ctrl_c),
      TEST(readers_are_woken), TEST(guests_lines_are_merged),
      TEST(panics_without_locks));
