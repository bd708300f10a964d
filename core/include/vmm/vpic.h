/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's interrupt controller: between its model (emulators/pic: state,
 * register rows, priorities) and the architecture (how a CPU is told).
 */
#ifndef VMM_VPIC_H
#define VMM_VPIC_H

#include <vmm/cpu.h>
#include <vmm/types.h>

struct console;
struct guest;
struct vcpu;
struct vcpu_why;
struct vpic;

/*
 * A model delivers through slots or drives pins (both below).  What only the
 * architectures with slots call is NULL in a model that drives pins.
 */
struct vpic_ops {
	const char *name;

	/* Drives a wire.  Any CPU, device lock held, interrupts masked. */
	void (*set_line)(struct vpic *p, u32 pin, bool level);

	/* ---- from VCPUs; interrupts masked ---- */

	/* -ENOMEM, -ERANGE: reported.  Thread context. */
	int (*vcpu_init)(struct vpic *p, struct vcpu *v);
	/* Whether vcpu_init() was there or not. */
	void (*vcpu_fini)(struct vpic *p, struct vcpu *v);
	/* The CPU interface as after power-on.  v is put. */
	void (*vcpu_reset)(struct vpic *p, struct vcpu *v);
	/*
	 * v has VCPU_REQUEST_IRQ, or the slots asked for attention, and is
	 * loaded here: bring what changed into the hardware before v goes
	 * on.
	 */
	void (*sync)(struct vpic *p, struct vcpu *v);
	/* Would v take an interrupt now?  v is loaded on this CPU or put. */
	bool (*pending)(struct vpic *p, struct vcpu *v);

	/* For people: guest info, vcpu regs.  v is put. */
	void (*dump)(struct vpic *p, struct vcpu *v, struct console *con);
	/*
	 * Adds some of v's sources that are enabled, pending, active, or
	 * timers of w (why_source_add()), from a place on: 0, or what it
	 * returned before.  Returns where to go on, 0: those were all; so
	 * each look is short.  After arch_vcpu_explain(), on the CPU that
	 * holds v, or anywhere while it is put; nothing changes.
	 */
	u32 (*explain)(struct vpic *p, struct vcpu *v, u32 from,
		       struct vcpu_why *w);

	/* ---- from an architecture with slots; NULL where pins are ---- */

	/* A private wire of one VCPU (timers), any CPU, interrupts masked. */
	void (*set_private)(struct vpic *p, struct vcpu *v, u32 pin,
			    bool level);
	/*
	 * Ties a private pin to a per-CPU host interrupt that the guest
	 * ends in hardware (irq_request_forwarded()).  While the pin is
	 * pending or active and v is loaded, the host interrupt is active
	 * on that CPU.  After vcpu_init; v is put.  Its source is off: what
	 * was pending is no more.
	 */
	void (*link)(struct vpic *p, struct vcpu *v, u32 pin, u32 host);
	/*
	 * The source of a linked pin asserts; v is loaded here, interrupts
	 * masked.  take: the host interrupt came and is active; raise: it is
	 * known to be due as v is being loaded; if little is to be done it is
	 * made active, so that it does not come.
	 */
	void (*take_linked)(struct vpic *p, struct vcpu *v, u32 pin);
	void (*raise_linked)(struct vpic *p, struct vcpu *v, u32 pin);
	/*
	 * What waits for v goes into this CPU, or what it holds out of it;
	 * interrupts masked.  With slots: called by vpic_load() and vpic_put()
	 * when there is any.  v is also put when it is turned off, so that
	 * what it held can go elsewhere.
	 */
	void (*load)(struct vpic *p, struct vcpu *v);
	void (*put)(struct vpic *p, struct vcpu *v);
	/*
	 * v sends an interrupt to VCPUs by a trapped register: which one,
	 * by the model's numbering, and the value that the guest wrote.
	 */
	void (*send_ipi)(struct vpic *p, struct vcpu *v, u32 which,
			 u64 request);
};

/* In the model's state; its probe makes the guest's `pic` point at it. */
struct vpic {
	const struct vpic_ops *ops;
	struct guest *guest;
	unsigned pin_count;
};

/*
 * ---- Slots: a CPU's hardware that delivers to the VCPU loaded there ----
 *
 * A slot holds one interrupt as a word; the guest's acknowledge and end of
 * interrupt change the word's state without us.  All functions work on this
 * CPU's slots, interrupts masked.
 */
