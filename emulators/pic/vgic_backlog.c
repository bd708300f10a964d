// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interrupts that wait for slots, by VCPU, list and priority: each is put in,
 * taken out and found in a few steps, however many there are; vgic.h.
 */

#include "vgic.h"

struct place {
	u8 list, priority;
};

static struct vgic_link *link_at(struct gic *g, struct vgic_vcpu *gv, u32 id)
{
	return id < GIC_PRIVATE_COUNT ? &gv->links[id] :
					&g->links[id - GIC_PRIVATE_COUNT];
}

static struct vgic_queue *queue_of(struct vgic_vcpu *gv,
				   const struct vgic_link *l)
{
	return &gv->queues[l->list - 1];
}

static u16 *first_at(struct vgic_vcpu *gv, unsigned list, unsigned priority)
{
	return &gv->first[((list - 1) * GIC_PRIORITIES + priority) >>
			  gv->unused_bits];
}

static void add(struct gic *g, struct vgic_vcpu *gv, u32 id)
{
	struct vgic_link *l = link_at(g, gv, id), *first, *last;
	struct vgic_queue *q = queue_of(gv, l);
	u8 *some = &q->some[l->priority / 8];
	u16 *head = first_at(gv, l->list, l->priority);

	gv->hw.backlog_count++;
	if (!(*some >> l->priority % 8 & 1)) {
		*some |= (u8)BIT(l->priority % 8);
		q->any |= BIT(l->priority / 8);
		*head = l->next = l->prev = (u16)id;
		return;
	}
	first = link_at(g, gv, *head);
	last = link_at(g, gv, first->prev);
	l->next = *head;
	l->prev = first->prev;
	first->prev = last->next = (u16)id;
}

static void remove(struct gic *g, struct vgic_vcpu *gv, u32 id)
{
	struct vgic_link *l = link_at(g, gv, id);
	struct vgic_queue *q = queue_of(gv, l);
	u8 *some = &q->some[l->priority / 8];
	u16 *head = first_at(gv, l->list, l->priority);

	gv->hw.backlog_count--;
	if (l->next == id) {
		*some &= (u8)~BIT(l->priority % 8);
		if (!*some)
			q->any &= ~BIT(l->priority / 8);
		return;
	}
	link_at(g, gv, l->next)->prev = l->prev;
	link_at(g, gv, l->prev)->next = l->next;
	if (*head == id)
		*head = l->next;
}

void vgic_backlog_remove(struct gic *g, struct vgic_vcpu *gv, u32 id)
{
	struct vgic_link *l = link_at(g, gv, id);

	if (l->list && gv)
		remove(g, gv, id);
	l->list = GIC_LIST_NONE;
}

/* id, of gv or of nobody, is in that queue of gv, or in none, from now on. */
static void put(struct gic *g, struct vgic_vcpu *gv, u32 id,
		const struct place *p)
{
	struct vgic_link *l = link_at(g, gv, id);

	if (l->list == p->list && l->priority == p->priority)
		return;
	vgic_backlog_remove(g, gv, id);
	l->list = p->list;
	l->priority = p->priority;
	if (l->list)
		add(g, gv, id);
}

/* Where irq, which is in no slot, waits by its state. */
static struct place place_of(const struct vgic_irq *irq)
{
	const bool group1 = irq->word & VPIC_WORD_GROUP1;
	struct place p = { .priority = vgic_priority(irq) };

	if (irq->flags & GIC_ACTIVE)
		p.list = GIC_LIST_ACTIVE;
	else if ((irq->flags & GIC_ON) && vgic_is_pending(irq))
		p.list = group1 ? GIC_LIST_GROUP1 : GIC_LIST_GROUP0;
	return p;
}

struct vgic_vcpu *vgic_backlog_mark(struct gic *g, struct vgic_irq *irq,
				    u32 id)
{
	struct vgic_vcpu *old = vgic_vcpu_at(g, irq->owner), *home = old;
	const struct place place = place_of(irq);

	if (irq->flags & (GIC_LINE | GIC_LATCH | GIC_ACTIVE))
		vgic_note_state(g, irq, id);
	if (!old || !(irq->flags & GIC_ACTIVE))
		home = vgic_vcpu_at(g, irq->target);
	if (old != home)
		vgic_backlog_remove(g, old, id);
	irq->owner = home ? home->index : GIC_NOWHERE;
	if (!home)
		return NULL;
	put(g, home, id, &place);
	return place.list ? home : NULL;
}

/* Its best priority; none has GIC_NO_PRIORITY. */
static ALWAYS_INLINE u32 best_of(const struct vgic_vcpu *gv,
				 enum vgic_list list)
{
	const struct vgic_queue *q = &gv->queues[list - 1];
	u32 n;

	if (!q->any)
		return GIC_NO_PRIORITY;
	n = (u32)__builtin_ctz(q->any);
	return 8 * n + (u32)__builtin_ctz(q->some[n]);
}

u32 vgic_backlog_best(const struct vgic_vcpu *gv, enum vgic_list list)
{
	return best_of(gv, list);
}

u32 vgic_backlog_active(struct vgic_vcpu *gv)
{
	return *first_at(gv, GIC_LIST_ACTIVE, best_of(gv, GIC_LIST_ACTIVE));
}

u32 vgic_backlog_next(struct vgic_vcpu *gv, u32 *rank)
{
	const u32 group0 = best_of(gv, GIC_LIST_GROUP0);
	const u32 group1 = best_of(gv, GIC_LIST_GROUP1);
	const u32 priority = MIN(group0, group1);
	const enum vgic_list list = group0 == priority ? GIC_LIST_GROUP0 :
						   GIC_LIST_GROUP1;

	*rank = priority;
	if (priority != GIC_NO_PRIORITY)
		return *first_at(gv, list, priority);
	return gv->queues[GIC_LIST_ACTIVE - 1].any ? vgic_backlog_active(gv) :
						     GIC_ID_COUNT;
}
