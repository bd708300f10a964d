/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Consoles: where bytes for people go and come from.  A host UART is a
 * console port; so is each guest's serial device.  A terminal session talks
 * to one port at a time.
 */
#ifndef VMM_CONSOLE_H
#define VMM_CONSOLE_H

#include <libs/list.h>
#include <libs/ring.h>
#include <stdarg.h>
#include <vmm/dt.h>
#include <vmm/report.h>
#include <vmm/spinlock.h>
#include <vmm/types.h>
#include <vmm/wait.h>

/* The answer that is shown page by page. */
struct console_page {
	bool on;
	bool skip;			/* the operator has seen enough */
	u16 column;			/* bytes of the line so far */
	unsigned line;			/* of the page */
};

/* An operator's session, or a test's capture: where commands print. */
struct console {
	/* Takes all bytes; may sleep when the far end is slow. */
	void (*write)(struct console *con, const char *data, size_t size);
	/*
	 * Sleeps for a byte; -ETIMEDOUT at a deadline other than 0.  NULL, as
	 * is unread, where nobody types.
	 */
	int (*read)(struct console *con, u8 *byte, u64 deadline_ns);
	/* What was read comes again, first. */
	void (*unread)(struct console *con, const u8 *data, size_t size);
	u16 rows, columns;		/* of its terminal; 0: it did not say */
	bool asked;			/* about them */
	bool colour;			/* the terminal said what it is */
	struct console_page page;
	int status;			/* exit status of the last command */
	unsigned error_count;		/* fail() calls of its commands */
	unsigned script_depth;		/* scripts that run scripts */
	struct report report;		/* of the running command */
	struct command_unit *unit;	/* what runs, innermost; or NULL */
	struct command_variables *variables;
	bool canceled;			/* Ctrl-C: nothing more of it runs */
};

PRINTF(2, 3) void con_printf(struct console *con, const char *fmt, ...);
void con_vprintf(struct console *con, const char *fmt, va_list ap);
void con_write(struct console *con, const char *data, size_t size);

/*
 * Asks the terminal at the other end for its size, and what it is: rows is 0
 * when no answer comes within 300 ms.  Loses no byte typed meanwhile.
 */
void console_ask(struct console *con);
/*
 * What the session's running command states is shown page by page, unless a
 * script runs it or the terminal never answered; report_finish() ends that.
 * For the framework, as is writing; a command whose answer goes on by itself
 * sets page.on to false.
 */
void console_page_begin(struct console *con);
void console_page_write(struct console *con, const char *data, size_t size);

/*
 * The session whose command this thread runs, where fail() reports.  NULL
 * in interrupts and on threads that run no command.
 */
struct console *console_of_thread(void);
/* This thread works for con from now on; NULL ends that. */
void console_set_thread(struct console *con);

/*
 * ---- The host's serial line.  A UART driver registers it. ----
 * Bytes to send wait in a ring that the UART's interrupt drains; bytes that
 * came wait in one for the terminal.
 */
struct uart;
struct uart_ops {
	/* Puts bytes into the FIFO, never waits; how many went. */
	size_t (*send)(struct uart *u, const u8 *data, size_t size);
	/* Takes at most max bytes out of the FIFO; how many came. */
	size_t (*receive)(struct uart *u, u8 *data, size_t max);
	/*
	 * Asks for an interrupt once the FIFO has room again (has bytes), or
	 * stops it.  Not called while the UART is an early one.
	 */
	void (*send_irq)(struct uart *u, bool on);
	void (*receive_irq)(struct uart *u, bool on);
};
struct uart {
	const struct uart_ops *ops;
	const char *name;		/* the node's path */
	void *regs;			/* the driver's own */
};
/* The part answers `early` users: polling, before interrupts work. */
void host_console_early(struct uart *u);
/*
 * Takes over with interrupts: the UART that console= or stdout-path names,
 * else the first that comes.  -EBUSY, not an error, for any other.
 */
int host_console_register(struct uart *u);
/* The node that console= or stdout-path names. */
struct dt_node host_console_node(void);
/* From the UART's interrupt: has bytes, or room. */
void host_console_interrupt(struct uart *u);
/*
 * Queues bytes for the host console, \n as \r\n unless a \r comes before it;
 * any context; never sleeps.
 * What finds no room is dropped whole and counted.
 */
void host_console_write(const char *data, size_t size);
/* Pushes out all queued bytes by polling, bounded: power-off. */
void host_console_flush(void);
/* From now on everything is polled out at once, without locks: panic. */
void host_console_panic(void);
/* After that: takes a byte that has come, if any. */
bool host_console_poll(u8 *byte);
u64 host_console_dropped(void);		/* bytes, since boot */
/* Sleeps until a byte came. */
u8 host_console_read(void);
/*
 * The same, but ends with -ECANCELED when *stop is set (then
 * host_console_wake() is called) and with -ETIMEDOUT at a deadline other
 * than 0.
 */
int host_console_read_or(u8 *byte, const bool *stop, u64 deadline_ns);
void host_console_wake(void);
/* Puts the byte that was read last back; one at most. */
void host_console_unread(u8 byte);
/*
 * Sleeps until the deadline, or until the operator types Ctrl-C, which is
 * taken out with all that was typed before it: -ECANCELED, and the session is
 * marked, so that loops and scripts end, too.
 */
