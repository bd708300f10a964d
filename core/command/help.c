// SPDX-License-Identifier: GPL-2.0-or-later
/* Help, from the commands' tables. */
#include <libs/string.h>
#include <vmm/command_line.h>
#include <vmm/errno.h>
#include <vmm/report.h>

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
	for (size_t i = 0; i < COMMAND_KEYWORD_COUNT; i++)
		if (command_keywords[i].usage)
			con_printf(con, "%-10s %s\n", command_keywords[i].name,
				   command_keywords[i].help);
	con_printf(con, "help COMMAND or COMMAND --help tells more.\n");
}

static void tell(struct console *con, const struct command *c,
		 const struct verb *v)
{
	con_printf(con, "  ");
	command_print_usage(con, c, v);
	con_printf(con, "\t%s\n", v->help);
}

static bool tell_keyword(struct console *con, const char *name)
{
	for (size_t i = 0; i < COMMAND_KEYWORD_COUNT; i++) {
		const struct command_keyword *k = &command_keywords[i];

		if (!k->usage || !string_equal(k->name, name))
			continue;
		con_printf(con, "%s: %s\n  %s\n", name, k->help, k->usage);
		return true;
	}
	return false;
}

static int tell_verb(struct console *con, const struct command *c,
		     const char *name)
{
	const struct verb *v = command_find_verb(c, name);

	if (!v)
		return -ENOENT;
	tell(con, c, v);
	return 0;
}

/* ---- as a document ---- */

static void report_verb(struct console *con, const char *command,
			const struct verb *v)
{
	report_row(con);
	report_text(con, "command", command);
	report_text(con, "verb", v->name);
	report_text(con, "synopsis", v->synopsis);
	report_text(con, "help", v->help);
	report_end(con);
}

static void report_command(struct console *con, const struct command *c)
{
	for (size_t i = 0; i < c->verb_count; i++)
		report_verb(con, c->name, &c->verbs[i]);
}

/* All, or of one command, or of one of its verbs. */
static int report_help(struct console *con, char *const *words, int count)
{
	const struct command *c = count ? command_find(words[0]) : NULL;
	const struct verb *v = c && count > 1 ? command_find_verb(c, words[1]) :
						NULL;

	if ((count && !c) || (count > 1 && !v))
		return -ENOENT;
	report_list(con, "commands", "");
	if (v)
		report_verb(con, c->name, v);
	else if (c)
		report_command(con, c);
	else
		while ((c = next_after(c ? c->name : NULL)))
			report_command(con, c);
	report_end(con);
	return 0;
}

int command_help(struct console *con, char *const *words, int count)
{
	const struct command *c;

	if (con->report.form)
		return report_help(con, words, count);
	if (!count) {
		list_commands(con);
		return 0;
	}
	if (tell_keyword(con, words[0]))
		return 0;
	c = command_find(words[0]);
	if (!c)
		return -ENOENT;
	if (count > 1)
		return tell_verb(con, c, words[1]);
	con_printf(con, "%s: %s\n", c->name, c->help);
	for (size_t i = 0; i < c->verb_count; i++)
		tell(con, c, &c->verbs[i]);
	return 0;
}
