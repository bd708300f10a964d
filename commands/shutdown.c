// SPDX-License-Identifier: GPL-2.0-or-later
#include <vmm/command.h>
#include <vmm/cpu.h>
#include <vmm/guest.h>

static void stop_guests(struct console *con)
{
	struct guest *g = NULL;

	while ((g = guest_next(g)))
		if (g->state == GUEST_RUNNING && !guest_pause(g))
			con_printf(con, "%s is stopped\n", g->name);
}

static int shutdown(struct console *con, const struct command_args *args)
{
	stop_guests(con);
	con_printf(con, "switching the machine off\n");
	host_console_flush();
	return cpu_machine_off();
}

static const struct verb shutdown_verbs[] = {
	{ NULL, "", shutdown, "Stops all guests and switches off." },
};
COMMAND(shutdown, "switch the machine off");
