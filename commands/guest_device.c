// SPDX-License-Identifier: GPL-2.0-or-later
/* `guest device`: the registers of one emulated device. */
#include "guest.h"
#include <libs/nearest.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/command_line.h>
#include <vmm/emulator.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/report.h>

static struct emu *find(const struct guest *g, const char *name)
{
	struct nearest n;

	nearest_init(&n, name);
	for (size_t i = 0; i < g->device_count; i++) {
		if (string_equal(g->devices[i]->name, name))
			return g->devices[i];
		nearest_offer(&n, g->devices[i]->name);
	}
	fail(-ENOENT, "guest: %s has no device %s%s%s%s", g->name, name,
	     n.best ? ", did you mean " : "", n.best ? n.best : "",
	     n.best ? "?" : "");
	return NULL;
}

static int show(struct console *con, const struct guest *g, const char *name)
{
	struct emu *e = find(g, name);
	int rc;

	if (!e)
		return -ENOENT;
	report_content(con, "registers");
	rc = emu_dump(e, con);
	report_end(con);
	return rc;
}

int guest_verb_device(struct console *con, const struct command_args *args)
{
	const char *name = args->words[0], *slash = strchr(name, '/');
	char guest[GUEST_NAME_MAX + 1];
	struct guest *g;
	int rc;

	if (!slash || (size_t)(slash - name) >= sizeof(guest))
		return fail(-EINVAL, "guest: %s: a device is named as "
			    "web/serial@9000000 is", name);
	string_copy(guest, name, (size_t)(slash - name) + 1);
	g = guest_named(guest);
	if (!g)
		return -ENOENT;
	rc = show(con, g, slash + 1);
	guest_put(g);
	return rc;
}

static void offer_names(struct command_completion *c)
{
	char name[COMMAND_TYPED_MAX + 1];

	for (struct guest *g = guest_next(NULL); g; g = guest_next(g))
		for (size_t i = 0; i < g->device_count; i++) {
			snprintf(name, sizeof(name), "%s/%s", g->name,
				 g->devices[i]->name);
			command_offer(c, name, strlen(name));
		}
}
COMPLETER(device, offer_names);
