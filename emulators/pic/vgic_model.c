// SPDX-License-Identifier: GPL-2.0-or-later
/* A guest's GIC as an object: made, reset, routed, shown; vgic.h. */

#include "vgic.h"

#include <vmm/console.h>
#include <vmm/guest.h>
#include <vmm/heap.h>
#include <vmm/log.h>
#include <vmm/why.h>

/* What vgic_explain() does with the lock held. */
#define EXPLAINED_AT_ONCE	8
#define LOOKED_AT_AT_ONCE	64
/* Interrupts that are reset with the lock held; 32 is a multiple. */
#define RESET_AT_ONCE		8

/* ---- state that follows from registers ---- */

void vgic_set_on(struct gic *g, struct vgic_irq *irq)
{
	const u32 group = irq->word & VPIC_WORD_GROUP1 ? BIT(1) : BIT(0);

	irq->flags &= (u16)~GIC_ON;
	if ((irq->flags & GIC_ENABLED) && (g->ctlr & group))
		irq->flags |= GIC_ON;
}

/* Version 3: the VCPU of that affinity. */
static u8 target_by_affinity(const struct gic *g, const struct vgic_irq *irq)
{
	const u64 hwid = irq->route[0] | (u64)irq->route[1] << 8 |
			 (u64)irq->route[2] << 16;

	for (unsigned i = 0; i < g->vcpu_count; i++)
		if (g->vcpus[i] && g->vcpus[i]->vcpu->hwid == hwid)
			return (u8)i;
	return GIC_NOWHERE;
}

/* Version 2: the first of the CPU interfaces named; alone, always it. */
static u8 target_by_mask(const struct gic *g, const struct vgic_irq *irq)
{
	const u32 present = BIT(g->vcpu_count) - 1;
	const u32 mask = irq->route[0] & present;

	if (g->vcpu_count == 1)
		return 0;
	return mask ? (u8)__builtin_ctz(mask) : GIC_NOWHERE;
}

void vgic_route(struct gic *g, struct vgic_irq *irq)
{
	irq->target = g->version == 2 ? target_by_mask(g, irq) :
					target_by_affinity(g, irq);
}

bool vgic_write_pending(struct gic *g)
{
	for (unsigned i = 0; i < g->vcpu_count; i++) {
		const struct vgic_vcpu *gv = g->vcpus[i];

		/* One that does not run sees it before it runs again. */
		if (gv && gv->unseen_count && !vgic_is_here(gv) &&
		    gv->vcpu->thread.state == THREAD_RUNNING)
			return true;
	}
	return false;
}

/* ---- made and reset ---- */

static void irq_reset(struct vgic_irq *irq, u32 id)
{
	const u64 link = 0x3ffull << VPIC_WORD_SOURCE_SHIFT;
	const u16 keep = irq->flags & (GIC_LINKED | GIC_LINE);

	if (keep & GIC_LINKED)
		irq->word = (irq->word & link) | VPIC_WORD_LINKED | id;
	else
		irq->word = id;
	irq->flags = keep;
	irq->route[0] = irq->route[1] = irq->route[2] = 0;
}

/* What registers read of 32 after a reset; some are edges, some enabled. */
static void bank_reset(struct vgic_bank *b, u32 edges, u32 enabled)
{
	*b = (struct vgic_bank){
		.enable = enabled, .config = { edges }, .stateful = b->stateful,
	};
}

/* Of gv, from first on. */
static void some_reset(struct gic *g, struct vgic_vcpu *gv, u32 first)
{
	/* Version 2 cannot disable them. */
	const u16 sgi = g->version == 2 ? GIC_EDGE | GIC_ENABLED : GIC_EDGE;

	SCOPED_LOCK(&g->lock);
	for (u32 id = first; id < first + RESET_AT_ONCE; id++) {
		struct vgic_irq *irq = &gv->private[id];

		vgic_backlog_remove(g, gv, id);
		irq_reset(irq, id);
		irq->owner = irq->target = gv->index;
		if (id < GIC_SGI_COUNT)
			irq->flags |= sgi;
	}
}

