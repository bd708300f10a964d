// SPDX-License-Identifier: GPL-2.0-or-later
/* Answers that are shown again and again (ECMA-48: CUP, ED). */
#include "live.h"
#include <libs/string.h>
#include <vmm/clock.h>

#define PERIOD_NS	1000000000ull
#define CLEAR		"\033[H\033[J"
#define CTRL_C		3

bool live_is_possible(const struct console *con)
{
	return con == &host_console && !con->script_depth && !con->report.form;
}

static bool ends(u8 byte, const char *keys)
{
	return !keys || byte == CTRL_C || strchr(keys, (char)byte);
}

/* Until the deadline; true: the operator typed an end. */
static bool wait_key(const char *keys, u64 deadline)
{
	static const bool never;
	u8 byte;

	while (!host_console_read_or(&byte, &never, deadline)) {
		if (!ends(byte, keys))
			continue;
		host_console.canceled = byte == CTRL_C;
		return true;
	}
	return false;
}

int live_run(struct console *con, const char *keys,
	     int (*show)(struct console *con, void *arg), void *arg)
{
	int rc;

	con->page.on = false;
	do {
		con_printf(con, CLEAR);
		con->report.begun = false;
		rc = show(con, arg);
	} while (!rc && !wait_key(keys, clock_now() + PERIOD_NS));
	return rc;
}
