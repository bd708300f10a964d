/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One debugger's session, as the files of core/gdb share it. */
#ifndef GDB_SERVER_H
#define GDB_SERVER_H

#include <vmm/console.h>
#include <vmm/gdb.h>
#include <vmm/guest_debug.h>

/* Where packets come from and go to. */
struct gdb_link {
	/* As host_console_read_or(). */
	int (*read)(void *line, u8 *byte, const bool *stop, u64 deadline_ns);
	void (*write)(void *line, const char *data, size_t size);
};

#define GDB_DATA_MAX	(GDB_PACKET_MAX / 2)

struct gdb_server;
typedef void gdb_handler(struct gdb_server *s, const struct gdb_request *r);

/* What a debugger looks at: a guest, or ourselves. */
struct gdb_target {
	u32 verbs;			/* BIT()s of what is done as usual */
	gdb_handler *other;		/* all else */
	bool (*is_thread)(const struct gdb_server *s, unsigned i);
	/* Of s->thread; NULL: it is always 0, or not known. */
	const void *(*register_at)(const struct gdb_server *s, size_t run,
				   unsigned n);
};
_Static_assert(GDB_VERB_COUNT <= 32, "each has its bit");

struct gdb_server {
	struct guest_debug debug;
	const struct gdb_target *target;
	size_t run_count;		/* of arch_gdb_runs[] */
	const struct gdb_link *link;
	void *line;			/* link's own */
	struct gdb_parser parser;
	struct console quiet, monitor;
	bool over;			/* a; set by its own thread */
	bool running, no_ack;
	unsigned thread;		/* whose registers: Hg, or a stop */
	unsigned resumed;		/* whom a lone `s` steps: Hc */
	size_t size;			/* of reply */
	char reply[GDB_PACKET_MAX + 1];
	u8 data[GDB_DATA_MAX];
	size_t frame_size;		/* what was sent last */
	char frame[GDB_PACKET_MAX + 4];
	u8 actions[GUEST_CPU_MAX];
	/* ---- of lines.c ---- */
	struct gdb_server *next;
	struct thread *thread_of;	/* c: serves it */
	bool ended;			/* a */
};

/* The session ends; told to the debugger after this. */
static inline void gdb_end(struct gdb_server *s)
{
	__atomic_store_n(&s->over, true, __ATOMIC_RELEASE);
}

/* Answers until s->over; s->debug has begun.  Takes the debugger's part. */
void gdb_serve(struct gdb_server *s);

/* Appends to the reply; what is too long is left out. */
PRINTF(2, 3) void gdb_put(struct gdb_server *s, const char *fmt, ...);
void gdb_put_hex(struct gdb_server *s, const void *data, size_t size);
/* OK, or E and the code. */
void gdb_put_rc(struct gdb_server *s, int rc);
/* Sends text as one packet. */
void gdb_send(struct gdb_server *s, const char *text, size_t size);

static inline struct vcpu *gdb_vcpu(const struct gdb_server *s)
{
	return s->debug.guest->vcpus[s->thread];
}

/* One byte that came: answers what it completes. */
void gdb_receive(struct gdb_server *s, u8 byte);
/* What s->monitor prints goes to the debugger. */
void gdb_monitor_write(struct console *con, const char *data, size_t size);

/* state.c */
gdb_handler gdb_read_all, gdb_write_all, gdb_read_one, gdb_write_one,
	    gdb_read_memory, gdb_write_memory, gdb_features;
const void *gdb_guest_register(const struct gdb_server *s, size_t run,
			       unsigned n);

/* run.c */
gdb_handler gdb_status, gdb_resume, gdb_go, gdb_step, gdb_point_add,
	    gdb_point_remove;
/* Stops the guest if it runs; tells why, when VCPUs did. */
void gdb_stopped(struct gdb_server *s, bool interrupted);

#endif