#define VPIC_SLOT_MAX		16

#define VPIC_WORD_ID(w)		((u32)(w))
/* A linked word's host interrupt; else the number of the VCPU that sent. */
#define VPIC_WORD_SOURCE_SHIFT	32
#define VPIC_WORD_HOST(w)	((u32)((w) >> VPIC_WORD_SOURCE_SHIFT & 0x3ff))
/* Not linked: ask for attention when the guest ended it. */
#define VPIC_WORD_NOTIFY	BIT64(41)
#define VPIC_WORD_PRIORITY_SHIFT 48
#define VPIC_WORD_PRIORITY	(0xffull << VPIC_WORD_PRIORITY_SHIFT)
#define VPIC_WORD_GROUP1	BIT64(60)
/* The guest's end of interrupt ends the host's too; not with NOTIFY. */
#define VPIC_WORD_LINKED	BIT64(61)
#define VPIC_WORD_PENDING	BIT64(62)
#define VPIC_WORD_ACTIVE	BIT64(63)
#define VPIC_WORD_STATE		(VPIC_WORD_PENDING | VPIC_WORD_ACTIVE)

/* When the slots ask for attention besides NOTIFY: control(). */
enum vpic_attention {
	VPIC_NONE_PENDING = BIT(0),	/* no slot is pending */
	VPIC_ENDED_OUTSIDE = BIT(1),	/* the guest ended one in no slot */
};

/* What the guest's CPU interface keeps besides slots; saved by put. */
struct vpic_interface {
	/* Bit 0, 1: group enabled; 31-24: only lower priority values pass */
	u32 mask;
	bool has_active;		/* some active[] is not 0 */
	u32 active[8];			/* active priorities, both groups */
};

struct vpic_slots {
	const char *name;
	unsigned version;		/* of the interface that guests see */
	unsigned count;			/* slots; at most VPIC_SLOT_MAX */
	u8 priority_mask;		/* bits of a priority that are kept */
	/* Where guests find the interface, when it is memory; size 0: not. */
	hpa_t window;
	u64 window_size;

	u64 (*read)(unsigned slot);
	void (*write)(unsigned slot, u64 word);
	/* A linked word into slot 0, its host interrupt made active. */
	void (*write_due)(u64 word);
	/*
	 * Writes word to a slot without state; else adds its PENDING and
	 * NOTIFY bits to the interrupt there, which must be the same one (a
	 * linked one is left as it is).
	 */
	void (*raise)(unsigned slot, u64 word);
	/* Slots without state whose end nobody waits for. */
	u32 (*free)(void);
	/* Slots with NOTIFY whose interrupt has ended. */
	u32 (*ended)(void);
	void (*control)(u32 attention);
	/* How often VPIC_ENDED_OUTSIDE happened since last asked. */
	u32 (*ended_outside)(void);
	u32 (*mask)(void);
	/* Makes a linked word's host interrupt active on this CPU, or not. */
	void (*activate_host)(u32 number);
	void (*deactivate_host)(u32 number);
	/* The interface's state out of this CPU, and into it. */
	void (*put)(struct vpic_interface *i);
	void (*load)(struct vpic_interface *i);
};

/* The architecture's, set before the first guest is made; NULL: none. */
extern const struct vpic_slots *vpic_slots;

/*
 * A VCPU's part of the controller, as those see it who load and put VCPUs:
 * v->pic points at it.  The model's; own: the CPU where v is loaded.
 */
struct vpic_vcpu {
	struct cpu *cpu;		/* where v is loaded, written there */
	u32 used;			/* own: slots that hold interrupts */
	u32 control;			/* own: attention asked for */
	/* own: linked pins in no slot with an active host interrupt. */
	u32 linked_active;
	/* The same while v is put: to be made active again. */
	u32 linked_held;
	u32 backlog_count;		/* interrupts that wait for slots */
	struct vpic_interface interface;
};

/* Is there work for the model, once the interface is in or out? */
static inline u32 vpic_has_work_load(const struct vpic_vcpu *h)
{
	return h->backlog_count | h->linked_held;
}

static inline u32 vpic_has_work_put(const struct vpic_vcpu *h)
{
	return h->used | h->control | h->linked_active;
}

/* v is here; and it no longer is, all slots are free. */
static inline void vpic_load(struct vpic_vcpu *h, struct vpic *p,
			     struct vcpu *v)
{
	__atomic_store_n(&h->cpu, this_cpu(), __ATOMIC_RELAXED);
	if (unlikely(vpic_has_work_load(h)))
		p->ops->load(p, v);
}

