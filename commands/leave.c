// SPDX-License-Identifier: GPL-2.0-or-later
/* What ends loops and scripts. */
#include <libs/parse.h>
#include <vmm/command.h>
#include <vmm/errno.h>
#include <vmm/log.h>

#define STATUS_MAX	255

static int end(struct console *con, const struct command_args *args)
{
	u32 status = (u32)con->status;

	if (args->count && (parse_u32(args->words[0], &status) ||
			    status > STATUS_MAX))
		return fail(-EINVAL, "exit: %s is no status from 0 to %u",
			    args->words[0], STATUS_MAX);
	command_exit(con, status);
	return 0;
}

static const struct verb exit_verbs[] = {
	{ NULL, "[status]", end, "Ends the script, or the line, with it." },
};
COMMAND(exit, "end a script");

static int leave(struct console *con, const struct command_args *args)
{
	return command_leave(con, FLOW_BREAK);
}

static const struct verb break_verbs[] = {
	{ NULL, "", leave, "Ends the innermost loop." },
};
COMMAND(break, "end a loop");

static int go_on(struct console *con, const struct command_args *args)
{
	return command_leave(con, FLOW_CONTINUE);
}

static const struct verb continue_verbs[] = {
	{ NULL, "", go_on, "Goes on with the loop's next word." },
};
COMMAND(continue, "go on with a loop's next word");
