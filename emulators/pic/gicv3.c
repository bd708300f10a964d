// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A guest's GICv3 (IHI 0069H): one security state (GICD_CTLR.DS), affinity
 * routing always on, no LPIs, no message-based SPIs, no 1-of-N.  Region 0 is
 * the distributor, region 1 the redistributors, two 64 KiB frames for each
 * VCPU; the CPU interface is system registers, in hardware.
 *
 * send_ipi() takes what the guest wrote to ICC_SGI1R_EL1 (which = 1), or to
 * ICC_SGI0R_EL1 or ICC_ASGI1R_EL1 (others): they reach group 0 only.
 */

#include "vgic.h"

#include <vmm/errno.h>

#define GICD_CTLR_ARE	BIT(4)
#define GICD_CTLR_DS	BIT(6)
#define GICD_CTLR_RWP	BIT(31)
/* 1-of-N is absent; identifiers have 10 bits; blocks of 32 less one. */
#define GICD_TYPER_VALUE (BIT(25) | 9 << 19 | (GIC_ID_COUNT / 32 - 1))
#define GIC_IIDR_VALUE	0x4d00043bu
#define GICR_STRIDE	0x20000u
#define GICR_TYPER_LAST	BIT(4)
#define GICR_WAKER_SLEEP BIT(1)
#define GICR_WAKER_CHILDREN BIT(2)

/* ---- distributor; with affinity routing it has no private interrupts ---- */

static u64 ctlr_read(void *state, const struct reg_context *c)
{
	struct gic *g = state;

	return g->ctlr | GICD_CTLR_ARE | GICD_CTLR_DS |
	       (vgic_write_pending(g) ? GICD_CTLR_RWP : 0);
}

static void ctlr_write(void *state, const struct reg_context *c, u64 value)
{
	if (c->lanes & 1)
		vgic_ctlr_write(state, VGIC_STORE(c, value, 0, 0));
}

#define BITS_READ(name, field)						\
static u64 name##_read(void *state, const struct reg_context *c)	\
{									\
	return vgic_bits_read(state, NULL, 32 * c->index, field);	\
}									\
static u64 own_##name##_read(void *state, const struct reg_context *c)	\
{									\
	return vgic_bits_read(state, vgic_vcpu_at(state, (u8)c->index), 0,\
			     field);					\
}

#define STATE_READ(name, mask)						\
static u64 name##_read(void *state, const struct reg_context *c)	\
{									\
	return vgic_state_read(state, NULL, 32 * c->index,		\
			       VGIC_LOAD(c, mask));			\
}									\
static u64 own_##name##_read(void *state, const struct reg_context *c)	\
{									\
	return vgic_state_read(state, vgic_vcpu_at(state, (u8)c->index),\
			       0, VGIC_LOAD(c, mask));			\
}

