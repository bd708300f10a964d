// SPDX-License-Identifier: GPL-2.0-or-later
/* What several commands ask of a guest. */
#include "guest.h"
#include <libs/nearest.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/clock.h>
#include <vmm/errno.h>
#include <vmm/log.h>

struct guest *guest_named(const char *name)
{
	struct guest *g = guest_find(name);
	struct nearest n;
	char best[GUEST_NAME_MAX + 1];

	if (g)
		return g;
	nearest_init(&n, name);
	while ((g = guest_next(g))) {
		nearest_offer(&n, g->name);
		if (n.best != g->name)
			continue;
		snprintf(best, sizeof(best), "%s", g->name);
		n.best = best;
	}
	fail(-ENOENT, "guest: there is no guest %s%s%s%s", name,
	     n.best ? ", did you mean " : "", n.best ? n.best : "",
	     n.best ? "?" : "");
	return NULL;
}

u64 guest_run_ns(const struct guest *g)
{
	u64 cycles = 0;

	for (unsigned i = 0; i < g->vcpu_count; i++)
		cycles += thread_run_cycles(&g->vcpus[i]->thread);
	return clock_cycles_to_ns(cycles);
}

u64 guest_memory_bytes(const struct guest *g)
{
	u64 bytes = 0;

	for (unsigned i = 0; i < g->config->memory_count; i++)
		bytes += g->config->memory[i].size;
	return bytes;
}

void guest_reason(struct guest *g, char *buf, size_t size)
{
	SCOPED_LOCK(&g->power_lock);

	string_copy(buf, g->reason, size);
}
