// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The host console connected with a guest's: the session's thread reads what
 * is typed, a second one shows what the guest sends.
 */
#include <vmm/console.h>
#include <libs/printf.h>
#include <vmm/clock.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/screen_filter.h>
#include <vmm/thread.h>

#define KEY_NS		500000000ull	/* for the key behind the escape key */
#define RETRY_NS	5000000ull	/* the device had no room */
#define STALL_NS	1000000000ull	/* it takes nothing any more */
#define LEAVE_NS	300000000ull	/* for bytes still waiting */
#define PACE_NS		1000000ull	/* between looks at its output */
#define WAITING_SIZE	1024
#define SHOWN_SIZE	256

struct attachment {
	struct guest_console *guest;
	struct console_view *view;
	struct screen_filter filter;
	u64 shown, old;			/* output thread: position; replayed */
	bool leaving;			/* a: the operator does */
	bool gone;			/* a: the guest is */
	struct wait_queue pace;		/* of the output thread, timed */
	struct ring waiting;		/* typed, not yet taken */
	u64 taken_ns;			/* when the device took some */
	u64 lost;
	u8 bytes[WAITING_SIZE];
};

/* ---- From the guest ---- */

static bool is_over(const struct attachment *a)
{
	return __atomic_load_n(&a->leaving, __ATOMIC_ACQUIRE) ||
	       !__atomic_load_n(&a->guest->living, __ATOMIC_ACQUIRE);
}

static bool has_output(struct attachment *a)
{
	SCOPED_LOCK(&a->guest->lock);

	return a->guest->ring.head > a->shown || is_over(a);
}

/*
 * Bytes come one at a time: waking this thread for each would cost the guest
 * more than the byte.
 */
static void pause_reading(struct attachment *a)
{
	(void)wait_until_deadline(&a->pace, is_over(a),
				  clock_now() + PACE_NS);
}

/* What was sent before is read up to its end: the filter treats it so. */
static size_t read_output(struct attachment *a, u8 *buf, size_t size)
{
	a->filter.replay = a->shown < a->old;
	if (a->filter.replay)
		size = (size_t)MIN((u64)size, a->old - a->shown);
	return guest_console_read(a->guest, &a->shown, buf, size);
}

static void show(struct attachment *a, const u8 *data, size_t size)
{
	char out[SHOWN_SIZE + SCREEN_SEQUENCE_MAX];

	con_write(&host_console, out,
		  screen_filter_pass(&a->filter, data, size, out));
}

static void show_output(void *arg)
{
	struct attachment *a = arg;
	u8 some[SHOWN_SIZE];
	size_t size;

	for (;;) {
		wait_until(&a->guest->output, has_output(a));
		size = read_output(a, some, sizeof(some));
		if (__atomic_load_n(&a->leaving, __ATOMIC_ACQUIRE))
			break;
		show(a, some, size);
		if (!size && is_over(a))
			break;
		if (size < sizeof(some) && a->shown >= a->old)
			pause_reading(a);
	}
	__atomic_store_n(&a->gone, true, __ATOMIC_RELEASE);
	host_console_wake();
}

/* ---- To the guest ---- */

static void push(struct attachment *a)
{
	const u8 *data;
	size_t size;

	while ((size = ring_peek(&a->waiting, &data))) {
		size = guest_console_input(a->guest, data, size);
		if (!size)
			return;
		ring_skip(&a->waiting, size);
		a->taken_ns = clock_now();
	}
}

/*
 * No key is read while there is no room for it, so that whoever pastes is
 * held up by the line; but the escape key must come through to a guest that
 * takes nothing any more.
 */
static void wait_room(struct attachment *a)
{
	while (!ring_room(&a->waiting) && !is_over(a) &&
	       clock_now() < a->taken_ns + STALL_NS) {
		wait_deadline(clock_now() + RETRY_NS);
		push(a);
	}
}

static void type(struct attachment *a, u8 byte)
{
	if (a->view->read_only)
		return;
	wait_room(a);
	if (ring_is_empty(&a->waiting))
		a->taken_ns = clock_now();
	if (!ring_put(&a->waiting, byte))
		a->lost++;
	push(a);
}

/* ---- Keys behind the escape key; true: leaves ---- */

static bool leave(struct attachment *a, u8 key)
{
	return true;
}

static bool switch_guest(struct attachment *a, u8 key)
{
	const unsigned number = (unsigned)key - '0';

	a->view->next = guest_console_nth(number);
	if (a->view->next)
		return true;
	con_printf(&host_console, "\r\n(there is no guest %u)\r\n", number);
	return false;
}

