// SPDX-License-Identifier: GPL-2.0-or-later
/* Variables of the session. */
#include <vmm/command.h>

static int set(struct console *con, const struct command_args *args)
{
	const char *name, *value;
	int rc = 0;

	for (int i = 0; !rc && i < args->count; i++)
		rc = command_set(con, args->words[i]);
	if (args->count)
		return rc;
	for (unsigned i = 0; *(name = command_variable(con, i, &value)); i++)
		con_printf(con, "%s=%s\n", name, value);
	return 0;
}

static const struct verb set_verbs[] = {
	{ NULL, "[assignments...]", set,
	  "Sets variables, as NAME=value does, or lists all." },
};

/* "set_command" is the name of the set itself. */
static const struct command variables_command = {
	.name = "set", .help = "set or list variables", .verbs = set_verbs,
	.verb_count = ARRAY_LEN(set_verbs),
};
SET_ADD(command, variables_command);

static int unset(struct console *con, const struct command_args *args)
{
	int rc = 0;

	for (int i = 0; !rc && i < args->count; i++)
		rc = command_unset(con, args->words[i]);
	return rc;
}

static const struct verb unset_verbs[] = {
	{ NULL, "<variable...>", unset, "Forgets variables." },
};
COMMAND(unset, "forget variables");
