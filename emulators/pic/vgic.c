// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Delivery of a guest's interrupts through slots, the same for versions 2
 * and 3 of Arm's generic interrupt controller; vgic.h tells the protocol.
 */

#include "vgic.h"

#include <vmm/guest.h>
#include <vmm/sched.h>

/* ---- backlog ---- */

static void backlog_set(struct vgic_vcpu *gv, u32 id)
{
	if (bitmap_test(gv->backlog, id))
		return;
	bitmap_set(gv->backlog, id);
	gv->hw.backlog_count++;
}

/* Its state is to be seen by gv's own CPU. */
static void backlog_set_unseen(struct vgic_vcpu *gv, u32 id)
{
	backlog_set(gv, id);
	bitmap_set(gv->unseen, id);
}

static void backlog_clear(struct vgic_vcpu *gv, u32 id)
{
	if (!bitmap_test(gv->backlog, id))
		return;
	bitmap_clear(gv->backlog, id);
	gv->hw.backlog_count--;
}

/* Registers of its state must look at irq. */
static void note_state(struct gic *g, const struct vgic_irq *irq, u32 id)
{
	struct vgic_bank *b = vgic_bank_at(g, vgic_vcpu_at(g, irq->owner), id);

	if (b)
		b->stateful |= BIT(id % 32);
}

/*
 * Finds out where irq, which is in no slot, belongs by its state, and sets
 * or clears its bit in the backlog.  The VCPU that has work by it, or NULL.
 */
static struct vgic_vcpu *mark(struct gic *g, struct vgic_irq *irq, u32 id)
{
	struct vgic_vcpu *old = vgic_vcpu_at(g, irq->owner), *home = old;

	if (irq->flags & (GIC_LINE | GIC_LATCH | GIC_ACTIVE))
		note_state(g, irq, id);
	if (!old || !(irq->flags & GIC_ACTIVE))
		home = vgic_vcpu_at(g, irq->target);
	if (old && old != home)
		backlog_clear(old, id);
	irq->owner = home ? home->index : GIC_NOWHERE;
	if (!home)
		return NULL;
	if ((irq->flags & GIC_ACTIVE) ||
	    ((irq->flags & GIC_ON) && vgic_is_pending(irq))) {
		backlog_set(home, id);
		return home;
	}
	backlog_clear(home, id);
	return NULL;
}

/* ---- linked pins: their host interrupt on the CPU where gv is loaded ---- */

static u32 host_number(const struct vgic_irq *irq)
{
	return VPIC_WORD_HOST(irq->word);
}

static void link_activate(struct vgic_vcpu *gv, const struct vgic_irq *irq,
			  u32 pin)
{
	if (gv->hw.linked_active & BIT(pin))
		return;
	vpic_slots->activate_host(host_number(irq));
	gv->hw.linked_active |= BIT(pin);
}

/* irq, in no slot, and its host interrupt agree from here on. */
static void link_settle(struct vgic_vcpu *gv, const struct vgic_irq *irq,
			u32 pin)
{
	if (irq->flags & (GIC_LATCH | GIC_ACTIVE)) {
		link_activate(gv, irq, pin);
	} else if (gv->hw.linked_active & BIT(pin)) {
		gv->hw.linked_active &= ~BIT(pin);
		vpic_slots->deactivate_host(host_number(irq));
	}
}

/* ---- slots of the VCPU that is loaded here ---- */

static bool has_senders(const struct gic *g, u32 id)
{
	return g->version == 2 && id < GIC_SGI_COUNT;
}

static u32 sender(u64 word)
{
	return word >> VPIC_WORD_SOURCE_SHIFT & 7;
}

/* A slot's pending state goes back into the model. */
static void latch_again(const struct gic *g, struct vgic_irq *irq, u64 word)
{
	irq->flags |= GIC_LATCH;
	if (has_senders(g, VPIC_WORD_ID(word)))
		irq->route[0] |= (u8)BIT(sender(word));
}

/* Empties a slot; what was left of its interrupt's state is in memory. */
static struct vgic_irq *unslot(struct gic *g, struct vgic_vcpu *gv, unsigned k)
{
	const u32 id = gv->slot_id[k];
	struct vgic_irq *irq = vgic_irq_at(g, gv, id);
	const u16 was = irq->flags;
	const u64 word = vpic_slots->read(k);

