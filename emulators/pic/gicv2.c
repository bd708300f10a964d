// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A guest's GICv2 (IHI 0048B) without security extensions, with both groups.
 * Region 0 is the distributor; region 1, the CPU interface, is no region of
 * ours: the host's virtual CPU interface is mapped there.
 */

#include "vgic.h"

#include <arch/page.h>
#include <vmm/errno.h>
#include <vmm/guest.h>
#include <vmm/log.h>

#define GIC_IIDR_VALUE		0x4d00043bu
#define GICC_SIZE		0x2000u
#define SGIR_ID			0xfu
#define SGIR_TARGETS_SHIFT	16
#define SGIR_FILTER_SHIFT	24
enum { FILTER_LIST, FILTER_OTHERS, FILTER_SELF };

/* Whose private registers: the VCPU's that looks; a debugger's are 0's. */
static struct vgic_vcpu *own(struct gic *g, const struct reg_context *c)
{
	return c->vcpu ? vgic_vcpu_of(c->vcpu) : g->vcpus[0];
}

static u64 ctlr_read(void *state, const struct reg_context *c)
{
	const struct gic *g = state;

	return g->ctlr;
}

static void ctlr_write(void *state, const struct reg_context *c, u64 value)
{
	if (c->lanes & 1)
		vgic_ctlr_write(state, VGIC_STORE(c, value, 0, 0));
}

static u64 typer_read(void *state, const struct reg_context *c)
{
	const struct gic *g = state;

	return (GIC_ID_COUNT / 32 - 1) | (g->vcpu_count - 1) << 5;
}

#define BITS_READ(name, field)						\
static u64 name##_read(void *state, const struct reg_context *c)	\
{									\
	return vgic_bits_read(state, own(state, c), 32 * c->index, field);\
}

#define STATE_READ(name, mask)						\
static u64 name##_read(void *state, const struct reg_context *c)	\
{									\
	return vgic_state_read(state, own(state, c), 32 * c->index,	\
			       VGIC_LOAD(c, mask));			\
}

#define BITS_WRITE(name, field, how)					\
static void name##_write(void *state, const struct reg_context *c,	\
			 u64 value)					\
{									\
	vgic_bits_write(state, own(state, c), 32 * c->index,		\
		       VGIC_STORE(c, value, field, how));		\
}

BITS_READ(group, GIC_FIELD_GROUP)
BITS_READ(enable, GIC_FIELD_ENABLE)
STATE_READ(pending, VPIC_WORD_PENDING)
STATE_READ(active, VPIC_WORD_ACTIVE)
BITS_WRITE(group, GIC_FIELD_GROUP, GIC_STORE_ALL)
BITS_WRITE(enable_set, GIC_FIELD_ENABLE, GIC_STORE_SET)
BITS_WRITE(enable_clear, GIC_FIELD_ENABLE, GIC_STORE_CLEAR)
BITS_WRITE(pending_set, GIC_FIELD_PENDING, GIC_STORE_SET)
BITS_WRITE(pending_clear, GIC_FIELD_PENDING, GIC_STORE_CLEAR)
BITS_WRITE(active_set, GIC_FIELD_ACTIVE, GIC_STORE_SET)
BITS_WRITE(active_clear, GIC_FIELD_ACTIVE, GIC_STORE_CLEAR)

static u64 priority_read(void *state, const struct reg_context *c)
{
	return vgic_priority_read(state, own(state, c), 4 * c->index);
}

static void priority_write(void *state, const struct reg_context *c,
			   u64 value)
{
	vgic_priority_write(state, own(state, c), 4 * c->index,
			   VGIC_STORE(c, value, 0, 0));
}

static u64 config_read(void *state, const struct reg_context *c)
{
	return vgic_config_read(state, own(state, c), 16 * c->index);
}

static void config_write(void *state, const struct reg_context *c, u64 value)
{
	vgic_config_write(state, own(state, c), 16 * c->index,
			   VGIC_STORE(c, value, 0, 0));
}

/* ---- registers of four: one by one, with interrupts in between ---- */

/* The first bits of those bytes that c stores to. */
static u64 touched(const struct reg_context *c)
{
	return c->lanes & 0x01010101;
}

/* Those that are left after the first of `left`, which is done. */
static u64 next(struct gic *g, const struct reg_context *c, u64 left)
{
	left &= left - 1;
	if (left)
		emu_preempt_point(&g->emu, c->vcpu);
	return left;
}

/* ---- targets: private interrupts have just their own CPU ---- */

