// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Distributor registers with a field for each interrupt, the same in both
 * versions: IHI 0069H 12.9, 12.11; IHI 0048B 4.3.
 */

#include "vgic.h"

/* The interrupt with that id as gv may touch it, or NULL. */
static struct vgic_irq *find(struct gic *g, struct vgic_vcpu *gv, u32 id)
{
	if (id >= GIC_ID_COUNT || (id < GIC_PRIVATE_COUNT && !gv))
		return NULL;
	return vgic_irq_at(g, gv, (u32)index_clamp(id, GIC_ID_COUNT));
}

static bool is_old_sgi(const struct gic *g, u32 id)
{
	return g->version == 2 && id < GIC_SGI_COUNT;
}

/* ---- one bit for each of 32 interrupts ---- */

static bool is_in_slot(struct gic *g, const struct vgic_irq *irq, u32 id)
{
	const struct vgic_vcpu *gv = vgic_vcpu_at(g, irq->owner);

	return gv && vgic_slot_holds(gv, irq, id);
}

/* Of those that may have state, which have; forgets the others. */
static NO_INLINE u32 state_read(struct gic *g, struct vgic_vcpu *gv, u32 first,
				u64 mask)
{
	struct vgic_bank *b = vgic_bank_at(g, gv, first);
	u32 bits = 0;

	SCOPED_LOCK_RAW(&g->lock);
	for (u32 left = b->stateful; left; left &= left - 1) {
		const u32 id = first + (u32)__builtin_ctz(left);
		struct vgic_irq *irq = vgic_irq_at(g, gv, id);
		const u64 state = vgic_state(g, irq, id);

		if (state & mask)
			bits |= BIT(id % 32);
		if (!state && !is_in_slot(g, irq, id))
			b->stateful &= ~BIT(id % 32);
	}
	return bits;
}

u32 vgic_bits_read(struct gic *g, struct vgic_vcpu *gv, u32 first,
		  enum vgic_field field)
{
	const struct vgic_bank *b = vgic_bank_at(g, gv, first);

	if (!b)
		return 0;
	switch (field) {
	case GIC_FIELD_GROUP:
		return b->group;
	case GIC_FIELD_ENABLE:
		return b->enable;
	case GIC_FIELD_PENDING:
	case GIC_FIELD_ACTIVE:
		break;
	}
	if (!__atomic_load_n(&b->stateful, __ATOMIC_RELAXED))
		return 0;
	return state_read(g, gv, first, field == GIC_FIELD_PENDING ?
			  VPIC_WORD_PENDING : VPIC_WORD_ACTIVE);
}

static void group_write(struct gic *g, struct vgic_irq *irq, bool one)
{
	irq->word &= ~VPIC_WORD_GROUP1;
	if (one)
		irq->word |= VPIC_WORD_GROUP1;
	vgic_set_on(g, irq);
}

static void enable_write(struct gic *g, struct vgic_irq *irq, bool on)
{
	/* A linked one comes again by itself if its source still asserts. */
	if (on && (irq->flags & GIC_LINKED) && !(irq->flags & GIC_ENABLED))
		irq->flags &= (u16)~GIC_LATCH;
	irq->flags &= (u16)~GIC_ENABLED;
	if (on)
		irq->flags |= GIC_ENABLED;
	vgic_set_on(g, irq);
}

static void pending_write(struct vgic_irq *irq, bool pending, bool in_memory)
{
	irq->flags &= (u16)~GIC_LATCH;
	if (pending)
		irq->flags |= GIC_LATCH;
	else if (!in_memory)
		irq->flags |= GIC_DROP_PENDING;
}

static void active_write(struct vgic_irq *irq, bool active, bool in_memory)
{
	irq->flags &= (u16)~(GIC_MAKE_ACTIVE | GIC_DROP_ACTIVE | GIC_ACTIVE);
	if (in_memory)
		irq->flags |= active ? GIC_ACTIVE : 0;
	else
		irq->flags |= active ? GIC_MAKE_ACTIVE : GIC_DROP_ACTIVE;
}

/* A store of what a bit that is no state has anyway changes nothing. */
static bool is_already(const struct vgic_irq *irq, enum vgic_field field,
		       bool on)
{
	if (field == GIC_FIELD_GROUP)
		return on == !!(irq->word & VPIC_WORD_GROUP1);
	return field == GIC_FIELD_ENABLE && on == !!(irq->flags & GIC_ENABLED);
}

/* The group or the enable bit, and what its register reads. */
static void register_write(struct gic *g, struct vgic_bank *b,
			   struct vgic_irq *irq, enum vgic_field field, bool on)
{
	const u32 bit = BIT(VPIC_WORD_ID(irq->word) % 32);
	u32 *word = field == GIC_FIELD_GROUP ? &b->group : &b->enable;

	*word = on ? *word | bit : *word & ~bit;
	if (field == GIC_FIELD_GROUP)
		group_write(g, irq, on);
	else
		enable_write(g, irq, on);
}