#define BITS_WRITE(name, field, how)					\
static void name##_write(void *state, const struct reg_context *c,	\
			 u64 value)					\
{									\
	vgic_bits_write(state, NULL, 32 * c->index,			\
			VGIC_STORE(c, value, field, how));		\
}									\
static void own_##name##_write(void *state, const struct reg_context *c,\
			       u64 value)				\
{									\
	vgic_bits_write(state, vgic_vcpu_at(state, (u8)c->index), 0,	\
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
	return vgic_priority_read(state, NULL, 4 * c->index);
}

static void priority_write(void *state, const struct reg_context *c,
			   u64 value)
{
	vgic_priority_write(state, NULL, 4 * c->index,
			   VGIC_STORE(c, value, 0, 0));
}

static u64 config_read(void *state, const struct reg_context *c)
{
	return vgic_config_read(state, NULL, 16 * c->index);
}

static void config_write(void *state, const struct reg_context *c, u64 value)
{
	vgic_config_write(state, NULL, 16 * c->index,
			   VGIC_STORE(c, value, 0, 0));
}

static u64 router_read(void *state, const struct reg_context *c)
{
	struct gic *g = state;
	const u8 *route = g->spi[index_clamp(c->index, GIC_SPI_COUNT)].route;

	return route[0] | (u64)route[1] << 8 | (u64)route[2] << 16;
}

static void router_write(void *state, const struct reg_context *c, u64 value)
{
	struct gic *g = state;
	const u32 id = GIC_PRIVATE_COUNT + c->index;
	struct vgic_irq *irq = &g->spi[index_clamp(c->index, GIC_SPI_COUNT)];

	SCOPED_LOCK_RAW(&g->lock);
	vgic_pull(g, irq, id);
	for (unsigned i = 0; i < 3; i++)
		if (c->lanes >> 8 * i & 1)
			irq->route[i] = (u8)(value >> 8 * i);
	vgic_route(g, irq);
	vgic_update(g, irq, id);
}

/* ---- redistributors: the index says whose ---- */

static struct vgic_vcpu *whose(void *state, const struct reg_context *c)
{
	return vgic_vcpu_at(state, (u8)c->index);
}

static u64 typer_read(void *state, const struct reg_context *c)
{
	const struct gic *g = state;
	const struct vgic_vcpu *gv = whose(state, c);
	u64 value, hwid;

	if (!gv)
		return 0;
	hwid = gv->vcpu->hwid;
	value = (hwid >> 32 & 0xff) << 56 | (hwid & 0xffffff) << 32 |
		(u64)c->index << 8;
	return c->index + 1 == g->vcpu_count ? value | GICR_TYPER_LAST : value;
}

static u64 waker_read(void *state, const struct reg_context *c)
{
	const struct vgic_vcpu *gv = whose(state, c);

	return gv && gv->asleep ? GICR_WAKER_SLEEP | GICR_WAKER_CHILDREN : 0;
}

static void waker_write(void *state, const struct reg_context *c, u64 value)
{
	struct vgic_vcpu *gv = whose(state, c);

	if (gv && (c->lanes & 1))
		gv->asleep = value & GICR_WAKER_SLEEP;
}

#define OWN_PRIORITY(n)							\
static u64 own_priority##n##_read(void *state,				\
				  const struct reg_context *c)		\
{									\
	return vgic_priority_read(state, whose(state, c), 4 * n);	\
}									\
static void own_priority##n##_write(void *state,			\
				    const struct reg_context *c, u64 value) \
{									\
	vgic_priority_write(state, whose(state, c), 4 * n,		\
			    VGIC_STORE(c, value, 0, 0));		\
}
OWN_PRIORITY(0)
OWN_PRIORITY(1)
OWN_PRIORITY(2)
OWN_PRIORITY(3)
OWN_PRIORITY(4)
OWN_PRIORITY(5)
OWN_PRIORITY(6)
OWN_PRIORITY(7)

static u64 own_config_read(void *state, const struct reg_context *c)
{
	return vgic_config_read(state, whose(state, c), GIC_SGI_COUNT);
}

static void own_config_write(void *state, const struct reg_context *c,
			     u64 value)
{
	vgic_config_write(state, whose(state, c), GIC_SGI_COUNT,
			   VGIC_STORE(c, value, 0, 0));
}

#define GICD(name_, o, w, n, ...)					\
	{ .offset = (o), .width = (w), .count = (n), .name = name_,	\
	  .slot = EMU_NO_SLOT, __VA_ARGS__ }
#define GICR(name_, o, w, ...)						\
	{ .offset = (o), .width = (w), .region = 1,			\
	  .count = GIC_VCPU_MAX, .stride = GICR_STRIDE, .name = name_,	\
	  .slot = EMU_NO_SLOT, __VA_ARGS__ }
