// SPDX-License-Identifier: GPL-2.0-or-later
/* `guest info`: everything that is known about one. */
#include "guest.h"
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/clock.h>
#include <vmm/errno.h>
#include <vmm/report.h>

void guest_reason(struct guest *g, char *buf, size_t size)
{
	SCOPED_LOCK(&g->power_lock);

	string_copy(buf, g->reason, size);
}

static void report_state(struct console *con, struct guest *g)
{
	char reason[sizeof(g->reason)];

	guest_reason(g, reason, sizeof(reason));
	report_name(con, "name", g->name);
	report_text(con, "state", guest_state_name(g->state));
	report_note(con, "reason", reason);
}

static void print_memory(struct console *con, struct guest *g)
{
	const struct guest_config *c = g->config;

	con_printf(con, "%-10s %" PRIu64 " bytes, %" PRIu64 " beyond\n",
		   "memory:", guest_memory_bytes(g), guest_overhead_bytes(g));
	for (unsigned i = 0; i < c->memory_count; i++)
		con_printf(con, "  %#" PRIx64 " to %#" PRIx64 "\n",
			   c->memory[i].base,
			   c->memory[i].base + (c->memory[i].size - 1));
}

static void print_times(struct console *con, const struct guest *g)
{
	char time[GUEST_TIME_SIZE];
	u64 now = clock_now();

	con_printf(con, "%-10s %s ago\n", "created:",
		   guest_time(now - g->created_ns, time));
	if (g->kicked_ns)
		con_printf(con, "%-10s %s ago\n", "started:",
			   guest_time(now - g->kicked_ns, time));
	con_printf(con, "%-10s %u, %s of CPU time\n", "vcpus:", g->vcpu_count,
		   guest_time(guest_run_ns(g), time));
}

static void print_word(struct console *con, const char *what, const char *word)
{
	if (word)
		con_printf(con, "%-10s %s\n", what, word);
}

static void print_images(struct console *con, const struct guest_config *c)
{
	print_word(con, "firmware:", c->firmware);
	print_word(con, "kernel:", c->kernel);
	print_word(con, "initrd:", c->initrd);
	print_word(con, "os tree:", c->os_tree);
	print_word(con, "bootargs:", c->bootargs);
}

static void print_device(struct console *con,
			 const struct guest_device_config *d)
{
	con_printf(con, "  %-24s %-12s", d->name, d->type->name);
	for (unsigned i = 0; i < d->region_count; i++)
		con_printf(con, " %#" PRIx64 "+%#" PRIx64, d->regions[i].base,
			   d->regions[i].size);
	for (unsigned i = 0; i < d->irq_count; i++)
		con_printf(con, " irq %u", d->pins[i]);
	con_printf(con, "\n");
}

static void print_devices(struct console *con, const struct guest_config *c)
{
	con_printf(con, "devices:\n");
	for (unsigned i = 0; i < c->device_count; i++)
		print_device(con, &c->devices[i]);
}

static void print_exits(struct console *con, const struct guest *g)
{
	con_printf(con, "exits:\n");
	for (unsigned reason = 0; reason < ARCH_EXIT_COUNT; reason++) {
		u64 count = 0;

		for (unsigned i = 0; i < g->vcpu_count; i++)
			count += g->vcpus[i]->stats[reason].count;
		if (count)
			con_printf(con, "  %-24s %12" PRIu64 "\n",
				   arch_exit_names[reason], count);
	}
	con_printf(con, "  %-24s %12" PRIu64 "\n", "stores to ROM",
		   g->stats.rom_stores);
	con_printf(con, "  %-24s %12" PRIu64 "\n", "accesses to nothing",
		   g->stats.bad_accesses);
}

int guest_verb_info(struct console *con, const struct command_args *args)
{
	struct guest *g = guest_named(args->words[0]);

	if (!g)
		return -ENOENT;
	report_state(con, g);
	print_times(con, g);
	print_memory(con, g);
	print_images(con, g->config);
	print_devices(con, g->config);
	print_exits(con, g);
	guest_put(g);
	return 0;
}