	if (word & (VPIC_WORD_STATE | VPIC_WORD_NOTIFY))
		vpic_slots->write(k, 0);
	gv->hw.used &= ~BIT(k);
	irq->flags &= (u16)~GIC_IN_SLOT;
	if (((word & VPIC_WORD_ACTIVE) && !(was & GIC_DROP_ACTIVE)) ||
	    (was & GIC_MAKE_ACTIVE))
		irq->flags |= GIC_ACTIVE;
	if ((word & VPIC_WORD_PENDING) && !(was & GIC_DROP_PENDING) &&
	    (was & (GIC_EDGE | GIC_LINKED | GIC_SOFT)))
		latch_again(g, irq, word);
	if ((was & GIC_LINKED) && (word & VPIC_WORD_STATE))
		gv->hw.linked_active |= BIT(id);
	return irq;
}

/* Its pending state is about to go into a slot. */
static void consume(const struct gic *g, struct vgic_irq *irq, u32 id)
{
	const u64 from = 7ull << VPIC_WORD_SOURCE_SHIFT;
	unsigned cpu;

	if (has_senders(g, id)) {
		if (!irq->route[0])
			return;
		cpu = (unsigned)__builtin_ctz(irq->route[0]);
		irq->word = (irq->word & ~from) |
			    (u64)cpu << VPIC_WORD_SOURCE_SHIFT;
		irq->route[0] &= (u8)~BIT(cpu);
		if (irq->route[0])
			return;
	} else if ((irq->flags & (GIC_LATCH | GIC_EDGE)) == GIC_LATCH) {
		irq->flags |= GIC_SOFT;
	}
	irq->flags &= (u16)~GIC_LATCH;
}

/* Into slot k, which is free. */
static void place(struct gic *g, struct vgic_vcpu *gv, unsigned k, u32 id)
{
	struct vgic_irq *irq = vgic_irq_at(g, gv, id);
	const bool active = irq->flags & GIC_ACTIVE;
	const bool linked = irq->flags & GIC_LINKED;
	u64 state = active ? VPIC_WORD_ACTIVE : 0;

	irq->flags &= (u16)~GIC_IN_SLOT;
	if (linked) {
		link_activate(gv, irq, id);
		gv->hw.linked_active &= ~BIT(id);
	}
	if ((irq->flags & GIC_ON) && vgic_is_pending(irq) &&
	    irq->target == gv->index && !(active && has_senders(g, id))) {
		consume(g, irq, id);
		/* The host's distributor keeps this state of linked ones. */
		if (!(active && linked))
			state |= VPIC_WORD_PENDING;
	}
	if (!linked && vgic_is_pending(irq))
		state |= VPIC_WORD_NOTIFY;
	backlog_clear(gv, id);
	gv->hw.used |= BIT(k);
	gv->slot_id[k] = (u16)id;
	irq->slot = (u8)k;
	irq->flags &= (u16)~GIC_ACTIVE;
	if (active)
		irq->flags |= GIC_WENT_ACTIVE;
	if (state & VPIC_WORD_PENDING)
		irq->flags |= GIC_WENT_PENDING;
	vpic_slots->write(k, irq->word | state);
}

/* Lower goes first: pending ones, then by priority. */
static u32 rank(const struct vgic_irq *irq)
{
	return (irq->flags & GIC_ACTIVE ? 0x100u : 0) | vgic_priority(irq);
}

/* Those of the backlog that should have a slot first, in order. */
struct choice {
	u32 count, room;
	u32 attention;			/* what all of the backlog wants */
	u32 id[VPIC_SLOT_MAX], rank[VPIC_SLOT_MAX];
};

/* It goes behind those of its rank; the last gives way if there is no room. */
static NO_INLINE void choose(struct choice *c, u32 id, u32 r)
{
	u32 at = c->count < c->room ? c->count++ : c->room - 1;

	for (; at && c->rank[at - 1] > r; at--) {
		c->id[at] = c->id[at - 1];
		c->rank[at] = c->rank[at - 1];
	}
	c->id[at] = id;
	c->rank[at] = r;
}

static ALWAYS_INLINE void look_at(struct choice *c, const struct vgic_irq *irq,
				  u32 id)
{
	const u32 r = rank(irq);

	c->attention |= r & 0x100 ? VPIC_ENDED_OUTSIDE : VPIC_NONE_PENDING;
	if (c->count < c->room || r < c->rank[c->room - 1])
		choose(c, id, r);
}

