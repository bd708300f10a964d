/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gdb's remote serial protocol (gdb manual, appendix E): packets as bytes
 * come, requests as packets mean them, and a server that answers them for a
 * guest.
 */
#ifndef VMM_GDB_H
#define VMM_GDB_H

#include <vmm/types.h>

struct console;
struct guest;

/* ---- Packets: pure ---- */

#define GDB_PACKET_MAX	4096		/* bytes between $ and # */

enum gdb_event {
	GDB_MORE,
	GDB_PACKET,		/* in data, unescaped, terminated */
	GDB_BAD,		/* its sum is wrong, or it is too long */
	GDB_AGAIN,		/* '-': the last packet was lost */
	GDB_INTERRUPT,		/* Ctrl-C between packets */
	GDB_LEAVE,		/* Ctrl-] between packets */
};

struct gdb_parser {
	u8 state;
	u8 sum, wanted;
	bool escaped, cut;
	size_t size;
	char data[GDB_PACKET_MAX + 1];
};

/* One byte more; a packet stays in p->data until the next byte. */
enum gdb_event gdb_parser_feed(struct gdb_parser *p, u8 byte);
/* A packet has begun and not ended. */
bool gdb_parser_is_within(const struct gdb_parser *p);
/* Forgets what was begun. */
void gdb_parser_reset(struct gdb_parser *p);

/* $text#sum into out, at most size + 4 bytes; how many. */
size_t gdb_frame(char *out, const char *text, size_t size);

/* ---- Requests: pure ---- */

enum gdb_verb {
	GDB_UNKNOWN,
	GDB_STATUS, GDB_READ_ALL, GDB_WRITE_ALL, GDB_READ_ONE, GDB_WRITE_ONE,
	GDB_READ_MEMORY, GDB_WRITE_MEMORY, GDB_POINT_ADD, GDB_POINT_REMOVE,
	GDB_CAN_RESUME, GDB_RESUME, GDB_GO, GDB_STEP, GDB_KILL, GDB_DETACH,
	GDB_SELECT, GDB_THREAD_ALIVE, GDB_THREADS, GDB_THREADS_MORE,
	GDB_THREAD_INFO, GDB_THREAD_CURRENT, GDB_FEATURES, GDB_SUPPORTED,
	GDB_ATTACHED, GDB_COMMAND, GDB_NO_ACK, GDB_PHYSICAL_SET,
	GDB_PHYSICAL_GET,
	GDB_VERB_COUNT
};

#define GDB_THREAD_ALL	(-1)
#define GDB_THREAD_ANY	0

struct gdb_request {
	enum gdb_verb verb;
	u64 numbers[3];
	int thread;		/* from 1 on, or the two above */
	const char *text;	/* the rest, terminated */
	const u8 *data;		/* the rest, as bytes */
	size_t size;		/* of data */
};

/* What a packet asks; its text is overwritten by the data that it names. */
void gdb_request_parse(char *packet, size_t size, struct gdb_request *out);

/* One of vCont's actions; at the end of *text: false. */
struct gdb_action {
	char what;		/* c, s, t; other letters: -EINVAL */
	int thread;
};
bool gdb_action_next(const char **text, struct gdb_action *out);

/* Digits of a number; size of `to` twice that of data and 1. */
void gdb_hex(char *to, const void *data, size_t size);

/* ---- The server ---- */

/*
 * Hands the line of that session over to a debugger of g, until it detaches,
 * kills or loses its guest, or the operator types Ctrl-].  The caller holds a
 * reference.  -ENOTSUP, -EBUSY, -EPERM, -ENOMEM, all reported.
 */
int gdb_terminal(struct console *con, struct guest *g);

/*
 * The same on a line beside the terminal's, <vmm/console_port.h>, while the
 * terminal goes on.  As above, and -ENOENT.
 */
int gdb_port(struct console *con, struct guest *g, const char *name);

/*
 * Answers a debugger of ourselves on the host console, by polling, until it
 * detaches, or kills: true.  For the CPU that panicked.
 */
bool gdb_panic(void);

#endif
