// SPDX-License-Identifier: GPL-2.0-or-later
/* `guest info`: everything that is known about one. */
#include "guest.h"
#include <vmm/arch.h>
#include <vmm/clock.h>
#include <vmm/errno.h>
#include <vmm/report.h>

static void report_state(struct console *con, struct guest *g)
{
	char reason[sizeof(g->reason)];

	guest_reason(g, reason, sizeof(reason));
	report_name(con, "name", g->name);
	report_text(con, "state", guest_state_name(g->state));
	report_note(con, "reason", reason);
}

static void report_memory(struct console *con, struct guest *g)
{
	const struct guest_config *c = g->config;

	report_u64(con, "memory_bytes", guest_memory_bytes(g));
	report_u64(con, "overhead_bytes", guest_overhead_bytes(g));
	report_list(con, "ram", "base:-18 size_bytes:10");
	for (unsigned i = 0; i < c->memory_count; i++) {
		report_row(con);
		report_hex(con, "base", c->memory[i].base);
		report_u64(con, "size_bytes", c->memory[i].size);
		report_end(con);
	}
	report_end(con);
}

static void report_times(struct console *con, const struct guest *g)
{
	u64 now = clock_now();

	report_u64(con, "age_ns", now - g->created_ns);
	report_u64(con, "up_ns", g->kicked_ns ? now - g->kicked_ns : 0);
	report_u64(con, "vcpus", g->vcpu_count);
	report_count(con, "run_ns", guest_run_ns(g));
}

static void report_images(struct console *con, const struct guest_config *c)
{
	report_text(con, "firmware", c->firmware);
	report_text(con, "kernel", c->kernel);
	report_text(con, "initrd", c->initrd);
	report_text(con, "os_tree", c->os_tree);
	report_text(con, "bootargs", c->bootargs);
}

static void report_device(struct console *con,
			  const struct guest_device_config *d)
{
	report_row(con);
	report_name(con, "name", d->name);
	report_text(con, "type", d->type->name);
	report_array(con, "irqs");
	for (unsigned i = 0; i < d->irq_count; i++)
		report_index(con, NULL, d->pins[i]);
	report_end(con);
	report_array(con, "regions");
	for (unsigned i = 0; i < d->region_count; i++) {
		report_row(con);
		report_hex(con, "base", d->regions[i].base);
		report_u64(con, "size_bytes", d->regions[i].size);
		report_end(con);
	}
	report_end(con);
	report_end(con);
}

static void report_devices(struct console *con, const struct guest_config *c)
{
	report_list(con, "devices", "name:-24 type:-12 irqs:-6 regions");
	for (unsigned i = 0; i < c->device_count; i++)
		report_device(con, &c->devices[i]);
	report_end(con);
}

static void report_exits(struct console *con, const struct guest *g)
{
	report_list(con, "exits", "reason:-24 count:12");
	for (unsigned reason = 0; reason < ARCH_EXIT_COUNT; reason++) {
		u64 count = 0;

		for (unsigned i = 0; i < g->vcpu_count; i++)
			count += g->vcpus[i]->stats[reason].count;
		if (!count)
			continue;
		report_row(con);
		report_name(con, "reason", arch_exit_names[reason]);
		report_count(con, "count", count);
		report_end(con);
	}
	report_end(con);
	report_count(con, "rom_stores", g->stats.rom_stores);
	report_count(con, "bad_accesses", g->stats.bad_accesses);
}

int guest_verb_info(struct console *con, const struct command_args *args)
{
	struct guest *g = guest_named(args->words[0]);

	if (!g)
		return -ENOENT;
	report_state(con, g);
	report_times(con, g);
	report_memory(con, g);
	report_images(con, g->config);
	report_devices(con, g->config);
	report_exits(con, g);
	guest_put(g);
	return 0;
}
