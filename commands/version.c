// SPDX-License-Identifier: GPL-2.0-or-later
#include <vmm/command.h>

static int version(struct console *con, const struct command_args *args)
{
	con_printf(con, "Monovisor " CONFIG_VERSION "\n");
	return 0;
}

static const struct verb version_verbs[] = {
	{ NULL, "", version, "Prints name and version." },
};
COMMAND(version, "print the version");
