// SPDX-License-Identifier: GPL-2.0-or-later
#include <vmm/command.h>
#include <vmm/test.h>

static int run(struct console *con, const struct command_args *args)
{
	return test_run(con, args->count ? args->words[0] : NULL);
}

static int list(struct console *con, const struct command_args *args)
{
	set_for_each(suite, s)
		con_printf(con, "%-24s %3zu cases\n", s->name, s->case_count);
	return 0;
}

static const struct verb test_verbs[] = {
	{ "run", "[suite]", run, "Runs all suites, or one." },
	{ "list", "", list, "Lists the suites." },
};
COMMAND(test, "run the test suites inside");
