/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the parts of a RISC-V machine's interrupt controller form the one that
 * core knows.  Numbers below INTC_LOCAL_COUNT are each CPU's own, as scause
 * and sie number them; the others are INTC_LOCAL_COUNT + a wire of the
 * controller (PLIC, APLIC) that devices are connected to.
 */
#ifndef DRIVERS_IRQCHIP_RISCV_INTC_H
#define DRIVERS_IRQCHIP_RISCV_INTC_H

#include <vmm/irq.h>

#define INTC_LOCAL_COUNT	64
#define INTC_WIRE_COUNT		1024	/* 0 is none, of both kinds */

/* Who is asked when a CPU's external interrupt is pending. */
struct intc_external {
	const char *name;
	void (*dispatch)(void);		/* masked */
	int (*init_cpu)(void);		/* on each CPU; -errno, reported */
};

/* Who has the wires; all by the controller's own numbers. */
struct intc_wires {
	struct dt_node node;
	/* -EINVAL: no such wire.  Not reported. */
	int (*translate)(const struct dt_irq *irq, struct irq_spec *out);
	void (*mask)(u32 wire);
	void (*unmask)(u32 wire);
	void (*set_trigger)(u32 wire, enum irq_trigger trigger);
	void (*set_affinity)(u32 wire, const struct cpu *cpu);
	void (*deactivate)(u32 wire);
};

/* Better ones replace others, whatever the order of probes. */
enum intc_ipi { INTC_IPI_FIRMWARE, INTC_IPI_REGISTER, INTC_IPI_MESSAGE };

/*
 * For probes in the early phase, on the boot CPU.  -EPROBE_LATER: the CPUs'
 * controllers are not there yet; -EBUSY, reported: somebody was first.
 */
int intc_set_external(const struct intc_external *external);
int intc_set_wires(const struct intc_wires *wires);
void intc_set_ipi(enum intc_ipi kind, void (*send)(struct cpu *cpu));

/*
 * Entry i of a controller's interrupts-extended: which of whose interrupts
 * it drives.  cpu is NULL when it is not one of ours.  False: no such entry.
 */
struct intc_target {
	struct cpu *cpu;
	u32 local;
};
bool intc_target(struct dt_node n, unsigned i, struct intc_target *out);

#endif