/* As many as there are slots without an interrupt, at least one. */
static void pick(struct gic *g, struct vgic_vcpu *gv, struct choice *c)
{
	u32 unused = ~gv->hw.used & (BIT(vpic_slots->count) - 1);
	u64 left = gv->backlog[0];

	c->count = c->attention = 0;
	for (c->room = 1; unused & (unused - 1); unused &= unused - 1)
		c->room++;
	for (; left; left &= left - 1) {
		const u32 id = (u32)__builtin_ctzll(left);

		look_at(c, vgic_irq_at(g, gv, id), id);
	}
	for (u32 w = 1; w < ARRAY_LEN(gv->backlog); w++) {
		for (left = gv->backlog[w]; left; left &= left - 1) {
			const u32 id = 64 * w + (u32)__builtin_ctzll(left);

			look_at(c, &g->spi[id - GIC_PRIVATE_COUNT], id);
		}
	}
}

/* A slot for an interrupt of that rank by taking another's; < 0: none. */
static int victim(struct vgic_vcpu *gv, u32 r)
{
	int pending = -1, active = -1;
	u64 worst_pending = 0, worst_active = 0;

	if (r & 0x100)
		return -1;
	for (unsigned k = 0; k < vpic_slots->count; k++) {
		u64 word = vpic_slots->read(k);
		u64 priority = word & VPIC_WORD_PRIORITY;
		bool waits = (word & VPIC_WORD_STATE) == VPIC_WORD_PENDING;
		u64 *worst = waits ? &worst_pending : &worst_active;

		if (!(gv->hw.used >> k & 1) || priority < *worst)
			continue;
		*worst = priority;
		*(waits ? &pending : &active) = (int)k;
	}
	if (pending < 0)
		return active;
	return worst_pending >> VPIC_WORD_PRIORITY_SHIFT > r ? pending : -1;
}

static void kick_home(struct gic *g, struct vgic_irq *irq, u32 id,
		      const struct vgic_vcpu *here)
{
	struct vgic_vcpu *home = mark(g, irq, id);

	if (home && home != here)
		vcpu_kick(home->vcpu);
}

/* Finds or makes a slot without an interrupt; < 0: none for that rank. */
static int slot_get(struct gic *g, struct vgic_vcpu *gv, u32 r)
{
	const u32 all = BIT(vpic_slots->count) - 1;
	u32 finished;
	int k;

	if (gv->hw.used == all) {
		finished = gv->hw.used & vpic_slots->free();
		if (finished)
			k = __builtin_ctz(finished);
		else
			k = victim(gv, r);
		if (k < 0)
			return k;
		kick_home(g, unslot(g, gv, (unsigned)k),
			  gv->slot_id[k], gv);
	}
	return __builtin_ctz(~gv->hw.used & all);
}

/* Changed when it seemed to be in a slot, which put had freed by then. */
static void forgotten(struct vgic_irq *irq)
{
	if (irq->flags & GIC_MAKE_ACTIVE)
		irq->flags |= GIC_ACTIVE;
	irq->flags &= (u16)~GIC_IN_SLOT;
}

/* What was changed from elsewhere comes out of slots, and where it belongs. */
static void settle(struct gic *g, struct vgic_vcpu *gv)
{
	size_t id;

	bitmap_for_each_set(id, gv->unseen, GIC_ID_COUNT) {
		struct vgic_irq *irq = vgic_irq_at(g, gv, (u32)id);

		bitmap_clear(gv->unseen, id);
		if (vgic_slot_holds(gv, irq, (u32)id))
			unslot(g, gv, irq->slot);
		else
			forgotten(irq);
		if (irq->flags & GIC_LINKED)
			link_settle(gv, irq, (u32)id);
		kick_home(g, irq, (u32)id, gv);
	}
}

static void set_attention(struct vgic_vcpu *gv, u32 attention)
{
	if (attention == gv->hw.control)
		return;
	gv->hw.control = attention;
	vpic_slots->control(attention);
}

/* False: there was no slot for one of them. */
static bool place_all(struct gic *g, struct vgic_vcpu *gv,
		      const struct choice *c)
{
	for (u32 i = 0; i < c->count; i++) {
		const int k = slot_get(g, gv, c->rank[i]);

		if (k < 0)
			return false;
		place(g, gv, (unsigned)k, c->id[i]);
	}
	return true;
}