static void bit_write(struct gic *g, struct vgic_bank *b, struct vgic_irq *irq,
		      const struct vgic_store *s)
{
	const u32 id = VPIC_WORD_ID(irq->word);
	const bool on = s->how == GIC_STORE_SET ||
			(s->how == GIC_STORE_ALL && (s->value >> id % 32 & 1));
	const bool constant = is_old_sgi(g, id) &&
			      (s->field == GIC_FIELD_ENABLE ||
			       s->field == GIC_FIELD_PENDING);
	bool in_memory;

	if (constant || is_already(irq, s->field, on))
		return;
	if (s->field <= GIC_FIELD_ENABLE && !(b->stateful & BIT(id % 32))) {
		register_write(g, b, irq, s->field, on);
		return;
	}
	in_memory = vgic_pull(g, irq, id);
	switch (s->field) {
	case GIC_FIELD_GROUP:
	case GIC_FIELD_ENABLE:
		register_write(g, b, irq, s->field, on);
		break;
	case GIC_FIELD_PENDING:
		pending_write(irq, on, in_memory);
		break;
	case GIC_FIELD_ACTIVE:
		active_write(irq, on, in_memory);
		break;
	}
	vgic_update_later(g, irq, id);
}

void vgic_bits_write(struct gic *g, struct vgic_vcpu *gv, u32 first,
		    const struct vgic_store *s)
{
	u32 which = s->lanes;
	struct vgic_irq *irq;

	if (s->how != GIC_STORE_ALL)
		which &= s->value;
	SCOPED_LOCK_RAW(&g->lock);
	for (; which; which &= which - 1) {
		const u32 id = first + (u32)__builtin_ctz(which);

		irq = find(g, gv, id);
		if (irq)
			bit_write(g, vgic_bank_at(g, gv, id), irq, s);
	}
	vgic_update_end(g);
}

/* ---- one byte for each of 4: priorities ---- */

u32 vgic_priority_read(struct gic *g, struct vgic_vcpu *gv, u32 first)
{
	const struct vgic_bank *b = vgic_bank_at(g, gv, first);

	return b ? *(const u32 *)(const void *)&b->priority[first % 32] : 0;
}

void vgic_priority_write(struct gic *g, struct vgic_vcpu *gv, u32 first,
			 const struct vgic_store *s)
{
	struct vgic_irq *irq;
	u8 priority;

	SCOPED_LOCK_RAW(&g->lock);
	for (u32 i = 0; i < 4; i++) {
		irq = find(g, gv, first + i);
		priority = (u8)(s->value >> 8 * i) & vpic_slots->priority_mask;
		if (!irq || !(s->lanes >> 8 * i & 1) ||
		    priority == vgic_priority(irq))
			continue;
		vgic_pull(g, irq, first + i);
		irq->word = (irq->word & ~VPIC_WORD_PRIORITY) |
			    (u64)priority << VPIC_WORD_PRIORITY_SHIFT;
		vgic_bank_update(vgic_bank_at(g, gv, first + i), irq);
		vgic_update_later(g, irq, first + i);
	}
	vgic_update_end(g);
}

/* ---- two bits for each of 16: edge or level; SGIs are edges ---- */

u32 vgic_config_read(struct gic *g, struct vgic_vcpu *gv, u32 first)
{
	const struct vgic_bank *b = vgic_bank_at(g, gv, first);

	return b ? b->config[first / 16 % 2] : 0;
}

void vgic_config_write(struct gic *g, struct vgic_vcpu *gv, u32 first,
		       const struct vgic_store *s)
{
	struct vgic_irq *irq;
	bool edge;

	if (first < GIC_SGI_COUNT)
		return;
	SCOPED_LOCK_RAW(&g->lock);
	for (u32 i = 0; i < 16; i++) {
		irq = find(g, gv, first + i);
		edge = s->value >> (2 * i + 1) & 1;
		if (!irq || !(s->lanes >> 2 * i & 1) ||
		    edge == !!(irq->flags & GIC_EDGE))
			continue;
		vgic_pull(g, irq, first + i);
		irq->flags ^= GIC_EDGE;
		vgic_bank_update(vgic_bank_at(g, gv, first + i), irq);
		vgic_update_later(g, irq, first + i);
	}
	vgic_update_end(g);
}

/* ---- the switch of all ---- */

/* Those that are not enabled stay off, those without state where they are. */
static void bank_switch(struct gic *g, struct vgic_vcpu *gv, u32 first)
{
	const struct vgic_bank *b = vgic_bank_at(g, gv, first);

	for (u32 left = b->enable; left; left &= left - 1) {
		const u32 id = first + (u32)__builtin_ctz(left);
		struct vgic_irq *irq = vgic_irq_at(g, gv, id);

		vgic_set_on(g, irq);
		if (b->stateful & BIT(id % 32))
			vgic_update_later(g, irq, id);
	}
}

void vgic_ctlr_write(struct gic *g, u32 groups)
{
	SCOPED_LOCK_RAW(&g->lock);
	groups &= BIT(0) | BIT(1);
	if (g->ctlr == groups)
		return;
	g->ctlr = groups;
	for (u32 i = 0; i < g->vcpu_count; i++)
		if (g->vcpus[i])
			bank_switch(g, g->vcpus[i], 0);
	for (u32 id = GIC_PRIVATE_COUNT; id < GIC_ID_COUNT; id += 32)
		bank_switch(g, NULL, id);
	vgic_update_end(g);
}