int host_console_sleep(u64 deadline_ns);
/* The same without sleeping: did the operator type Ctrl-C? */
bool host_console_look_canceled(void);
/* The last byte that was sent ended a line. */
bool host_console_at_line_start(void);
/*
 * Sleeps until the send ring has room for size bytes (at most
 * HOST_CONSOLE_CHUNK): sessions' writes.  Polls where sleeping is not
 * possible.
 */
#define HOST_CONSOLE_CHUNK	32
void host_console_wait_room(size_t size);
/* The operator's session on this line: loses no byte. */
extern struct console host_console;

/*
 * ---- A guest's serial port ----
 * Output goes to a ring that outlives the guest (the last 8 destroyed
 * guests keep theirs), and on to whoever is attached.  Input waits in a
 * small ring of its own until the device has room for it.
 */
#define GUEST_CONSOLE_RING	(16 * 1024)	/* bytes, if not said */
#define GUEST_CONSOLE_RING_MIN	(4 * 1024)
#define GUEST_CONSOLE_RING_MAX	(1024 * 1024)
#define GUEST_CONSOLE_INPUT	256

struct guest_console {
	struct list entry;
	char name[32];			/* the guest's */
	struct spinlock lock;		/* LOCK_CONSOLE: all below */
	struct ring ring;		/* last bytes of output */
	struct wait_queue output;	/* woken after output */
	u32 references;
	bool living;			/* its guest still exists */
	bool pooled;			/* c: one of those kept at boot */
	struct ring pending;		/* lock: input for the device */
	bool break_waits;		/* lock: a break between its bytes */
	u64 break_at;			/* lock: its position */
	u8 pending_bytes[GUEST_CONSOLE_INPUT];
	struct mutex input_lock;	/* the two below */
	/* Device side: input waits for it; NULL without device. */
	void (*notify)(void *device);
	void *device;
};

int guest_console_init(void);		/* reserves the pool at boot */
/*
 * The ring of a guest that is being created, of that many bytes (a power of
 * two within the limits), with the last bytes of a destroyed namesake in it.
 * -EEXIST, -ENOMEM, both reported.
 */
int guest_console_get(const char *name, size_t size,
		      struct guest_console **out);
/*
 * Its guest goes: no input any more, readers are woken, the last bytes move
 * to the pool, and the guest's reference is given up.  Thread context.
 */
void guest_console_end(struct guest_console *c);
/* For readers: a living guest's or a kept one, to be put; NULL: neither. */
struct guest_console *guest_console_find(const char *name);
void guest_console_put(struct guest_console *c);
/*
 * The n-th living guest's, in the order in which they were made, from 1 on;
 * to be put; NULL: there are less.
 */
struct guest_console *guest_console_nth(unsigned n);
/* The serial device is there to take input, or (NULL) goes away. */
void guest_console_set_input(struct guest_console *c, void *device,
			     void (*notify)(void *device));
/* From the device, any context. */
void guest_console_output(struct guest_console *c, const u8 *data,
			  size_t size);
/*
 * To the device: how many bytes it took or will take once it has room, less
 * than size when too many wait already.  Thread context.
 */
size_t guest_console_input(struct guest_console *c, const u8 *data,
			   size_t size);
/*
 * A break behind the bytes that wait.  -ENODEV: nobody takes input, -EBUSY:
 * one waits already.  Thread context.
 */
int guest_console_break(struct guest_console *c);
/*
 * The device's side, one CPU at a time, any context: at most size bytes of
 * what waits before a break, and then how many of them it took; whether the
 * break is next, and that it was taken.
 */
size_t guest_console_input_peek(struct guest_console *c, u8 *buf, size_t size);
void guest_console_input_skip(struct guest_console *c, size_t size);
/* Position behind the last byte of output so far.  Any context. */
u64 guest_console_end_of(struct guest_console *c);
bool guest_console_break_is_next(struct guest_console *c);
void guest_console_break_skip(struct guest_console *c);
/* Bytes from absolute position *pos on; advances it over lost ones. */
size_t guest_console_read(struct guest_console *c, u64 *pos, u8 *buf,
			  size_t size);
/* How an operator looks at a guest's console. */
struct console_view {
	bool read_only;			/* what is typed does not go there */
	u8 escape;			/* the key that leaves or commands */
	struct guest_console *next;	/* out: chosen by number, or NULL */
};
#define CONSOLE_ESCAPE	0x1d		/* Ctrl-] */

/*
 * Connects the host console with c, from the oldest byte kept on, until the
 * operator leaves, chooses another one (view->next, to be put), or the guest
 * is gone.  -ENOTSUP, reported, on a session elsewhere.  The caller holds a
 * reference.
 */
int guest_console_attach(struct console *con, struct guest_console *c,
			 struct console_view *view);
/*
 * Prints, as plain text, what c's guest sent; with follow, also what it goes
 * on to send, until it is gone or the operator types Ctrl-C.  The caller holds
 * a reference.
 */
void guest_console_log(struct console *con, struct guest_console *c,
		       bool follow);
/*
 * Prints the lines of all guests as they come, each with its time and the
 * guest's name, until the operator types Ctrl-C.  -ENOMEM, reported.
 */
int guest_console_merge(struct console *con);

#endif
