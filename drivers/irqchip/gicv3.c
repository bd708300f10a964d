// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Arm GICv3 and GICv4 without their LPIs: IHI 0069H.  The CPU interface is
 * in system registers, one redistributor belongs to each CPU.
 */
#include "gic_common.h"
#include <arch/io.h>
#include <arch/sysreg.h>
#include <vmm/errno.h>
#include <vmm/log.h>

enum { GICR_CTLR = 0x0, GICR_TYPER = 0x8, GICR_WAKER = 0x14 };

/* Both groups, and affinity routing. */
#define GICD_ENABLE		(BIT(0) | BIT(1) | BIT(4))
#define GICD_RWP		BIT(31)
#define GICR_RWP		BIT(3)
#define TYPER_LAST		BIT64(4)
#define TYPER_VLPIS		BIT64(1)
#define WAKER_SLEEP		BIT(1)
#define WAKER_ASLEEP		BIT(2)
#define FRAME_SIZE		0x10000		/* of RD, SGI, VLPI, reserved */
#define FRAME_USED		0x1000		/* what of it we touch */
#define SRE_ALL			0xf		/* Enable, DIB, DFB, SRE */
#define SRE_ENABLED		BIT(0)
#define CTLR_EOIMODE		BIT(1)

struct redistributor {
	u8 *rd, *sgi;
};

static struct {
	u8 *gicd;
	u32 irq_count;
	struct redistributor of[CONFIG_CPU_MAX];
} gic;

/* None is pending any more, or one that should not exist. */
static NO_INLINE void dispatch_odd(u32 number)
{
	if (number >= GIC_SPURIOUS)
		return;
	sysreg_write(icc_eoir1_el1, number);
	sysreg_write(icc_dir_el1, number);
	irq_unhandled(number);
}

/*
 * One interrupt for each call: if another one pends, the CPU takes it by
 * itself, which costs less than asking each time.
 */
static void dispatch(void)
{
	u32 number = (u32)sysreg_read(icc_iar1_el1);

	if (unlikely(number >= gic.irq_count)) {
		dispatch_odd(number);
		return;
	}
	dsb(sy);
	sysreg_write(icc_eoir1_el1, number);
	if (number == GIC_SGI_IPI) {
		sysreg_write(icc_dir_el1, number);
		cpu_ipi_received();
	} else if (irq_handle(number)) {
		sysreg_write(icc_dir_el1, number);
	}
}

static void deactivate(u32 number)
{
	sysreg_write(icc_dir_el1, number);
}

/* The frame with number's registers, as this CPU sees them. */
static u8 *frame_of(u32 number)
{
	return gic_is_percpu(number) ? gic.of[this_cpu()->index].sgi :
				       gic.gicd;
}

/* A per-CPU one.  What makes it pend comes after. */
static void activate(u32 number)
{
	io_write32_relaxed(gic.of[this_cpu()->index].sgi + GICD_ISACTIVER,
			   BIT(number % 32));
	dsb(st);
}

static void wait_written(u32 number)
{
	if (gic_is_percpu(number))
		gic_wait(gic.of[this_cpu()->index].rd + GICR_CTLR, GICR_RWP);
	else
		gic_wait(gic.gicd + GICD_CTLR, GICD_RWP);
}

static void mask(u32 number)
{
	gic_write_bit(frame_of(number), GICD_ICENABLER, number);
	wait_written(number);
}

static void unmask(u32 number)
{
	gic_write_bit(frame_of(number), GICD_ISENABLER, number);
}

static void prefer(u32 number)
{
	io_write8(frame_of(number) + GICD_IPRIORITYR + number,
		  GIC_PRIORITY_FIRST);
}

static void set_trigger(u32 number, enum irq_trigger trigger)
{
	gic_config(frame_of(number), number, trigger);
}

static void set_affinity(u32 number, const struct cpu *cpu)
{
	io_write64(gic.gicd + GICD_IROUTER + 8 * (size_t)number, cpu->hwid);
}

/* ICC_SGI1R_EL1: Aff3, Aff2, Aff1, then a bit for Aff0 below RS * 16. */
static void send_ipi(struct cpu *cpu)
{
	u64 id = cpu->hwid;
	u64 list = (id & 0xff00000000) << 16 | (id & 0xff0000) << 16 |
		   (id & 0xff00) << 8 | (id & 0xf0) << 40 |
		   BIT64(id & 0xf);

	dsb(ishst);
	sysreg_write(icc_sgi1r_el1, list | (u64)GIC_SGI_IPI << 24);
	isb();
}

static int init_interface(void)
{
	sysreg_write(icc_sre_el2, SRE_ALL);
	isb();
	if (!(sysreg_read(icc_sre_el2) & SRE_ENABLED))
		return fail(-ENOTSUP, "gicv3: firmware hides its registers");
	sysreg_write(icc_pmr_el1, GIC_PRIORITY_MASK);
	sysreg_write(icc_bpr1_el1, 0);
	sysreg_write(icc_ctlr_el1, CTLR_EOIMODE);
	sysreg_write(icc_igrpen1_el1, 1);
	isb();
	return 0;
}

