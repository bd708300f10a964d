// SPDX-License-Identifier: GPL-2.0-or-later
/* The machine below: CPUs, memory, interrupts, devices. */
#include <libs/printf.h>
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
	u64 ms = clock_now() / 1000000;
	struct page_stats memory;

	page_stats_get(&memory);
	con_printf(con, "version:    " CONFIG_VERSION "\n");
	con_printf(con, "machine:    %s\n", model ? model : "unnamed");
	con_printf(con, "cpus:       %u of %u online\n", online_count(),
		   cpu_count);
	con_printf(con, "memory:     %" PRIu64 " MiB, %" PRIu64 " MiB free\n",
		   memory.total_bytes >> 20, memory.free_bytes >> 20);
	con_printf(con, "interrupts: %s\n",
		   irq_chip() ? irq_chip()->name : "none");
	con_printf(con, "clock:      %" PRIu64 " Hz, up %" PRIu64 ".%03u s\n",
		   clock_hz(), ms / 1000, (unsigned)(ms % 1000));
	if (host_console_dropped())
		con_printf(con, "console:    %" PRIu64 " bytes dropped\n",
			   host_console_dropped());
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

static void print_thread(struct console *con, const struct thread *t)
{
	if (t && t->vcpu)
		con_printf(con, "%s/%u\n", t->vcpu->guest->name,
			   t->vcpu->index);
	else
		con_printf(con, "%s\n", t ? t->name : "-");
}

static int list_cpus(struct console *con, const struct command_args *args)
{
	con_printf(con, "%3s %10s %-7s %6s %10s %s\n", "CPU", "HWID", "STATE",
		   "IDLE%", "IRQS", "RUNS");
	for (const struct cpu *c = cpus; c < cpus + cpu_count; c++) {
		unsigned idle = idle_permille(c);

		con_printf(con, "%3u %#10" PRIx64 " %-7s ", c->index, c->hwid,
			   c->online ? "online" : "off");
		if (!c->online) {
			con_printf(con, "%6s %10s -\n", "-", "-");
			continue;
		}
		con_printf(con, "%4u.%u %10" PRIu64 " ", idle / 10, idle % 10,
			   irq_count_of(c));
		print_thread(con, c->current);
	}
	return 0;
}

/* ---- host memory: exact, to compare before and after ---- */

static int memory(struct console *con, const struct command_args *args)
{
	struct page_stats pages;
	struct heap_stats heap;

	page_stats_get(&pages);
	heap_stats_get(&heap);
	con_printf(con, "%-14s %14" PRIu64 "\n", "total", pages.total_bytes);
	con_printf(con, "%-14s %14" PRIu64 "\n", "free", pages.free_bytes);
	con_printf(con, "%-14s %14" PRIu64 "\n", "largest free",
		   pages.largest_free_bytes);
	con_printf(con, "%-14s %14" PRIu64 "\n", "used",
		   pages.total_bytes - pages.free_bytes);
	for (unsigned i = 0; i < PAGE_OWNER_COUNT; i++)
		con_printf(con, "  %-12s %14" PRIu64 "\n", page_owner_names[i],
			   pages.owner_bytes[i]);
	con_printf(con, "heap: %" PRIu64 " objects, %" PRIu64 " bytes, in %"
		   PRIu64 " bytes of pages\n", heap.object_count,
		   heap.object_bytes, heap.page_bytes);
	return 0;
}

/* ---- host irqs, host devices ---- */

static int irqs(struct console *con, const struct command_args *args)
{
	irq_dump(con);
	return 0;
}

static void print_device(const struct device *dev, void *arg)
{
	static const char *const states[] = {
		[DEVICE_UNBOUND] = "-", [DEVICE_LATER] = "waits",
		[DEVICE_BOUND] = "bound", [DEVICE_FAILED] = "failed",
	};

	con_printf(arg, "%-6s %-16s %s", states[dev->status],
		   dev->driver ? dev->driver->name : "-", dev->path);
	if (dev->status == DEVICE_FAILED)
		con_printf(arg, ": %s", errno_text(dev->error));
	con_printf(arg, "\n");
}

static int devices(struct console *con, const struct command_args *args)
{
	con_printf(con, "%-6s %-16s %s\n", "STATE", "DRIVER", "NODE");
	device_for_each(print_device, con);
	return 0;
}

static const struct verb host_verbs[] = {
	{ "info", "", info, "Prints what machine this is." },
	{ "cpus", "", list_cpus, "Lists the host's CPUs." },
	{ "memory", "", memory, "Prints the use of memory in bytes." },
	{ "irqs", "", irqs, "Lists host interrupts and their counts." },
	{ "devices", "", devices, "Lists the host's devices and drivers." },
};
COMMAND(host, "look at the machine");
