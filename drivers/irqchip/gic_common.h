/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the drivers of GICv2 and GICv3 share. */
#ifndef DRIVERS_IRQCHIP_GIC_COMMON_H
#define DRIVERS_IRQCHIP_GIC_COMMON_H

#include <drivers/gic.h>
#include <vmm/device.h>
#include <vmm/types.h>

#define GIC_PPI_BASE	16
#define GIC_PPI_COUNT	16
#define GIC_SPI_BASE	32
#define GIC_SPI_COUNT	988
#define GIC_SPURIOUS	1020	/* and above */

/* Guests' list registers carry numbers; ours use SGI 0 alone. */
#define GIC_SGI_IPI	0

/* Priorities: of all, of the one that goes first; all are below the mask. */
#define GIC_PRIORITY		0xa0
#define GIC_PRIORITY_FIRST	0x80
#define GIC_PRIORITY_MASK	0xf0

/* The distributor; a GICv3 redistributor's SGI frame has the same banks. */
enum {
	GICD_CTLR = 0x000, GICD_TYPER = 0x004, GICD_IGROUPR = 0x080,
	GICD_ISENABLER = 0x100, GICD_ICENABLER = 0x180,
	GICD_ICPENDR = 0x280, GICD_ISACTIVER = 0x300, GICD_ICACTIVER = 0x380,
	GICD_IPRIORITYR = 0x400, GICD_ITARGETSR = 0x800,
	GICD_ICFGR = 0xc00, GICD_SGIR = 0xf00, GICD_IROUTER = 0x6000,
};

/* The controller's node, whose cells are: 0 SPI, 1 PPI; number; flags. */
void gic_set_node(struct dt_node node);
int gic_translate(const struct dt_irq *irq, struct irq_spec *out);

/* Waits until the bits `busy` are 0.  -ETIMEDOUT, reported. */
int gic_wait(u8 *reg, u32 busy);

/*
 * Numbers [from, from + count), from a multiple of 32: disabled, neither
 * pending nor active, of GIC_PRIORITY, level.
 */
void gic_reset_range(u8 *frame, u32 from, u32 count);
/*
 * Into group 1, which interrupts as IRQ.  On a GICv2 groups are left as
 * they are: group 0 is ours unless firmware took it and moved all others.
 */
void gic_group_range(u8 *frame, u32 from, u32 count);

/* Writes number's bit in a bank of write-one registers. */
void gic_write_bit(u8 *frame, u32 bank, u32 number);

void gic_config(u8 *frame, u32 number, enum irq_trigger trigger);
u32 gic_irq_count(u8 *distributor);
bool gic_is_percpu(u32 number);

/* The node's own interrupt is the maintenance interrupt. */
void gic_find_maintenance(struct device *dev, struct gic_host *info);

#endif
