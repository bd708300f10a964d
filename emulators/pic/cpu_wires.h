/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A RISC-V interrupt controller's wires to CPUs, as interrupts-extended of its
 * node lists them: each leads to a pin of a CPU's own controller (binding
 * riscv,cpu-intc).  Only pins that a guest's CPU has are connected: machine
 * mode's lead nowhere.
 */
#ifndef EMULATORS_PIC_CPU_WIRES_H
#define EMULATORS_PIC_CPU_WIRES_H

#include <vmm/dt.h>
#include <vmm/types.h>

struct emu;
struct vcpu;

/* All but hwid and pin by the lock of whose wires they are. */
struct cpu_wire {
	struct vcpu *vcpu;	/* NULL: connected with nothing */
	u64 hwid;		/* c: of the CPU */
	u32 pin;		/* c */
	bool level;
};

/*
 * Reads the list of e's node, from a probe.  Returns how many there are, or
 * -ERANGE, -EINVAL: reported.
 */
int cpu_wires_parse(struct emu *e, struct cpu_wire *wires, unsigned max);
/* Connects v with those that lead to it, and disconnects it. */
void cpu_wires_connect(struct cpu_wire *wires, unsigned count,
		       struct vcpu *v);
void cpu_wires_disconnect(struct cpu_wire *wires, unsigned count,
			  struct vcpu *v);
/* v was reset: its pins are told their levels again. */
void cpu_wires_refresh(struct cpu_wire *wires, unsigned count,
		       struct vcpu *v);
void cpu_wire_set(struct cpu_wire *w, bool level);

#endif