/* gv is loaded here: as much of its backlog as fits goes into slots. */
static NO_INLINE void refill(struct gic *g, struct vgic_vcpu *gv)
{
	struct choice c;

	settle(g, gv);
	do
		pick(g, gv, &c);
	while (c.count && place_all(g, gv, &c));
	set_attention(gv, c.attention);
}

/* gv's slots here have changed. */
static ALWAYS_INLINE void wake(struct vgic_vcpu *gv)
{
	if (unlikely(__atomic_load_n(&gv->vcpu->idle, __ATOMIC_RELAXED)))
		sched_wake_masked(&gv->vcpu->thread);
}

static void notify(struct gic *g, struct vgic_vcpu *gv)
{
	if (!vgic_is_here(gv)) {
		vcpu_kick(gv->vcpu);
		return;
	}
	refill(g, gv);
	wake(gv);
}

/* ---- changes ---- */

bool vgic_pull(struct gic *g, struct vgic_irq *irq, u32 id)
{
	struct vgic_vcpu *gv = vgic_vcpu_at(g, irq->owner);

	if (!gv || !vgic_slot_holds(gv, irq, id))
		return true;
	if (!vgic_is_here(gv))
		return false;
	unslot(g, gv, irq->slot);
	return true;
}

/* The VCPU that must be told, or NULL. */
static struct vgic_vcpu *change(struct gic *g, struct vgic_irq *irq, u32 id)
{
	struct vgic_vcpu *gv = vgic_vcpu_at(g, irq->owner);
	const bool linked = irq->flags & GIC_LINKED;

	if (!vgic_pull(g, irq, id) || (linked && !vgic_is_here(gv))) {
		note_state(g, irq, id);
		backlog_set_unseen(gv, id);
		return gv;
	}
	if (linked)
		link_settle(gv, irq, id);
	return mark(g, irq, id);
}

void vgic_update(struct gic *g, struct vgic_irq *irq, u32 id)
{
	struct vgic_vcpu *gv = change(g, irq, id);

	if (gv)
		notify(g, gv);
}

void vgic_update_later(struct gic *g, struct vgic_irq *irq, u32 id)
{
	const struct vgic_vcpu *gv = change(g, irq, id);

	if (gv)
		g->due |= BIT(gv->index);
}

void vgic_update_end(struct gic *g)
{
	for (; g->due; g->due &= g->due - 1)
		notify(g, g->vcpus[__builtin_ctz(g->due)]);
}

u64 vgic_state(struct gic *g, struct vgic_irq *irq, u32 id)
{
	struct vgic_vcpu *gv = vgic_vcpu_at(g, irq->owner);
	const u64 pending = vgic_is_pending(irq) ? VPIC_WORD_PENDING : 0;
	const u64 active = irq->flags & GIC_ACTIVE ? VPIC_WORD_ACTIVE : 0;

	if (!gv || !vgic_slot_holds(gv, irq, id))
		return pending | active;
	if (vgic_is_here(gv))
		return pending |
		       (vpic_slots->read(irq->slot) & VPIC_WORD_STATE);
	/* Its CPU is asked to tell: the next look will see it. */
	backlog_set_unseen(gv, id);
	vcpu_kick(gv->vcpu);
	return pending |
	       (irq->flags & GIC_WENT_PENDING ? VPIC_WORD_PENDING : 0) |
	       (irq->flags & GIC_WENT_ACTIVE ? VPIC_WORD_ACTIVE : 0);
}

static ALWAYS_INLINE bool can_raise(const struct vgic_vcpu *gv,
				    const struct vgic_irq *irq, u32 id)
{
	return (irq->flags & GIC_ON) && !gv->hw.backlog_count &&
	       vgic_slot_holds(gv, irq, id);
}

/*
 * The short way: gv is loaded here and irq is known in a slot, where it
 * becomes pending (again).  Without the lock, too: who changes irq meanwhile
 * leaves it in the backlog, and this CPU sees that after what it does here.
 */
static ALWAYS_INLINE bool raise(struct vgic_vcpu *gv,
				const struct vgic_irq *irq,
				u32 id, u64 bits)
{
	if (!can_raise(gv, irq, id))
		return false;
	vpic_slots->raise(irq->slot, irq->word | bits);
	wake(gv);
	return true;
}

