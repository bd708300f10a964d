/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two directions of the host's serial line share. */
#ifndef CORE_CONSOLE_HOST_LINE_H
#define CORE_CONSOLE_HOST_LINE_H

#include <vmm/console.h>

struct host_line {
	struct spinlock lock;		/* LOCK_CONSOLE */
	struct uart *uart;		/* l: NULL before there is any */
};
extern struct host_line host_line;

/* The operator's writes, of the session host_console. */
void host_console_session_write(struct console *con, const char *data,
				size_t size);

/* ---- host_input.c; the lock is held ---- */

/* The line's UART is another: its interrupt is asked for. */
void host_input_begin(void);
/* All that came goes into the ring, if there is room; true: some bytes did. */
bool host_input_take(void);

#endif
