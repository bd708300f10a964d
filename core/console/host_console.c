// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The host's serial line: a ring towards the UART that its interrupt drains,
 * and one from it that the terminal reads.  Until a UART works with
 * interrupts, bytes are polled out; until there is any, they wait.
 */
#include <vmm/console.h>
#include <vmm/console_port.h>
#include <libs/ring.h>
#include <libs/string.h>
#include <vmm/clock.h>
#include <vmm/dt.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/options.h>

/* A byte at 9600 baud takes 1 ms; this many looks at a FIFO take longer. */
#define POLL_MAX	1000000
#define STUCK_NS	5000000000ull	/* takes nothing: nobody waits on */
/* Bytes sent on end with interrupts masked. */
#define SEND_MAX	16
#define CTRL_C		3

enum mode { MODE_WAIT, MODE_POLL, MODE_INTERRUPT, MODE_PANIC };

static u8 send_bytes[16 * 1024], receive_bytes[4 * 1024];

/* All under lock, but for MODE_PANIC. */
static struct {
	struct spinlock lock;
	enum mode mode;
	struct uart *uart;
	struct ring send, receive;
	bool send_irq_on, receive_full, has_unread;
	u8 unread;			/* comes before what is in receive */
	u8 last;			/* what was queued last; 0: nothing */
	u64 dropped;
	u64 sent;			/* bytes that a UART took */
	bool stuck;			/* it takes none: more is dropped */
	struct wait_queue has_room, has_bytes;
} host = {
	.lock = SPINLOCK_INIT(LOCK_CONSOLE),
	.send = RING_INIT(send_bytes),
	.receive = RING_INIT(receive_bytes),
	.has_room = WAIT_QUEUE_INIT(host.has_room),
	.has_bytes = WAIT_QUEUE_INIT(host.has_bytes),
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
	sent = host.uart->ops->send(host.uart, bytes, size);
	ring_skip(&host.send, sent);
	host.sent += sent;
	if (sent)
		host.stuck = false;
	return sent != 0;
}

/* A UART that stopped taking bytes costs time once, then what was queued. */
static void send_all_polled(void)
{
	unsigned polls = 0;

	while (!ring_is_empty(&host.send) && polls++ < POLL_MAX)
		if (send_some())
			polls = 0;
	if (!ring_is_empty(&host.send)) {
		host.dropped += ring_fill(&host.send);
		ring_clear(&host.send);
	}
}

static void send_start(void)
{
	if (host.mode == MODE_WAIT)
		return;
	if (host.mode != MODE_INTERRUPT) {
		send_all_polled();
		return;
	}
	send_some();
	if (!ring_is_empty(&host.send) && !host.send_irq_on) {
		host.send_irq_on = true;
		host.uart->ops->send_irq(host.uart, true);
	}
}

/* One stretch without a newline, or one newline. */
static size_t stretch_size(const char *data, size_t size)
{
	const char *end = memchr(data, '\n', size);

	if (!end)
		return size;
	return end == data ? 1 : (size_t)(end - data);
}

static size_t newline_count(const char *data, size_t size)
{
	size_t count = 0;

	while (size--)
		count += *data++ == '\n';
	return count;
}

static void queue(const char *data, size_t size)
{
	size_t wire = size + newline_count(data, size);

	if (ring_room(&host.send) < wire) {
		host.dropped += wire;
		return;
	}
	while (size) {
		size_t step = stretch_size(data, size);

		if (*data == '\n' && host.last != '\r')
			ring_write(&host.send, "\r", 1);
		ring_write(&host.send, data, step);
		host.last = (u8)data[step - 1];
		data += step;
		size -= step;
	}
}

void host_console_write(const char *data, size_t size)
{
	if (host.mode == MODE_PANIC) {
		queue(data, size);
		send_all_polled();
		return;
	}
	SCOPED_LOCK(&host.lock);
	queue(data, size);
	send_start();
}

void host_console_flush(void)
{
	SCOPED_LOCK(&host.lock);

	if (host.mode != MODE_WAIT)
		send_all_polled();
}

void host_console_panic(void)
{
	if (!host.uart)
		return;
	host.mode = MODE_PANIC;
	send_all_polled();
}

bool host_console_poll(u8 *byte)
{
	return host.uart && host.uart->ops->receive(host.uart, byte, 1);
}

u64 host_console_dropped(void)
{
	SCOPED_LOCK(&host.lock);

	return host.dropped;
}

bool host_console_at_line_start(void)
{
	SCOPED_LOCK(&host.lock);

	return !host.last || host.last == '\n';
}

/* ---- Sessions ---- */

