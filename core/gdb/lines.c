// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where debuggers are: on the terminal's line, which they have for themselves
 * meanwhile, or on another one, by a thread of its own.
 */
#include "server.h"

#include <vmm/clock.h>
#include <vmm/console_port.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>
#include <vmm/thread.h>
#include <vmm/wait.h>

static void tell(struct console *con, const struct guest *g, const char *where)
{
	con_printf(con, "gdb: %s stands, waiting for a debugger on %s\n",
		   g->name, where);
}

/* ---- the terminal's ---- */

static int terminal_read(void *line, u8 *byte, const bool *stop, u64 end)
{
	return host_console_read_or(byte, stop, end);
}

static void terminal_write(void *line, const char *data, size_t size)
{
	con_write(&host_console, data, size);
}

static const struct gdb_link terminal = {
	.read = terminal_read, .write = terminal_write,
};

static void terminal_wake(struct guest_debug *d)
{
	host_console_wake();
}

static void serve_terminal(struct gdb_server *s, struct guest *g)
{
	tell(&host_console, g, "this line; Ctrl-] leaves");
	log_hold(true);
	gdb_serve(s);
	guest_debug_end(&s->debug);
	log_hold(false);
	console_set_thread(&host_console);
	con_printf(&host_console, "\ngdb: left %s, which is %s\n", g->name,
		   guest_state_name(g->state));
}

int gdb_terminal(struct console *con, struct guest *g)
{
	HEAP_SCOPED struct gdb_server *s = NULL;
	int rc;

	if (con != &host_console)
		return fail(-ENOTSUP, "gdb: %s: this session cannot hand over "
			    "its line", g->name);
	s = heap_alloc(sizeof(*s));
	if (!s)
		return fail(-ENOMEM, "gdb: %s: no memory left", g->name);
	s->link = &terminal;
	rc = guest_debug_begin(&s->debug, g, terminal_wake);
	if (!rc)
		serve_terminal(s, g);
	return rc;
}

/* ---- another one ---- */

static int port_read(void *line, u8 *byte, const bool *stop, u64 end)
{
	return console_port_read_or(line, byte, stop, end);
}

static void port_write(void *line, const char *data, size_t size)
{
	console_port_write(line, data, size);
}

static const struct gdb_link port = {
	.read = port_read, .write = port_write,
};

static void port_wake(struct guest_debug *d)
{
	console_port_wake(container_of(d, struct gdb_server, debug)->line);
}

/* How long whose session is over may take to let go of its line. */
#define LEAVE_NS	2000000000ull

/* One that has ended is freed by the next one that begins. */
static struct mutex lock = MUTEX_INIT(lock);
static struct gdb_server *servers;	/* lock */
static struct wait_queue left = WAIT_QUEUE_INIT(left);

static void serve_port(void *arg)
{
	struct gdb_server *s = arg;
	struct guest *g = s->debug.guest;

	gdb_serve(s);
	guest_debug_end(&s->debug);
	console_set_thread(NULL);
	console_port_close(s->line);
	log_info("gdb: left %s, which is %s", g->name,
		 guest_state_name(g->state));
	guest_put(g);
	__atomic_store_n(&s->ended, true, __ATOMIC_RELEASE);
	wait_wake_all(&left);
}

static void free_ended(void)
{
	struct gdb_server **at = &servers;

	while (*at) {
		struct gdb_server *s = *at;

		if (!__atomic_load_n(&s->ended, __ATOMIC_ACQUIRE)) {
			at = &s->next;
			continue;
		}
		*at = s->next;
		thread_join(s->thread_of);
		thread_destroy(s->thread_of);
		heap_free(s);
	}
}

/* s->line is open, and a thread there. */
static int begin(struct gdb_server *s, struct guest *g)
{
	int rc = guest_debug_begin(&s->debug, g, port_wake);

	if (rc)
		return rc;
	guest_get(g);
	s->next = servers;
	servers = s;
	thread_start(s->thread_of);
	return 0;
}

static bool one_leaves(void)
{
	for (const struct gdb_server *s = servers; s; s = s->next)
		if (__atomic_load_n(&s->over, __ATOMIC_ACQUIRE) &&
		    !__atomic_load_n(&s->ended, __ATOMIC_ACQUIRE))
			return true;
	return false;
}

/* False: the line may be free soon. */
static bool try_open(const char *name, struct console_port **line, int *rc)
{
	const bool leaves = one_leaves();

	*rc = console_port_open(name, line);
	return *rc != -EBUSY || !leaves;
}

/* A debugger that was told that it is detached may come again at once. */
static int open_line(const char *name, struct console_port **line)
{
	int rc;

	wait_until_deadline(&left, try_open(name, line, &rc),
			    clock_now() + LEAVE_NS);
	return rc;
}

static int prepare(struct gdb_server *s, struct guest *g, const char *name)
{
	struct console_port *line;
	int rc = open_line(name, &line);

	if (rc)
		return rc;
	s->link = &port;
	s->line = line;
	rc = thread_create("gdb", serve_port, s, &s->thread_of);
	if (rc) {
		console_port_close(line);
		return fail(rc, "gdb: %s: no memory left", g->name);
	}
	rc = begin(s, g);
	if (rc) {
		thread_destroy(s->thread_of);
		console_port_close(line);
	}
	return rc;
}

int gdb_port(struct console *con, struct guest *g, const char *name)
{
	struct gdb_server *s = heap_alloc(sizeof(*s));
	int rc;

	SCOPED_MUTEX(&lock);
	free_ended();
	if (!s)
		return fail(-ENOMEM, "gdb: %s: no memory left", g->name);
	rc = prepare(s, g, name);
	if (rc)
		heap_free(s);
	else
		tell(con, g, console_port_name(s->line));
	return rc;
}
