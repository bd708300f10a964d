// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What kernels for ARMv8 need in their tree: CPUs that PSCI can turn on
 * (Linux's bindings arm/cpus.yaml, arm/psci.yaml), the generic timer
 * (timer/arm,arch_timer.yaml), redistributors for all CPUs.
 */
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/guest_config.h>

#define GIC_PPI		1		/* first cell of an interrupt */
#define REDISTRIBUTOR	KIB(128)	/* of each CPU */

/* Of the timer's interrupts, by place, those that Linux takes: PPIs. */
static const struct {
	const char *name;
	u32 ppi;
} timers[] = {
	[1] = { "physical", 14 }, [2] = { "virtual", 11 },
};

static void timer_check(struct dt_node n, struct guest_report *r)
{
	struct dt_irq irq;

	for (unsigned i = 1; i < ARRAY_LEN(timers); i++) {
		if (dt_irq(n, i, &irq)) {
			guest_report_warn(r, n, "interrupts", "the %s timer's "
					  "is missing: it is <1 %u 4>, behind "
					  "those before", timers[i].name,
					  timers[i].ppi);
			return;
		}
		if (irq.cells[0] != GIC_PPI || irq.cells[1] != timers[i].ppi)
			guest_report_warn(r, n, "interrupts", "the %s timer's "
					  "is <%u %u>, and never comes: it is "
					  "<1 %u>", timers[i].name,
					  irq.cells[0], irq.cells[1],
					  timers[i].ppi);
	}
}

static bool is_cpu(struct dt_node n)
{
	const char *type = dt_string(n, "device_type", 0);

	return dt_is_available(n) && type && string_equal(type, "cpu");
}

static void method_check(struct dt_node n, bool has_psci,
			 struct guest_report *r)
{
	const char *method = dt_string(n, "enable-method", 0);

	if (!method || !string_equal(method, "psci"))
		guest_report_warn(r, n, "enable-method", "is not \"psci\": "
				  "Linux will not turn this CPU on");
	else if (!has_psci)
		guest_report_warn(r, n, "enable-method", "is \"psci\", and no "
				  "node with compatible = \"arm,psci-1.0\" is "
				  "there: Linux will not turn this CPU on");
}

static void cpus_check(const struct guest_config *config,
		       struct guest_report *r)
{
	bool has_psci = dt_exists(dt_find_compatible(DT_NONE, config->fdt,
						     "arm,psci-1.0")) ||
			dt_exists(dt_find_compatible(DT_NONE, config->fdt,
						     "arm,psci-0.2"));
	unsigned index = 0;

	dt_for_each_child(n, dt_find_path(config->fdt, "/cpus")) {
		if (!is_cpu(n))
			continue;
		if (dt_is_compatible(n, "riscv"))
			guest_report_add(r, n, "compatible", "is of another "
					 "architecture than this host's, "
					 "arm64: take a tree that is for it");
		if (index++)
			method_check(n, has_psci, r);
	}
}

static void room_check(const struct guest_config *config,
		       struct guest_report *r)
{
	for (unsigned i = 0; i < config->device_count; i++) {
		const struct guest_device_config *d = &config->devices[i];
		u64 room = d->regions[1].size;

		if (d->region_count > 1 && room &&
		    dt_is_compatible(d->node, "arm,gic-v3") &&
		    room / REDISTRIBUTOR < config->cpu_count)
			guest_report_add(r, d->node, "reg", "has room for the "
					 "redistributors of %llu CPUs, and "
					 "there are %u: 0x20000 bytes for each",
					 (unsigned long long)
					 (room / REDISTRIBUTOR),
					 config->cpu_count);
	}
}

void arch_guest_check(const struct guest_config *config,
		      struct guest_report *report)
{
	struct dt_node timer = dt_find_compatible(DT_NONE, config->fdt,
						  "arm,armv8-timer");

	if (dt_exists(timer))
		timer_check(timer, report);
	else if (config->kernel && !config->os_tree)
		guest_report_warn(report, DT_NONE, NULL, "no timer is there: "
				  "Linux needs a node with compatible = "
				  "\"arm,armv8-timer\"");
	cpus_check(config, report);
	room_check(config, report);
}
