// SPDX-License-Identifier: GPL-2.0-or-later
#include <vmm/command.h>
#include <vmm/log.h>

static int show_log(struct console *con, const struct command_args *args)
{
	report_content(con, "log");
	log_dump(con);
	report_end(con);
	return 0;
}

static const struct verb log_verbs[] = {
	{ NULL, VERB_READS, show_log,
	  "Prints the hypervisor's log, oldest first." },
};
COMMAND(log, "print the hypervisor's log");