static void private_reset(struct gic *g, struct vgic_vcpu *gv)
{
	for (u32 id = 0; id < GIC_PRIVATE_COUNT; id += RESET_AT_ONCE)
		some_reset(g, gv, id);
	SCOPED_LOCK(&g->lock);
	gv->asleep = true;
	bank_reset(&gv->bank, 0xaaaaaaaa, g->version == 2 ? 0xffff : 0);
}

/* Slots are forgotten first: what is reset is in none. */
static void interface_reset(struct gic *g, struct vgic_vcpu *gv)
{
	{
		SCOPED_LOCK(&g->lock);
		bitmap_clear_range(gv->unseen, 0, GIC_ID_COUNT);
		gv->hw.backlog_count -= gv->unseen_count + gv->has_kept;
		gv->unseen_count = gv->ended = 0;
		gv->hw.used = gv->hw.linked_held = 0;
		gv->has_kept = false;
	}
	private_reset(g, gv);
}

static void spis_reset(struct gic *g, u32 first)
{
	SCOPED_LOCK(&g->lock);

	for (u32 i = first; i < first + RESET_AT_ONCE; i++) {
		struct vgic_irq *irq = &g->spi[i];

		vgic_backlog_remove(g, vgic_vcpu_at(g, irq->owner),
				    GIC_PRIVATE_COUNT + i);
		irq_reset(irq, GIC_PRIVATE_COUNT + i);
		irq->owner = GIC_NOWHERE;
		vgic_route(g, irq);
	}
	bank_reset(&g->banks[first / 32], 0, 0);
}

/* In parts, each of which masks interrupts for a short time. */
void vgic_reset(void *state)
{
	struct gic *g = state;

	{
		SCOPED_LOCK(&g->lock);
		g->ctlr = 0;
	}
	for (u32 i = 0; i < g->vcpu_count; i++)
		if (g->vcpus[i])
			interface_reset(g, g->vcpus[i]);
	for (u32 i = 0; i < GIC_SPI_COUNT; i += RESET_AT_ONCE)
		spis_reset(g, i);
}

int vgic_probe(struct gic *g, const struct vpic_ops *ops, unsigned version)
{
	if (!vpic_slots || vpic_slots->version != version)
		return fail(-ENOTSUP, "%s: this machine's interrupt "
			    "controller cannot host a version %u of it",
			    g->emu.name, version);
	spin_init(&g->lock, LOCK_VPIC);
	g->version = version;
	g->pic.ops = ops;
	g->pic.guest = g->emu.guest;
	g->pic.pin_count = GIC_ID_COUNT;
	if (g->emu.guest)
		g->emu.guest->pic = &g->pic;
	return 0;
}

static u64 sgi_for(u64 hwid)
{
	return (hwid >> 32 & 0xff) << 48 | (hwid >> 4 & 0xf) << 44 |
	       (hwid >> 16 & 0xff) << 32 | (hwid >> 8 & 0xff) << 16 |
	       BIT(hwid & 0xf);
}

static void spis_route(struct gic *g, u32 first)
{
	SCOPED_LOCK(&g->lock);

	for (u32 i = first; i < first + 32; i++)
		vgic_route(g, &g->spi[i]);
}

/* The low bits of priorities that slots do not tell apart. */
static unsigned unused_bits(void)
{
	return (unsigned)__builtin_ctz(vpic_slots->priority_mask | BIT(7));
}