static NO_INLINE void latch(struct gic *g, struct vgic_irq *irq, u32 id)
{
	irq->flags |= GIC_LATCH;
	vgic_update(g, irq, id);
}

bool vgic_send_self(struct vgic_vcpu *gv, u32 id)
{
	const struct vgic_irq *irq = &gv->private[id];

	if (!vgic_is_here(gv) || !can_raise(gv, irq, id))
		return false;
	vpic_slots->raise(irq->slot, irq->word | VPIC_WORD_PENDING);
	return true;
}

void vgic_send(struct gic *g, struct vgic_vcpu *gv, u32 id)
{
	struct vgic_irq *irq = &gv->private[id];

	if (!vgic_is_here(gv) || !raise(gv, irq, id, VPIC_WORD_PENDING))
		latch(g, irq, id);
}

static void line_rise(struct gic *g, struct vgic_irq *irq, u32 id)
{
	struct vgic_vcpu *gv = vgic_vcpu_at(g, irq->owner);
	const bool edge = irq->flags & GIC_EDGE;

	if (gv && irq->owner == irq->target && vgic_is_here(gv) &&
	    raise(gv, irq, id, edge ? VPIC_WORD_PENDING :
		  VPIC_WORD_PENDING | VPIC_WORD_NOTIFY))
		return;
	if (edge)
		irq->flags |= GIC_LATCH;
	vgic_update(g, irq, id);
}

static void line_fall(struct gic *g, struct vgic_irq *irq, u32 id)
{
	struct vgic_vcpu *gv = vgic_vcpu_at(g, irq->owner);
	u64 word, state;

	if (irq->flags & GIC_EDGE)
		return;
	if (!gv || !vgic_slot_holds(gv, irq, id) || !vgic_is_here(gv)) {
		vgic_update(g, irq, id);
		return;
	}
	word = vpic_slots->read(irq->slot);
	state = word & ~VPIC_WORD_NOTIFY;
	if (!(irq->flags & GIC_SOFT))
		state &= ~VPIC_WORD_PENDING;
	if (state != word)
		vpic_slots->write(irq->slot, state);
}

static void line_set(struct gic *g, struct vgic_irq *irq, u32 id, bool level)
{
	if (level == !!(irq->flags & GIC_LINE))
		return;
	irq->flags ^= GIC_LINE;
	if (level)
		line_rise(g, irq, id);
	else
		line_fall(g, irq, id);
}

void vgic_set_line(struct vpic *p, u32 pin, bool level)
{
	struct gic *g = vgic_of(p);

	if (pin < GIC_PRIVATE_COUNT || pin >= GIC_ID_COUNT)
		return;
	SCOPED_LOCK_RAW(&g->lock);
	line_set(g, &g->spi[pin - GIC_PRIVATE_COUNT], pin, level);
}

void vgic_set_private(struct vpic *p, struct vcpu *v, u32 pin, bool level)
{
	struct gic *g = vgic_of(p);
	struct vgic_vcpu *gv = vgic_vcpu_of(v);

	if (pin >= GIC_PRIVATE_COUNT)
		return;
	SCOPED_LOCK_RAW(&g->lock);
	line_set(g, &gv->private[pin], pin, level);
}

void vgic_link(struct vpic *p, struct vcpu *v, u32 pin, u32 host)
{
	struct gic *g = vgic_of(p);
	struct vgic_vcpu *gv = vgic_vcpu_of(v);
	struct vgic_irq *irq;

	pin %= GIC_PRIVATE_COUNT;
	irq = &gv->private[pin];
	SCOPED_LOCK(&g->lock);
	irq->flags |= GIC_LINKED;
	irq->flags &= (u16)~(GIC_LATCH | GIC_SOFT);
	irq->word |= VPIC_WORD_LINKED |
		     (u64)(host & 0x3ff) << VPIC_WORD_SOURCE_SHIFT;
	vgic_update(g, irq, pin);
}

/* All slots are free, nobody else waits, and irq is idle: see book_first(). */
static ALWAYS_INLINE bool may_be_first(const struct vgic_vcpu *gv,
				       const struct vgic_irq *irq)
{
	return !(gv->hw.used | gv->hw.backlog_count) &&
	       (irq->flags & (GIC_ON | GIC_LATCH | GIC_ACTIVE)) == GIC_ON;
}

