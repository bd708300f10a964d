// SPDX-License-Identifier: GPL-2.0-or-later
#include <vmm/command.h>

static int echo(struct console *con, const struct command_args *args)
{
	for (int i = 0; i < args->count; i++)
		con_printf(con, "%s%s", i ? " " : "", args->words[i]);
	con_printf(con, "\n");
	return 0;
}

static const struct verb echo_verbs[] = {
	{ NULL, "[words...]", echo, "Prints its words." },
};
COMMAND(echo, "print words");