int vgic_vcpu_init(struct vpic *p, struct vcpu *v)
{
	struct gic *g = vgic_of(p);
	const unsigned max = g->version == 2 ? 8 : GIC_VCPU_MAX;
	const unsigned unused = unused_bits();
	struct vgic_vcpu *gv;

	if (v->index >= max)
		return fail(-ERANGE, "%s: serves %u CPUs, not one more",
			    g->emu.name, max);
	gv = heap_alloc(sizeof(*gv) + sizeof(gv->first[0]) *
			(GIC_LISTS * GIC_PRIORITIES >> unused));
	if (!gv)
		return fail(-ENOMEM, "%s: no memory for CPU %u", g->emu.name,
			    v->index);
	gv->vcpu = v;
	gv->index = (u8)v->index;
	gv->self_sgi = sgi_for(v->hwid);
	gv->unused_bits = (u8)unused;
	v->pic = &gv->hw;
	private_reset(g, gv);
	{
		SCOPED_LOCK(&g->lock);
		g->vcpus[v->index] = gv;
		g->vcpu_count = MAX(g->vcpu_count, v->index + 1);
	}
	for (u32 i = 0; i < GIC_SPI_COUNT; i += 32)
		spis_route(g, i);
	return 0;
}

void vgic_vcpu_fini(struct vpic *p, struct vcpu *v)
{
	struct gic *g = vgic_of(p);
	struct vgic_vcpu *gv = vgic_vcpu_of(v);

	if (!gv)
		return;
	v->pic = NULL;
	{
		SCOPED_LOCK(&g->lock);
		g->vcpus[gv->index] = NULL;
	}
	heap_free(gv);
}

void vgic_vcpu_reset(struct vpic *p, struct vcpu *v)
{
	struct vgic_vcpu *gv = vgic_vcpu_of(v);

	SCOPED_LOCK_RAW(&vgic_of(p)->lock);
	gv->hw.interface = (struct vpic_interface){ 0 };
}

/* ---- for people ---- */

static void dump_irq(const struct vgic_irq *irq, const struct vgic_vcpu *gv,
		     struct console *con)
{
	const u32 id = VPIC_WORD_ID(irq->word);

	if (!(irq->flags & ~(GIC_EDGE | GIC_LINKED)))
		return;
	con_printf(con, "  %3u: priority %02x group %u %s%s%s%s%s%s%s\n", id,
		   vgic_priority(irq), irq->word & VPIC_WORD_GROUP1 ? 1 : 0,
		   irq->flags & GIC_EDGE ? "edge" : "level",
		   irq->flags & GIC_LINKED ? " linked" : "",
		   irq->flags & GIC_ENABLED ? "" : " masked",
		   irq->flags & GIC_LINE ? " high" : "",
		   irq->flags & GIC_LATCH ? " pending" : "",
		   irq->flags & GIC_ACTIVE ? " active" : "",
		   gv && vgic_slot_holds(gv, irq, id) ? " in a slot" :
		   irq->target == GIC_NOWHERE ? " for nobody" : "");
}

void vgic_dump(struct vpic *p, struct vcpu *v, struct console *con)
{
	struct gic *g = vgic_of(p);
	const struct vgic_vcpu *gv = vgic_vcpu_of(v);

	con_printf(con, "gic: groups enabled %x, interface mask %08x, "
		   "%u waiting, slots %x\n", g->ctlr, gv->hw.interface.mask,
		   gv->hw.backlog_count, gv->hw.used);
	for (u32 i = 0; i < GIC_PRIVATE_COUNT; i++)
		dump_irq(&gv->private[i], gv, con);
	for (u32 i = 0; i < GIC_SPI_COUNT; i++)
		if (g->spi[i].target == gv->index ||
		    g->spi[i].owner == gv->index)
			dump_irq(&g->spi[i], gv, con);
}

/* What keeps irq from gv's VCPU, whose interface has that mask. */
static u8 stops_of(const struct gic *g, const struct vgic_vcpu *gv,
		   const struct vgic_irq *irq, u32 mask)
{
	const u32 group = irq->word & VPIC_WORD_GROUP1 ? BIT(1) : BIT(0);

	return (irq->flags & GIC_ENABLED ? 0 : WHY_STOP_DISABLED) |
	       (g->ctlr & mask & group ? 0 : WHY_STOP_GROUP) |
	       (vgic_priority(irq) < mask >> 24 ? 0 : WHY_STOP_PRIORITY) |
	       (irq->target == gv->index ? 0 : WHY_STOP_ELSEWHERE);
}

