/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A RISC-V interrupt controller's wires to CPUs, as interrupts-extended of its
 * node lists them: each leads to a pin of a CPU's own controller (binding
 * riscv,cpu-intc).  Only pins that a guest's CPU has are connected: machine
 * mode's lead nowhere.
 */
#ifndef EMULATORS_PIC_CPU_WIRES_H
#define EMULATORS_PIC_CPU_WIRES_H

#include <vmm/dt.h>
#include <vmm/guest.h>
#include <vmm/spinlock.h>
#include <vmm/types.h>
#include <vmm/vpic.h>

struct emu;

#define CPU_WIRE_MAX	(2 * GUEST_CPU_MAX)

/* All but hwid and pin by the lock of whose wires they are. */
struct cpu_wire {
	struct vcpu *vcpu;	/* NULL: connected with nothing */
	u64 hwid;		/* c: of the CPU */
	u32 pin;		/* c */
	bool level;
};

/*
 * Reads the list of e's node, from a probe.  Returns how many there are, or
 * -ERANGE, -EINVAL: reported.
 */
int cpu_wires_parse(struct emu *e, struct cpu_wire *wires, unsigned max);
/* Connects v if it is v's, and disconnects it. */
void cpu_wire_connect(struct cpu_wire *w, struct vcpu *v);
void cpu_wire_disconnect(struct cpu_wire *w, struct vcpu *v);
/* v was reset: if it is v's, its pin is told its level again. */
void cpu_wire_refresh(struct cpu_wire *w, struct vcpu *v);
void cpu_wire_set(struct cpu_wire *w, bool level);

/*
 * ---- A guest's controller whose inputs are wires, too: its sources, of which
 * there is no 0, and what is the same of all of them ----
 */
#define SOURCE_COUNT		1024
#define SOURCE_WORDS		(SOURCE_COUNT / 32)

struct cpu_wires {
	struct vpic pic;
	struct emu *emu;		/* c: whose they are */
	struct spinlock lock;		/* LOCK_VPIC: the whole controller */
	u32 levels;			/* of wires, a bit for each */
	u32 told;			/* the same, as VCPUs know it */
	u32 connected;			/* wires that lead to VCPUs */
	unsigned count;			/* c: of wires */
	unsigned word_count;		/* c: that have sources */
	struct cpu_wire to[CPU_WIRE_MAX];
	u32 valid[SOURCE_WORDS];		/* c: sources that exist */
};

/*
 * From a probe, with the list read or left empty: the guest's controller, with
 * as many sources as that property says.
 */
void cpu_wires_init(struct cpu_wires *w, struct emu *e,
		    const struct vpic_ops *ops, const char *source_count);

/*
 * With the lock: wire n has that level, which its VCPU is told when the change
 * is complete.
 */
static inline void cpu_wires_set(struct cpu_wires *w, unsigned n, bool level)
{
	w->levels = (w->levels & ~BIT(n)) | (u32)level << n;
}

/*
 * With the lock, by whom a device's wire changed: told at once; but if a VCPU
 * made the device do that, it tells more than one before it goes on.
 */
void cpu_wires_tell(struct cpu_wires *w);

/*
 * What a VCPU (or NULL) does to a register: with the lock up to the end of the
 * block, and then VCPUs are told, for which the device gives its lock back now
 * and then.
 */
struct wires_change {
	struct cpu_wires *wires;
	struct vcpu *by;
};
struct wires_change wires_change_begin(struct cpu_wires *w, struct vcpu *by);
void wires_change_end(const struct wires_change *c);
#define SCOPED_CHANGE(w, by)						\
	const struct wires_change wires_change				\
		__attribute__((cleanup(wires_change_end), unused)) =	\
		wires_change_begin(w, by)

/* Those of struct vpic_ops. */
int cpu_wires_vcpu_init(struct vpic *p, struct vcpu *v);
void cpu_wires_vcpu_fini(struct vpic *p, struct vcpu *v);
void cpu_wires_vcpu_reset(struct vpic *p, struct vcpu *v);
void cpu_wires_sync(struct vpic *p, struct vcpu *v);

/* A bit for each source, 32 to a word as registers show them. */
static inline bool source_test(const u32 *words, u32 id)
{
	return words[id / 32] >> id % 32 & 1;
}

static inline void source_put(u32 *words, u32 id, bool value)
{
	const u32 bit = BIT(id % 32);

	words[id / 32] = value ? words[id / 32] | bit : words[id / 32] & ~bit;
}

/* What an explain() looks at with the lock held. */
#define EXPLAINED_AT_ONCE	16

/* Takes out what no source is behind: of data that was saved. */
static inline void sources_mask(const struct cpu_wires *w, u32 *words)
{
	for (unsigned i = 0; i < SOURCE_WORDS; i++)
		words[i] &= w->valid[i];
}

#endif
