/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the models of Arm's generic interrupt controllers share: versions 2
 * (IHI 0048B) and 3 (IHI 0069H, one security state, affinity routing on).
 *
 * Who may touch what
 *
 * g->lock (LOCK_VPIC) guards every interrupt, every backlog, and the books of
 * slots (`used`, `slot_id`, an interrupt's `slot`).  The slots themselves are
 * hardware: only the CPU that has a VCPU loaded touches them.  An interrupt
 * is in one place at a time:
 *
 *   idle	it wants nothing; its owner is where it was last
 *   backlog	it is in one of its owner's queues: it wants a slot there
 *   slot	owner->hw.used and slot_id[irq->slot] say so.  The slot's state
 *		counts; what the model knows is of the time it went in.
 *
 * The hardware holds slots only while their VCPU is loaded: put keeps those
 * that still have state in `kept`, for the next load, and forgets the finished
 * ones.  Who changes an interrupt that is kept takes it out there.  A change
 * on the CPU where the owner is loaded takes effect at once (vgic_update());
 * elsewhere it is written into the model, the owner's `unseen` bit of it set
 * and the owner kicked: its own CPU then takes the interrupt out of the slot
 * and puts it where it now belongs.  So does an SPI migrate: what is pending
 * goes to the new target, what is active stays with its owner until it ends,
 * with NOTIFY set so that the end is seen.  DROP_ and MAKE_ flags carry what
 * must happen to the slot's state meanwhile.
 *
 * Without the lock: `cpu` in load, and used = 0 in put when no slot has state;
 * others that see slots in use which are not merely kick in vain.  Who sees a
 * VCPU put, with the lock, may change what it keeps: its load waits for the
 * lock if there is anything.  And a linked pin, or an SGI to oneself, that
 * becomes pending in a slot here: changes from elsewhere follow in `unseen`.
 *
 * A level that is high when its interrupt goes into a slot sets NOTIFY: the
 * guest's end of it asks for attention, and it goes in again.  When the line
 * falls before, NOTIFY is taken back and the end costs nothing.
 *
 * When more want slots than there are, pending ones go before active ones
 * and higher priorities before lower; VPIC_NONE_PENDING then asks for the
 * next, VPIC_ENDED_OUTSIDE tells that an active one in memory has ended: the
 * one with the highest priority.
 *
 * What a guest can heap up is worked off in steps of bounded length: a VCPU
 * that has more to do requests its sync again, and interrupts come in between.
 */
#ifndef EMULATORS_PIC_VGIC_H
#define EMULATORS_PIC_VGIC_H

#include <libs/bitmap.h>
#include <vmm/emulator.h>
#include <vmm/vcpu.h>
#include <vmm/vpic.h>

#define GIC_SGI_COUNT		16
#define GIC_PRIVATE_COUNT	32
#define GIC_SPI_COUNT		256
#define GIC_ID_COUNT		(GIC_PRIVATE_COUNT + GIC_SPI_COUNT)
#define GIC_VCPU_MAX		8
#define GIC_NOWHERE		0xff	/* no VCPU */

enum vgic_flag {
	GIC_ENABLED	 = BIT(0),
	GIC_ON		 = BIT(1),	/* enabled, and its group is too */
	GIC_EDGE	 = BIT(2),
	GIC_LINE	 = BIT(3),	/* its wire is high */
	GIC_LATCH	 = BIT(4),	/* pending without its wire's help */
	GIC_ACTIVE	 = BIT(5),	/* in memory, like GIC_LATCH */
	GIC_SOFT	 = BIT(6),	/* the slot's pending was latched */
	GIC_LINKED	 = BIT(7),
	/* For an interrupt in a slot of another CPU, when it comes out. */
	GIC_DROP_PENDING = BIT(8),
	GIC_DROP_ACTIVE	 = BIT(9),
	GIC_MAKE_ACTIVE	 = BIT(10),
	/* How it went into its slot. */
	GIC_WENT_PENDING = BIT(11),
	GIC_WENT_ACTIVE	 = BIT(12),

	GIC_IN_SLOT	 = GIC_SOFT | GIC_DROP_PENDING | GIC_DROP_ACTIVE |
			   GIC_MAKE_ACTIVE | GIC_WENT_PENDING |
			   GIC_WENT_ACTIVE,
};

struct vgic_irq {
	u64 word;		/* as for slots, without state and NOTIFY */
	u16 flags;		/* enum vgic_flag */
	u8 slot;		/* hint: see vgic_slot_holds() */
	u8 owner;		/* VCPU where it is, or was last */
	u8 target;		/* VCPU that its pending state goes to */
	/*
	 * SPIs: what the guest wrote, affinity 0 to 2 or a mask of CPU
	 * interfaces.  Version 2's SGIs: VCPUs that wait to be served.
	 */
	u8 route[3];
};

/*
 * What registers of 32 interrupts read, as they read it: kept beside what
 * delivery wants, so that reading is one load.  Written with the lock held.
 */
struct vgic_bank {
	u32 group, enable;
	u32 config[2];
	u32 stateful;		/* may be pending or active: see vgic_state() */
	u8 priority[32] ALIGNED(4);
};

/*
 * What waits for slots is in a queue of its owner: by list, by the priority
 * that it had then, and first come, first served.
 */
enum vgic_list {
	GIC_LIST_NONE, GIC_LIST_GROUP0, GIC_LIST_GROUP1, GIC_LIST_ACTIVE,
};
#define GIC_LISTS	GIC_LIST_ACTIVE
#define GIC_PRIORITIES	256
#define GIC_NO_PRIORITY	GIC_PRIORITIES
#define GIC_RANK_ACTIVE	GIC_PRIORITIES	/* behind all that are pending */

struct vgic_queue {
	u32 any;			/* bit n: some[n] is not 0 */
	u8 some[GIC_PRIORITIES / 8];	/* a bit for each priority */
};

/* An interrupt's neighbours, in a circle. */
struct vgic_link {
	u16 next, prev;
	u8 list, priority;
};

struct vgic_vcpu {
	struct vpic_vcpu hw;		/* v->pic */
	struct vcpu *vcpu;		/* c */
	u64 self_sgi;			/* c: ICC_SGI1R_EL1 naming just it */
	u8 index;			/* c */
	u8 unused_bits;			/* c: of priorities */
	bool asleep;			/* GICR_WAKER */
	u16 slot_id[VPIC_SLOT_MAX];
	/* While it is put: slots that hw.used says, if there were any. */
	u64 kept[VPIC_SLOT_MAX];
	bool has_kept;			/* counted in hw.backlog_count */
	/*
	 * What others changed while it was in a slot elsewhere; counted in
	 * hw.backlog_count, too.
	 */
	BITMAP_DECLARE(unseen, GIC_ID_COUNT);
	u32 unseen_count;
	u32 ended;			/* outside slots, not yet in memory */
	struct vgic_irq private[GIC_PRIVATE_COUNT];
	struct vgic_bank bank;
	struct vgic_link links[GIC_PRIVATE_COUNT];
	struct vgic_queue queues[GIC_LISTS];
	u16 first[];			/* by list and priority */
};

struct gic {
	struct emu emu;
	struct vpic pic;
	struct spinlock lock;			/* LOCK_VPIC */
	u32 ctlr;				/* bit 0, 1: groups */
	u32 due;				/* VCPUs: vgic_update_later() */
	unsigned version;			/* c */
	unsigned vcpu_count;			/* c once running */
	struct vgic_vcpu *vcpus[GIC_VCPU_MAX];	/* c once running */
	struct vgic_irq spi[GIC_SPI_COUNT];
	struct vgic_bank banks[GIC_SPI_COUNT / 32];
	struct vgic_link links[GIC_SPI_COUNT];
};

static inline struct gic *vgic_of(struct vpic *p)
{
	return container_of(p, struct gic, pic);
}

/* NULL: not yet initialised. */
static inline struct vgic_vcpu *vgic_vcpu_of(const struct vcpu *v)
{
	return v->pic ? container_of(v->pic, struct vgic_vcpu, hw) : NULL;
}

/* id is below GIC_ID_COUNT; gv matters for private ones only. */
static inline struct vgic_irq *vgic_irq_at(struct gic *g, struct vgic_vcpu *gv,
					 u32 id)
{
	return id < GIC_PRIVATE_COUNT ? &gv->private[id] :
					&g->spi[id - GIC_PRIVATE_COUNT];
}

static inline struct vgic_vcpu *vgic_vcpu_at(struct gic *g, u8 index)
{
	return index < g->vcpu_count ? g->vcpus[index] : NULL;
}

/* Where id's registers are; NULL: private ones without a VCPU. */
static inline struct vgic_bank *vgic_bank_at(struct gic *g,
					     struct vgic_vcpu *gv, u32 id)
{
	if (id < GIC_PRIVATE_COUNT)
		return gv ? &gv->bank : NULL;
	return &g->banks[index_clamp((id - GIC_PRIVATE_COUNT) / 32,
				     ARRAY_LEN(g->banks))];
}

/* Registers of its state must look at irq. */
static inline void vgic_note_state(struct gic *g, const struct vgic_irq *irq,
				   u32 id)
{
	struct vgic_bank *b = vgic_bank_at(g, vgic_vcpu_at(g, irq->owner), id);

	if (b)
		b->stateful |= BIT(id % 32);
}

static inline bool vgic_is_here(const struct vgic_vcpu *gv)
{
	return __atomic_load_n(&gv->hw.cpu, __ATOMIC_RELAXED) == this_cpu();
}

/* With the lock held: it stays so for whoever has seen it. */
static inline bool vgic_is_put(const struct vgic_vcpu *gv)
{
	return !__atomic_load_n(&gv->hw.cpu, __ATOMIC_RELAXED);
}

static inline bool vgic_slot_holds(const struct vgic_vcpu *gv,
				  const struct vgic_irq *irq, u32 id)
{
	return (gv->hw.used >> irq->slot & 1) && gv->slot_id[irq->slot] == id;
}

static inline bool vgic_is_pending(const struct vgic_irq *irq)
{
	return (irq->flags & GIC_LATCH) ||
	       (irq->flags & (GIC_EDGE | GIC_LINE)) == GIC_LINE;
}

static inline u8 vgic_priority(const struct vgic_irq *irq)
{
	return (u8)(irq->word >> VPIC_WORD_PRIORITY_SHIFT);
}

/* ---- vgic_slots.c; g->lock is held ---- */

/*
 * Takes irq out of a slot on this CPU, so that its state is in memory.
 * False: it is in a slot of another CPU, and stays there for now.
 */
bool vgic_pull(struct gic *g, struct vgic_irq *irq, u32 id);
/* irq, linked, in no slot, and its host interrupt agree from here on. */
void vgic_link_settle(struct vgic_vcpu *gv, const struct vgic_irq *irq,
		      u32 pin);
/*
 * gv is loaded here: its slots hold what they should, or will soon.  To put
 * one in takes 1 of room, to take one out 2.
 */
void vgic_refill(struct gic *g, struct vgic_vcpu *gv, int room);

/* ---- vgic_update.c; g->lock is held ---- */

/* After any change: irq goes where it belongs, here or by a kick. */
void vgic_update(struct gic *g, struct vgic_irq *irq, u32 id);
/*
 * The same for each of many, before the lock is given back with
 * vgic_update_end(): slots are filled once, by the next sync.
 */
void vgic_update_later(struct gic *g, struct vgic_irq *irq, u32 id);
void vgic_update_end(struct gic *g);
/*
 * The quick way of an SGI that gv sends to itself, without the lock.  False:
 * do it by vgic_send().
 */
bool vgic_send_self(struct vgic_vcpu *gv, u32 id);
/* An SGI that is pending without regard to who sent it. */
void vgic_send(struct gic *g, struct vgic_vcpu *gv, u32 id);
/*
 * VPIC_WORD_STATE bits of irq.  In a slot of another CPU: as it was when it
 * went in, and that CPU is asked to take it out.
 */
u64 vgic_state(struct gic *g, struct vgic_irq *irq, u32 id);

/* ---- vgic_backlog.c; g->lock is held ---- */

/* gv NULL: its owner and all of its queues are gone. */
void vgic_backlog_remove(struct gic *g, struct vgic_vcpu *gv, u32 id);
/*
 * Finds out where irq, which is in no slot, belongs by its state, and puts
 * it into the backlog or takes it out.  The VCPU that has work by it, or NULL.
 */
struct vgic_vcpu *vgic_backlog_mark(struct gic *g, struct vgic_irq *irq,
				    u32 id);
/* The priority of the list's first, or GIC_NO_PRIORITY. */
u32 vgic_backlog_best(const struct vgic_vcpu *gv, enum vgic_list list);
/*
 * The one that should have a slot first, or GIC_ID_COUNT: a pending one of the
 * best priority, which is its rank, else an active one.
 */
u32 vgic_backlog_next(struct vgic_vcpu *gv, u32 *rank);
/* The active one of the best priority, of which there are some. */
u32 vgic_backlog_active(struct vgic_vcpu *gv);

/* ---- vgic_model.c ---- */
/* Called by the versions' probes: -ENOTSUP without slots of that version. */
int vgic_probe(struct gic *g, const struct vpic_ops *ops, unsigned version);
void vgic_reset(void *state);
u64 vgic_extra_bytes(const void *state);
/* irq's target from its route; lock held, followed by vgic_update(). */
void vgic_route(struct gic *g, struct vgic_irq *irq);
/* Its GIC_ON from its enable bit and group; lock held. */
void vgic_set_on(struct gic *g, struct vgic_irq *irq);
/* Is there a change that a running VCPU's own CPU has not yet seen? */
bool vgic_write_pending(struct gic *g);

/* ---- struct vpic_ops: vgic_update.c, vgic_slots.c, vgic_model.c ---- */
void vgic_set_line(struct vpic *p, u32 pin, bool level);
void vgic_set_private(struct vpic *p, struct vcpu *v, u32 pin, bool level);
void vgic_link(struct vpic *p, struct vcpu *v, u32 pin, u32 host);
void vgic_raise_linked(struct vpic *p, struct vcpu *v, u32 pin);
void vgic_take_linked(struct vpic *p, struct vcpu *v, u32 pin);
int vgic_vcpu_init(struct vpic *p, struct vcpu *v);
void vgic_vcpu_fini(struct vpic *p, struct vcpu *v);
void vgic_vcpu_reset(struct vpic *p, struct vcpu *v);
void vgic_load(struct vpic *p, struct vcpu *v);
void vgic_put(struct vpic *p, struct vcpu *v);
void vgic_sync(struct vpic *p, struct vcpu *v);
bool vgic_pending(struct vpic *p, struct vcpu *v);
void vgic_dump(struct vpic *p, struct vcpu *v, struct console *con);
u32 vgic_explain(struct vpic *p, struct vcpu *v, u32 from,
		 struct vcpu_why *w);

/* All of struct vpic_ops that both versions share. */
#define VGIC_COMMON_OPS							\
	.set_line = vgic_set_line, .set_private = vgic_set_private,	\
	.link = vgic_link,						\
	.raise_linked = vgic_raise_linked,				\
	.take_linked = vgic_take_linked, .vcpu_init = vgic_vcpu_init,	\
	.vcpu_fini = vgic_vcpu_fini, .vcpu_reset = vgic_vcpu_reset,	\
	.load = vgic_load, .put = vgic_put, .sync = vgic_sync,		\
	.pending = vgic_pending, .dump = vgic_dump, .explain = vgic_explain

/*
 * ---- vgic_regs.c: registers with a field for each interrupt ----
 * The lock is taken inside, for some of them at a time: exits take interrupts
 * in between.  gv is whose private interrupts are meant (NULL: private ones
 * read as zero and ignore stores); first is the register's first interrupt;
 * only lanes are stored.
 */
enum vgic_field {
	GIC_FIELD_GROUP, GIC_FIELD_ENABLE, GIC_FIELD_PENDING,
	GIC_FIELD_ACTIVE
};
enum vgic_how { GIC_STORE_SET, GIC_STORE_CLEAR, GIC_STORE_ALL };

/* Of groups and enables. */
u32 vgic_bits_read(struct gic *g, struct vgic_vcpu *gv, u32 first,
		  enum vgic_field field);
struct vgic_load {
	u64 mask;			/* of VPIC_WORD_STATE */
	struct vcpu *vcpu;		/* who loads */
};
#define VGIC_LOAD(c, m)							\
	(&(const struct vgic_load){ .mask = (m), .vcpu = (c)->vcpu })
/* What is pending or active. */
u32 vgic_state_read(struct gic *g, struct vgic_vcpu *gv, u32 first,
		    const struct vgic_load *how);
struct vgic_store {
	u32 lanes, value;
	enum vgic_field field;		/* vgic_bits_write() only */
	enum vgic_how how;		/* the same */
	struct vcpu *vcpu;		/* who stores */
};
#define VGIC_STORE(c, v, f, h)						\
	(&(const struct vgic_store){ .lanes = (u32)(c)->lanes,		\
		.value = (u32)(v), .field = (f), .how = (h),		\
		.vcpu = (c)->vcpu })
void vgic_bits_write(struct gic *g, struct vgic_vcpu *gv, u32 first,
		    const struct vgic_store *s);
u32 vgic_priority_read(struct gic *g, struct vgic_vcpu *gv, u32 first);
void vgic_priority_write(struct gic *g, struct vgic_vcpu *gv, u32 first,
			 const struct vgic_store *s);
u32 vgic_config_read(struct gic *g, struct vgic_vcpu *gv, u32 first);
void vgic_config_write(struct gic *g, struct vgic_vcpu *gv, u32 first,
		       const struct vgic_store *s);
/* Group enables: bits 0 and 1 of the value. */
void vgic_ctlr_write(struct gic *g, const struct vgic_store *s);

#endif
