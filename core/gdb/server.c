// SPDX-License-Identifier: GPL-2.0-or-later
/* gdb's server for a guest: bytes in, replies out, and the shorter requests. */
#include "server.h"

#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/clock.h>
#include <vmm/command.h>
#include <vmm/errno.h>

/* Nobody sends half a packet and waits that long. */
#define PACKET_NS	2000000000ull
#define THREADS_MAX	(unsigned)MAX(GUEST_CPU_MAX, CONFIG_CPU_MAX)

/* ---- replies ---- */

void gdb_put(struct gdb_server *s, const char *fmt, ...)
{
	size_t room = sizeof(s->reply) - s->size, size;
	va_list ap;

	va_start(ap, fmt);
	size = (size_t)vsnprintf(s->reply + s->size, room, fmt, ap);
	va_end(ap);
	s->size += MIN(size, room - 1);
}

void gdb_put_hex(struct gdb_server *s, const void *data, size_t size)
{
	if (s->size + 2 * size >= sizeof(s->reply))
		return;
	gdb_hex(s->reply + s->size, data, size);
	s->size += 2 * size;
}

void gdb_put_rc(struct gdb_server *s, int rc)
{
	if (rc)
		gdb_put(s, "E%02x", (unsigned)-rc & 0xff);
	else
		gdb_put(s, "OK");
}

void gdb_send(struct gdb_server *s, const char *text, size_t size)
{
	s->frame_size = gdb_frame(s->frame, text, size);
	s->link->write(s->line, s->frame, s->frame_size);
}

/* ---- threads ---- */

static bool is_thread(const struct gdb_server *s, int thread)
{
	return thread > 0 && s->target->is_thread(s, (unsigned)thread - 1);
}

static void select(struct gdb_server *s, const struct gdb_request *r)
{
	unsigned *which = r->numbers[0] == 'c' ? &s->resumed : &s->thread;

	if (r->thread > 0 && !is_thread(s, r->thread)) {
		gdb_put_rc(s, -EINVAL);
		return;
	}
	if (r->thread > 0)
		*which = (unsigned)r->thread - 1;
	gdb_put_rc(s, 0);
}

static void thread_alive(struct gdb_server *s, const struct gdb_request *r)
{
	gdb_put_rc(s, is_thread(s, r->thread) ? 0 : -EINVAL);
}

static void threads(struct gdb_server *s, const struct gdb_request *r)
{
	for (unsigned i = 0; i < THREADS_MAX; i++)
		if (s->target->is_thread(s, i))
			gdb_put(s, "%c%x", s->size ? ',' : 'm', i + 1);
}

static void threads_more(struct gdb_server *s, const struct gdb_request *r)
{
	gdb_put(s, "l");
}

static void thread_info(struct gdb_server *s, const struct gdb_request *r)
{
	static const char *const power[] = {
		[VCPU_ON] = "on", [VCPU_OFF] = "off",
		[VCPU_STARTING] = "starting",
	};
	const struct guest *g = s->debug.guest;
	char text[64];
	unsigned i;

	if (!is_thread(s, r->thread)) {
		gdb_put_rc(s, -EINVAL);
		return;
	}
	i = (unsigned)r->thread - 1;
	snprintf(text, sizeof(text), "%s/%u, %s", g->name, i,
		 power[vcpu_power_state(g->vcpus[i])]);
	gdb_put_hex(s, text, strlen(text));
}

static void current_thread(struct gdb_server *s, const struct gdb_request *r)
{
	gdb_put(s, "QC%x", s->thread + 1);
}

/* ---- the session ---- */

static void supported(struct gdb_server *s, const struct gdb_request *r)
{
	gdb_put(s, "PacketSize=%x;qXfer:features:read+;vContSupported+;"
		"swbreak+;hwbreak+;QStartNoAckMode+", GDB_PACKET_MAX);
}

static void can_resume(struct gdb_server *s, const struct gdb_request *r)
{
	gdb_put(s, "vCont;c;C;s;S;t");
}

/* So that gdb detaches when it quits. */
static void attached(struct gdb_server *s, const struct gdb_request *r)
{
	gdb_put(s, "1");
}

static void no_ack(struct gdb_server *s, const struct gdb_request *r)
{
	s->no_ack = true;
	gdb_put_rc(s, 0);
}

static void physical_set(struct gdb_server *s, const struct gdb_request *r)
{
	s->debug.physical = r->numbers[0];
	gdb_put_rc(s, 0);
}

static void physical_get(struct gdb_server *s, const struct gdb_request *r)
{
	gdb_put(s, "%u", s->debug.physical);
}

static void detach(struct gdb_server *s, const struct gdb_request *r)
{
	gdb_end(s);
	gdb_put_rc(s, 0);
}

/* `k` wants no answer, but takes one. */
static void kill(struct gdb_server *s, const struct gdb_request *r)
{
	gdb_end(s);
	s->debug.was_paused = true;
	guest_destroy(guest_get(s->debug.guest));
	gdb_put_rc(s, 0);
}

