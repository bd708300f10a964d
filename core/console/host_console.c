// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The host's serial line: which UART it is, and a ring towards it that its
 * interrupt drains.  Until one works with interrupts, bytes are polled out;
 * until there is any, they wait.
 *
 * Who writes sends, as long as the FIFO takes bytes and interrupts may come
 * between a few of them.  What is left is the interrupt's.  A UART that takes
 * bytes at once, as an emulator's does, would interrupt again as soon as it was
 * served, and keep a CPU until all is sent.  Where it is that quick, a timer
 * sends instead, until it finds the FIFO full.
 */
#include "host_line.h"

#include <libs/ring.h>
#include <libs/string.h>
#include <vmm/clock.h>
#include <vmm/console_port.h>
#include <vmm/dt.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/options.h>
#include <vmm/timer.h>

/* A byte at 9600 baud takes 1 ms; this many looks at a FIFO take longer. */
#define POLL_MAX	1000000
#define STUCK_NS	5000000000ull	/* takes nothing: nobody waits on */
/* Bytes sent on end with interrupts masked. */
#define SEND_MAX	16
/* Between two of those: what 8 million baud would take. */
#define PACE_NS		20000ull
#define NEWLINES_MAX	4		/* of sessions, queued on end */

enum mode { MODE_WAIT, MODE_POLL, MODE_INTERRUPT, MODE_PANIC };

static u8 send_bytes[16 * 1024];

static void pace_ring(struct timer *t);

struct host_line host_line = { .lock = SPINLOCK_INIT(LOCK_CONSOLE) };

/* All under the line's lock, but for MODE_PANIC. */
static struct {
	enum mode mode;
	struct ring send;
	bool send_irq_on;
	bool paced;			/* pace is set, or about to be */
	struct timer pace;		/* o: by who set paced, or by its fn */
	u64 sent_ns;			/* when a UART took bytes */
	u8 last;			/* what was queued last; 0: nothing */
	u64 dropped;
	u64 sent;			/* bytes that a UART took */
	bool stuck;			/* it takes none: more is dropped */
	struct wait_queue has_room;
} host = {
	.send = RING_INIT(send_bytes),
	.has_room = WAIT_QUEUE_INIT(host.has_room),
	.pace = { .fn = pace_ring },
};

/* ---- Sending ---- */

/* What the FIFO takes of a few; false when it took nothing. */
static bool send_some(void)
{
	const u8 *bytes;
	size_t size = ring_peek(&host.send, &bytes), sent;

	if (!size)
		return false;
	size = MIN(size, (size_t)SEND_MAX);
	sent = host_line.uart->ops->send(host_line.uart, bytes, size);
	ring_skip(&host.send, sent);
	host.sent += sent;
	if (sent)
		host.stuck = false;
	return sent != 0;
}

/*
 * One step of sending all; false: no more.  A UART that stopped taking bytes
 * costs time once, then what was queued.
 */
static bool poll_some(unsigned *polls)
{
	if (ring_is_empty(&host.send))
		return false;
	if (send_some()) {
		*polls = 0;
	} else if (++*polls > POLL_MAX) {
		host.dropped += ring_fill(&host.send);
		ring_clear(&host.send);
	}
	return true;
}

static void send_all_polled(void)
{
	unsigned polls = 0;

	while (poll_some(&polls))
		;
}

static void send_irq(bool on)
{
	host.send_irq_on = on;
	host_line.uart->ops->send_irq(host_line.uart, on);
}

/* False: nothing was taken. */
static bool send_now(void)
{
	if (!send_some())
		return false;
	host.sent_ns = clock_now();
	return true;
}

/* What is left is sent by an interrupt. */
static void send_rest(void)
{
	if (!ring_is_empty(&host.send) && !host.paced && !host.send_irq_on)
		send_irq(true);
}

static void send_start(void)
{
	if (host.mode == MODE_WAIT)
		return;
	if (host.mode != MODE_INTERRUPT) {
		send_all_polled();
		return;
	}
	if (!host.paced)
		send_now();
	send_rest();
}

/* When a UART may take more, if it is as quick as it seems. */
static u64 next_ns(void)
{
	return host.sent_ns + PACE_NS;
}

