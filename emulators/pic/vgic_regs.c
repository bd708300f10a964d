// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Distributor registers with a field for each interrupt, the same in both
 * versions: IHI 0069H 12.9, 12.11; IHI 0048B 4.3.
 */

#include "vgic.h"

/* Of a register, what is done before others may come between. */
#define STATES_AT_ONCE	1
#define STORES_AT_ONCE	4
#define LOOKS_AT_ONCE	8

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

/* What is found of those that may have state, some at a time. */
struct state_look {
	u64 mask;			/* the state that is looked for */
	u32 left, found;
};

/* Which of them have it; what has none at all is forgotten. */
static void state_look(struct gic *g, struct vgic_vcpu *gv, u32 first,
		       struct state_look *l)
{
	struct vgic_bank *b = vgic_bank_at(g, gv, first);

	SCOPED_LOCK_RAW(&g->lock);
	for (unsigned room = LOOKS_AT_ONCE; l->left && room; room--) {
		const u32 id = first + (u32)__builtin_ctz(l->left);
		struct vgic_irq *irq = vgic_irq_at(g, gv, id);
		const u64 state = vgic_state(g, irq, id);

		l->left &= l->left - 1;
		if (state & l->mask)
			l->found |= BIT(id % 32);
		if (!state && !is_in_slot(g, irq, id))
			b->stateful &= ~BIT(id % 32);
	}
}

static NO_INLINE u32 state_read(struct gic *g, struct vgic_vcpu *gv,
				u32 first, const struct vgic_load *how)
{
	struct state_look l = {
		.mask = how->mask, .left = vgic_bank_at(g, gv, first)->stateful,
	};

	state_look(g, gv, first, &l);
	while (l.left) {
		emu_preempt_point(&g->emu, how->vcpu);
		state_look(g, gv, first, &l);
	}
	return l.found;
}

u32 vgic_state_read(struct gic *g, struct vgic_vcpu *gv, u32 first,
		    const struct vgic_load *how)
{
	const struct vgic_bank *b = vgic_bank_at(g, gv, first);

	if (!b || !__atomic_load_n(&b->stateful, __ATOMIC_RELAXED))
		return 0;
	return state_read(g, gv, first, how);
}

u32 vgic_bits_read(struct gic *g, struct vgic_vcpu *gv, u32 first,
		  enum vgic_field field)
{
	const struct vgic_bank *b = vgic_bank_at(g, gv, first);

	if (!b)
		return 0;
	return field == GIC_FIELD_GROUP ? b->group : b->enable;
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

/* A store to the fields of some of 32 interrupts. */
struct batch {
	void (*write)(struct gic *g, struct vgic_bank *b,
		      struct vgic_irq *irq, const struct vgic_store *s);
	const struct vgic_store *store;
	u32 first, left;		/* from first on */
};

/* Some of those left. */
static void batch_part(struct gic *g, struct vgic_vcpu *gv, struct batch *t)
{
	unsigned room = STORES_AT_ONCE, states = STATES_AT_ONCE;
	struct vgic_bank *b = vgic_bank_at(g, gv, t->first);
	struct vgic_irq *first = find(g, gv, t->first);

	SCOPED_LOCK_RAW(&g->lock);
	for (; t->left && room && states; t->left &= t->left - 1) {
		const u32 n = (u32)__builtin_ctz(t->left);

		t->write(g, b, first + n, t->store);
		room--;
		states -= b->stateful >> (t->first + n) % 32 & 1;
	}
	vgic_update_end(g);
}

static void batch_write(struct gic *g, struct vgic_vcpu *gv, struct batch *t)
{
	if (!find(g, gv, t->first))
		return;
	batch_part(g, gv, t);
	while (t->left) {
		emu_preempt_point(&g->emu, t->store->vcpu);
		batch_part(g, gv, t);
	}
}

void vgic_bits_write(struct gic *g, struct vgic_vcpu *gv, u32 first,
		    const struct vgic_store *s)
{
	struct batch t = {
		.write = bit_write, .store = s, .first = first,
		.left = s->how == GIC_STORE_ALL ? s->lanes :
						  s->lanes & s->value,
	};

	batch_write(g, gv, &t);
}

/* ---- one byte for each of 4: priorities ---- */

u32 vgic_priority_read(struct gic *g, struct vgic_vcpu *gv, u32 first)
{
	const struct vgic_bank *b = vgic_bank_at(g, gv, first);

	return b ? *(const u32 *)(const void *)&b->priority[first % 32] : 0;
}

static bool may_have_state(const struct vgic_bank *b,
			   const struct vgic_irq *irq)
{
	return b->stateful >> VPIC_WORD_ID(irq->word) % 32 & 1;
}

/* Around a change of what is no state, for one that may have some. */
static void state_begin(struct gic *g, const struct vgic_bank *b,
			struct vgic_irq *irq)
{
	if (may_have_state(b, irq))
		vgic_pull(g, irq, VPIC_WORD_ID(irq->word));
}

static void state_end(struct gic *g, const struct vgic_bank *b,
		      struct vgic_irq *irq)
{
	if (may_have_state(b, irq))
		vgic_update_later(g, irq, VPIC_WORD_ID(irq->word));
}

static void priority_write(struct gic *g, struct vgic_bank *b,
			   struct vgic_irq *irq, const struct vgic_store *s)
{
	const u32 id = VPIC_WORD_ID(irq->word);
	const u8 priority = (u8)(s->value >> 8 * (id % 4)) &
			    vpic_slots->priority_mask;

