// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RISC-V Platform-Level Interrupt Controller, specification 1.0.  A wire
 * that is masked has priority 0, not its enable bit off: then it can still
 * be completed, and masking needs no lock.
 */
#include "riscv_intc.h"
#include <arch/barrier.h>
#include <arch/csr.h>
#include <arch/io.h>
#include <vmm/device.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/spinlock.h>

#define ENABLES			0x2000
#define ENABLES_SIZE		0x80		/* of a context */
#define CONTEXTS		0x200000
#define CONTEXT_SIZE		0x1000
#define CONTEXT_MAX		15872
enum { THRESHOLD = 0x0, CLAIM = 0x4 };		/* of a context */

static struct {
	u8 *priorities;
	u32 wire_count;				/* with 0, which is none */
	struct {
		u8 *enables, *registers;
	} of[CONFIG_CPU_MAX];
	struct spinlock lock;			/* writers of enables */
	u8 target[INTC_WIRE_COUNT];		/* a: index of the CPU */
} plic = { .lock = SPINLOCK_INIT(LOCK_IRQ) };

static u8 *priority_of(u32 wire)
{
	return plic.priorities + 4 * (size_t)wire;
}

static u32 target_of(u32 wire)
{
	return __atomic_load_n(&plic.target[wire], __ATOMIC_RELAXED);
}

/*
 * Heard only from a context that the wire is enabled for, so that after a
 * move in the meantime it is said once more.
 */
static void complete(u32 wire)
{
	u32 cpu;

	do {
		cpu = target_of(wire);
		io_write32(plic.of[cpu].registers + CLAIM, wire);
		mb();
	} while (unlikely(target_of(wire) != cpu));
}

static void dispatch(void)
{
	u32 wire = io_read32(plic.of[this_cpu()->index].registers + CLAIM);

	if (unlikely(!wire || wire >= INTC_WIRE_COUNT))
		return;
	if (irq_handle(INTC_LOCAL_COUNT + wire))
		complete(wire);
}

static void mask(u32 wire)
{
	io_write32(priority_of(wire), 0);
}

static void unmask(u32 wire)
{
	io_write32(priority_of(wire), 1);
}

static void enable(u32 cpu, u32 wire, bool on)
{
	u8 *reg = plic.of[cpu].enables + wire / 32 * 4;
	u32 was;

	if (!plic.of[cpu].enables)
		return;
	was = io_read32(reg);
	io_write32(reg, on ? was | BIT(wire % 32) : was & ~BIT(wire % 32));
}

static void set_affinity(u32 wire, const struct cpu *cpu)
{
	SCOPED_LOCK(&plic.lock);
	u32 before = target_of(wire);

	if (!plic.of[cpu->index].enables)
		return;
	enable(cpu->index, wire, true);
	__atomic_store_n(&plic.target[wire], (u8)cpu->index,
			 __ATOMIC_RELAXED);
	mb();
	if (before != cpu->index)
		enable(before, wire, false);
}

static int translate(const struct dt_irq *irq, struct irq_spec *out)
{
	if (!irq->cells[0] || irq->cells[0] >= plic.wire_count)
		return -EINVAL;
	*out = (struct irq_spec){ .number = irq->cells[0] };
	return 0;
}

static int init_cpu(void)
{
	u32 cpu = this_cpu()->index;

	if (!plic.of[cpu].registers)
		return fail(-ENODEV, "plic: cpu %u has no context", cpu);
	for (u32 n = 0; n < plic.wire_count; n += 32)
		io_write32(plic.of[cpu].enables + n / 8, 0);
	io_write32(plic.of[cpu].registers + THRESHOLD, 0);
	return 0;
}

static int context_map(struct device *dev, u32 context, u32 cpu)
{
	void *enables, *registers;
	hpa_t base;
	u64 size;
	int rc;

	if ((rc = device_reg(dev, 0, &base, &size)) ||
	    (rc = device_map_range(dev, HPA(base.v + ENABLES +
					    (u64)context * ENABLES_SIZE),
				   ENABLES_SIZE, &enables)) ||
	    (rc = device_map_range(dev, HPA(base.v + CONTEXTS +
					    (u64)context * CONTEXT_SIZE),
				   CONTEXT_SIZE, &registers)))
		return rc;
	plic.of[cpu].enables = enables;
	plic.of[cpu].registers = registers;
	return 0;
}

static int contexts_map(struct device *dev)
{
	struct intc_target t;
	int rc = 0;

	for (u32 i = 0; !rc && i < CONTEXT_MAX &&
	     intc_target(dev->node, i, &t); i++)
		if (t.cpu && t.local == IRQ_S_EXT)
			rc = context_map(dev, i, t.cpu->index);
	return rc;
}

static int wires_map(struct device *dev)
{
	void *priorities;
	hpa_t base;
	u64 size;
	u32 last = 0;
	int rc = device_reg(dev, 0, &base, &size);

	if (rc)
		return rc;
	if (!dt_u32(dev->node, "riscv,ndev", 0, &last) || !last ||
	    last >= INTC_WIRE_COUNT)
		return fail(-EINVAL, "plic: %s: %u wires", dev->path, last);
	plic.wire_count = last + 1;
	rc = device_map_range(dev, base, 4 * INTC_WIRE_COUNT, &priorities);
	plic.priorities = priorities;
	for (u32 n = 1; !rc && n < plic.wire_count; n++)
		mask(n);
	return rc;
}

static int probe(struct device *dev)
{
	static const struct intc_external external = {
		.name = "plic", .dispatch = dispatch, .init_cpu = init_cpu,
	};
	const struct intc_wires wires = {
		.node = dev->node, .translate = translate, .mask = mask,
		.unmask = unmask, .set_affinity = set_affinity,
		.deactivate = complete,
	};
	int rc;

	if (!irq_chip())
		return -EPROBE_LATER;
	if (plic.priorities)
		return fail(-EBUSY, "plic: %s: there is one already",
			    dev->path);
	if ((rc = wires_map(dev)) || (rc = contexts_map(dev)) ||
	    (rc = intc_set_external(&external)) ||
	    (rc = intc_set_wires(&wires)))
		return rc;
	log_info("plic: %u wires", plic.wire_count - 1);
	return 0;
}

static const struct driver driver = {
	.name = "plic",
	.match = (const struct dt_match[]){
		{ "sifive,plic-1.0.0", NULL }, { "riscv,plic0", NULL }, { 0 } },
	.probe = probe, .phase = DRIVER_EARLY,
};
DRIVER(driver);
