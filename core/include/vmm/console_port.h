/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of the host that are not its console: other UARTs, virtio consoles.
 * Each has one user at a time, by the path of its node.
 */
#ifndef VMM_CONSOLE_PORT_H
#define VMM_CONSOLE_PORT_H

#include <vmm/console.h>

struct console_port;

/*
 * For host_console_register() and host_console_interrupt(): what they leave,
 * but the firmware's console, which has no node and so no name.
 */
void console_port_add(struct uart *u);
void console_port_interrupt(struct uart *u);

/*
 * By path, or its last part.  -ENOENT, reported with what there is; -EBUSY,
 * reported.  What came before is forgotten.  Thread context, as all below.
 */
int console_port_open(const char *name, struct console_port **out);
void console_port_close(struct console_port *p);
const char *console_port_name(const struct console_port *p);
/* The n-th one's name, NULL at the end. */
const char *console_port_nth(size_t n);

/* As host_console_read_or(); console_port_wake() is for any context. */
int console_port_read_or(struct console_port *p, u8 *byte, const bool *stop,
			 u64 deadline_ns);
void console_port_wake(struct console_port *p);
/* Sleeps while the far end is slow. */
void console_port_write(struct console_port *p, const char *data, size_t size);

#endif