static bool has_room(size_t size)
{
	SCOPED_LOCK(&host.lock);

	return host.mode != MODE_INTERRUPT || host.stuck ||
	       ring_room(&host.send) >= size;
}

/* True when nothing was sent since *sent bytes were, which it then is. */
static bool is_stuck(u64 *sent)
{
	SCOPED_LOCK(&host.lock);

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
static bool write_all(const char *data, size_t size)
{
	if (host.mode == MODE_PANIC) {
		host_console_write(data, size);
		return true;
	}
	SCOPED_LOCK(&host.lock);
	if (host.mode == MODE_INTERRUPT && !host.stuck &&
	    ring_room(&host.send) < 2 * size)
		return false;
	queue(data, size);
	send_start();
	return true;
}

static void session_write(struct console *con, const char *data, size_t size)
{
	while (size) {
		size_t step = MIN(size, (size_t)HOST_CONSOLE_CHUNK);

		do
			host_console_wait_room(step);
		while (!write_all(data, step));
		data += step;
		size -= step;
	}
}


/* ---- Receiving ---- */

/* Leaves bytes in the FIFO, and its interrupt off, while the ring is full. */
static bool receive_some(void)
{
	struct uart *u = host.uart;
	u8 *to;
	size_t room = ring_space(&host.receive, &to), came;

	if (!room) {
		host.receive_full = true;
		u->ops->receive_irq(u, false);
		return false;
	}
	came = u->ops->receive(u, to, room);
	ring_added(&host.receive, came);
	return came != 0;
}

/* After bytes were taken out of the ring. */
static void receive_again(void)
{
	if (!host.receive_full || !ring_is_empty(&host.receive))
		return;
	host.receive_full = false;
	host.uart->ops->receive_irq(host.uart, true);
	while (receive_some())
		;
}

static bool read_byte(u8 *byte)
{
	SCOPED_LOCK(&host.lock);

	if (host.has_unread) {
		*byte = host.unread;
		host.has_unread = false;
		return true;
	}
	if (!ring_read(&host.receive, byte, 1))
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
	SCOPED_LOCK(&host.lock);

	host.receive.tail -= size;
	if (ring_fill(&host.receive) > host.receive.size)
		host.receive.head = host.receive.tail + host.receive.size;
	for (size_t i = 0; i < size; i++)
		host.receive.buffer[(host.receive.tail + i) &
				    (host.receive.size - 1)] = data[i];
}

struct console host_console = {
	.write = session_write, .read = session_read,
	.unread = session_unread,
};

u8 host_console_read(void)
{
	u8 byte = 0;

	wait_until(&host.has_bytes, read_byte(&byte));
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
		late = wait_until_deadline(&host.has_bytes,
					   read_or_stopped(byte, stop, &rc),
					   deadline_ns);
	else
		wait_until(&host.has_bytes, read_or_stopped(byte, stop, &rc));
	return rc ? rc : late;
}

void host_console_unread(u8 byte)
{
	SCOPED_LOCK(&host.lock);

	host.unread = byte;
	host.has_unread = true;
}

static bool take_ctrl_c(void)
{
	u64 at;
	u8 byte;
	SCOPED_LOCK(&host.lock);

	at = host.receive.tail;
	while (ring_read_at(&host.receive, &at, &byte, 1)) {
		if (byte != CTRL_C)
			continue;
		ring_skip(&host.receive, (size_t)(at - host.receive.tail));
		receive_again();
		return true;
	}
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
	if (wait_until_deadline(&host.has_bytes, take_ctrl_c(), deadline_ns))
		return 0;
	host_console.canceled = true;
	return -ECANCELED;
}

void host_console_wake(void)
{
	wait_wake_all(&host.has_bytes);
}

static void interrupt_locked(void)
{
	SCOPED_LOCK(&host.lock);

	while (receive_some())
		;
	send_some();
	if (ring_is_empty(&host.send) && host.send_irq_on) {
		host.send_irq_on = false;
		host.uart->ops->send_irq(host.uart, false);
	}
}

void host_console_interrupt(struct uart *u)
{
	if (u != host.uart || host.mode != MODE_INTERRUPT) {
		console_port_interrupt(u);
		return;
	}
	interrupt_locked();
	wait_wake_all(&host.has_bytes);
	wait_wake_all(&host.has_room);
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
	SCOPED_LOCK(&host.lock);

	host.uart = u;
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
	SCOPED_LOCK(&host.lock);

	if (host.mode == MODE_INTERRUPT) {
		if (!wanted)
			return u;
		uart_quiet(host.uart);
		before = host.uart;
	}
	host.uart = u;
	host.mode = MODE_INTERRUPT;
	host.send_irq_on = host.receive_full = false;
	u->ops->receive_irq(u, true);
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
