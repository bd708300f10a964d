// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What kernels for RISC-V need in their tree: CPUs with controllers of their
 * own that have no parent, and a way from the guest's controller to each
 * (Linux's bindings riscv/cpus.yaml, interrupt-controller/riscv,cpu-intc.yaml).
 */
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/guest_config.h>

#define PIN_SUPERVISOR	9

static struct dt_node own_controller(struct dt_node cpu)
{
	dt_for_each_child(n, cpu)
		if (dt_is_compatible(n, "riscv,cpu-intc"))
			return n;
	return DT_NONE;
}

/* Do the wires of n, from its interrupts-extended, lead to own? */
static bool leads_to(struct dt_node n, struct dt_node own)
{
	struct dt_irq irq;

	for (unsigned i = 0; !dt_irq(n, i, &irq); i++)
		if (irq.parent.offset == own.offset &&
		    irq.cells[0] == PIN_SUPERVISOR)
			return true;
	return false;
}

/* By the guest's controller or, with messages, by interrupt files. */
static bool is_connected(const struct guest_config *config,
			 struct dt_node own)
{
	for (unsigned i = 0; i < config->device_count; i++)
		if (leads_to(config->devices[i].node, own))
			return true;
	return false;
}

/*
 * Linux begins with controllers that have no parent: where one inherits the
 * guest's, which needs it, it finds none.
 */
static void circle_check(struct dt_node own, struct guest_report *r)
{
	struct dt_node n = own;

	while (dt_exists(n) && !dt_has(n, "interrupt-parent"))
		n = dt_parent(n);
	if (!dt_exists(n) || n.offset == own.offset)
		return;
	guest_report_warn(r, n, "interrupt-parent", "is that of %s, too, which "
			  "must have none: Linux then finds no controller at "
			  "all; move it into the devices, or a node around "
			  "them", dt_name(own));
}

static void cpu_check(const struct guest_config *config, struct dt_node cpu,
		      struct guest_report *r)
{
	struct dt_node own = own_controller(cpu);

	if (!dt_exists(own))
		guest_report_warn(r, cpu, NULL, "has no interrupt controller: "
				  "add a node interrupt-controller with "
				  "compatible = \"riscv,cpu-intc\"");
	else if (!is_connected(config, own))
		guest_report_warn(r, cpu, NULL, "gets no interrupts of "
				  "devices: no controller's "
				  "interrupts-extended has <handle %d> of it",
				  PIN_SUPERVISOR);
}

static bool is_cpu(struct dt_node n)
{
	const char *type = dt_string(n, "device_type", 0);

	return dt_is_available(n) && type && string_equal(type, "cpu");
}

void arch_guest_check(const struct guest_config *config,
		      struct guest_report *report)
{
	bool first = true;

	dt_for_each_child(n, dt_find_path(config->fdt, "/cpus")) {
		struct dt_node own = own_controller(n);

		if (!is_cpu(n))
			continue;
		if (dt_is_compatible(n, "arm,armv8") ||
		    string_after(dt_string(n, "compatible", 0) ?: "", "arm,"))
			guest_report_add(report, n, "compatible", "is of "
					 "another architecture than this "
					 "host's, riscv64: take a tree that is "
					 "for it");
		cpu_check(config, n, report);
		if (first && dt_exists(own))
			circle_check(own, report);
		first = false;
	}
}
