// SPDX-License-Identifier: GPL-2.0-or-later
#include <vmm/command.h>

static int version(struct console *con, const struct command_args *args)
{
	report_text(con, "name", "Monovisor");
	report_text(con, "version", CONFIG_VERSION);
	return 0;
}

static const struct verb version_verbs[] = {
	{ NULL, VERB_READS, version, "Prints name and version." },
};
COMMAND(version, "print the version");