static bool send_break(struct attachment *a, u8 key)
{
	if (!a->view->read_only && guest_console_break(a->guest))
		con_printf(&host_console, "\r\n(%s takes no break now)\r\n",
			   a->guest->name);
	return false;
}

static bool tell_keys(struct attachment *a, u8 key);

static const struct {
	u8 first, last;
	bool (*act)(struct attachment *a, u8 key);
	const char *help;
} keys[] = {
	{ '.', '.', leave, ". leaves" },
	{ '1', '9', switch_guest, "1-9 another guest's console" },
	{ 'b', 'b', send_break, "b sends a break" },
	{ '?', '?', tell_keys, "? tells this" },
};

static bool tell_keys(struct attachment *a, u8 key)
{
	struct guest_console *c;
	unsigned number = 1;

	con_printf(&host_console, "\r\n(");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		con_printf(&host_console, "%s; ", keys[i].help);
	con_printf(&host_console, "the escape key is sent by typing it twice");
	while (number <= 9 && (c = guest_console_nth(number))) {
		con_printf(&host_console, "\r\n %u %s", number++, c->name);
		guest_console_put(c);
	}
	con_printf(&host_console, ")\r\n");
	return false;
}

/* Alone it leaves; and a key that means nothing is for the prompt. */
static bool escape(struct attachment *a)
{
	u8 key;

	if (host_console_read_or(&key, &a->gone, clock_now() + KEY_NS))
		return true;
	if (key == a->view->escape) {
		type(a, key);
		return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (key >= keys[i].first && key <= keys[i].last)
			return keys[i].act(a, key);
	host_console_unread(key);
	return true;
}

static void take_input(struct attachment *a)
{
	u8 byte;

	for (;;) {
		u64 retry = ring_is_empty(&a->waiting) ? 0 :
			    clock_now() + RETRY_NS;
		int rc = host_console_read_or(&byte, &a->gone, retry);

		if (rc == -ECANCELED)
			return;
		if (rc)
			push(a);
		else if (byte != a->view->escape)
			type(a, byte);
		else if (escape(a))
			return;
	}
}

/* What was typed just before leaving still goes there, if it can. */
static void push_rest(struct attachment *a)
{
	u64 end = clock_now() + LEAVE_NS;

	push(a);
	while (!ring_is_empty(&a->waiting) && clock_now() < end) {
		wait_deadline(clock_now() + RETRY_NS);
		push(a);
	}
	a->lost += ring_fill(&a->waiting);
}

/* ---- Both ---- */

static void tell_begin(const struct attachment *a)
{
	const u8 key = a->view->escape;

	con_printf(&host_console, "console of %s%s, Ctrl-%c leaves, "
		   "Ctrl-%c ? tells more\n", a->guest->name,
		   a->view->read_only ? " (read only)" : "", key ^ 0x40,
		   key ^ 0x40);
}

static void tell_end(struct attachment *a, bool gone)
{
	const char *name = a->guest->name;

	con_printf(&host_console, "%s", screen_filter_end(&a->filter));
	if (!host_console_at_line_start())
		con_printf(&host_console, "\n");
	if (a->lost)
		con_printf(&host_console, "%s took %" PRIu64 " bytes less "
			   "than were typed\n", name, a->lost);
	con_printf(&host_console, gone ? "%s is gone\n" : "left %s\n", name);
}

static void run(struct attachment *a, struct thread *output)
{
	bool gone;

	tell_begin(a);
	thread_start(output);
	take_input(a);
	push_rest(a);
	gone = __atomic_load_n(&a->gone, __ATOMIC_ACQUIRE);
	__atomic_store_n(&a->leaving, true, __ATOMIC_RELEASE);
	wait_wake_all(&a->guest->output);
	thread_join(output);
	tell_end(a, gone);
}

/* One at a time: the host console is one. */
static struct attachment attachment;

int guest_console_attach(struct console *con, struct guest_console *c,
			 struct console_view *view)
{
	struct thread *output;
	int rc;

	view->next = NULL;
	if (con != &host_console)
		return fail(-ENOTSUP, "%s: this session cannot attach",
			    c->name);
	attachment = (struct attachment){
		.guest = c, .view = view, .old = guest_console_end_of(c),
		.taken_ns = clock_now(),
	};
	screen_filter_init(&attachment.filter);
	wait_init(&attachment.pace);
	ring_init(&attachment.waiting, attachment.bytes, WAITING_SIZE);
	rc = thread_create("attach", show_output, &attachment, &output);
	if (rc)
		return fail(rc, "%s: no memory to attach", c->name);
	run(&attachment, output);
	thread_destroy(output);
	return 0;
}