/* The FIFO has room.  Again, too soon: when more are to follow; 0: not. */
static u64 send_is_early(void)
{
	if (!host.send_irq_on)
		return 0;
	host.paced = !ring_is_empty(&host.send) && clock_now() < next_ns();
	if (!host.paced)
		send_now();
	if (host.paced || ring_is_empty(&host.send))
		send_irq(false);
	return host.paced ? next_ns() : 0;
}

/* When the next ones are to follow; 0: none. */
static u64 send_paced(void)
{
	SCOPED_LOCK(&host_line.lock);

	host.paced = false;
	if (host.mode != MODE_INTERRUPT)
		return 0;
	host.paced = send_now() && !ring_is_empty(&host.send);
	send_rest();
	return host.paced ? next_ns() : 0;
}

/* Sessions that wait go on with some more than what they need. */
static void send_wake(void)
{
	if (ring_room(&host.send) >= host.send.size / 4)
		wait_wake_all(&host.has_room);
}

static void pace_ring(struct timer *t)
{
	const u64 next = send_paced();

	if (next)
		timer_set(t, next);
	send_wake();
}

static size_t newline_count(const char *data, size_t size)
{
	size_t count = 0;

	while (size--)
		count += *data++ == '\n';
	return count;
}

static bool has_room_for(const char *data, size_t size)
{
	const size_t room = ring_room(&host.send);

	return room >= 2 * size || room >= size + newline_count(data, size);
}

/* Behind what was queued; no newline is in it but at its end. */
static void queue_line(const char *data, size_t size)
{
	const size_t text = size - (data[size - 1] == '\n');

	if (text) {
		ring_write(&host.send, data, text);
		host.last = (u8)data[text - 1];
	}
	if (text == size)
		return;
	if (host.last != '\r')
		ring_put(&host.send, '\r');
	ring_put(&host.send, '\n');
	host.last = '\n';
}

/* Up to the first newline. */
static size_t line_size(const char *data, size_t size)
{
	const char *end = memchr(data, '\n', size);

	return end ? (size_t)(end - data) + 1 : size;
}

/* step: the size of the first line in it. */
static void queue(const char *data, size_t size, size_t step)
{
	if (!has_room_for(data, size)) {
		host.dropped += size + newline_count(data, size);
		return;
	}
	while (step) {
		queue_line(data, step);
		data += step;
		size -= step;
		step = line_size(data, size);
	}
}

/* True: the FIFO may take more. */
static bool send_next(bool masked)
{
	SCOPED_LOCK(&host_line.lock);

	if (host.mode != MODE_INTERRUPT) {
		send_start();
		return false;
	}
	if (masked && host.paced)
		return false;
	return send_now() && !ring_is_empty(&host.send);
}

/*
 * After `size` bytes were queued, apart from that for others' sake.  Where
 * interrupts may come between, as many are sent here if the FIFO takes them.
 */
static void send_queued(size_t size)
{
	const bool masked = irq_masked();
	size_t parts = masked ? 1 : size / SEND_MAX + 2;

	while (parts && send_next(masked))
		parts--;
	SCOPED_LOCK(&host_line.lock);
	if (host.mode == MODE_INTERRUPT)
		send_rest();
}

void host_console_write(const char *data, size_t size)
{
	const size_t first = line_size(data, size);

	if (host.mode == MODE_PANIC) {
		queue(data, size, first);
		send_all_polled();
		return;
	}
	{
		SCOPED_LOCK(&host_line.lock);
		queue(data, size, first);
	}
	send_queued(size);
}

static bool flush_some(unsigned *polls)
{
	SCOPED_LOCK(&host_line.lock);

	return host.mode != MODE_WAIT && poll_some(polls);
}

void host_console_flush(void)
{
	unsigned polls = 0;

	while (flush_some(&polls))
		;
}

void host_console_panic(void)
{
	if (!host_line.uart)
		return;
	host.mode = MODE_PANIC;
	send_all_polled();
}

bool host_console_poll(u8 *byte)
{
	struct uart *u = host_line.uart;

	return u && u->ops->receive(u, byte, 1);
}

u64 host_console_dropped(void)
{
	SCOPED_LOCK(&host_line.lock);

	return host.dropped;
}

bool host_console_at_line_start(void)
{
	SCOPED_LOCK(&host_line.lock);

	return !host.last || host.last == '\n';
}

/* ---- Sessions ---- */

static bool has_room(size_t size)
{
	SCOPED_LOCK(&host_line.lock);

	return host.mode != MODE_INTERRUPT || host.stuck ||
	       ring_room(&host.send) >= size;
}