static inline void vpic_put(struct vpic_vcpu *h, struct vpic *p,
			    struct vcpu *v)
{
	if (unlikely(vpic_has_work_put(h)))
		p->ops->put(p, v);
	__atomic_store_n(&h->cpu, NULL, __ATOMIC_RELAXED);
}

/*
 * ---- Pins: wires into a VCPU, where a CPU has no slots ----
 *
 * A model that keeps all of an interrupt's state itself tells a VCPU no more
 * than a level: something is there to be claimed, or nothing is.  What a VCPU
 * sends another, and its timer, are the architecture's own.
 */
struct vpic_pins {
	/*
	 * From now on v's pin has that level.  Any CPU, locks of devices and
	 * of the controller held, interrupts masked; v may run anywhere, or
	 * not at all.  Kicks it as needed: vcpu_kick().
	 */
	void (*set)(struct vcpu *v, unsigned pin, bool level);
	/* For vpic_ops' sync and pending, in the same circumstances. */
	void (*sync)(struct vcpu *v);
	bool (*pending)(struct vcpu *v);
};

/* The architecture's, set before the first guest is made; NULL: none. */
extern const struct vpic_pins *vpic_pins;

/* Those of vpic_ops that are the same for all models that drive pins. */
void vpic_pins_sync(struct vpic *p, struct vcpu *v);
bool vpic_pins_pending(struct vpic *p, struct vcpu *v);

/*
 * ---- Interrupt files: what a VCPU has of messages that came to it ----
 *
 * The model keeps one file for each VCPU, takes messages by stores and
 * guest_msi(), and drives a pin of the VCPU.  The VCPU looks into its own file
 * by registers of its CPU, which the architecture traps and hands on here:
 * v is loaded on this CPU, interrupts masked.
 */
struct vpic_files;

/* Where the model keeps one's state; 64 identities to a word. */
struct vpic_file {
	u32 *delivery, *threshold;
	u64 *pending, *enable;
	u32 id_count;			/* a multiple of 64; 0: no state */
};

/*
 * Where CPUs have a file for the VCPU that is loaded there: it interrupts and
 * is looked into without us.  Masked, on the CPU itself but for send.
 */
struct vpic_file_slots {
	u32 id_count;			/* of a file's, at most */
	void (*load)(const struct vpic_file *f);
	/* Leaves nothing there, of no identity that the hardware has. */
	void (*put)(const struct vpic_file *f);
	void (*peek)(const struct vpic_file *f);	/* leaves all there */
	/*
	 * A message for v, which a CPU holds: it has arrived when this
	 * returns, and v is woken.
	 */
	void (*send)(unsigned cpu, struct vcpu *v, u32 id);
};

/* The architecture's, set before the first guest is made; NULL: none. */
extern const struct vpic_file_slots *vpic_file_slots;

struct vpic_file_ops {
	/* As those of vpic_ops, after them. */
	void (*vcpu_init)(struct vpic_files *f, struct vcpu *v);
	void (*vcpu_fini)(struct vpic_files *f, struct vcpu *v);
	void (*vcpu_reset)(struct vpic_files *f, struct vcpu *v);
	/*
	 * The register `number`, by the CPU manual's numbering: its bits in
	 * `mask` become those of *value, and *value what it was before.  A
	 * mask of 0 is a read.  -EINVAL: there is no such register.
	 */
	int (*access)(struct vpic_files *f, struct vcpu *v, unsigned number,
		      u64 mask, u64 *value);
	/*
	 * The most urgent interrupt that is pending and enabled, as the
	 * CPU's register for it reads, or 0; claimed: pending no longer.
	 */
	u32 (*top)(struct vpic_files *f, struct vcpu *v, bool claim);
	/* As that of vpic_ops: identities of v's file. */
	u32 (*explain)(struct vpic_files *f, struct vcpu *v, u32 from,
		       struct vcpu_why *w);
	/* v's file goes into this CPU's, or out of it, where there is one. */
	void (*load)(struct vpic_files *f, struct vcpu *v);
	void (*put)(struct vpic_files *f, struct vcpu *v);
};

/* In the model's state; its probe makes the guest's `files` point at it. */
struct vpic_files {
	const struct vpic_file_ops *ops;
	bool slots;			/* c: fits into vpic_file_slots */
};

#endif