static u64 targets_read(void *state, const struct reg_context *c)
{
	struct gic *g = state;
	const u32 first = 4 * c->index;
	u64 value = 0;

	if (first < GIC_PRIVATE_COUNT)
		return BIT(own(g, c)->index) * 0x01010101ull;
	SCOPED_LOCK_RAW(&g->lock);
	for (u32 i = 0; i < 4; i++)
		value |= (u64)vgic_irq_at(g, NULL, first + i)->route[0] <<
			 8 * i;
	return value;
}

static void target_write(struct gic *g, u32 id, u8 targets)
{
	struct vgic_irq *irq = vgic_irq_at(g, NULL, id);

	SCOPED_LOCK_RAW(&g->lock);
	if (targets == irq->route[0])
		return;
	vgic_pull(g, irq, id);
	irq->route[0] = targets;
	vgic_route(g, irq);
	vgic_update(g, irq, id);
}

static void targets_write(void *state, const struct reg_context *c, u64 value)
{
	struct gic *g = state;
	const u32 first = (u32)index_clamp(4 * c->index, GIC_ID_COUNT);
	const u64 present = BIT(g->vcpu_count) - 1;

	if (first < GIC_PRIVATE_COUNT)
		return;
	for (u64 left = touched(c); left; left = next(g, c, left)) {
		const u32 i = (u32)__builtin_ctzll(left) / 8;

		target_write(g, first + i, (u8)(value >> 8 * i & present));
	}
}

/* ---- SGIs remember who sent them ---- */

static void sgi_add(struct gic *g, struct vgic_vcpu *gv, u32 id, u8 senders)
{
	struct vgic_irq *irq = &gv->private[id];

	SCOPED_LOCK_RAW(&g->lock);
	vgic_pull(g, irq, id);
	irq->route[0] |= senders;
	irq->flags |= GIC_LATCH;
	vgic_update(g, irq, id);
}

static void sgir_write(void *state, const struct reg_context *c, u64 value)
{
	struct gic *g = state;
	const u32 self = BIT(own(g, c)->index);
	const u32 filter = value >> SGIR_FILTER_SHIFT & 3;
	u32 targets = value >> SGIR_TARGETS_SHIFT & 0xff;

	if ((u32)c->lanes != ~0u)
		return;
	if (filter == FILTER_OTHERS)
		targets = ~self;
	else if (filter != FILTER_LIST)
		targets = filter == FILTER_SELF ? self : 0;
	targets &= BIT(g->vcpu_count) - 1;
	for (u64 left = targets; left; left = next(g, c, left)) {
		struct vgic_vcpu *gv = g->vcpus[__builtin_ctzll(left)];

		if (gv)
			sgi_add(g, gv, value & SGIR_ID, (u8)self);
	}
}

static u8 senders_of(struct gic *g, struct vgic_vcpu *gv, u32 id)
{
	struct vgic_irq *irq = &gv->private[id];
	u8 senders;

	SCOPED_LOCK_RAW(&g->lock);
	vgic_pull(g, irq, id);
	senders = irq->route[0];
	vgic_update(g, irq, id);
	return senders;
}

static u64 senders_read(void *state, const struct reg_context *c)
{
	struct gic *g = state;
	u64 value = 0;

	for (u64 left = 0x01010101; left; left = next(g, c, left)) {
		const u32 i = (u32)__builtin_ctzll(left) / 8;

		value |= (u64)senders_of(g, own(g, c),
					 (4 * c->index + i) % GIC_SGI_COUNT)
			 << 8 * i;
	}
	return value;
}

static void senders_set(void *state, const struct reg_context *c, u64 value)
{
	struct gic *g = state;
	const u64 senders = value & c->lanes;

	for (u64 left = touched(c); left; left = next(g, c, left)) {
		const u32 i = (u32)__builtin_ctzll(left) / 8;

		if (senders >> 8 * i & 0xff)
			sgi_add(g, own(g, c),
				(4 * c->index + i) % GIC_SGI_COUNT,
				(u8)(senders >> 8 * i));
	}
}

static void sgi_remove(struct gic *g, struct vgic_vcpu *gv, u32 id, u8 senders)
{
	struct vgic_irq *irq = &gv->private[id];

	SCOPED_LOCK_RAW(&g->lock);
	vgic_pull(g, irq, id);
	irq->route[0] &= (u8)~senders;
	if (!irq->route[0])
		irq->flags &= (u16)~GIC_LATCH;
	vgic_update(g, irq, id);
}

static void senders_clear(void *state, const struct reg_context *c, u64 value)
{
	struct gic *g = state;

	for (u64 left = touched(c); left; left = next(g, c, left)) {
		const u32 i = (u32)__builtin_ctzll(left) / 8;

		sgi_remove(g, own(g, c), (4 * c->index + i) % GIC_SGI_COUNT,
			   (u8)(value >> 8 * i));
	}
}

