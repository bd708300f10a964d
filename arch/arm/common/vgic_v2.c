// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * GICv2 list registers as slots: IHI 0048B chapter 5, GICH_* registers of
 * this CPU in memory.  Guests find the CPU interface in the GICV pages.
 */

#include <arch/io.h>
#include <arch/vgic.h>
#include <drivers/gic.h>
#include <vmm/errno.h>
#include <vmm/log.h>

enum {
	HCR = 0x00, VTR = 0x04, VMCR = 0x08, EISR0 = 0x20, ELSR0 = 0x30,
	APR = 0xf0, LR0 = 0x100,
};

#define HCR_EN			BIT(0)
#define HCR_LRENPIE		BIT(2)
#define HCR_NPIE		BIT(3)
#define HCR_EOICOUNT_SHIFT	27
#define VTR_LIST_REGS		0x3fu
#define VTR_PRIORITY_SHIFT	29

/* GICH_LR */
#define LR_ID			0x3ffu
#define LR_SOURCE_SHIFT		10
#define LR_SOURCE		0x3ffu	/* host's number, or sender */
#define LR_NOTIFY		BIT(19)
#define LR_PRIORITY_SHIFT	23
#define LR_STATE_SHIFT		28
#define LR_GROUP1		BIT(30)
#define LR_HW			BIT(31)

static u8 *gich;
static struct vpic_slots slots;

static u32 reg_read(u32 offset)
{
	return io_read32_relaxed(gich + offset);
}

static void reg_write(u32 offset, u32 value)
{
	io_write32_relaxed(gich + offset, value);
}

static u32 to_lr(u64 word)
{
	const u32 source = word >> VPIC_WORD_SOURCE_SHIFT & LR_SOURCE;
	const u32 priority = (u32)(word >> VPIC_WORD_PRIORITY_SHIFT) & 0xf8;
	u32 lr = (VPIC_WORD_ID(word) & LR_ID) | source << LR_SOURCE_SHIFT |
		 priority << (LR_PRIORITY_SHIFT - 3) |
		 (u32)(word >> 62) << LR_STATE_SHIFT;

	if (word & VPIC_WORD_NOTIFY)
		lr |= LR_NOTIFY;
	if (word & VPIC_WORD_GROUP1)
		lr |= LR_GROUP1;
	if (word & VPIC_WORD_LINKED)
		lr |= LR_HW;
	return lr;
}

static u64 from_lr(u32 lr)
{
	const u32 source = lr >> LR_SOURCE_SHIFT & LR_SOURCE;
	const u32 priority = lr >> (LR_PRIORITY_SHIFT - 3) & 0xf8;
	u64 word = (lr & LR_ID) | (u64)priority << VPIC_WORD_PRIORITY_SHIFT |
		   (u64)(lr >> LR_STATE_SHIFT & 3) << 62;

	if (lr & LR_GROUP1)
		word |= VPIC_WORD_GROUP1;
	if (lr & LR_HW)
		return word | VPIC_WORD_LINKED |
		       (u64)source << VPIC_WORD_SOURCE_SHIFT;
	if (lr & LR_NOTIFY)
		word |= VPIC_WORD_NOTIFY;
	return word | (u64)(source & 7) << VPIC_WORD_SOURCE_SHIFT;
}

static u64 read(unsigned slot)
{
	return from_lr(reg_read(LR0 + 4 * slot));
}

static void write(unsigned slot, u64 word)
{
	reg_write(LR0 + 4 * slot, to_lr(word));
}

static void write_due(u64 word)
{
	write(0, word);
	slots.activate_host(VPIC_WORD_HOST(word));
}

static void raise(unsigned slot, u64 word)
{
	const u32 old = reg_read(LR0 + 4 * slot), new = to_lr(word);

	if (!(old >> LR_STATE_SHIFT & 3))
		reg_write(LR0 + 4 * slot, new);
	else if (!(new & LR_HW))
		reg_write(LR0 + 4 * slot, old | BIT(LR_STATE_SHIFT) |
			  (new & LR_NOTIFY));
}

static u32 empty(void)
{
	return reg_read(ELSR0);
}

static u32 ended(void)
{
	return reg_read(EISR0);
}

/* Also sets the count of ends outside to 0. */
static void control(u32 attention)
{
	u32 hcr = HCR_EN;

	if (attention & VPIC_NONE_PENDING)
		hcr |= HCR_NPIE;
	if (attention & VPIC_ENDED_OUTSIDE)
		hcr |= HCR_LRENPIE;
	reg_write(HCR, hcr);
}

static u32 ended_outside(void)
{
	const u32 hcr = reg_read(HCR);

	reg_write(HCR, hcr & (BIT(HCR_EOICOUNT_SHIFT) - 1));
	return hcr >> HCR_EOICOUNT_SHIFT;
}

static u32 mask(void)
{
	return reg_read(VMCR);
}

/* No guest's interface in this CPU has an active priority between guests. */
static void put(struct vpic_interface *i)
{
	const u32 active = reg_read(APR);

	i->mask = mask();
	i->active[0] = active;
	i->has_active = active;
	if (unlikely(active))
		reg_write(APR, 0);
}

static void load(struct vpic_interface *i)
{
	reg_write(VMCR, i->mask);
	if (unlikely(i->has_active))
		reg_write(APR, i->active[0]);
}

static struct vpic_slots slots = {
	.name = "gic-v2",
	.version = 2,
	.read = read, .write = write, .write_due = write_due,
	.raise = raise, .free = empty,
	.ended = ended, .control = control, .ended_outside = ended_outside,
	.mask = mask, .put = put, .load = load,
};

void vgic_v2_init_cpu(void)
{
	for (unsigned k = 0; k < slots.count; k++)
		write(k, 0);
	reg_write(VMCR, 0);
	reg_write(APR, 0);
	control(0);
}

int vgic_v2_init(const struct gic_host *host, struct vpic_slots **out)
{
	unsigned bits;
	u32 vtr;

	if (host->version != GIC_V2)
		return -ENODEV;
	if (!host->gich || !host->gicv_size)
		return fail(-ENOTSUP, "gic: no virtual CPU interfaces in the "
			    "host's tree");
	gich = host->gich;
	vtr = reg_read(VTR);
	bits = (vtr >> VTR_PRIORITY_SHIFT) + 1;
	slots.count = MIN((vtr & VTR_LIST_REGS) + 1, (u32)VPIC_SLOT_MAX);
	slots.priority_mask = (u8)(0xff00u >> bits);
	slots.window = HPA(host->gicv);
	slots.window_size = host->gicv_size;
	*out = &slots;
	return 0;
}
