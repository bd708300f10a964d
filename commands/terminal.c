// SPDX-License-Identifier: GPL-2.0-or-later
/* The operator's terminal: its size, by which long answers become pages. */
#include <libs/parse.h>
#include <vmm/command.h>
#include <vmm/errno.h>
#include <vmm/log.h>

#define ROWS_MIN	3
#define ROWS_MAX	1000

static int info(struct console *con, const struct command_args *args)
{
	report_bool(con, "asked", con->asked);
	report_u64(con, "rows", con->rows);
	report_u64(con, "columns", con->columns);
	report_bool(con, "colour", con->colour);
	return 0;
}

static int ask(struct console *con, const struct command_args *args)
{
	console_ask(con);
	return con->rows ? 0 : fail(-ETIMEDOUT, "terminal: no answer, long "
				    "answers will not be paged");
}

static int rows(struct console *con, const struct command_args *args)
{
	u32 count;

	if (parse_u32(args->words[0], &count) || count > ROWS_MAX ||
	    (count && count < ROWS_MIN))
		return fail(-EINVAL, "terminal: %s: a page has %u to %u rows, "
			    "or 0: no pages", args->words[0], ROWS_MIN,
			    ROWS_MAX);
	con->asked = true;
	con->rows = (u16)count;
	con->columns = 0;
	return 0;
}

static const struct verb terminal_verbs[] = {
	{ "ask", "", ask, "Asks the terminal for its size and colours." },
	{ "info", VERB_READS, info, "Tells what it answered." },
	{ "rows", "<count>", rows, "Sets the length of pages; 0: none." },
};
COMMAND(terminal, "how answers are shown here");
