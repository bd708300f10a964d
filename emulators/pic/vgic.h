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
 *   backlog	its bit is set in its owner's backlog: it wants a slot there, or
 *		somebody changed it while it sat in a slot of another CPU
 *   slot	owner->hw.used and slot_id[irq->slot] say so.  The slot's state
 *		counts; what the model knows is of the time it went in.
 *
 * Slots hold interrupts only while their VCPU is loaded: put takes those that
 * still have state back into memory and forgets the finished ones.  A change
 * on the CPU where the owner is loaded takes effect at once (vgic_update());
 * elsewhere it is written into the model, the bit in the owner's backlog is set
 * and the owner kicked: its own CPU then takes the interrupt out of the slot
 * and puts it where it now belongs.  So does an SPI migrate: what is pending
 * goes to the new target, what is active stays with its owner until it ends,
 * with NOTIFY set so that the end is seen.  DROP_ and MAKE_ flags carry what
 * must happen to the slot's state meanwhile.
 *
 * Without the lock: `cpu`, and used = 0 in put when no slot has state; others
 * that see slots in use which are not merely kick in vain.  And a linked pin,
 * or an SGI to oneself, that becomes pending in a slot here: changes from
 * elsewhere follow in the backlog.
 *
 * A level that is high when its interrupt goes into a slot sets NOTIFY: the
 * guest's end of it asks for attention, and it goes in again.  When the line
 * falls before, NOTIFY is taken back and the end costs nothing.
 *
 * When more want slots than there are, pending ones go before active ones
 * and higher priorities before lower; VPIC_NONE_PENDING then asks for the
 * next, VPIC_ENDED_OUTSIDE tells that an active one in memory has ended: the
 * one with the highest priority.
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

struct vgic_vcpu {
	struct vpic_vcpu hw;		/* v->pic */
	struct vcpu *vcpu;		/* c */
	u64 self_sgi;			/* c: ICC_SGI1R_EL1 naming just it */
	u8 index;			/* c */
	bool asleep;			/* GICR_WAKER */
	u16 slot_id[VPIC_SLOT_MAX];
	BITMAP_DECLARE(backlog, GIC_ID_COUNT);
	/* Of these, what others changed while it was in a slot elsewhere. */
	BITMAP_DECLARE(unseen, GIC_ID_COUNT);
	struct vgic_irq private[GIC_PRIVATE_COUNT];
	struct vgic_bank bank;
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

static inline bool vgic_is_here(const struct vgic_vcpu *gv)
{
	return __atomic_load_n(&gv->hw.cpu, __ATOMIC_RELAXED) == this_cpu();
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

/* ---- vgic.c; g->lock is held ---- */

/*
 * Takes irq out of a slot on this CPU, so that its state is in memory.
 * False: it is in a slot of another CPU, and stays there for now.
 */
bool vgic_pull(struct gic *g, struct vgic_irq *irq, u32 id);
/* After any change: irq goes where it belongs, here or by a kick. */
void vgic_update(struct gic *g, struct vgic_irq *irq, u32 id);
/*
 * The same for each of many, before the lock is given back with
 * vgic_update_end(): slots are filled once, not for each of them.
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

/* ---- vgic_model.c ---- */
/* After irq's flags or priority changed: what its registers read. */
void vgic_bank_update(struct vgic_bank *b, const struct vgic_irq *irq);
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

/* ---- struct vpic_ops, vgic.c and vgic_model.c ---- */
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
 * The lock is taken inside.  gv is whose private interrupts are meant (NULL:
 * private ones read as zero and ignore stores); first is the register's
 * first interrupt; only lanes are stored.
 */
enum vgic_field {
	GIC_FIELD_GROUP, GIC_FIELD_ENABLE, GIC_FIELD_PENDING,
	GIC_FIELD_ACTIVE
};
enum vgic_how { GIC_STORE_SET, GIC_STORE_CLEAR, GIC_STORE_ALL };

u32 vgic_bits_read(struct gic *g, struct vgic_vcpu *gv, u32 first,
		  enum vgic_field field);
struct vgic_store {
	u32 lanes, value;
	enum vgic_field field;		/* vgic_bits_write() only */
	enum vgic_how how;		/* the same */
};
#define VGIC_STORE(c, v, f, h)						\
	(&(const struct vgic_store){ .lanes = (u32)(c)->lanes,		\
		.value = (u32)(v), .field = (f), .how = (h) })
void vgic_bits_write(struct gic *g, struct vgic_vcpu *gv, u32 first,
		    const struct vgic_store *s);
u32 vgic_priority_read(struct gic *g, struct vgic_vcpu *gv, u32 first);
void vgic_priority_write(struct gic *g, struct vgic_vcpu *gv, u32 first,
			 const struct vgic_store *s);
u32 vgic_config_read(struct gic *g, struct vgic_vcpu *gv, u32 first);
void vgic_config_write(struct gic *g, struct vgic_vcpu *gv, u32 first,
		       const struct vgic_store *s);
/* Group enables: bits 0 and 1. */
void vgic_ctlr_write(struct gic *g, u32 groups);

#endif
