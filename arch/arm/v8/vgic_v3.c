// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * GICv3 list registers as slots: IHI 0069H 12.4, ICH_* system registers.  A
 * slot's word is the list register's format.
 */

#include "vcpu.h"

#include <arch/sysreg.h>
#include <arch/vgic.h>
#include <drivers/gic.h>
#include <vmm/errno.h>
#include <vmm/log.h>

#define HCR_EN			BIT(0)
#define HCR_LRENPIE		BIT(2)
#define HCR_NPIE		BIT(3)
#define HCR_EOICOUNT_SHIFT	27
#define VTR_LIST_REGS		0x1fu
#define VTR_PRIORITY_SHIFT	29
#define SRE_ALL			7	/* SRE, DFB, DIB */

#define FOR_EACH_LR(X)							\
	X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)				\
	X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

static struct vpic_slots slots;

static u64 read(unsigned slot)
{
	switch (slot % VPIC_SLOT_MAX) {
#define READ(n)	case n: return sysreg_read(ich_lr##n##_el2);
	FOR_EACH_LR(READ)
	}
	return 0;
}

static void write(unsigned slot, u64 word)
{
	switch (slot % VPIC_SLOT_MAX) {
#define WRITE(n) case n: sysreg_write(ich_lr##n##_el2, word); break;
	FOR_EACH_LR(WRITE)
	}
}

static void write_due(u64 word)
{
	sysreg_write(ich_lr0_el2, word);
	slots.activate_host(VPIC_WORD_HOST(word));
}

static ALWAYS_INLINE u64 raised(u64 old, u64 word)
{
	if (!(old & VPIC_WORD_STATE))
		return word;
	if (word & VPIC_WORD_LINKED)
		return old;
	return old | (word & (VPIC_WORD_PENDING | VPIC_WORD_NOTIFY));
}

#define RAISE_IN(n)	sysreg_write(ich_lr##n##_el2,			\
				     raised(sysreg_read(ich_lr##n##_el2), word))

/* The first ones are most used, and found sooner than by a table. */
static void raise(unsigned slot, u64 word)
{
	if (!slot) {
		RAISE_IN(0);
		return;
	}
	if (slot == 1) {
		RAISE_IN(1);
		return;
	}
	switch (slot % VPIC_SLOT_MAX) {
#define RAISE(n) case n: RAISE_IN(n); break;
	FOR_EACH_LR(RAISE)
	}
}

static u32 empty(void)
{
	return (u32)sysreg_read(ich_elrsr_el2);
}

static u32 ended(void)
{
	return (u32)sysreg_read(ich_eisr_el2);
}

/* Also sets the count of ends outside to 0. */
static void control(u32 attention)
{
	u64 hcr = HCR_EN;

	if (attention & VPIC_NONE_PENDING)
		hcr |= HCR_NPIE;
	if (attention & VPIC_ENDED_OUTSIDE)
		hcr |= HCR_LRENPIE;
	sysreg_write(ich_hcr_el2, hcr);
}

static u32 ended_outside(void)
{
	u64 hcr = sysreg_read(ich_hcr_el2);

	sysreg_write(ich_hcr_el2, hcr & (BIT(HCR_EOICOUNT_SHIFT) - 1));
	return (u32)(hcr >> HCR_EOICOUNT_SHIFT) & 0x1f;
}

static u32 mask(void)
{
	return (u32)sysreg_read(ich_vmcr_el2);
}

/*
 * Registers of active priorities beyond the first exist with 6 (two) or 7
 * (four) bits of preemption; here each priority bit counts as one.
 */
static unsigned more_active;
bool vgic_v3_plain;

static NO_INLINE u32 more_active_put(u32 *active)
{
	u32 any;

	active[2] = (u32)sysreg_read(ich_ap0r1_el2);
	active[3] = (u32)sysreg_read(ich_ap1r1_el2);
	any = active[2] | active[3];
	sysreg_write(ich_ap0r1_el2, 0);
	sysreg_write(ich_ap1r1_el2, 0);
	if (more_active < 2)
		return any;
	active[4] = (u32)sysreg_read(ich_ap0r2_el2);
	active[5] = (u32)sysreg_read(ich_ap1r2_el2);
	active[6] = (u32)sysreg_read(ich_ap0r3_el2);
	active[7] = (u32)sysreg_read(ich_ap1r3_el2);
	sysreg_write(ich_ap0r2_el2, 0);
	sysreg_write(ich_ap1r2_el2, 0);
	sysreg_write(ich_ap0r3_el2, 0);
	sysreg_write(ich_ap1r3_el2, 0);
	return any | active[4] | active[5] | active[6] | active[7];
}

static NO_INLINE void active_load(const u32 *active)
{
	sysreg_write(ich_ap0r0_el2, active[0]);
	sysreg_write(ich_ap1r0_el2, active[1]);
	if (!more_active)
		return;
	sysreg_write(ich_ap0r1_el2, active[2]);
	sysreg_write(ich_ap1r1_el2, active[3]);
	if (more_active < 2)
		return;
	sysreg_write(ich_ap0r2_el2, active[4]);
	sysreg_write(ich_ap1r2_el2, active[5]);
	sysreg_write(ich_ap0r3_el2, active[6]);
	sysreg_write(ich_ap1r3_el2, active[7]);
}

static NO_INLINE u32 active_put(u32 *active)
{
	active[0] = (u32)sysreg_read(ich_ap0r0_el2);
	active[1] = (u32)sysreg_read(ich_ap1r0_el2);
	sysreg_write(ich_ap0r0_el2, 0);
	sysreg_write(ich_ap1r0_el2, 0);
	return active[0] | active[1] |
	       (more_active ? more_active_put(active) : 0);
}

/* No guest's interface in this CPU has an active priority between guests. */
static void put(struct vpic_interface *i)
{
	i->mask = mask();
	i->has_active = active_put(i->active);
}

static void load(struct vpic_interface *i)
{
	sysreg_write(ich_vmcr_el2, i->mask);
	if (!i->has_active)
		return;
	i->has_active = false;
	active_load(i->active);
}

static struct vpic_slots slots = {
	.name = "gic-v3",
	.version = 3,
	.read = read, .write = write, .write_due = write_due,
	.raise = raise, .free = empty,
	.ended = ended, .control = control, .ended_outside = ended_outside,
	.mask = mask, .put = put, .load = load,
};

/*
 * Guests see system registers only, and cannot turn them off: their accesses
 * to ICC_SRE_EL1 trap.
 */
void vgic_v3_init_cpu(void)
{
	sysreg_write(icc_sre_el2, SRE_ALL);
	isb();
	sysreg_write(icc_sre_el1, SRE_ALL);
	isb();
	for (unsigned k = 0; k < slots.count; k++)
		write(k, 0);
	sysreg_write(ich_vmcr_el2, 0);
	active_load((const u32[8]){ 0 });
	control(0);
	isb();
}

int vgic_v3_init(const struct gic_host *host, struct vpic_slots **out)
{
	const u64 vtr = sysreg_read(ich_vtr_el2);
	const unsigned bits = (unsigned)(vtr >> VTR_PRIORITY_SHIFT & 7) + 1;

	if (host->version != GIC_V3)
		return -ENODEV;
	slots.count = (unsigned)(vtr & VTR_LIST_REGS) + 1;
	if (slots.count > VPIC_SLOT_MAX)
		return fail(-ENOTSUP, "gic: %u list registers", slots.count);
	slots.priority_mask = (u8)(0xff00u >> bits);
	more_active = bits > 5 ? bits - 5 : 0;
	vgic_v3_plain = !more_active;
	*out = &slots;
	return 0;
}
