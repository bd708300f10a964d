// SPDX-License-Identifier: GPL-2.0-or-later
#include <libs/parse.h>
#include <vmm/clock.h>
#include <vmm/command.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/wait.h>

#define SLEEP_MAX_NS	(3600 * 1000000000ull)

static int sleep(struct console *con, const struct command_args *args)
{
	const char *time = args->words[0];
	u64 ns;
	int rc = parse_time_ns(time, &ns);

	if (rc)
		return fail(rc, "sleep: %s is no time, as 500ms or 2s is",
			    time);
	if (ns > SLEEP_MAX_NS)
		return fail(-ERANGE, "sleep: %s is more than an hour", time);
	if (con == &host_console)
		rc = host_console_sleep(clock_now() + ns);
	else
		wait_deadline(clock_now() + ns);
	return rc ? fail(rc, "sleep: ended by Ctrl-C") : 0;
}

static const struct verb sleep_verbs[] = {
	{ NULL, "<time>", sleep, "Waits; time takes ns, us, ms or s." },
};
COMMAND(sleep, "wait for a while");
