// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What comes on the host's serial line waits in a ring for the terminal, or in
 * the UART when that is full.
 */
#include "host_line.h"

#include <libs/ring.h>
#include <libs/string.h>
#include <vmm/errno.h>

#define LOOK_MAX	128		/* bytes, for a Ctrl-C */
#define CTRL_C		3

static u8 input_bytes[4 * 1024];

/* All under the line's lock. */
static struct {
	struct ring ring;
	bool is_full;			/* the UART's interrupt is off */
	bool has_unread;
	u8 unread;			/* comes before what is in the ring */
	struct wait_queue has_bytes;
} input = {
	.ring = RING_INIT(input_bytes),
	.has_bytes = WAIT_QUEUE_INIT(input.has_bytes),
};

/* Leaves bytes in the FIFO, and its interrupt off, while the ring is full. */
static bool receive_some(void)
{
	struct uart *u = host_line.uart;
	u8 *to;
	size_t room = ring_space(&input.ring, &to), came;

	if (!room) {
		input.is_full = true;
		u->ops->receive_irq(u, false);
		return false;
	}
	came = u->ops->receive(u, to, room);
	ring_added(&input.ring, came);
	return came != 0;
}

void host_input_begin(void)
{
	input.is_full = false;
	host_line.uart->ops->receive_irq(host_line.uart, true);
}

bool host_input_take(void)
{
	bool came = false;

	while (receive_some())
		came = true;
	return came;
}

/* After bytes were taken out of the ring. */
static void receive_again(void)
{
	if (!input.is_full || !ring_is_empty(&input.ring))
		return;
	host_input_begin();
	host_input_take();
}

static bool read_byte(u8 *byte)
{
	SCOPED_LOCK(&host_line.lock);

	if (input.has_unread) {
		*byte = input.unread;
		input.has_unread = false;
		return true;
	}
	if (!ring_read(&input.ring, byte, 1))
		return false;
	receive_again();
	return true;
}

static int session_read(struct console *con, u8 *byte, u64 deadline_ns)
{
	static const bool never;

	return host_console_read_or(byte, &never, deadline_ns);
}

/* Fewer than were ever read; what came since then and has no room is lost. */
static void session_unread(struct console *con, const u8 *data, size_t size)
{
	SCOPED_LOCK(&host_line.lock);

	input.ring.tail -= size;
	if (ring_fill(&input.ring) > input.ring.size)
		input.ring.head = input.ring.tail + input.ring.size;
	for (size_t i = 0; i < size; i++)
		input.ring.buffer[(input.ring.tail + i) &
				    (input.ring.size - 1)] = data[i];
}

struct console host_console = {
	.write = host_console_session_write, .read = session_read,
	.unread = session_unread,
};

u8 host_console_read(void)
{
	u8 byte = 0;

	wait_until(&input.has_bytes, read_byte(&byte));
	return byte;
}

static bool read_or_stopped(u8 *byte, const bool *stop, int *rc)
{
	*rc = __atomic_load_n(stop, __ATOMIC_ACQUIRE) ? -ECANCELED : 0;
	return *rc || read_byte(byte);
}

int host_console_read_or(u8 *byte, const bool *stop, u64 deadline_ns)
{
	int rc = 0, late = 0;

	if (deadline_ns)
		late = wait_until_deadline(&input.has_bytes,
					   read_or_stopped(byte, stop, &rc),
					   deadline_ns);
	else
		wait_until(&input.has_bytes, read_or_stopped(byte, stop, &rc));
	return rc ? rc : late;
}

void host_console_unread(u8 byte)
{
	SCOPED_LOCK(&host_line.lock);

	input.unread = byte;
	input.has_unread = true;
}

/* Among some bytes from *at on: takes all up to it, or moves *at over them. */
static bool take_ctrl_c_from(u64 *at, bool *more)
{
	const u8 *bytes, *found;
	size_t size;
	SCOPED_LOCK(&host_line.lock);

	*at = MIN(MAX(*at, input.ring.tail), input.ring.head);
	size = MIN(ring_look(&input.ring, *at, &bytes), (size_t)LOOK_MAX);
	found = memchr(bytes, CTRL_C, size);
	*more = size != 0;
	*at += size;
	if (!found)
		return false;
	*at -= size - (size_t)(found + 1 - bytes);
	ring_skip(&input.ring, (size_t)(*at - input.ring.tail));
	receive_again();
	return true;
}

static bool take_ctrl_c(void)
{
	u64 at = 0;
	bool more = true;

	while (more)
		if (take_ctrl_c_from(&at, &more))
			return true;
	return false;
}

bool host_console_look_canceled(void)
{
	if (take_ctrl_c())
		host_console.canceled = true;
	return host_console.canceled;
}

int host_console_sleep(u64 deadline_ns)
{
	if (wait_until_deadline(&input.has_bytes, take_ctrl_c(), deadline_ns))
		return 0;
	host_console.canceled = true;
	return -ECANCELED;
}

void host_console_wake(void)
{
	wait_wake_all(&input.has_bytes);
}
