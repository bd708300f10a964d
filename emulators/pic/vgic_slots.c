// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A guest's interrupts in the slots of the CPU where their VCPU is loaded:
 * they go in and out there, and with it; vgic.h tells the protocol.
 */

#include "vgic.h"

#include <vmm/guest.h>

/* What is done by a sync before others may come between. */
#define WORK_AT_ONCE	3
/* What it takes, roughly. */
#define WORK_PLACE	1
#define WORK_UNSLOT	2

/* False: it was not. */
static bool unseen_clear(struct vgic_vcpu *gv, u32 id)
{
	if (!gv->unseen_count || !bitmap_test(gv->unseen, id))
		return false;
	bitmap_clear(gv->unseen, id);
	gv->unseen_count--;
	gv->hw.backlog_count--;
	return true;
}

/* Who asked it for a sync sees to it that it looks. */
static bool is_asked(const struct vgic_vcpu *gv)
{
	return __atomic_load_n(&gv->vcpu->requests, __ATOMIC_RELAXED) &
	       VCPU_REQUEST_IRQ;
}

/* gv, which is loaded here, has more to do, but first interrupts may come. */
static void again(struct vgic_vcpu *gv)
{
	__atomic_fetch_or(&gv->vcpu->requests, VCPU_REQUEST_IRQ,
			  __ATOMIC_SEQ_CST);
	vcpu_recheck(gv->vcpu);
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

void vgic_link_settle(struct vgic_vcpu *gv, const struct vgic_irq *irq,
		      u32 pin)
{
	if (irq->flags & (GIC_LATCH | GIC_ACTIVE)) {
		link_activate(gv, irq, pin);
	} else if (gv->hw.linked_active & BIT(pin)) {
		gv->hw.linked_active &= ~BIT(pin);
		vpic_slots->deactivate_host(host_number(irq));
	}
}

/* It comes out of a slot with state: its host interrupt is active, or held. */
static void link_left(struct vgic_vcpu *gv, u32 pin)
{
	if (vgic_is_put(gv))
		gv->hw.linked_held |= BIT(pin);
	else
		gv->hw.linked_active |= BIT(pin);
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

/* What a slot held, which is empty from now on. */
static u64 slot_take(struct vgic_vcpu *gv, unsigned k)
{
	u64 word;

	gv->hw.used &= ~BIT(k);
	if (vgic_is_put(gv))
		return gv->kept[k];
	word = vpic_slots->read(k);
	if (word & (VPIC_WORD_STATE | VPIC_WORD_NOTIFY))
		vpic_slots->write(k, 0);
	return word;
}

/* Empties a slot; what was left of its interrupt's state is in memory. */
static struct vgic_irq *unslot(struct gic *g, struct vgic_vcpu *gv, unsigned k)
{
	const u32 id = gv->slot_id[k];
	struct vgic_irq *irq = vgic_irq_at(g, gv, id);
	const u16 was = irq->flags;
	const u64 word = slot_take(gv, k);

	irq->flags &= (u16)~GIC_IN_SLOT;
	if (((word & VPIC_WORD_ACTIVE) && !(was & GIC_DROP_ACTIVE)) ||
	    (was & GIC_MAKE_ACTIVE))
		irq->flags |= GIC_ACTIVE;
	if ((word & VPIC_WORD_PENDING) && !(was & GIC_DROP_PENDING) &&
	    (was & (GIC_EDGE | GIC_LINKED | GIC_SOFT)))
		latch_again(g, irq, word);
	if (!(was & GIC_LINKED))
		unseen_clear(gv, id);
	else if (word & VPIC_WORD_STATE)
		link_left(gv, id);
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
	vgic_backlog_remove(g, gv, id);
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

/* A slot for an interrupt of that rank by taking another's; < 0: none. */
static int victim(struct vgic_vcpu *gv, u32 r)
{
	int pending = -1, active = -1;
	u64 worst_pending = 0, worst_active = 0;

	if (r == GIC_RANK_ACTIVE)
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
	struct vgic_vcpu *home = vgic_backlog_mark(g, irq, id);

	if (home && home != here)
		vcpu_kick(home->vcpu);
}

/* < 0: all are in use. */
static int slot_free(struct vgic_vcpu *gv)
{
	const u32 all = BIT(vpic_slots->count) - 1;

	/* Finished ones are forgotten, as by put. */
	if (gv->hw.used == all)
		gv->hw.used &= ~vpic_slots->free();
	return gv->hw.used == all ? -1 : __builtin_ctz(~gv->hw.used);
}

/* Changed when it seemed to be in a slot, which put had freed by then. */
static void forgotten(struct vgic_irq *irq)
{
	if (irq->flags & GIC_MAKE_ACTIVE)
		irq->flags |= GIC_ACTIVE;
	irq->flags &= (u16)~GIC_IN_SLOT;
}

bool vgic_pull(struct gic *g, struct vgic_irq *irq, u32 id)
{
	struct vgic_vcpu *gv = vgic_vcpu_at(g, irq->owner);

	if (!gv)
		return true;
	if (!vgic_slot_holds(gv, irq, id)) {
		if (!(irq->flags & GIC_LINKED) && unseen_clear(gv, id))
			forgotten(irq);
		return true;
	}
	if (!vgic_is_here(gv) && !vgic_is_put(gv))
		return false;
	unslot(g, gv, irq->slot);
	return true;
}

/*
 * What was changed from elsewhere comes out of slots, and where it belongs,
 * while there is room for work; what is left of that.
 */
static int settle(struct gic *g, struct vgic_vcpu *gv, int room)
{
	for (; gv->unseen_count && room > 0; room -= WORK_UNSLOT) {
		const u32 id = (u32)bitmap_first_set(gv->unseen, GIC_ID_COUNT);
		struct vgic_irq *irq = vgic_irq_at(g, gv, id);

		unseen_clear(gv, id);
		if (vgic_slot_holds(gv, irq, id))
			unslot(g, gv, irq->slot);
		else
			forgotten(irq);
		if (irq->flags & GIC_LINKED)
			vgic_link_settle(gv, irq, id);
		kick_home(g, irq, id, gv);
	}
	return room;
}

static void set_attention(struct vgic_vcpu *gv, u32 attention)
{
	if (attention == gv->hw.control)
		return;
	gv->hw.control = attention;
	vpic_slots->control(attention);
}

static bool any_waits(const struct vgic_vcpu *gv, enum vgic_list list)
{
	return gv->queues[list - 1].any;
}

static u32 attention_for(const struct vgic_vcpu *gv)
{
	const bool pending = any_waits(gv, GIC_LIST_GROUP0) ||
			     any_waits(gv, GIC_LIST_GROUP1);

	return (pending ? VPIC_NONE_PENDING : 0) |
	       (any_waits(gv, GIC_LIST_ACTIVE) ? VPIC_ENDED_OUTSIDE : 0);
}

/* As much of gv's backlog as fits goes into slots; false: some more would. */
static bool place_some(struct gic *g, struct vgic_vcpu *gv, int room)
{
	u32 id, rank;
	int k;

	while ((id = vgic_backlog_next(gv, &rank)) < GIC_ID_COUNT) {
		/* One of these has ended: see end_outside(). */
		if (rank == GIC_RANK_ACTIVE && gv->ended)
			return false;
		if (room <= 0)
			return false;
		k = slot_free(gv);
		if (k < 0) {
			if (room < WORK_UNSLOT + WORK_PLACE)
				return false;
			k = victim(gv, rank);
			if (k < 0)
				return true;
			kick_home(g, unslot(g, gv, (unsigned)k),
				  gv->slot_id[k], gv);
			room -= WORK_UNSLOT;
		}
		place(g, gv, (unsigned)k, id);
		room -= WORK_PLACE;
	}
	return true;
}

void vgic_refill(struct gic *g, struct vgic_vcpu *gv, int room)
{
	room = settle(g, gv, room);
	if (gv->unseen_count || !place_some(g, gv, room))
		again(gv);
	set_attention(gv, attention_for(gv));
}

/* ---- VCPUs come and go ---- */

/*
 * The guest ended interrupts that had no slot: those that it would end first,
 * while there is room for work; what is left of that.
 */
static int end_outside(struct gic *g, struct vgic_vcpu *gv, int room)
{
	while (gv->ended && any_waits(gv, GIC_LIST_ACTIVE) && room > 0) {
		const u32 id = vgic_backlog_active(gv);
		struct vgic_irq *irq = vgic_irq_at(g, gv, id);

		irq->flags &= (u16)~GIC_ACTIVE;
		if (irq->flags & GIC_LINKED)
			vgic_link_settle(gv, irq, id);
		kick_home(g, irq, id, gv);
		gv->ended--;
		room -= WORK_UNSLOT;
	}
	if (!any_waits(gv, GIC_LIST_ACTIVE))
		gv->ended = 0;
	return room;
}

/* Slots whose interrupt has ended; what is left asks for attention again. */
static int ended_out(struct gic *g, struct vgic_vcpu *gv, int room)
{
	u32 ended = gv->hw.used & vpic_slots->ended();

	for (; ended && room > 0; ended &= ended - 1) {
		const unsigned k = (unsigned)__builtin_ctz(ended);
		struct vgic_irq *irq = unslot(g, gv, k);

		kick_home(g, irq, gv->slot_id[k], gv);
		room -= WORK_UNSLOT;
	}
	if (ended)
		again(gv);
	return room;
}

void vgic_sync(struct vpic *p, struct vcpu *v)
{
	struct gic *g = vgic_of(p);
	struct vgic_vcpu *gv = vgic_vcpu_of(v);
	int room = WORK_AT_ONCE;

	SCOPED_LOCK_RAW(&g->lock);
	room = ended_out(g, gv, room);
	if (gv->hw.control & VPIC_ENDED_OUTSIDE)
		gv->ended += vpic_slots->ended_outside();
	room = end_outside(g, gv, room);
	if (gv->hw.backlog_count || gv->hw.control)
		vgic_refill(g, gv, room);
}

static void slots_restore(struct vgic_vcpu *gv)
{
	for (u32 left = gv->hw.used; left; left &= left - 1) {
		const unsigned k = (unsigned)__builtin_ctz(left);
		const u64 word = gv->kept[k];

		if (word & VPIC_WORD_LINKED)
			vpic_slots->activate_host(VPIC_WORD_HOST(word));
		vpic_slots->write(k, word);
	}
	gv->has_kept = false;
	gv->hw.backlog_count--;
}

void vgic_load(struct vpic *p, struct vcpu *v)
{
	struct gic *g = vgic_of(p);
	struct vgic_vcpu *gv = vgic_vcpu_of(v);

	SCOPED_LOCK_RAW(&g->lock);
	if (gv->has_kept)
		slots_restore(gv);
	for (u32 held = gv->hw.linked_held; held; held &= held - 1) {
		const u32 pin = (u32)__builtin_ctz(held);

		vgic_link_settle(gv, &gv->private[pin], pin);
	}
	gv->hw.linked_held = 0;
	if (gv->hw.backlog_count && !is_asked(gv))
		again(gv);
}

/* Others have not changed it. */
static ALWAYS_INLINE bool can_keep(const struct vgic_vcpu *gv, unsigned k,
				   u64 word)
{
	return (word & VPIC_WORD_STATE) &&
	       likely(!gv->unseen_count ||
		      !bitmap_test(gv->unseen, gv->slot_id[k]));
}

/*
 * Of slots with state, those that the next load finds as they were: linked
 * ones with their host interrupt active again.
 */
static ALWAYS_INLINE u32 slots_keep(struct vgic_vcpu *gv, u32 live)
{
	u32 kept = 0;

	for (; live; live &= live - 1) {
		const unsigned k = (unsigned)__builtin_ctz(live);
		const u64 word = vpic_slots->read(k);

		gv->kept[k] = word;
		if (!can_keep(gv, k, word))
			continue;
		vpic_slots->write(k, 0);
		if (word & VPIC_WORD_LINKED)
			vpic_slots->deactivate_host(VPIC_WORD_HOST(word));
		kept |= BIT(k);
	}
	return kept;
}

/* Slots in `live` are kept or go into memory, linked pins free the host's. */
static NO_INLINE void put_live(struct gic *g, struct vgic_vcpu *gv, u32 live)
{
	u32 active, kept;

	SCOPED_LOCK_RAW(&g->lock);
	kept = slots_keep(gv, live);
	for (live &= ~kept; live; live &= live - 1) {
		const unsigned k = (unsigned)__builtin_ctz(live);

		kick_home(g, unslot(g, gv, k), gv->slot_id[k], gv);
	}
	gv->hw.used = kept;
	gv->has_kept = kept;
	gv->hw.backlog_count += gv->has_kept;
	gv->hw.linked_held = active = gv->hw.linked_active;
	gv->hw.linked_active = 0;
	for (; active; active &= active - 1)
		vpic_slots->deactivate_host(host_number(
			&gv->private[__builtin_ctz(active)]));
	gv->hw.control = 0;
	vpic_slots->control(0);
	__atomic_store_n(&gv->hw.cpu, NULL, __ATOMIC_RELAXED);
}

void vgic_put(struct vpic *p, struct vcpu *v)
{
	struct vgic_vcpu *gv = vgic_vcpu_of(v);
	const u32 live = gv->hw.used & ~vpic_slots->free();

	if (unlikely(live | gv->hw.linked_active | gv->hw.control)) {
		put_live(vgic_of(p), gv, live);
		return;
	}
	__atomic_store_n(&gv->hw.used, 0, __ATOMIC_RELAXED);
}

static bool passes(u64 word, u32 mask)
{
	const u32 priority = (u32)((word & VPIC_WORD_PRIORITY) >>
				   VPIC_WORD_PRIORITY_SHIFT);
	const u32 group = word & VPIC_WORD_GROUP1 ? BIT(1) : BIT(0);

	return (mask & group) && priority < mask >> 24;
}

static bool any_passes(const u64 *words, u32 which, u32 mask)
{
	for (; which; which &= which - 1) {
		const u64 word = words[__builtin_ctz(which)];

		if ((word & VPIC_WORD_STATE) == VPIC_WORD_PENDING &&
		    passes(word, mask))
			return true;
	}
	return false;
}

/* gv is put. */
static bool pending_in_memory(struct gic *g, struct vgic_vcpu *gv)
{
	const u32 mask = gv->hw.interface.mask, limit = mask >> 24;

	SCOPED_LOCK_RAW(&g->lock);
	return ((mask & BIT(0)) &&
		vgic_backlog_best(gv, GIC_LIST_GROUP0) < limit) ||
	       ((mask & BIT(1)) &&
		vgic_backlog_best(gv, GIC_LIST_GROUP1) < limit) ||
	       any_passes(gv->kept, gv->has_kept ? gv->hw.used : 0, mask);
}

static NO_INLINE void refill_locked(struct gic *g, struct vgic_vcpu *gv)
{
	SCOPED_LOCK_RAW(&g->lock);
	vgic_refill(g, gv, WORK_AT_ONCE);
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
