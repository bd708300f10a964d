// SPDX-License-Identifier: GPL-2.0-or-later
/* What is kept of a guest that crashed, as vmm,on-crash of its tree asks. */

#include <libs/string.h>
#include <vmm/console.h>
#include <vmm/guest_dump.h>
#include <vmm/log.h>

#include "internal.h"

#define LAST_SIZE	2048		/* bytes of its console */

/* Printable characters up to a newline, which is taken too. */
static size_t take_line(const u8 *from, size_t size, char *line, size_t max)
{
	size_t used = 0, i = 0;

	while (i < size && from[i] != '\n') {
		if (from[i] >= ' ' && from[i] < 0x7f && used < max - 1)
			line[used++] = (char)from[i];
		i++;
	}
	line[used] = '\0';
	return MIN(i + 1, size);
}

static void log_console(struct guest *g)
{
	u64 at = g->console->ring.head;
	u8 bytes[512];
	char line[160];
	size_t size;

	at = at > LAST_SIZE ? at - LAST_SIZE : 0;
	while ((size = guest_console_read(g->console, &at, bytes,
					  sizeof(bytes)))) {
		size_t taken = take_line(bytes, size, line, sizeof(line));

		at -= size - taken;
		if (*line)
			log_info("guest: %s: | %s", g->name, line);
	}
}

void guest_crashed(struct guest *g)
{
	if (g->config->crash_log)
		log_console(g);
	if (g->config->crash_dump)
		guest_dump_stopped(g, &host_console);
}
