// SPDX-License-Identifier: GPL-2.0-or-later
#include <vmm/command.h>

static int help(struct console *con, const struct command_args *args)
{
	return command_help(con, args->words, args->count);
}

static const struct verb help_verbs[] = {
	{ NULL, "[command] [verb] " VERB_READS, help,
	  "Lists commands, or tells about one." },
};
COMMAND(help, "list commands, or tell about one");