/*
 * The straight line of a linked pin: into the first slot, which is told the
 * word that this gives.
 */
static ALWAYS_INLINE u64 book_first(struct vgic_vcpu *gv, struct vgic_irq *irq,
				    u32 pin)
{
	irq->flags = (u16)((irq->flags & ~GIC_IN_SLOT) | GIC_WENT_PENDING |
			   (irq->flags & GIC_EDGE ? 0 : GIC_SOFT));
	irq->slot = 0;
	gv->slot_id[0] = (u16)pin;
	gv->hw.used = BIT(0);
	gv->bank.stateful |= BIT(pin);
	return irq->word | VPIC_WORD_PENDING;
}

/* Through memory: irq, whose host interrupt is active by now or soon. */
static void latch_linked(struct gic *g, struct vgic_vcpu *gv, u32 pin)
{
	struct vgic_irq *irq = &gv->private[pin];

	vgic_pull(g, irq, pin);
	irq->flags |= GIC_LATCH;
	vgic_update(g, irq, pin);
}

static NO_INLINE void take_linked(struct gic *g, struct vgic_vcpu *gv, u32 pin)
{
	struct vgic_irq *irq = &gv->private[pin];

	SCOPED_LOCK_RAW(&g->lock);
	if (may_be_first(gv, irq)) {
		vpic_slots->write(0, book_first(gv, irq, pin));
		wake(gv);
		return;
	}
	gv->hw.linked_active |= BIT(pin);
	latch_linked(g, gv, pin);
}

void vgic_take_linked(struct vpic *p, struct vcpu *v, u32 pin)
{
	struct vgic_vcpu *gv = vgic_vcpu_of(v);

	pin %= GIC_PRIVATE_COUNT;
	if (unlikely(!raise(gv, &gv->private[pin], pin, VPIC_WORD_PENDING)))
		take_linked(vgic_of(p), gv, pin);
}

static NO_INLINE void raise_linked(struct gic *g, struct vgic_vcpu *gv,
				   u32 pin)
{
	SCOPED_LOCK_RAW(&g->lock);
	if (!vgic_state(g, &gv->private[pin], pin))
		latch_linked(g, gv, pin);
}

/*
 * Who is being loaded looks by itself whether it may go on: no wake-up.  The
 * books are kept with the lock; what they say of this CPU's slots and host
 * interrupts comes true before anybody looks.
 */
void vgic_raise_linked(struct vpic *p, struct vcpu *v, u32 pin)
{
	struct gic *g = vgic_of(p);
	struct vgic_vcpu *gv = vgic_vcpu_of(v);
	struct vgic_irq *irq;
	u64 word;

	pin %= GIC_PRIVATE_COUNT;
	irq = &gv->private[pin];
	spin_lock(&g->lock);
	if (unlikely(!may_be_first(gv, irq))) {
		spin_unlock(&g->lock);
		raise_linked(g, gv, pin);
		return;
	}
	word = book_first(gv, irq, pin);
	spin_unlock(&g->lock);
	vpic_slots->write_due(word);
}

/* ---- VCPUs come and go ---- */

/* The active one of the backlog that the guest would end first. */
static struct vgic_irq *active_best(struct gic *g, struct vgic_vcpu *gv,
				   u32 *out)
{
	struct vgic_irq *best = NULL;
	size_t id;

	bitmap_for_each_set(id, gv->backlog, GIC_ID_COUNT) {
		struct vgic_irq *irq = vgic_irq_at(g, gv, (u32)id);

		if (!(irq->flags & GIC_ACTIVE) ||
		    (best && vgic_priority(best) <= vgic_priority(irq)))
			continue;
		best = irq;
		*out = (u32)id;
	}
	return best;
}

/* The guest ended interrupts that had no slot. */
static void end_outside(struct gic *g, struct vgic_vcpu *gv)
{
	u32 count = vpic_slots->ended_outside(), id;
	struct vgic_irq *irq;

	for (; count; count--) {
		irq = active_best(g, gv, &id);
		if (!irq)
			return;
		irq->flags &= (u16)~GIC_ACTIVE;
		if (irq->flags & GIC_LINKED)
			link_settle(gv, irq, id);
		kick_home(g, irq, id, gv);
	}
}

