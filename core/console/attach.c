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
#include <vmm/thread.h>

#define LEAVE		0x1d		/* Ctrl-] */
#define RETRY_NS	5000000ull	/* the device had no room */
#define LEAVE_NS	300000000ull	/* for bytes still waiting */
#define PACE_NS		1000000ull	/* between looks at its output */
#define WAITING_SIZE	1024

struct attachment {
	struct guest_console *guest;
	u64 shown;			/* output thread: position */
	bool leaving;			/* a: the operator does */
	bool gone;			/* a: the guest is */
	struct wait_queue pace;		/* of the output thread, timed */
	struct ring waiting;		/* typed, not yet taken */
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

static void show_output(void *arg)
{
	struct attachment *a = arg;
	u8 some[256];
	size_t size;

	for (;;) {
		wait_until(&a->guest->output, has_output(a));
		size = guest_console_read(a->guest, &a->shown, some,
					  sizeof(some));
		if (__atomic_load_n(&a->leaving, __ATOMIC_ACQUIRE))
			break;
		con_write(&host_console, (const char *)some, size);
		if (!size && is_over(a))
			break;
		if (size < sizeof(some))
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
	}
}

static void take_input(struct attachment *a)
{
	u8 byte;

	for (;;) {
		u64 retry = ring_is_empty(&a->waiting) ? 0 :
			    clock_now() + RETRY_NS;
		int rc = host_console_read_or(&byte, &a->gone, retry);

		if (rc == -ECANCELED || (!rc && byte == LEAVE))
			return;
		if (!rc && !ring_put(&a->waiting, byte))
			a->lost++;
		push(a);
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

static void tell_end(struct attachment *a, bool gone)
{
	const char *name = a->guest->name;

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

	con_printf(&host_console, "console of %s, Ctrl-] leaves\n",
		   a->guest->name);
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

int guest_console_attach(struct console *con, struct guest_console *c)
{
	struct thread *output;
	int rc;

	if (con != &host_console)
		return fail(-ENOTSUP, "%s: this session cannot attach",
			    c->name);
	attachment = (struct attachment){ .guest = c };
	wait_init(&attachment.pace);
	ring_init(&attachment.waiting, attachment.bytes, WAITING_SIZE);
	rc = thread_create("attach", show_output, &attachment, &output);
	if (rc)
		return fail(rc, "%s: no memory to attach", c->name);
	run(&attachment, output);
	thread_destroy(output);
	return 0;
}
