// SPDX-License-Identifier: GPL-2.0-or-later
#include <vmm/command.h>
#include <vmm/errno.h>
#include <libs/string.h>

/* Sets have no order; people like one. */
static const struct command *next_after(const char *name)
{
	const struct command *best = NULL;

	set_for_each(command, c)
		if ((!name || strcmp(c->name, name) > 0) &&
		    (!best || strcmp(c->name, best->name) < 0))
			best = c;
	return best;
}

static void list_commands(struct console *con)
{
	const struct command *c = NULL;

	while ((c = next_after(c ? c->name : NULL)))
		con_printf(con, "%-10s %s\n", c->name, c->help);
	con_printf(con, "help COMMAND tells more.\n");
}

static void tell(struct console *con, const struct command *c,
		 const struct verb *v)
{
	con_printf(con, "  ");
	command_print_usage(con, c, v);
	con_printf(con, "\t%s\n", v->help);
}

static int help(struct console *con, const struct command_args *args)
{
	const struct command *c;
	const struct verb *v;

	if (!args->count) {
		list_commands(con);
		return 0;
	}
	c = command_find(args->words[0]);
	if (!c)
		return -ENOENT;
	if (args->count > 1) {
		v = command_find_verb(c, args->words[1]);
		if (v)
			tell(con, c, v);
		return v ? 0 : -ENOENT;
	}
	con_printf(con, "%s: %s\n", c->name, c->help);
	for (size_t i = 0; i < c->verb_count; i++)
		tell(con, c, &c->verbs[i]);
	return 0;
}

static const struct verb help_verbs[] = {
	{ NULL, "[command] [verb]", help,
	  "Lists commands, or tells about one." },
};
COMMAND(help, "list commands, or tell about one");