void vgic_sync(struct vpic *p, struct vcpu *v)
{
	struct gic *g = vgic_of(p);
	struct vgic_vcpu *gv = vgic_vcpu_of(v);
	u32 ended;

	SCOPED_LOCK_RAW(&g->lock);
	ended = gv->hw.used & vpic_slots->ended();
	for (; ended; ended &= ended - 1) {
		const unsigned k = (unsigned)__builtin_ctz(ended);
		struct vgic_irq *irq = unslot(g, gv, k);

		kick_home(g, irq, gv->slot_id[k], gv);
	}
	if (gv->hw.control & VPIC_ENDED_OUTSIDE)
		end_outside(g, gv);
	if (gv->hw.backlog_count || gv->hw.control)
		refill(g, gv);
}

void vgic_load(struct vpic *p, struct vcpu *v)
{
	struct gic *g = vgic_of(p);
	struct vgic_vcpu *gv = vgic_vcpu_of(v);

	SCOPED_LOCK_RAW(&g->lock);
	for (u32 held = gv->hw.linked_held; held; held &= held - 1) {
		const u32 pin = (u32)__builtin_ctz(held);

		link_settle(gv, &gv->private[pin], pin);
	}
	gv->hw.linked_held = 0;
	refill(g, gv);
}

/* Slots in `live` go back into memory, linked pins free the host's. */
static NO_INLINE void put_live(struct gic *g, struct vgic_vcpu *gv, u32 live)
{
	u32 active;

	SCOPED_LOCK_RAW(&g->lock);
	for (; live; live &= live - 1) {
		const unsigned k = (unsigned)__builtin_ctz(live);
		struct vgic_irq *irq = unslot(g, gv, k);

		kick_home(g, irq, gv->slot_id[k], gv);
	}
	gv->hw.used = 0;
	gv->hw.linked_held = active = gv->hw.linked_active;
	gv->hw.linked_active = 0;
	for (; active; active &= active - 1)
		vpic_slots->deactivate_host(host_number(
			&gv->private[__builtin_ctz(active)]));
	gv->hw.control = 0;
	vpic_slots->control(0);
}

void vgic_put(struct vpic *p, struct vcpu *v)
{
	struct vgic_vcpu *gv = vgic_vcpu_of(v);
	const u32 live = gv->hw.used & ~vpic_slots->free();

	if (unlikely(live | gv->hw.linked_active | gv->hw.control))
		put_live(vgic_of(p), gv, live);
	__atomic_store_n(&gv->hw.used, 0, __ATOMIC_RELAXED);
}

static bool passes(u64 word, u32 mask)
{
	const u32 priority = (u32)((word & VPIC_WORD_PRIORITY) >>
				   VPIC_WORD_PRIORITY_SHIFT);
	const u32 group = word & VPIC_WORD_GROUP1 ? BIT(1) : BIT(0);

	return (mask & group) && priority < mask >> 24;
}

static bool pending_in_memory(struct gic *g, struct vgic_vcpu *gv)
{
	size_t id;

	SCOPED_LOCK_RAW(&g->lock);
	bitmap_for_each_set(id, gv->backlog, GIC_ID_COUNT) {
		struct vgic_irq *irq = vgic_irq_at(g, gv, (u32)id);

		if (!(irq->flags & GIC_ACTIVE) &&
		    passes(irq->word, gv->hw.interface.mask))
			return true;
	}
	return false;
}

static NO_INLINE void refill_locked(struct gic *g, struct vgic_vcpu *gv)
{
	SCOPED_LOCK_RAW(&g->lock);
	refill(g, gv);
}

bool vgic_pending(struct vpic *p, struct vcpu *v)
{
	struct vgic_vcpu *gv = vgic_vcpu_of(v);
	u32 live, mask;
	u64 word;

	if (!vgic_is_here(gv))
		return pending_in_memory(vgic_of(p), gv);
	if (gv->hw.backlog_count)
		refill_locked(vgic_of(p), gv);
	live = gv->hw.used & ~vpic_slots->free();
	if (!live)
		return false;
	mask = vpic_slots->mask();
	for (; live; live &= live - 1) {
		word = vpic_slots->read((unsigned)__builtin_ctz(live));
		if ((word & VPIC_WORD_STATE) == VPIC_WORD_PENDING &&
		    passes(word, mask))
			return true;
	}
	return false;
}
