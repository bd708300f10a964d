/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers that are shown again and again, on a terminal that is watched. */
#ifndef COMMANDS_LIVE_H
#define COMMANDS_LIVE_H

#include <vmm/console.h>

/* con is an operator's, at the prompt, who reads text. */
bool live_is_possible(const struct console *con);

/*
 * Clears the screen and calls show(con, arg), every second until it says no,
 * which it does by an error, or a key is typed: 0, or what show() gave.  A
 * key of `keys`, any when that is NULL.
 */
int live_run(struct console *con, const char *keys,
	     int (*show)(struct console *con, void *arg), void *arg);

#endif
