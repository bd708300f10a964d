// SPDX-License-Identifier: GPL-2.0-or-later
#include <vmm/command.h>
#include <vmm/cpu.h>

static int reset(struct console *con, const struct command_args *args)
{
	con_printf(con, "resetting the machine\n");
	host_console_flush();
	return cpu_machine_reset();
}

static const struct verb reset_verbs[] = {
	{ NULL, "", reset, "Resets the machine, and all guests with it." },
};
COMMAND(reset, "reset the machine");
