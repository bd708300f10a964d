// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gdb's server for ourselves after a panic: nothing runs any more, so it
 * polls, takes no lock, and only looks.  Host CPUs are the threads.
 */
#include "server.h"

#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/cpu.h>
#include <vmm/errno.h>
#include <vmm/hostmap.h>
#include <vmm/log.h>
#include <vmm/page.h>
#include <vmm/panic.h>
#include <vmm/thread.h>
#include <vmm/trace.h>

#define LOG_SHOWN	8192		/* bytes */
#define TRACE_SHOWN	64		/* records */

static struct gdb_server server;
static bool reboots;			/* it was killed */

static bool is_thread(const struct gdb_server *s, unsigned i)
{
	return i < cpu_count && panic_frame(i);
}

static const void *register_at(const struct gdb_server *s, size_t run,
			       unsigned n)
{
	return arch_frame_at(panic_frame(s->thread), run, n);
}

/* As much as can be had, if any: page by page, of what is mapped memory. */
static void read_memory(struct gdb_server *s, const struct gdb_request *r)
{
	u64 at = r->numbers[0];
	u64 end = at + MIN(r->numbers[1], (u64)GDB_DATA_MAX);

	while (at < end && hostmap_is_memory((const void *)(uintptr_t)at)) {
		u64 step = MIN(end - at, PAGE_SIZE - at % PAGE_SIZE);

		gdb_put_hex(s, (const void *)(uintptr_t)at, (size_t)step);
		at += step;
	}
	if (!s->size)
		gdb_put_rc(s, -EFAULT);
}

static void thread_info(struct gdb_server *s, const struct gdb_request *r)
{
	unsigned i = (unsigned)r->thread - 1;
	const struct thread *t;

	if (r->thread < 1 || !is_thread(s, i)) {
		gdb_put_rc(s, -EINVAL);
		return;
	}
	t = cpus[i].current;
	if (t)
		gdb_put_hex(s, t->name, strlen(t->name));
}

static void command(struct gdb_server *s, const struct gdb_request *r)
{
	if (string_equal(r->text, "log"))
		log_dump_last(&s->monitor, LOG_SHOWN);
	else if (string_equal(r->text, "trace"))
		trace_dump(&s->monitor, TRACE_SHOWN);
	else
		con_printf(&s->monitor, "log, or trace\n");
	gdb_put_rc(s, 0);
}

static void other(struct gdb_server *s, const struct gdb_request *r)
{
	switch (r->verb) {
	case GDB_STATUS:
		gdb_put(s, "T06thread:%x;", s->thread + 1);
		break;
	case GDB_READ_MEMORY:
		read_memory(s, r);
		break;
	case GDB_THREAD_INFO:
		thread_info(s, r);
		break;
	case GDB_COMMAND:
		command(s, r);
		break;
	case GDB_KILL:
	case GDB_DETACH:
		reboots = r->verb == GDB_KILL;
		gdb_end(s);
		gdb_put_rc(s, 0);
		break;
	case GDB_UNKNOWN:
	case GDB_CAN_RESUME:
		break;
	default:
		gdb_put_rc(s, -EPERM);
	}
}

static const struct gdb_target ourselves = {
	.verbs = BIT(GDB_READ_ALL) | BIT(GDB_READ_ONE) | BIT(GDB_SELECT) |
		 BIT(GDB_THREAD_ALIVE) | BIT(GDB_THREADS) |
		 BIT(GDB_THREADS_MORE) | BIT(GDB_THREAD_CURRENT) |
		 BIT(GDB_FEATURES) | BIT(GDB_SUPPORTED) | BIT(GDB_ATTACHED) |
		 BIT(GDB_NO_ACK),
	.other = other, .is_thread = is_thread, .register_at = register_at,
};

static void write(void *line, const char *data, size_t size)
{
	host_console_write(data, size);
}

static const struct gdb_link line = { .write = write };

bool gdb_panic(void)
{
	struct gdb_server *s = &server;
	u8 byte;

	s->target = &ourselves;
	s->link = &line;
	s->monitor.write = gdb_monitor_write;
	s->thread = this_cpu()->index;
	while (s->run_count < arch_gdb_run_count &&
	       string_equal(arch_gdb_runs[s->run_count].feature,
			    arch_gdb_runs[0].feature))
		s->run_count++;
	while (!s->over)
		if (host_console_poll(&byte))
			gdb_receive(s, byte);
	return reboots;
}
