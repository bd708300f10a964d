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
#include <vmm/spinlock.h>
#include <vmm/types.h>
#include <vmm/wait.h>

/* An operator's session, or a test's capture: where commands print. */
struct console {
	/* Takes all bytes; may sleep when the far end is slow. */
	void (*write)(struct console *con, const char *data, size_t size);
	int status;			/* exit status of the last command */
};

PRINTF(2, 3) void con_printf(struct console *con, const char *fmt, ...);
void con_vprintf(struct console *con, const char *fmt, va_list ap);
void con_write(struct console *con, const char *data, size_t size);

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
	/* Asks for an interrupt once the FIFO has room again, or stops it. */
	void (*send_irq)(struct uart *u, bool on);
};
struct uart {
	const struct uart_ops *ops;
	const char *name;		/* the node's path */
};
/* The part answers `early` users: polling, before interrupts work. */
void host_console_early(struct uart *u);
/* Takes over with interrupts; the first UART, or stdout-path's. */
int host_console_register(struct uart *u);
/* From the UART's interrupt: has bytes, or room. */
void host_console_interrupt(struct uart *u);
/* Queues bytes for the host console; any context; never sleeps. */
void host_console_write(const char *data, size_t size);
/* Pushes out all queued bytes by polling: panic, power-off. */
void host_console_flush(void);
/* Sleeps until a byte came. */
u8 host_console_read(void);
/* Sleeps until the send ring has room for size bytes: sessions' writes. */
void host_console_wait_room(size_t size);

/*
 * ---- A guest's serial port ----
 * Output goes to a ring that outlives the guest (the last 8 destroyed
 * guests keep theirs), and on to whoever is attached.  Input goes to the
 * device, which takes what it has room for.
 */
#define GUEST_CONSOLE_RING	(16 * 1024)

struct guest_console {
	struct list entry;
	char name[32];			/* the guest's */
	struct spinlock lock;		/* LOCK_CONSOLE: all below */
	struct ring ring;		/* last bytes of output */
	struct wait_queue output;	/* woken after output */
	u32 references;
	bool living;			/* its guest still exists */
	/* Device side: takes bytes, returns how many; NULL without device. */
	size_t (*input)(void *device, const u8 *data, size_t size);
	void *device;
};

void guest_console_init(void);		/* reserves the pool at boot */
/* A fresh ring for a guest; takes over that of a destroyed namesake. */
int guest_console_get(const char *name, struct guest_console **out);
void guest_console_put(struct guest_console *c);
struct guest_console *guest_console_find(const char *name);
/* From the device, any context. */
void guest_console_output(struct guest_console *c, const u8 *data,
			  size_t size);
/* To the device: how many it took. */
size_t guest_console_input(struct guest_console *c, const u8 *data,
			   size_t size);
/* Bytes from absolute position *pos on; advances it over lost ones. */
size_t guest_console_read(struct guest_console *c, u64 *pos, u8 *buf,
			  size_t size);

#endif