/* As vgic_state(), but nobody is asked to tell. */
static u64 known_state(const struct vgic_vcpu *gv, const struct vgic_irq *irq)
{
	u64 state = vgic_is_pending(irq) ? VPIC_WORD_PENDING : 0;

	if (vgic_slot_holds(gv, irq, VPIC_WORD_ID(irq->word))) {
		if (vgic_is_here(gv))
			return state | (vpic_slots->read(irq->slot) &
					VPIC_WORD_STATE);
		if (vgic_is_put(gv))
			return state | (gv->kept[irq->slot] & VPIC_WORD_STATE);
	}
	return irq->flags & GIC_ACTIVE ? state | VPIC_WORD_ACTIVE : state;
}

/* Now, or until it ends. */
static bool is_of(const struct vgic_vcpu *gv, const struct vgic_irq *irq)
{
	return irq->target == gv->index ||
	       (irq->owner == gv->index && irq->flags & GIC_ACTIVE);
}

static void explain_irq(const struct gic *g, const struct vgic_vcpu *gv,
			const struct vgic_irq *irq, struct vcpu_why *w)
{
	const u64 state = known_state(gv, irq);
	const bool timer = why_timer_of(w, VPIC_WORD_ID(irq->word));
	struct why_source s = {
		.id = VPIC_WORD_ID(irq->word),
		.kind = timer ? WHY_TIMER : WHY_DEVICE,
		.pending = state & VPIC_WORD_PENDING,
		.active = state & VPIC_WORD_ACTIVE,
	};

	if (!timer && !state && !(irq->flags & GIC_ENABLED))
		return;
	if (s.id < GIC_SGI_COUNT) {
		s.kind = WHY_IPI;
		s.name = "from a VCPU";
	}
	s.stops = stops_of(g, gv, irq, vgic_is_here(gv) ? vpic_slots->mask() :
				       gv->hw.interface.mask);
	if (s.active)
		s.stops |= WHY_STOP_ACTIVE;
	why_source_add(w, &s);
}

/* Private ones come first, from the last, among which timers are. */
static u32 id_of_place(u32 place)
{
	return place < GIC_PRIVATE_COUNT ? GIC_PRIVATE_COUNT - 1 - place :
					   place;
}

/* Its registers say nothing of it, and it is no timer. */
static bool is_nothing(const struct gic *g, const struct vgic_vcpu *gv, u32 id)
{
	const struct vgic_bank *b;

	if (id < GIC_PRIVATE_COUNT)
		return false;
	b = &g->banks[(id - GIC_PRIVATE_COUNT) / 32];
	return !((b->enable | b->stateful) >> id % 32 & 1) ||
	       !is_of(gv, &g->spi[id - GIC_PRIVATE_COUNT]);
}

u32 vgic_explain(struct vpic *p, struct vcpu *v, u32 from, struct vcpu_why *w)
{
	struct gic *g = vgic_of(p);
	struct vgic_vcpu *gv = vgic_vcpu_of(v);
	unsigned room = EXPLAINED_AT_ONCE, looks = LOOKED_AT_AT_ONCE;

	SCOPED_LOCK_RAW(&g->lock);
	for (; from < GIC_ID_COUNT && room && looks; from++, looks--) {
		const u32 id = id_of_place(from);

		if (is_nothing(g, gv, id))
			continue;
		explain_irq(g, gv, vgic_irq_at(g, gv, id), w);
		room--;
	}
	return from < GIC_ID_COUNT ? from : 0;
}

u64 vgic_extra_bytes(const void *state)
{
	const struct gic *g = state;
	u64 bytes = 0;

	for (unsigned i = 0; i < g->vcpu_count; i++)
		bytes += heap_size(g->vcpus[i]);
	return bytes;
}