#define GICR_PRIORITY(n)						\
	GICR("GICR_IPRIORITYR" #n, 0x10400 + 4 * n, 4,			\
	     .read = own_priority##n##_read,				\
	     .write = own_priority##n##_write)
#define BLOCKS	(GIC_ID_COUNT / 32)

static const struct emu_reg regs[] = {
	GICD("GICD_CTLR", 0x0, 4, 1, .read = ctlr_read, .write = ctlr_write),
	GICD("GICD_TYPER", 0x4, 4, 1, .reset = GICD_TYPER_VALUE),
	GICD("GICD_IIDR", 0x8, 4, 1, .reset = GIC_IIDR_VALUE),
	GICD("GICD_IGROUPR", 0x80, 4, BLOCKS, .read = group_read,
	     .write = group_write),
	GICD("GICD_ISENABLER", 0x100, 4, BLOCKS, .read = enable_read,
	     .write = enable_set_write),
	GICD("GICD_ICENABLER", 0x180, 4, BLOCKS, .read = enable_read,
	     .write = enable_clear_write),
	GICD("GICD_ISPENDR", 0x200, 4, BLOCKS, .read = pending_read,
	     .write = pending_set_write),
	GICD("GICD_ICPENDR", 0x280, 4, BLOCKS, .read = pending_read,
	     .write = pending_clear_write),
	GICD("GICD_ISACTIVER", 0x300, 4, BLOCKS, .read = active_read,
	     .write = active_set_write),
	GICD("GICD_ICACTIVER", 0x380, 4, BLOCKS, .read = active_read,
	     .write = active_clear_write),
	GICD("GICD_IPRIORITYR", 0x400, 4, GIC_ID_COUNT / 4,
	     .read = priority_read, .write = priority_write),
	GICD("GICD_ICFGR", 0xc00, 4, GIC_ID_COUNT / 16,
	     .read = config_read, .write = config_write),
	GICD("GICD_IROUTER", 0x6100, 8, GIC_SPI_COUNT, .read = router_read,
	     .write = router_write),
	GICD("GICD_PIDR4", 0xffd0, 4, 1, .reset = 0x44),
	GICD("GICD_PIDR0", 0xffe0, 4, 1, .reset = 0x92),
	GICD("GICD_PIDR1", 0xffe4, 4, 1, .reset = 0xb4),
	GICD("GICD_PIDR2", 0xffe8, 4, 1, .reset = 0x3b),
	GICD("GICD_CIDR0", 0xfff0, 4, 1, .reset = 0x0d),
	GICD("GICD_CIDR1", 0xfff4, 4, 1, .reset = 0xf0),
	GICD("GICD_CIDR2", 0xfff8, 4, 1, .reset = 0x05),
	GICD("GICD_CIDR3", 0xfffc, 4, 1, .reset = 0xb1),

	GICR("GICR_IIDR", 0x4, 4, .reset = GIC_IIDR_VALUE),
	GICR("GICR_TYPER", 0x8, 8, .read = typer_read),
	GICR("GICR_WAKER", 0x14, 4, .read = waker_read, .write = waker_write),
	GICR("GICR_PIDR4", 0xffd0, 4, .reset = 0x44),
	GICR("GICR_PIDR0", 0xffe0, 4, .reset = 0x93),
	GICR("GICR_PIDR1", 0xffe4, 4, .reset = 0xb4),
	GICR("GICR_PIDR2", 0xffe8, 4, .reset = 0x3b),
	GICR("GICR_CIDR0", 0xfff0, 4, .reset = 0x0d),
	GICR("GICR_CIDR1", 0xfff4, 4, .reset = 0xf0),
	GICR("GICR_CIDR2", 0xfff8, 4, .reset = 0x05),
	GICR("GICR_CIDR3", 0xfffc, 4, .reset = 0xb1),
	GICR("GICR_IGROUPR0", 0x10080, 4, .read = own_group_read,
	     .write = own_group_write),
	GICR("GICR_ISENABLER0", 0x10100, 4, .read = own_enable_read,
	     .write = own_enable_set_write),
	GICR("GICR_ICENABLER0", 0x10180, 4, .read = own_enable_read,
	     .write = own_enable_clear_write),
	GICR("GICR_ISPENDR0", 0x10200, 4, .read = own_pending_read,
	     .write = own_pending_set_write),
	GICR("GICR_ICPENDR0", 0x10280, 4, .read = own_pending_read,
	     .write = own_pending_clear_write),
	GICR("GICR_ISACTIVER0", 0x10300, 4, .read = own_active_read,
	     .write = own_active_set_write),
	GICR("GICR_ICACTIVER0", 0x10380, 4, .read = own_active_read,
	     .write = own_active_clear_write),
	GICR_PRIORITY(0), GICR_PRIORITY(1), GICR_PRIORITY(2),
	GICR_PRIORITY(3), GICR_PRIORITY(4), GICR_PRIORITY(5),
	GICR_PRIORITY(6), GICR_PRIORITY(7),
	GICR("GICR_ICFGR0", 0x10c00, 4, .reset = 0xaaaaaaaa),
	GICR("GICR_ICFGR1", 0x10c04, 4, .read = own_config_read,
	     .write = own_config_write),
};

/* ---- SGIs ---- */

#define SGI_ID_SHIFT	24
#define SGI_ALL_OTHERS	BIT64(40)
#define SGI_GROUP0	BIT64(63)	/* ours, reserved in the register */
/* Affinity 3, range selector, affinity 2, affinity 1 */
#define SGI_CLUSTER	0x00fff0ff00ff0000ull
#define SGI_LIST	0xffffull
#define SGI_NAMES	(SGI_CLUSTER | SGI_LIST | SGI_ALL_OTHERS)

static void send_to(struct gic *g, struct vgic_vcpu *gv, u64 request)
{
	const u32 id = request >> SGI_ID_SHIFT & (GIC_SGI_COUNT - 1);

	if ((request & SGI_GROUP0) &&
	    (gv->private[id].word & VPIC_WORD_GROUP1))
		return;
	vgic_send(g, gv, id);
}

static bool is_named(const struct vgic_vcpu *gv, u64 request)
{
	return (gv->self_sgi & SGI_CLUSTER) == (request & SGI_CLUSTER) &&
	       (gv->self_sgi & request & SGI_LIST);
}

static void send_locked(struct gic *g, struct vgic_vcpu *gv, u64 request)
{
	SCOPED_LOCK_RAW(&g->lock);
	send_to(g, gv, request);
}

/* One after the other: `from` takes interrupts in between. */
static void send_many(struct gic *g, struct vgic_vcpu *from, u64 request)
{
	const bool others = request & SGI_ALL_OTHERS;
	unsigned sent = 0;

	for (unsigned i = 0; i < g->vcpu_count; i++) {
		struct vgic_vcpu *gv = g->vcpus[i];

		if (!gv || (others ? gv == from : !is_named(gv, request)))
			continue;
		if (sent++) {
			vcpu_interruptible_begin(from->vcpu);
			vcpu_interruptible_end(from->vcpu);
		}
		send_locked(g, gv, request);
	}
}

/* To whom it may concern. */
static NO_INLINE void send(struct gic *g, struct vgic_vcpu *gv, u64 request)
{
	if ((request & SGI_NAMES) == gv->self_sgi)
		send_locked(g, gv, request);
	else
		send_many(g, gv, request);
}

/* ICC_SGI1R_EL1 is for both groups, which the quick way need not look at. */
static void send_ipi(struct vpic *p, struct vcpu *v, u32 which, u64 request)
{
	struct vgic_vcpu *gv = vgic_vcpu_of(v);

	if (unlikely(which != 1)) {
		send(vgic_of(p), gv, request | SGI_GROUP0);
		return;
	}
	if (likely((request & SGI_NAMES) == gv->self_sgi &&
		   vgic_send_self(gv, request >> SGI_ID_SHIFT &
				      (GIC_SGI_COUNT - 1))))
		return;
	send(vgic_of(p), gv, request & ~SGI_GROUP0);
}

/* ---- the device ---- */

static const struct vpic_ops ops = {
	.name = "gicv3",
	VGIC_COMMON_OPS,
	.send_ipi = send_ipi,
};

static int probe(void *state)
{
	return vgic_probe(state, &ops, 3);
}

static const struct emulator gicv3 = {
	.name = "gicv3",
	.compatible = (const char *const[]){ "arm,gic-v3", NULL },
	.state_size = sizeof(struct gic),
	.regs = regs,
	.reg_count = ARRAY_LEN(regs),
	.probe = probe,
	.reset = vgic_reset, .resets_unlocked = true,
	.extra_bytes = vgic_extra_bytes,
};
EMULATOR(gicv3);
