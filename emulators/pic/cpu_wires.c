// SPDX-License-Identifier: GPL-2.0-or-later
/* Wires from RISC-V interrupt controllers to CPUs: cpu_wires.h. */

#include "cpu_wires.h"

#include <vmm/emulator.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/vcpu.h>
#include <vmm/vpic.h>

#define PIN_SUPERVISOR_EXTERNAL	9

/* The CPU of a controller that is one's own. */
static bool cpu_of(struct dt_node controller, u64 *hwid)
{
	return dt_is_compatible(controller, "riscv,cpu-intc") &&
	       dt_reg_raw(dt_parent(controller), 0, hwid);
}

int cpu_wires_parse(struct emu *e, struct cpu_wire *wires, unsigned max)
{
	struct dt_irq irq;
	unsigned n = 0;
	int rc;

	if (!dt_exists(e->node))
		return 0;
	for (; !(rc = dt_irq(e->node, n, &irq)); n++) {
		if (n == max)
			return fail(-ERANGE, "%s: interrupts-extended: serves "
				    "%u contexts of CPUs, not one more",
				    e->name, max);
		if (!cpu_of(irq.parent, &wires[n].hwid))
			break;
		wires[n].pin = irq.cells[0];
	}
	return rc == -ENOENT ? (int)n :
	       fail(-EINVAL, "%s: interrupts-extended: entry %u leads to no "
		    "CPU", e->name, n);
}

void cpu_wires_connect(struct cpu_wire *wires, unsigned count, struct vcpu *v)
{
	for (unsigned i = 0; i < count; i++)
		if (wires[i].hwid == v->hwid &&
		    wires[i].pin == PIN_SUPERVISOR_EXTERNAL)
			wires[i].vcpu = v;
}

void cpu_wires_disconnect(struct cpu_wire *wires, unsigned count,
			  struct vcpu *v)
{
	for (unsigned i = 0; i < count; i++)
		if (wires[i].vcpu == v)
			wires[i].vcpu = NULL;
}

void cpu_wires_refresh(struct cpu_wire *wires, unsigned count, struct vcpu *v)
{
	for (unsigned i = 0; i < count; i++)
		if (wires[i].vcpu == v)
			vpic_pins->set(v, wires[i].pin, wires[i].level);
}

void cpu_wire_set(struct cpu_wire *w, bool level)
{
	if (w->level == level)
		return;
	w->level = level;
	if (w->vcpu)
		vpic_pins->set(w->vcpu, w->pin, level);
}
