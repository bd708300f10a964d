// SPDX-License-Identifier: GPL-2.0-or-later
#include <libs/string.h>
#include <vmm/command.h>
#include <vmm/test.h>

static int run(struct console *con, const struct command_args *args)
{
	return test_run(con, args->count ? args->words[0] : NULL);
}

static int list(struct console *con, const struct command_args *args)
{
	report_list(con, "suites", "name:-24 cases:5");
	set_for_each(suite, s) {
		report_row(con);
		report_name(con, "name", s->name);
		report_u64(con, "cases", s->case_count);
		report_end(con);
	}
	report_end(con);
	return 0;
}

static void offer_suites(struct command_completion *c)
{
	set_for_each(suite, s)
		command_offer(c, s->name, strlen(s->name));
}
COMPLETER(suite, offer_suites);

static const struct verb test_verbs[] = {
	{ "run", "[suite]", run, "Runs all suites, or one." },
	{ "list", VERB_READS, list, "Lists the suites." },
};
COMMAND(test, "run the test suites inside");