#define GICD(name_, o, n, ...)						\
	{ .offset = (o), .width = 4, .count = (n), .name = name_,	\
	  .slot = EMU_NO_SLOT, __VA_ARGS__ }
#define BLOCKS	(GIC_ID_COUNT / 32)

static const struct emu_reg regs[] = {
	GICD("GICD_CTLR", 0x0, 1, .read = ctlr_read, .write = ctlr_write),
	GICD("GICD_TYPER", 0x4, 1, .read = typer_read),
	GICD("GICD_IIDR", 0x8, 1, .reset = GIC_IIDR_VALUE),
	GICD("GICD_IGROUPR", 0x80, BLOCKS, .read = group_read,
	     .write = group_write),
	GICD("GICD_ISENABLER", 0x100, BLOCKS, .read = enable_read,
	     .write = enable_set_write),
	GICD("GICD_ICENABLER", 0x180, BLOCKS, .read = enable_read,
	     .write = enable_clear_write),
	GICD("GICD_ISPENDR", 0x200, BLOCKS, .read = pending_read,
	     .write = pending_set_write),
	GICD("GICD_ICPENDR", 0x280, BLOCKS, .read = pending_read,
	     .write = pending_clear_write),
	GICD("GICD_ISACTIVER", 0x300, BLOCKS, .read = active_read,
	     .write = active_set_write),
	GICD("GICD_ICACTIVER", 0x380, BLOCKS, .read = active_read,
	     .write = active_clear_write),
	GICD("GICD_IPRIORITYR", 0x400, GIC_ID_COUNT / 4,
	     .read = priority_read, .write = priority_write),
	GICD("GICD_ITARGETSR", 0x800, GIC_ID_COUNT / 4,
	     .read = targets_read, .write = targets_write),
	GICD("GICD_ICFGR", 0xc00, GIC_ID_COUNT / 16,
	     .read = config_read, .write = config_write),
	GICD("GICD_SGIR", 0xf00, 1, .write = sgir_write),
	GICD("GICD_CPENDSGIR", 0xf10, GIC_SGI_COUNT / 4,
	     .read = senders_read, .write = senders_clear),
	GICD("GICD_SPENDSGIR", 0xf20, GIC_SGI_COUNT / 4,
	     .read = senders_read, .write = senders_set),
	GICD("ICPIDR4", 0xfd0, 1, .reset = 0x04),
	GICD("ICPIDR0", 0xfe0, 1, .reset = 0x90),
	GICD("ICPIDR1", 0xfe4, 1, .reset = 0xb4),
	GICD("ICPIDR2", 0xfe8, 1, .reset = 0x2b),
	GICD("ICCIDR0", 0xff0, 1, .reset = 0x0d),
	GICD("ICCIDR1", 0xff4, 1, .reset = 0xf0),
	GICD("ICCIDR2", 0xff8, 1, .reset = 0x05),
	GICD("ICCIDR3", 0xffc, 1, .reset = 0xb1),
};

/* ---- the device ---- */

/* Nothing traps that sends; SGIs come by GICD_SGIR. */
static void send_ipi(struct vpic *p, struct vcpu *v, u32 which, u64 request)
{
}

static const struct vpic_ops ops = {
	.name = "gicv2",
	VGIC_COMMON_OPS,
	.send_ipi = send_ipi,
};

static int map_interface(struct gic *g)
{
	struct pt_range r = {
		.pa = vpic_slots->window,
		.prot = PT_READ | PT_WRITE | PT_DEVICE,
	};
	u64 size;

	if (!g->emu.guest || !vpic_slots->window_size)
		return 0;
	if (dt_reg(g->emu.node, 1, &r.base, &size) ||
	    !IS_ALIGNED(r.base, BIT(PAGE_SHIFT)))
		return fail(-EINVAL, "%s: reg names no CPU interface",
			    g->emu.name);
	r.size = MIN(MIN(size, (u64)GICC_SIZE), vpic_slots->window_size);
	return guest_map(g->emu.guest, &r);
}

static int probe(void *state)
{
	int err = vgic_probe(state, &ops, 2);

	return err ? err : map_interface(state);
}

static const struct emulator gicv2 = {
	.name = "gicv2",
	.compatible = (const char *const[]){ "arm,cortex-a15-gic",
					     "arm,cortex-a7-gic",
					     "arm,gic-400", NULL },
	.state_size = sizeof(struct gic),
	.regs = regs,
	.reg_count = ARRAY_LEN(regs),
	.probe = probe,
	.reset = vgic_reset, .resets_unlocked = true,
	.extra_bytes = vgic_extra_bytes,
};
EMULATOR(gicv2);