	if (priority == vgic_priority(irq))
		return;
	state_begin(g, b, irq);
	irq->word = (irq->word & ~VPIC_WORD_PRIORITY) |
		    (u64)priority << VPIC_WORD_PRIORITY_SHIFT;
	b->priority[id % 32] = priority;
	state_end(g, b, irq);
}

void vgic_priority_write(struct gic *g, struct vgic_vcpu *gv, u32 first,
			 const struct vgic_store *s)
{
	struct batch t = {
		.write = priority_write, .store = s, .first = first,
	};

	for (u32 i = 0; i < 4; i++)
		t.left |= (s->lanes >> 8 * i & 1) << i;
	batch_write(g, gv, &t);
}

/* ---- two bits for each of 16: edge or level; SGIs are edges ---- */

u32 vgic_config_read(struct gic *g, struct vgic_vcpu *gv, u32 first)
{
	const struct vgic_bank *b = vgic_bank_at(g, gv, first);

	return b ? b->config[first / 16 % 2] : 0;
}

static void config_write(struct gic *g, struct vgic_bank *b,
			 struct vgic_irq *irq, const struct vgic_store *s)
{
	const u32 id = VPIC_WORD_ID(irq->word);
	const u32 bit = 2u << 2 * (id % 16);
	u32 *word = &b->config[id / 16 % 2];

	if (!((*word ^ s->value) & bit))
		return;
	state_begin(g, b, irq);
	irq->flags ^= GIC_EDGE;
	*word ^= bit;
	state_end(g, b, irq);
}

void vgic_config_write(struct gic *g, struct vgic_vcpu *gv, u32 first,
		       const struct vgic_store *s)
{
	struct batch t = {
		.write = config_write, .store = s, .first = first,
	};

	if (first < GIC_SGI_COUNT)
		return;
	for (u32 i = 0; i < 16; i++)
		t.left |= (s->lanes >> 2 * i & 1) << i;
	batch_write(g, gv, &t);
}

/* ---- the switch of all ---- */

static void switch_one(struct gic *g, struct vgic_bank *b,
		       struct vgic_irq *irq, const struct vgic_store *s)
{
	vgic_set_on(g, irq);
	state_end(g, b, irq);
}

/* Those that are not enabled stay off, those without state where they are. */
static void bank_switch(struct gic *g, struct vgic_vcpu *gv, u32 first,
			const struct vgic_store *s)
{
	struct batch t = {
		.write = switch_one, .store = s, .first = first,
		.left = vgic_bank_at(g, gv, first)->enable,
	};

	if (!t.left)
		return;
	emu_preempt_point(&g->emu, s->vcpu);
	batch_write(g, gv, &t);
}

static bool ctlr_set(struct gic *g, u32 groups)
{
	SCOPED_LOCK_RAW(&g->lock);
	if (g->ctlr == groups)
		return false;
	g->ctlr = groups;
	return true;
}

/* If others write it meanwhile, each goes by what it is then. */
void vgic_ctlr_write(struct gic *g, const struct vgic_store *s)
{
	if (!ctlr_set(g, s->value & (BIT(0) | BIT(1))))
		return;
	for (u32 i = 0; i < g->vcpu_count; i++)
		if (g->vcpus[i])
			bank_switch(g, g->vcpus[i], 0, s);
	for (u32 id = GIC_PRIVATE_COUNT; id < GIC_ID_COUNT; id += 32)
		bank_switch(g, NULL, id, s);
}
