// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What GICv2 and GICv3 share: interrupt numbers of the binding and the
 * distributor's register file (IHI 0048 4.3, IHI 0069 12.8).
 */
#include "gic_common.h"
#include <arch/io.h>
#include <drivers/gic.h>
#include <vmm/errno.h>
#include <vmm/log.h>

#define POLL_MAX	1000000		/* a write takes microseconds */

static struct gic_host host;
static struct dt_node node;	/* c */

const struct gic_host *gic_host_info(void)
{
	return host.version ? &host : NULL;
}

void gic_host_register(const struct gic_host *info)
{
	host = *info;
}

void gic_set_node(struct dt_node n)
{
	node = n;
}

int gic_translate(const struct dt_irq *irq, struct irq_spec *out)
{
	static const struct {
		u32 base, count;
	} kinds[] = { { GIC_SPI_BASE, GIC_SPI_COUNT },
		      { GIC_PPI_BASE, GIC_PPI_COUNT } };
	const u32 *cells = irq->cells;

	if (irq->parent.offset != node.offset)
		return -ENOTSUP;
	if (irq->cell_count < 3 || cells[0] >= ARRAY_LEN(kinds) ||
	    cells[1] >= kinds[cells[0]].count)
		return -EINVAL;
	out->number = kinds[cells[0]].base + cells[1];
	out->trigger = (enum irq_trigger)(cells[2] & 0xf);
	return 0;
}

int gic_wait(u8 *reg, u32 busy)
{
	for (unsigned polls = 0; polls < POLL_MAX; polls++)
		if (!(io_read32(reg) & busy))
			return 0;
	return fail(-ETIMEDOUT, "gic: a register write does not end");
}

/* Numbers [from, from + count), a multiple of 32, of one register frame. */
void gic_reset_range(u8 *frame, u32 from, u32 count)
{
	for (u32 n = from; n < from + count; n += 32) {
		io_write32(frame + GICD_ICENABLER + n / 8, ~0u);
		io_write32(frame + GICD_ICPENDR + n / 8, ~0u);
		io_write32(frame + GICD_ICACTIVER + n / 8, ~0u);
	}
	for (u32 n = from; n < from + count; n += 4)
		io_write32(frame + GICD_IPRIORITYR + n,
			   GIC_PRIORITY * 0x01010101u);
	/* SGIs are edges by nature; all others begin as levels. */
	for (u32 n = MAX(from, 16u); n < from + count; n += 16)
		io_write32(frame + GICD_ICFGR + n / 4, 0);
}

void gic_group_range(u8 *frame, u32 from, u32 count)
{
	for (u32 n = from; n < from + count; n += 32)
		io_write32(frame + GICD_IGROUPR + n / 8, ~0u);
}

void gic_write_bit(u8 *frame, u32 bank, u32 number)
{
	io_write32(frame + bank + number / 32 * 4, BIT(number % 32));
}

void gic_config(u8 *frame, u32 number, enum irq_trigger trigger)
{
	u32 edge = 2u << (number % 16 * 2);
	u8 *reg = frame + GICD_ICFGR + number / 16 * 4;
	u32 was = io_read32(reg);

	if (number < GIC_PPI_BASE || trigger == IRQ_TRIGGER_NONE)
		return;
	if (trigger & (IRQ_TRIGGER_EDGE_RISING | IRQ_TRIGGER_EDGE_FALLING))
		io_write32(reg, was | edge);
	else
		io_write32(reg, was & ~edge);
}

u32 gic_irq_count(u8 *distributor)
{
	return MIN(32 * ((io_read32(distributor + GICD_TYPER) & 0x1f) + 1),
		   1020u);
}

bool gic_is_percpu(u32 number)
{
	return number < GIC_SPI_BASE;
}

void gic_find_maintenance(struct device *dev, struct gic_host *info)
{
	if (device_irq_spec(dev, 0, &info->maintenance))
		info->maintenance = (struct irq_spec){ 0 };
}
