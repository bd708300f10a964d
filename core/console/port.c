// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines beside the host's console: received bytes wait in a ring. */
#include <vmm/console_port.h>
#include <libs/list.h>
#include <libs/ring.h>
#include <libs/string.h>
#include <vmm/clock.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>

#define RETRY_NS	1000000ull	/* its FIFO was full */
#define STUCK_NS	5000000000ull	/* nobody takes anything */

/* c: constant, l: lock, a: atomic */
struct console_port {
	struct console_port *next;	/* c */
	struct uart *uart;		/* c */
	u32 taken;			/* a */
	struct spinlock lock;		/* LOCK_CONSOLE */
	struct ring receive;		/* l */
	struct wait_queue has_bytes;
	u8 bytes[1024];
};

/* Grows during the boot, on its CPU; interrupts look at it, too. */
static struct console_port *ports;	/* a */

static struct console_port *first(void)
{
	return __atomic_load_n(&ports, __ATOMIC_ACQUIRE);
}

void console_port_add(struct uart *u)
{
	struct console_port *p;

	if (!u->name)
		return;
	p = heap_alloc(sizeof(*p));
	if (!p) {
		log_warning("console: %s: no memory for it", u->name);
		return;
	}
	p->uart = u;
	p->next = ports;
	spin_init(&p->lock, LOCK_CONSOLE);
	ring_init(&p->receive, p->bytes, sizeof(p->bytes));
	wait_init(&p->has_bytes);
	__atomic_store_n(&ports, p, __ATOMIC_RELEASE);
	u->ops->receive_irq(u, true);
}

/* What finds no room is dropped: protocols on it ask again. */
static void receive_all(struct console_port *p)
{
	u8 some[64];
	size_t size;
	SCOPED_LOCK(&p->lock);

	while ((size = p->uart->ops->receive(p->uart, some, sizeof(some))))
		ring_write(&p->receive, some,
			   MIN(size, ring_room(&p->receive)));
}

void console_port_interrupt(struct uart *u)
{
	for (struct console_port *p = first(); p; p = p->next) {
		if (p->uart != u)
			continue;
		receive_all(p);
		wait_wake_all(&p->has_bytes);
	}
}

const char *console_port_name(const struct console_port *p)
{
	return p->uart->name;
}

const char *console_port_nth(size_t n)
{
	const struct console_port *p = first();

	while (p && n--)
		p = p->next;
	return p ? console_port_name(p) : NULL;
}

static bool is_named(const struct console_port *p, const char *name)
{
	const char *slash = strrchr(p->uart->name, '/');

	return string_equal(p->uart->name, name) ||
	       (slash && string_equal(slash + 1, name));
}

int console_port_open(const char *name, struct console_port **out)
{
	struct console_port *p = first();

	while (p && !is_named(p, name))
		p = p->next;
	if (!p)
		return fail(-ENOENT, "console: there is no other line %s%s%s",
			    name, first() ? ", but " : "",
			    first() ? console_port_name(first()) : "");
	if (__atomic_exchange_n(&p->taken, 1, __ATOMIC_ACQUIRE))
		return fail(-EBUSY, "console: %s: somebody uses it", name);
	{
		SCOPED_LOCK(&p->lock);
		ring_clear(&p->receive);
	}
	*out = p;
	return 0;
}

void console_port_close(struct console_port *p)
{
	__atomic_store_n(&p->taken, 0, __ATOMIC_RELEASE);
}

static bool read_byte(struct console_port *p, u8 *byte)
{
	SCOPED_LOCK(&p->lock);

	return ring_read(&p->receive, byte, 1);
}

static bool read_or_stopped(struct console_port *p, u8 *byte,
			    const bool *stop, int *rc)
{
	*rc = __atomic_load_n(stop, __ATOMIC_ACQUIRE) ? -ECANCELED : 0;
	return *rc || read_byte(p, byte);
}

int console_port_read_or(struct console_port *p, u8 *byte, const bool *stop,
			 u64 deadline_ns)
{
	int rc = 0, late;

	late = wait_until_deadline(&p->has_bytes,
				   read_or_stopped(p, byte, stop, &rc),
				   deadline_ns ? deadline_ns : ~0ull);
	return rc ? rc : late;
}

void console_port_wake(struct console_port *p)
{
	wait_wake_all(&p->has_bytes);
}

static size_t send_some(struct console_port *p, const char *data, size_t size)
{
	SCOPED_LOCK(&p->lock);

	return p->uart->ops->send(p->uart, (const u8 *)data, size);
}

void console_port_write(struct console_port *p, const char *data, size_t size)
{
	u64 end = clock_now() + STUCK_NS;

	while (size && clock_now() < end) {
		size_t sent = send_some(p, data, size);

		data += sent;
		size -= sent;
		if (sent)
			end = clock_now() + STUCK_NS;
		else
			wait_deadline(clock_now() + RETRY_NS);
	}
}
