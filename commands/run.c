// SPDX-License-Identifier: GPL-2.0-or-later
#include <vmm/command.h>

static int run(struct console *con, const struct command_args *args)
{
	return command_run_file(con, args->words[0], args);
}

static const struct verb run_verbs[] = {
	{ NULL, "<file> [words...]", run,
	  "Runs a script, whose $1... are the words, up to its first error." },
};
COMMAND(run, "run a script");