/* ---- monitor ---- */

static void drop(struct console *con, const char *data, size_t size)
{
}

void gdb_monitor_write(struct console *con, const char *data, size_t size)
{
	struct gdb_server *s = container_of(con, struct gdb_server, monitor);
	char text[1 + 2 * 128 + 1] = "O";

	while (size) {
		size_t step = MIN(size, (size_t)128);

		gdb_hex(text + 1, data, step);
		gdb_send(s, text, 1 + 2 * step);
		data += step;
		size -= step;
	}
}

/* What it did to the guest, it stands afterwards. */
static void command(struct gdb_server *s, const struct gdb_request *r)
{
	command_run(&s->monitor, r->text);
	guest_debug_stop(&s->debug);
	gdb_put_rc(s, 0);
}

/* ---- what comes ---- */

static gdb_handler *const handlers[GDB_VERB_COUNT] = {
	[GDB_STATUS] = gdb_status,
	[GDB_READ_ALL] = gdb_read_all, [GDB_WRITE_ALL] = gdb_write_all,
	[GDB_READ_ONE] = gdb_read_one, [GDB_WRITE_ONE] = gdb_write_one,
	[GDB_READ_MEMORY] = gdb_read_memory,
	[GDB_WRITE_MEMORY] = gdb_write_memory,
	[GDB_POINT_ADD] = gdb_point_add,
	[GDB_POINT_REMOVE] = gdb_point_remove,
	[GDB_CAN_RESUME] = can_resume, [GDB_RESUME] = gdb_resume,
	[GDB_GO] = gdb_go, [GDB_STEP] = gdb_step,
	[GDB_KILL] = kill, [GDB_DETACH] = detach,
	[GDB_SELECT] = select, [GDB_THREAD_ALIVE] = thread_alive,
	[GDB_THREADS] = threads, [GDB_THREADS_MORE] = threads_more,
	[GDB_THREAD_INFO] = thread_info,
	[GDB_THREAD_CURRENT] = current_thread,
	[GDB_FEATURES] = gdb_features, [GDB_SUPPORTED] = supported,
	[GDB_ATTACHED] = attached, [GDB_COMMAND] = command,
	[GDB_NO_ACK] = no_ack,
	[GDB_PHYSICAL_SET] = physical_set, [GDB_PHYSICAL_GET] = physical_get,
};

/* Whoever asks while the guest runs is a debugger that comes anew. */
static void answer(struct gdb_server *s)
{
	struct gdb_request r;

	if (!s->no_ack)
		s->link->write(s->line, "+", 1);
	if (s->running)
		guest_debug_stop(&s->debug);
	s->running = false;
	s->size = 0;
	s->reply[0] = '\0';
	gdb_request_parse(s->parser.data, s->parser.size, &r);
	if (r.verb == GDB_SUPPORTED)
		s->no_ack = false;
	if (s->target->verbs & BIT(r.verb))
		handlers[r.verb](s, &r);
	else
		s->target->other(s, &r);
	if (!s->running)
		gdb_send(s, s->reply, s->size);
}

void gdb_receive(struct gdb_server *s, u8 byte)
{
	switch (gdb_parser_feed(&s->parser, byte)) {
	case GDB_MORE:
		break;
	case GDB_PACKET:
		answer(s);
		break;
	case GDB_BAD:
		if (!s->no_ack)
			s->link->write(s->line, "-", 1);
		break;
	case GDB_AGAIN:
		if (!s->no_ack)
			s->link->write(s->line, s->frame, s->frame_size);
		break;
	case GDB_INTERRUPT:
		if (s->running)
			gdb_stopped(s, true);
		break;
	case GDB_LEAVE:
		gdb_end(s);
		break;
	}
}

static void unknown(struct gdb_server *s, const struct gdb_request *r)
{
}

static bool is_vcpu(const struct gdb_server *s, unsigned i)
{
	return i < s->debug.guest->vcpu_count;
}

static const struct gdb_target guest = {
	.verbs = (u32)~BIT(GDB_UNKNOWN), .other = unknown,
	.is_thread = is_vcpu, .register_at = gdb_guest_register,
};

void gdb_serve(struct gdb_server *s)
{
	u8 byte;

	s->target = &guest;
	s->run_count = arch_gdb_run_count;
	s->quiet = (struct console){ .write = drop };
	s->monitor = (struct console){ .write = gdb_monitor_write };
	console_set_thread(&s->quiet);
	while (!s->over) {
		u64 end = gdb_parser_is_within(&s->parser) ?
			  clock_now() + PACKET_NS : 0;
		int rc = s->link->read(s->line, &byte, &s->debug.event, end);

		if (!rc)
			gdb_receive(s, byte);
		else if (rc == -ETIMEDOUT)
			gdb_parser_reset(&s->parser);
		else
			gdb_stopped(s, false);
	}
}
