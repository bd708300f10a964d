// SPDX-License-Identifier: GPL-2.0-or-later
/* Arm GICv2 with virtualization extensions: IHI 0048B. */
#include "gic_common.h"
#include <arch/io.h>
#include <vmm/errno.h>
#include <vmm/log.h>

enum { GICC_CTLR = 0x0, GICC_PMR = 0x4, GICC_BPR = 0x8, GICC_IAR = 0xc,
       GICC_EOIR = 0x10, GICC_DIR = 0x1000 };
enum { REG_GICD, REG_GICC, REG_GICH, REG_GICV };

#define GICD_ENABLE	BIT(0)
#define GICC_ENABLE	BIT(0)
#define GICC_EOIMODE	BIT(9)	/* EOIR drops priority, DIR deactivates */
#define IAR_ID(iar)	((iar) & 0x3ff)

static struct {
	u8 *gicd, *gicc;
	u32 irq_count;
	u8 targets[CONFIG_CPU_MAX];	/* each CPU's bit in ITARGETSR */
} gic;

/* None is pending any more, or one that should not exist. */
static NO_INLINE void dispatch_odd(u32 number)
{
	if (number >= GIC_SPURIOUS)
		return;
	io_write32_relaxed(gic.gicc + GICC_EOIR, number);
	io_write32(gic.gicc + GICC_DIR, number);
	irq_unhandled(number);
}

static void dispatch(void)
{
	u32 iar = io_read32(gic.gicc + GICC_IAR);
	u32 number = IAR_ID(iar);

	if (unlikely(number >= gic.irq_count)) {
		dispatch_odd(number);
		return;
	}
	io_write32_relaxed(gic.gicc + GICC_EOIR, iar);
	if (number == GIC_SGI_IPI) {
		io_write32_relaxed(gic.gicc + GICC_DIR, iar);
		cpu_ipi_received();
	} else if (irq_handle(number)) {
		io_write32(gic.gicc + GICC_DIR, iar);
	}
}

static void deactivate(u32 number)
{
	io_write32(gic.gicc + GICC_DIR, number);
}

static void activate(u32 number)
{
	gic_write_bit(gic.gicd, GICD_ISACTIVER, number);
}

static void mask(u32 number)
{
	gic_write_bit(gic.gicd, GICD_ICENABLER, number);
}

static void unmask(u32 number)
{
	gic_write_bit(gic.gicd, GICD_ISENABLER, number);
}

static void prefer(u32 number)
{
	io_write8(gic.gicd + GICD_IPRIORITYR + number, GIC_PRIORITY_FIRST);
}

static void set_trigger(u32 number, enum irq_trigger trigger)
{
	gic_config(gic.gicd, number, trigger);
}

static void set_affinity(u32 number, const struct cpu *cpu)
{
	io_write8(gic.gicd + GICD_ITARGETSR + number, gic.targets[cpu->index]);
}

static void send_ipi(struct cpu *cpu)
{
	io_write32(gic.gicd + GICD_SGIR,
		   (u32)gic.targets[cpu->index] << 16 | GIC_SGI_IPI);
}

/* A CPU's own bit is what the targets of its private interrupts read as. */
static u8 own_target(void)
{
	u32 targets = 0;

	for (u32 n = 0; n < GIC_SPI_BASE; n += 4)
		targets |= io_read32(gic.gicd + GICD_ITARGETSR + n);
	targets |= targets >> 16;
	targets |= targets >> 8;
	/* The only CPU of a machine may read zeros. */
	return (u8)targets ? (u8)targets : 1;
}

static void init_cpu(void)
{
	gic.targets[this_cpu()->index] = own_target();
	gic_reset_range(gic.gicd, 0, GIC_SPI_BASE);
	unmask(GIC_SGI_IPI);
	io_write32(gic.gicc + GICC_PMR, GIC_PRIORITY_MASK);
	io_write32(gic.gicc + GICC_BPR, 0);
	io_write32(gic.gicc + GICC_CTLR, GICC_ENABLE | GICC_EOIMODE);
}

static void init_distributor(u32 count)
{
	u32 target;

	io_write32(gic.gicd + GICD_CTLR, 0);
	gic_reset_range(gic.gicd, GIC_SPI_BASE, count - GIC_SPI_BASE);
	target = own_target() * 0x01010101u;
	for (u32 n = GIC_SPI_BASE; n < count; n += 4)
		io_write32(gic.gicd + GICD_ITARGETSR + n, target);
	io_write32(gic.gicd + GICD_CTLR, GICD_ENABLE);
}

static struct irqchip chip = {
	.name = "gicv2",
	.translate = gic_translate, .dispatch = dispatch,
	.mask = mask, .unmask = unmask, .set_trigger = set_trigger,
	.set_affinity = set_affinity, .send_ipi = send_ipi,
	.init_cpu = init_cpu, .is_percpu = gic_is_percpu,
	.prefer = prefer, .deactivate = deactivate, .activate = activate,
};

/* What guests need; a GIC without it can still serve us. */
static void probe_virtual(struct device *dev)
{
	struct gic_host info = { .version = GIC_V2 };
	void *gich;
	hpa_t gicv;

	if (device_map(dev, REG_GICH, &gich) ||
	    device_reg(dev, REG_GICV, &gicv, &info.gicv_size))
		return;
	info.gich = gich;
	info.gicv = gicv.v;
	gic_find_maintenance(dev, &info);
	gic_host_register(&info);
}

static int probe(struct device *dev)
{
	void *gicd, *gicc;
	int rc;

	if ((rc = device_map(dev, REG_GICD, &gicd)) ||
	    (rc = device_map(dev, REG_GICC, &gicc)))
		return rc;
	gic.gicd = gicd;
	gic.gicc = gicc;
	chip.irq_count = gic.irq_count = gic_irq_count(gicd);
	init_distributor(chip.irq_count);
	init_cpu();
	gic_set_node(dev->node);
	rc = irq_chip_register(&chip);
	if (!rc)
		probe_virtual(dev);
	return rc;
}

static const struct driver gicv2 = {
	.name = "gicv2",
	.match = (const struct dt_match[]){
		{ "arm,gic-400", NULL },
		{ "arm,cortex-a15-gic", NULL },
		{ "arm,cortex-a7-gic", NULL },
		{ 0 } },
	.probe = probe, .phase = DRIVER_EARLY,
};
DRIVER(gicv2);
