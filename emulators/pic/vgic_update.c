// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What changes a guest's interrupts, and where they belong then, the same for
 * versions 2 and 3 of Arm's generic interrupt controller; vgic.h tells the
 * protocol.
 */

#include "vgic.h"

#include <vmm/guest.h>
#include <vmm/sched.h>

/* What a change does at once: one goes into a slot, if there is one free. */
#define WORK_OF_CHANGE	1

/* Its state is to be seen by gv's own CPU. */
static void unseen_set(struct vgic_vcpu *gv, u32 id)
{
	if (bitmap_test(gv->unseen, id))
		return;
	bitmap_set(gv->unseen, id);
	gv->unseen_count++;
	gv->hw.backlog_count++;
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
	vgic_refill(g, gv, WORK_OF_CHANGE);
	wake(gv);
}

/* ---- changes ---- */

/* The VCPU that must be told, or NULL. */
static struct vgic_vcpu *change(struct gic *g, struct vgic_irq *irq, u32 id)
{
	struct vgic_vcpu *gv = vgic_vcpu_at(g, irq->owner);
	const bool linked = irq->flags & GIC_LINKED;

	if (!vgic_pull(g, irq, id) || (linked && !vgic_is_here(gv))) {
		vgic_note_state(g, irq, id);
		unseen_set(gv, id);
		return gv;
	}
	if (linked)
		vgic_link_settle(gv, irq, id);
	return vgic_backlog_mark(g, irq, id);
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
		vcpu_kick(g->vcpus[__builtin_ctz(g->due)]->vcpu);
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
	if (vgic_is_put(gv))
		return pending | (gv->kept[irq->slot] & VPIC_WORD_STATE);
	/* Its CPU is asked to tell: the next look will see it. */
	unseen_set(gv, id);
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
 * leaves that in `unseen`, and this CPU sees it after what it does here.
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
	vgic_pull(g, irq, pin);
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

/*
 * Who is being loaded looks by itself whether it may go on: no wake-up.  The
 * books are kept with the lock; what they say of this CPU's slots and host
 * interrupts comes true before anybody looks.  What takes longer is left to
 * the host's interrupt, so that others may come before it.
 */
void vgic_raise_linked(struct vpic *p, struct vcpu *v, u32 pin)
{
	struct gic *g = vgic_of(p);
	struct vgic_vcpu *gv = vgic_vcpu_of(v);
	struct vgic_irq *irq;
	u64 word;

	pin %= GIC_PRIVATE_COUNT;
	irq = &gv->private[pin];
	if (unlikely(!spin_try_lock(&g->lock)))
		return;
	if (unlikely(!may_be_first(gv, irq))) {
		spin_unlock(&g->lock);
		return;
	}
	word = book_first(gv, irq, pin);
	spin_unlock(&g->lock);
	vpic_slots->write_due(word);
}
