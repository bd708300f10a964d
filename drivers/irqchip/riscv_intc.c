// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interrupts as each RISC-V CPU numbers them (Privileged ISA 12.1.3, 18.2.2),
 * and the root controller that they form with those of the machine.
 */
#include "riscv_intc.h"
#include <arch/csr.h>
#include <arch/sbi.h>
#include <vmm/device.h>
#include <vmm/errno.h>
#include <vmm/log.h>

static u32 phandles[CONFIG_CPU_MAX];		/* c: 0: none */
static struct intc_external external;		/* c */
static struct intc_wires wires;			/* c */
static enum intc_ipi ipi_kind;			/* c */

/* Guests' external interrupts pend elsewhere. */
static NO_INLINE void dispatch_others(u64 pending)
{
	if (pending)
		irq_handle((u32)__builtin_ctzll(pending));
	else if (csr_read(CSR_HIP) & csr_read(CSR_HIE) & BIT64(IRQ_S_GEXT))
		irq_handle(IRQ_S_GEXT);
}

/*
 * One interrupt for each call: if another one pends, the CPU takes it by
 * itself, which costs less than asking each time.  An idle CPU has taken
 * none, so scause does not tell.  Timers go first: they come seldom, and
 * somebody has said when.
 */
static void dispatch(void)
{
	u64 pending = csr_read(CSR_SIP) & csr_read(CSR_SIE);

	if (pending & BIT64(IRQ_S_TIMER)) {
		irq_handle(IRQ_S_TIMER);
	} else if (pending & BIT64(IRQ_S_SOFT)) {
		csr_clear(CSR_SIP, BIT64(IRQ_S_SOFT));
		cpu_ipi_received();
	} else if (pending & BIT64(IRQ_S_EXT)) {
		external.dispatch();
	} else {
		dispatch_others(pending);
	}
}

/* Those that guests' external interrupts make are enabled elsewhere. */
static void local_enable(u32 number, bool on)
{
	u64 bit = BIT64(number);

	if (number == IRQ_S_GEXT && on)
		csr_set(CSR_HIE, bit);
	else if (number == IRQ_S_GEXT)
		csr_clear(CSR_HIE, bit);
	else if (on)
		csr_set(CSR_SIE, bit);
	else
		csr_clear(CSR_SIE, bit);
}

static bool is_percpu(u32 number)
{
	return number < INTC_LOCAL_COUNT;
}

static void mask(u32 number)
{
	if (is_percpu(number))
		local_enable(number, false);
	else if (wires.mask)
		wires.mask(number - INTC_LOCAL_COUNT);
}

static void unmask(u32 number)
{
	if (is_percpu(number))
		local_enable(number, true);
	else if (wires.unmask)
		wires.unmask(number - INTC_LOCAL_COUNT);
}

static void set_trigger(u32 number, enum irq_trigger trigger)
{
	if (!is_percpu(number) && wires.set_trigger)
		wires.set_trigger(number - INTC_LOCAL_COUNT, trigger);
}

static void set_affinity(u32 number, const struct cpu *cpu)
{
	if (!is_percpu(number) && wires.set_affinity)
		wires.set_affinity(number - INTC_LOCAL_COUNT, cpu);
}

/* A CPU's own stay pending until their cause is gone: nothing to end. */
static void deactivate(u32 number)
{
	if (!is_percpu(number) && wires.deactivate)
		wires.deactivate(number - INTC_LOCAL_COUNT);
}

static int translate(const struct dt_irq *irq, struct irq_spec *out)
{
	int rc;

	if (dt_is_compatible(irq->parent, "riscv,cpu-intc")) {
		*out = (struct irq_spec){ .number = irq->cells[0] };
		return irq->cells[0] < INTC_LOCAL_COUNT ? 0 : -EINVAL;
	}
	if (!wires.translate || irq->parent.offset != wires.node.offset)
		return -ENOTSUP;
	rc = wires.translate(irq, out);
	out->number += INTC_LOCAL_COUNT;
	return rc;
}

static void send_by_firmware(struct cpu *cpu)
{
	sbi_call(&(struct sbi_call){ SBI_IPI, SBI_IPI_SEND,
				     { 1, cpu->hwid } });
}

static void init_cpu(void)
{
	csr_write(CSR_SIE, 0);
	csr_clear(CSR_SIP, BIT64(IRQ_S_SOFT));
	local_enable(IRQ_S_SOFT, true);
	if (external.init_cpu && !external.init_cpu())
		local_enable(IRQ_S_EXT, true);
}

static struct irqchip chip = {
	.name = "riscv_intc",
	.irq_count = INTC_LOCAL_COUNT + INTC_WIRE_COUNT,
	.translate = translate, .dispatch = dispatch,
	.mask = mask, .unmask = unmask, .set_trigger = set_trigger,
	.set_affinity = set_affinity, .send_ipi = send_by_firmware,
	.init_cpu = init_cpu, .is_percpu = is_percpu,
	.deactivate = deactivate,
};

/* ---- For the machine's controllers ---- */

int intc_set_external(const struct intc_external *e)
{
	int rc;

	if (!irq_chip())
		return -EPROBE_LATER;
	if (external.dispatch)
		return fail(-EBUSY, "irq: %s: external interrupts are %s's",
			    e->name, external.name);
	rc = e->init_cpu();
	if (rc)
		return rc;
	external = *e;
	chip.name = e->name;
	local_enable(IRQ_S_EXT, true);
	return 0;
}

int intc_set_wires(const struct intc_wires *w)
{
	char path[DT_PATH_MAX];

	if (!irq_chip())
		return -EPROBE_LATER;
	if (wires.translate)
		return fail(-EBUSY, "irq: %s: devices' interrupts go elsewhere",
			    dt_path(w->node, path, sizeof(path)));
	wires = *w;
	return 0;
}

void intc_set_ipi(enum intc_ipi kind, void (*send)(struct cpu *cpu))
{
	if (kind < ipi_kind)
		return;
	ipi_kind = kind;
	chip.send_ipi = send;
}

bool intc_target(struct dt_node n, unsigned i, struct intc_target *out)
{
	u32 phandle;

	/* A CPU's interrupts are named by one cell. */
	if (!dt_u32(n, "interrupts-extended", 2 * i, &phandle) ||
	    !dt_u32(n, "interrupts-extended", 2 * i + 1, &out->local))
		return false;
	out->cpu = NULL;
	for (unsigned c = 0; c < cpu_count && phandle; c++)
		if (phandles[c] == phandle)
			out->cpu = &cpus[c];
	return true;
}

/* ---- */

static struct cpu *cpu_of(u64 hwid)
{
	for (struct cpu *c = cpus; c < cpus + cpu_count; c++)
		if (c->hwid == hwid)
			return c;
	return NULL;
}

static int probe(struct device *dev)
{
	int rc;

	dt_for_each_child(n, dev->node) {
		struct dt_node intc = dt_child(n, "interrupt-controller");
		struct cpu *cpu;
		u64 hwid;

		if (dt_reg_raw(n, 0, &hwid) && (cpu = cpu_of(hwid)))
			dt_u32(intc, "phandle", 0, &phandles[cpu->index]);
	}
	rc = irq_chip_register(&chip);
	if (rc)
		return rc;
	init_cpu();
	return 0;
}

static const struct driver riscv_intc = {
	.name = "riscv_intc", .probe = probe, .phase = DRIVER_EARLY,
};
DRIVER(riscv_intc);