static int init_this_cpu(void)
{
	struct redistributor *r = &gic.of[this_cpu()->index];
	int rc;

	if (!r->rd)
		return fail(-ENODEV, "gicv3: cpu %u has no redistributor",
			    this_cpu()->index);
	io_write32(r->rd + GICR_WAKER,
		   io_read32(r->rd + GICR_WAKER) & ~WAKER_SLEEP);
	rc = gic_wait(r->rd + GICR_WAKER, WAKER_ASLEEP);
	if (rc)
		return rc;
	gic_reset_range(r->sgi, 0, GIC_SPI_BASE);
	gic_group_range(r->sgi, 0, GIC_SPI_BASE);
	unmask(GIC_SGI_IPI);
	rc = gic_wait(r->rd + GICR_CTLR, GICR_RWP);
	return rc ? rc : init_interface();
}

static void init_cpu(void)
{
	init_this_cpu();
}

static int init_distributor(u32 count)
{
	int rc;

	io_write32(gic.gicd + GICD_CTLR, 0);
	rc = gic_wait(gic.gicd + GICD_CTLR, GICD_RWP);
	if (rc)
		return rc;
	gic_reset_range(gic.gicd, GIC_SPI_BASE, count - GIC_SPI_BASE);
	gic_group_range(gic.gicd, GIC_SPI_BASE, count - GIC_SPI_BASE);
	io_write32(gic.gicd + GICD_CTLR, GICD_ENABLE);
	for (u32 n = GIC_SPI_BASE; n < count; n++)
		set_affinity(n, this_cpu());
	return gic_wait(gic.gicd + GICD_CTLR, GICD_RWP);
}

/* ---- Which redistributor is whose: 12.11, GICR_TYPER ---- */

static struct cpu *cpu_of_affinity(u32 affinity)
{
	for (struct cpu *c = cpus; c < cpus + cpu_count; c++)
		if (((c->hwid & 0xffffff) | (c->hwid >> 8 & 0xff000000)) ==
		    affinity)
			return c;
	return NULL;
}

/* Maps what we use of the redistributor at base; *typer says what follows. */
static int redistributor_add(struct device *dev, hpa_t base, u64 *typer)
{
	void *rd, *sgi;
	struct cpu *cpu;
	int rc = device_map_range(dev, base, FRAME_USED, &rd);

	if (rc)
		return rc;
	*typer = io_read64((u8 *)rd + GICR_TYPER);
	cpu = cpu_of_affinity((u32)(*typer >> 32));
	if (!cpu)
		return 0;
	rc = device_map_range(dev, HPA(base.v + FRAME_SIZE), FRAME_USED, &sgi);
	if (!rc)
		gic.of[cpu->index] = (struct redistributor){ rd, sgi };
	return rc;
}

static int region_scan(struct device *dev, unsigned index)
{
	u64 size, stride, at, typer = 0;
	hpa_t base;
	int rc = device_reg(dev, index, &base, &size);

	for (at = 0; !rc && at + 2 * FRAME_SIZE <= size; at += stride) {
		rc = redistributor_add(dev, HPA(base.v + at), &typer);
		if (rc || typer & TYPER_LAST)
			break;
		if (!dt_u64(dev->node, "redistributor-stride", &stride) ||
		    stride < 2 * FRAME_SIZE)
			stride = FRAME_SIZE * (typer & TYPER_VLPIS ? 4 : 2);
	}
	return rc;
}

static int redistributors_scan(struct device *dev)
{
	u32 count = 1;
	int rc = 0;

	dt_u32(dev->node, "#redistributor-regions", 0, &count);
	for (u32 i = 0; !rc && i < count; i++)
		rc = region_scan(dev, 1 + i);
	return rc;
}

static struct irqchip chip = {
	.name = "gicv3",
	.translate = gic_translate, .dispatch = dispatch,
	.mask = mask, .unmask = unmask, .set_trigger = set_trigger,
	.set_affinity = set_affinity, .send_ipi = send_ipi,
	.init_cpu = init_cpu, .is_percpu = gic_is_percpu,
	.prefer = prefer, .deactivate = deactivate, .activate = activate,
};

static int probe(struct device *dev)
{
	struct gic_host info = { .version = GIC_V3 };
	void *gicd;
	int rc;

	if ((rc = device_map(dev, 0, &gicd)))
		return rc;
	gic.gicd = gicd;
	gic_set_node(dev->node);
	chip.irq_count = gic.irq_count = gic_irq_count(gicd);
	if ((rc = redistributors_scan(dev)) ||
	    (rc = init_distributor(chip.irq_count)) ||
	    (rc = init_this_cpu()) ||
	    (rc = irq_chip_register(&chip)))
		return rc;
	gic_find_maintenance(dev, &info);
	gic_host_register(&info);
	return 0;
}

static const struct driver gicv3 = {
	.name = "gicv3",
	.match = (const struct dt_match[]){ { "arm,gic-v3", NULL }, { 0 } },
	.probe = probe, .phase = DRIVER_EARLY,
};
DRIVER(gicv3);