/* True when nothing was sent since *sent bytes were, which it then is. */
static bool is_stuck(u64 *sent)
{
	SCOPED_LOCK(&host_line.lock);

	host.stuck = host.sent == *sent;
	*sent = host.sent;
	return host.stuck;
}

/* Sessions, boot scripts among them, go on without a UART that stopped. */
static void wait_room(size_t size)
{
	u64 sent = ~0ull;

	while (wait_until_deadline(&host.has_room, has_room(size),
				   clock_now() + STUCK_NS))
		if (is_stuck(&sent))
			log_error("console: the line takes nothing, output is "
				  "dropped");
}

void host_console_wait_room(size_t size)
{
	/* Each byte may be a newline, which takes two. */
	size = 2 * MIN(size, (size_t)HOST_CONSOLE_CHUNK);
	if (has_room(size))
		return;
	if (irq_masked())
		host_console_flush();
	else
		wait_room(size);
}

/* False: others took the room meanwhile. */
static bool queue_all(const char *data, size_t size)
{
	SCOPED_LOCK(&host_line.lock);

	if (host.mode == MODE_INTERRUPT && !host.stuck &&
	    ring_room(&host.send) < 2 * size)
		return false;
	queue(data, size, line_size(data, size));
	return true;
}

static bool write_all(const char *data, size_t size)
{
	if (host.mode == MODE_PANIC) {
		host_console_write(data, size);
		return true;
	}
	if (!queue_all(data, size))
		return false;
	send_queued(size);
	return true;
}

/* What is queued on end, with interrupts masked. */
static size_t chunk_size(const char *data, size_t size)
{
	unsigned newlines = 0;

	size = MIN(size, (size_t)HOST_CONSOLE_CHUNK);
	for (size_t i = 0; i < size; i++)
		if (data[i] == '\n' && ++newlines == NEWLINES_MAX)
			return i + 1;
	return size;
}

void host_console_session_write(struct console *con, const char *data,
				size_t size)
{
	while (size) {
		size_t step = chunk_size(data, size);

		do
			host_console_wait_room(step);
		while (!write_all(data, step));
		data += step;
		size -= step;
	}
}

/* ---- Its interrupt ---- */

/* True: bytes came.  next: when more are to be sent; 0: not by a timer. */
static bool interrupt_locked(u64 *next)
{
	bool came;
	SCOPED_LOCK(&host_line.lock);

	came = host_input_take();
	*next = send_is_early();
	return came;
}

void host_console_interrupt(struct uart *u)
{
	u64 next;

	if (u != host_line.uart || host.mode != MODE_INTERRUPT) {
		console_port_interrupt(u);
		return;
	}
	if (interrupt_locked(&next))
		host_console_wake();
	if (next)
		timer_set(&host.pace, next);
	else
		send_wake();
}

/* ---- Which UART ---- */

struct dt_node host_console_node(void)
{
	const char *path = option_console();

	return path ? dt_find_path(dt_host, path) : dt_stdout(dt_host);
}

static bool is_wanted(const struct uart *u)
{
	struct dt_node n = host_console_node();
	char path[DT_PATH_MAX];

	return dt_exists(n) && u->name &&
	       string_equal(dt_path(n, path, sizeof(path)), u->name);
}

void host_console_early(struct uart *u)
{
	SCOPED_LOCK(&host_line.lock);

	host_line.uart = u;
	host.mode = MODE_POLL;
	send_start();
}

static void uart_quiet(struct uart *u)
{
	u->ops->send_irq(u, false);
	u->ops->receive_irq(u, false);
}

/* The one that is left over, or NULL. */
static struct uart *choose(struct uart *u)
{
	bool wanted = is_wanted(u);
	struct uart *before = NULL;
	SCOPED_LOCK(&host_line.lock);

	if (host.mode == MODE_INTERRUPT) {
		if (!wanted)
			return u;
		uart_quiet(host_line.uart);
		before = host_line.uart;
	}
	host_line.uart = u;
	host.mode = MODE_INTERRUPT;
	host.send_irq_on = false;
	host_input_begin();
	send_start();
	return before;
}

int host_console_register(struct uart *u)
{
	struct uart *rest = choose(u);

	if (rest)
		console_port_add(rest);
	return rest == u ? -EBUSY : 0;
}
