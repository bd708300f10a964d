// SPDX-License-Identifier: GPL-2.0-or-later
/* The machine below: CPUs, memory, interrupts, devices. */
#include <vmm/arch.h>
#include <vmm/clock.h>
#include <vmm/command.h>
#include <vmm/cpu.h>
#include <vmm/device.h>
#include <vmm/errno.h>
#include <vmm/guest.h>
#include <vmm/heap.h>
#include <vmm/irq.h>
#include <vmm/page.h>

/* ---- host info ---- */

static unsigned online_count(void)
{
	unsigned count = 0;

	for_each_online_cpu(c)
		count++;
	return count;
}

static int info(struct console *con, const struct command_args *args)
{
	const char *model = dt_string(dt_root(dt_host), "model", 0);
	struct page_stats memory;

	page_stats_get(&memory);
	report_text(con, "version", CONFIG_VERSION);
	report_text(con, "machine", model);
	report_u64(con, "cpus", cpu_count);
	report_u64(con, "online_cpus", online_count());
	report_u64(con, "memory_bytes", memory.total_bytes);
	report_u64(con, "free_bytes", memory.free_bytes);
	report_text(con, "interrupts", irq_chip() ? irq_chip()->name : NULL);
	report_u64(con, "clock_hz", clock_hz());
	report_u64(con, "up_ns", clock_now());
	report_u64(con, "console_dropped_bytes", host_console_dropped());
	arch_cpu_describe(con);
	return 0;
}

/* ---- host cpus ---- */

/* In tenths of a percent of the time since the counter started. */
static unsigned idle_permille(const struct cpu *c)
{
	u64 now = clock_now(), idle = clock_cycles_to_ns(c->idle_cycles);

	return now < 1000 ? 0 : (unsigned)MIN(idle / (now / 1000), 1000u);
}

static void report_thread(struct console *con, const struct thread *t)
{
	if (t && t->vcpu)
		report_textf(con, "runs", "%s/%u", t->vcpu->guest->name,
			     t->vcpu->index);
	else
		report_text(con, "runs", t ? t->name : NULL);
}

static int list_cpus(struct console *con, const struct command_args *args)
{
	report_list(con, "cpus", "cpu:3 hwid:-10 online:-6 idle_permille:6 "
		    "irqs:10 runs");
	for (const struct cpu *c = cpus; c < cpus + cpu_count; c++) {
		report_row(con);
		report_index(con, "cpu", c->index);
		report_hex(con, "hwid", c->hwid);
		report_bool(con, "online", c->online);
		if (c->online) {
			report_u64(con, "idle_permille", idle_permille(c));
			report_count(con, "irqs", irq_count_of(c));
			report_thread(con, c->current);
		}
		report_end(con);
	}
	report_end(con);
	return 0;
}

/* ---- host memory ---- */

static void report_owners(struct console *con, const struct page_stats *pages)
{
	report_list(con, "owners", "name:-14 size_bytes:12");
	for (unsigned i = 0; i < PAGE_OWNER_COUNT; i++) {
		report_row(con);
		report_name(con, "name", page_owner_names[i]);
		report_u64(con, "size_bytes", pages->owner_bytes[i]);
		report_end(con);
	}
	report_end(con);
}

static int memory(struct console *con, const struct command_args *args)
{
	struct page_stats pages;
	struct heap_stats heap;

	page_stats_get(&pages);
	heap_stats_get(&heap);
	report_u64(con, "total_bytes", pages.total_bytes);
	report_u64(con, "free_bytes", pages.free_bytes);
	report_u64(con, "largest_free_bytes", pages.largest_free_bytes);
	report_u64(con, "used_bytes", pages.total_bytes - pages.free_bytes);
	report_owners(con, &pages);
	report_object(con, "heap");
	/* People see no units: to them, the next is "objects". */
	report_u64(con, con->report.form ? "objects" : "object_count",
		   heap.object_count);
	report_u64(con, "objects_bytes", heap.object_bytes);
	report_u64(con, "pages_bytes", heap.page_bytes);
	report_end(con);
	return 0;
}

/* ---- host irqs, host devices ---- */

static int irqs(struct console *con, const struct command_args *args)
{
	irq_report(con);
	return 0;
}

static void report_device(const struct device *dev, void *arg)
{
	static const char *const states[] = {
		[DEVICE_UNBOUND] = NULL, [DEVICE_LATER] = "waits",
		[DEVICE_BOUND] = "bound", [DEVICE_FAILED] = "failed",
	};
	bool failed = dev->status == DEVICE_FAILED;

	report_row(arg);
	report_text(arg, "state", states[dev->status]);
	report_text(arg, "driver", dev->driver ? dev->driver->name : NULL);
	report_name(arg, "node", dev->path);
	report_text(arg, "error", failed ? errno_text(dev->error) : NULL);
	report_end(arg);
}

static int devices(struct console *con, const struct command_args *args)
{
	report_list(con, "devices", "state:-6 driver:-16 node:-32 error");
	device_for_each(report_device, con);
	report_end(con);
	return 0;
}

static const struct verb host_verbs[] = {
	{ "info", VERB_READS, info, "Prints what machine this is." },
	{ "cpus", VERB_METRICS, list_cpus, "Lists the host's CPUs." },
	{ "memory", VERB_METRICS, memory, "Prints the use of memory." },
	{ "irqs", VERB_READS, irqs, "Lists host interrupts and their counts." },
	{ "devices", VERB_READS, devices,
	  "Lists the host's devices and drivers." },
};
COMMAND(host, "look at the machine");
