// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One supervisor-level domain of an advanced platform-level interrupt
 * controller (RISC-V Advanced Interrupt Architecture 1.0, chapter 4), without
 * children, little-endian.  It delivers by messages where its node names
 * interrupt files (msi-parent), else to CPUs directly: hart n is the n-th
 * entry of interrupts-extended.
 *
 * The wires' lock guards everything; registers' hooks hold the device's
 * besides.
 */
#include <libs/string.h>
#include <vmm/console.h>
#include <vmm/emulator.h>
#include <vmm/errno.h>
#include <vmm/guest.h>
#include <vmm/log.h>
#include <vmm/why.h>

#include "cpu_wires.h"

enum {
	DOMAINCFG = 0x0000, SOURCECFG = 0x0004, SETIP = 0x1c00,
	SETIPNUM = 0x1cdc, IN_CLRIP = 0x1d00, CLRIPNUM = 0x1ddc,
	SETIE = 0x1e00, SETIENUM = 0x1edc, CLRIE = 0x1f00, CLRIENUM = 0x1fdc,
	SETIPNUM_LE = 0x2000, SETIPNUM_BE = 0x2004, GENMSI = 0x3000,
	TARGET = 0x3004, IDELIVERY = 0x4000, IFORCE = 0x4004,
	ITHRESHOLD = 0x4008, TOPI = 0x4018, CLAIMI = 0x401c,
};

#define IDC_STRIDE		32

#define DOMAINCFG_FIXED		BIT(31)
#define DOMAINCFG_IE		BIT(8)
#define DOMAINCFG_DM		BIT(2)
#define SOURCECFG_D		BIT(10)
#define SOURCECFG_SM		7u
#define TARGET_HART_SHIFT	18
#define HART_BITS		14
#define TARGET_HART		((BIT(HART_BITS) - 1) << TARGET_HART_SHIFT)
#define TARGET_IPRIO		0xffu
#define TARGET_EIID		0x7ffu
#define TOPI_ID_SHIFT		16

enum mode {
	INACTIVE = 0, DETACHED = 1, EDGE1 = 4, EDGE0 = 5, LEVEL1 = 6,
	LEVEL0 = 7,
};

/* What the bits of a mode mean; LOW where it is WIRED. */
enum mode_bit { LOW, LEVEL, WIRED, MODE_BITS };

/* Where messages to a hart go, by the binding riscv,imsics. */
struct files {
	u64 base, size;
	u32 guest_bits, hart_bits, group_bits, group_shift;
};

struct aplic {
	struct emu emu;
	struct cpu_wires wires;		/* none if it sends messages */
	bool sends;			/* c: messages */
	struct files files;		/* c */
	u32 ie;				/* of domaincfg */
	u32 genmsi;
	u32 mode[MODE_BITS][SOURCE_WORDS];
	u32 target[SOURCE_COUNT];
	u32 pending[SOURCE_WORDS];
	u32 enable[SOURCE_WORDS];
	u32 high[SOURCE_WORDS];		/* wires */
	u32 idelivery[GUEST_CPU_MAX];
	u32 iforce[GUEST_CPU_MAX];
	u32 ithreshold[GUEST_CPU_MAX];
	/*
	 * Of each word the most urgent source that is pending for a hart,
	 * RANK(), or NONE; and the words whose passes the hart's threshold.
	 * It follows from the rest, and keeps the work of an access bounded.
	 */
	u16 best[SOURCE_WORDS][GUEST_CPU_MAX];
	u32 due[GUEST_CPU_MAX];
};

#define RANK(priority, bit)	((priority) << 5 | (bit))
#define RANK_PRIORITY(rank)	((rank) >> 5)
#define RANK_BIT(rank)		((rank) & 31)
#define NONE			0xffffu

static struct aplic *aplic_of(struct vpic *p)
{
	return container_of(p, struct aplic, wires.pic);
}

/* ---- 32 sources at once ---- */

static u32 active(const struct aplic *s, unsigned w)
{
	return s->mode[LOW][w] | s->mode[LEVEL][w] | s->mode[WIRED][w];
}

/* The rectified input values: 4.5.2. */
static u32 inputs(const struct aplic *s, unsigned w)
{
	return s->mode[WIRED][w] & (s->high[w] ^ s->mode[LOW][w]);
}

static u32 mode_of(const struct aplic *s, u32 id)
{
	u32 mode = 0;

	for (unsigned i = 0; i < MODE_BITS; i++)
		mode |= (u32)source_test(s->mode[i], id) << i;
	return mode;
}

/* ---- delivery; the lock is held ---- */

static u32 hart_of(u32 target)
{
	return target >> TARGET_HART_SHIFT;
}

/* What is pending for a hart, as topi reads: 4.8.1. */
static u32 top(const struct aplic *s, u32 hart)
{
	u32 least = NONE, found = 0, left = s->due[hart];

	for (u32 id = 0; left; id += 32, left >>= 1) {
		const u32 rank = s->best[id / 32][hart];

		if (!(left & 1) || rank >= least)
			continue;
		least = rank & ~31u;
		found = (id | RANK_BIT(rank)) << TOPI_ID_SHIFT |
			RANK_PRIORITY(rank);
	}
	return found;
}

static ALWAYS_INLINE void cpu_update(struct aplic *s, u32 hart)
{
	cpu_wires_set(&s->wires, hart, s->ie && s->idelivery[hart] &&
				       (s->iforce[hart] || s->due[hart]));
}

/* The same, where that does not happen often. */
static NO_INLINE void cpu_changed(struct aplic *s, u32 hart)
{
	cpu_update(s, hart);
}

static ALWAYS_INLINE void due_update(struct aplic *s, u32 hart, unsigned w)
{
	const u32 threshold = s->ithreshold[hart];

	if (RANK_PRIORITY(s->best[w][hart]) <
	    (threshold ? threshold : TARGET_IPRIO + 1))
		s->due[hart] |= BIT(w);
	else
		s->due[hart] &= ~BIT(w);
}

/* Delivered directly: a hart's best of a word is that now. */
static ALWAYS_INLINE void best_put(struct aplic *s, u32 hart, unsigned w,
				   u32 rank)
{
	if (s->best[w][hart] == rank)
		return;
	s->best[w][hart] = (u16)rank;
	due_update(s, hart, w);
	cpu_update(s, hart);
}

static NO_INLINE void best_set(struct aplic *s, u32 hart, unsigned w, u32 rank)
{
	best_put(s, hart, w, rank);
}

/* Something changed of a source that has the hart as target, or had it. */
static NO_INLINE void hart_update(struct aplic *s, u32 hart, unsigned w)
{
	u32 left = s->pending[w] & s->enable[w], rank = NONE, least = NONE;
	const u32 *target = &s->target[32 * w];

	if (hart >= s->wires.count)
		return;
	for (u32 i = 0; left; i++, target++, left >>= 1) {
		const u32 t = *target;

		if (!(left & 1) || hart_of(t) != hart ||
		    (t & TARGET_IPRIO) >= least)
			continue;
		least = t & TARGET_IPRIO;
		rank = RANK(least, i);
	}
	best_set(s, (u32)index_clamp(hart, GUEST_CPU_MAX), w, rank);
}

/* The same of all of them. */
static NO_INLINE void word_update(struct aplic *s, unsigned w)
{
	const u32 *target = &s->target[32 * w];
	u64 left = s->pending[w] & s->enable[w], best[GUEST_CPU_MAX];

	for (u32 i = 0; i < GUEST_CPU_MAX; i++)
		best[i] = NONE;
	for (u64 i = 0; left; i++, target++, left >>= 1) {
		const u64 t = *target, hart = t >> TARGET_HART_SHIFT;
		const u64 rank = RANK(t & TARGET_IPRIO, i);

		if ((left & 1) && hart < GUEST_CPU_MAX && rank < best[hart])
			best[hart] = rank;
	}
	for (u32 i = 0; i < s->wires.count; i++)
		best_put(s, i, w, (u32)best[i]);
}

/* To the address of 4.9.1, if a file may be there. */
static void message_send(struct aplic *s, u32 hart, u32 data)
{
	const struct files *f = &s->files;
	const u64 h = hart & (BIT64(f->hart_bits) - 1);
	const u64 group = (u64)hart >> f->hart_bits &
			  (BIT64(f->group_bits) - 1);
	const u64 at = f->base | group << f->group_shift |
		       h << (12 + f->guest_bits);

	if (s->emu.guest && at - f->base < f->size)
		guest_msi(s->emu.guest, 0, GPA(at), data);
}

static void source_send(struct aplic *s, u32 id)
{
	source_put(s->pending, id, false);
	message_send(s, hart_of(s->target[id]), s->target[id] & TARGET_EIID);
}

/* The source is its hart's best of the word, or was. */
static void best_update(struct aplic *s, u32 id)
{
	const u32 target = s->target[id], bit = BIT(id % 32);
	const unsigned w = id / 32;
	const u32 hart = (u32)index_clamp(hart_of(target), GUEST_CPU_MAX);
	u32 rank = NONE;

	if (hart_of(target) >= s->wires.count)
		return;
	if (s->pending[w] & s->enable[w] & bit)
		rank = RANK(target & TARGET_IPRIO, id % 32);
	if (rank < s->best[w][hart])
		best_set(s, hart, w, rank);
	else if (RANK_BIT(s->best[w][hart]) == id % 32)
		hart_update(s, hart, w);
}

/* After any change of a source but its target. */
static void source_update(struct aplic *s, u32 id)
{
	if (!s->sends)
		best_update(s, id);
	else if (s->ie && source_test(s->pending, id) &&
		 source_test(s->enable, id))
		source_send(s, id);
}

/* One message of those in *left, which it leaves; false: there is none. */
static bool word_send_one(struct aplic *s, unsigned w, u32 *left)
{
	SCOPED_LOCK_RAW(&s->wires.lock);

	*left &= s->pending[w] & s->enable[w];
	if (!s->ie || !*left)
		return false;
	source_send(s, 32 * w + (u32)__builtin_ctz(*left));
	*left &= *left - 1;
	return true;
}

/*
 * Without the lock: sends what is pending, each source once; what others do
 * meanwhile counts.
 */
static void word_send(struct aplic *s, unsigned w, struct vcpu *by)
{
	u32 left = s->pending[w] & s->enable[w];

	while (left && word_send_one(s, w, &left))
		emu_preempt_point(&s->emu, by);
}

/* The same after a change that concerns all. */
static void send(struct aplic *s, struct vcpu *by)
{
	for (unsigned w = 0; s->ie && w < s->wires.word_count; w++)
		if (s->pending[w] & s->enable[w])
			word_send(s, w, by);
}

/* ---- pending bits: 4.7; of `bits` in a word ---- */

static void pending_set(struct aplic *s, unsigned w, u32 bits)
{
	const u32 levels = s->sends ? inputs(s, w) : 0;

	s->pending[w] |= bits & active(s, w) & (~s->mode[LEVEL][w] | levels);
}

static void pending_clear(struct aplic *s, unsigned w, u32 bits)
{
	s->pending[w] &= ~bits | (s->sends ? 0 : s->mode[LEVEL][w]);
}

static void enable_set(struct aplic *s, unsigned w, u32 bits)
{
	s->enable[w] |= bits & active(s, w);
}

static void enable_clear(struct aplic *s, unsigned w, u32 bits)
{
	s->enable[w] &= ~bits;
}

/* ---- registers with a bit for each source, or the number of one ---- */

typedef void sources_fn(struct aplic *s, unsigned w, u32 bits);

static NO_INLINE void do_bits(struct aplic *s, const struct reg_context *c,
			      u64 value, sources_fn *fn)
{
	const unsigned w = (unsigned)index_clamp(c->index, SOURCE_WORDS);

	/* What the exit took until here and 32 sources together take long. */
	if (value & (value - 1))
		emu_preempt_point(&s->emu, c->vcpu);
	{
		SCOPED_CHANGE(&s->wires, c->vcpu);
		fn(s, w, (u32)value & s->wires.valid[w]);
		if (!s->sends)
			word_update(s, w);
	}
	if (s->sends)
		word_send(s, w, c->vcpu);
}

/* The lock is held. */
static NO_INLINE void do_number(struct aplic *s, u64 value, sources_fn *fn)
{
	const u32 id = (u32)index_clamp(value, SOURCE_COUNT);

	if (value >= SOURCE_COUNT || !source_test(s->wires.valid, id))
		return;
	fn(s, id / 32, BIT(id % 32));
	source_update(s, id);
}

static NO_INLINE void do_one(struct aplic *s, const struct reg_context *c,
			     u64 value, sources_fn *fn)
{
	SCOPED_CHANGE(&s->wires, c->vcpu);

	do_number(s, value, fn);
}

#define BITS(name, fn)							\
static void name##_write(void *state, const struct reg_context *c,	\
			 u64 value)					\
{									\
	do_bits(state, c, value, fn);					\
}									\
static void name##num_write(void *state, const struct reg_context *c,	\
			    u64 value)					\
{									\
	do_one(state, c, value, fn);					\
}

BITS(setip, pending_set)
BITS(clrip, pending_clear)
BITS(setie, enable_set)
BITS(clrie, enable_clear)

static void setipnum_be_write(void *state, const struct reg_context *c,
			      u64 value)
{
	do_one(state, c, __builtin_bswap32((u32)value), pending_set);
}

static u64 in_clrip_read(void *state, const struct reg_context *c)
{
	const struct aplic *s = state;

	return inputs(s, (unsigned)index_clamp(c->index, SOURCE_WORDS));
}

/* ---- the domain, sources, targets ---- */

static u64 domaincfg_read(void *state, const struct reg_context *c)
{
	const struct aplic *s = state;

	return DOMAINCFG_FIXED | s->ie | (s->sends ? DOMAINCFG_DM : 0);
}

static void domaincfg_write(void *state, const struct reg_context *c,
			    u64 value)
{
	struct aplic *s = state;

	{
		SCOPED_CHANGE(&s->wires, c->vcpu);
		s->ie = value & DOMAINCFG_IE;
		for (u32 i = 0; i < s->wires.count; i++)
			cpu_changed(s, i);
	}
	if (s->sends)
		send(s, c->vcpu);
}

static u64 sourcecfg_read(void *state, const struct reg_context *c)
{
	const struct aplic *s = state;

	return mode_of(s, (u32)index_clamp(c->index + 1, SOURCE_COUNT));
}

/*
 * A source that becomes inactive has nothing any more; a level pends as it is,
 * of edges none is made up.
 */
static void mode_set(struct aplic *s, u32 id, u32 mode)
{
	if (mode == INACTIVE) {
		source_put(s->pending, id, false);
		source_put(s->enable, id, false);
		source_update(s, id);
		s->target[id] = 0;
	} else if (mode_of(s, id) == INACTIVE) {
		s->target[id] = s->sends ? 0 : 1;
	}
	for (unsigned i = 0; i < MODE_BITS; i++)
		source_put(s->mode[i], id, mode >> i & 1);
	if (mode >= LEVEL1)
		source_put(s->pending, id, inputs(s, id / 32) >> id % 32 & 1);
	source_update(s, id);
}

static void sourcecfg_write(void *state, const struct reg_context *c,
			    u64 value)
{
	const u32 id = (u32)index_clamp(c->index + 1, SOURCE_COUNT);
	u32 mode = value & SOURCECFG_D ? INACTIVE : value & SOURCECFG_SM;
	struct aplic *s = state;
	SCOPED_CHANGE(&s->wires, c->vcpu);

	if (!source_test(s->wires.valid, id))
		return;
	if (mode > DETACHED && mode < EDGE1)
		mode = INACTIVE;
	mode_set(s, id, mode);
}

static void target_write(void *state, const struct reg_context *c, u64 value)
{
	const u32 id = (u32)index_clamp(c->index + 1, SOURCE_COUNT);
	const u32 low = (u32)value & TARGET_IPRIO;
	struct aplic *s = state;
	u32 was;

	if (source_test(s->pending, id))
		emu_preempt_point(&s->emu, c->vcpu);
	SCOPED_CHANGE(&s->wires, c->vcpu);

	if (mode_of(s, id) == INACTIVE)
		return;
	was = s->target[id];
	if (s->sends)
		s->target[id] = value & (TARGET_HART | TARGET_EIID);
	else
		s->target[id] = (value & TARGET_HART) | (low ? low : 1);
	hart_update(s, hart_of(was), id / 32);
	source_update(s, id);
}

/* Sent at once, whatever IE says. */
static void genmsi_write(void *state, const struct reg_context *c, u64 value)
{
	struct aplic *s = state;
	SCOPED_LOCK_RAW(&s->wires.lock);

	if (!s->sends)
		return;
	s->genmsi = value & (TARGET_HART | TARGET_EIID);
	message_send(s, hart_of(s->genmsi), s->genmsi & TARGET_EIID);
}

/* ---- interrupt delivery control, for each hart: 4.8.1 ---- */

static u32 hart_index(const struct reg_context *c)
{
	return (u32)index_clamp(c->index, GUEST_CPU_MAX);
}

/* After a store to one of the registers of a hart that there may be. */
static void hart_changed(void *state, const struct reg_context *c)
{
	const u32 hart = hart_index(c);
	struct aplic *s = state;
	SCOPED_CHANGE(&s->wires, c->vcpu);

	if (hart >= s->wires.count) {
		s->idelivery[hart] = s->iforce[hart] = s->ithreshold[hart] = 0;
		return;
	}
	for (unsigned w = 0; w < s->wires.word_count; w++)
		due_update(s, hart, w);
	cpu_changed(s, hart);
}

static u64 topi_read(void *state, const struct reg_context *c)
{
	struct aplic *s = state;
	SCOPED_LOCK_RAW(&s->wires.lock);

	return hart_index(c) < s->wires.count ? top(s, hart_index(c)) : 0;
}

static u64 claimi_read(void *state, const struct reg_context *c)
{
	const u32 hart = hart_index(c);
	struct aplic *s = state;
	u32 value;
	SCOPED_CHANGE(&s->wires, c->vcpu);

	if (hart >= s->wires.count)
		return 0;
	value = top(s, hart);
	if (value) {
		do_number(s, value >> TOPI_ID_SHIFT, pending_clear);
	} else {
		s->iforce[hart] = 0;
		cpu_changed(s, hart);
	}
	return value;
}

#define APLIC(o, n, by, ...)						\
	{ .offset = (o), .width = 4, .count = (n), .stride = (by),	\
	  .name = #o, .slot = EMU_NO_SLOT, __VA_ARGS__ }

/* What is kept reads as it is. */
#define KEPT(o, n, field, hook)						\
	{ .offset = (o), .width = 4, .count = (n), .name = #o,		\
	  .slot = offsetof(struct aplic, field), .write = hook }
#define IDC(o, field, mask)						\
	{ .offset = (o), .width = 4, .count = GUEST_CPU_MAX,		\
	  .stride = IDC_STRIDE, .name = #o, .wmask = (mask),		\
	  .slot = offsetof(struct aplic, field), .after = hart_changed }

static const struct emu_reg regs[] = {
	APLIC(DOMAINCFG, 1, 4, .read = domaincfg_read,
	      .write = domaincfg_write),
	APLIC(SOURCECFG, SOURCE_COUNT - 1, 4, .read = sourcecfg_read,
	      .write = sourcecfg_write),
	KEPT(SETIP, SOURCE_WORDS, pending, setip_write),
	APLIC(SETIPNUM, 1, 4, .write = setipnum_write),
	APLIC(IN_CLRIP, SOURCE_WORDS, 4, .read = in_clrip_read,
	      .write = clrip_write),
	APLIC(CLRIPNUM, 1, 4, .write = clripnum_write),
	KEPT(SETIE, SOURCE_WORDS, enable, setie_write),
	APLIC(SETIENUM, 1, 4, .write = setienum_write),
	APLIC(CLRIE, SOURCE_WORDS, 4, .write = clrie_write),
	APLIC(CLRIENUM, 1, 4, .write = clrienum_write),
	APLIC(SETIPNUM_LE, 1, 4, .write = setipnum_write),
	APLIC(SETIPNUM_BE, 1, 4, .write = setipnum_be_write),
	KEPT(GENMSI, 1, genmsi, genmsi_write),
	KEPT(TARGET, SOURCE_COUNT - 1, target[1], target_write),
	IDC(IDELIVERY, idelivery, 1), IDC(IFORCE, iforce, 1),
	IDC(ITHRESHOLD, ithreshold, TARGET_IPRIO),
	APLIC(TOPI, GUEST_CPU_MAX, IDC_STRIDE, .read = topi_read),
	APLIC(CLAIMI, GUEST_CPU_MAX, IDC_STRIDE, .read = claimi_read),
	STATE(struct aplic, ie), STATE(struct aplic, mode),
	STATE(struct aplic, high),
};

/* ---- wires and VCPUs ---- */

static void set_line(struct vpic *p, u32 pin, bool level)
{
	struct aplic *s = aplic_of(p);
	const unsigned w = (unsigned)index_clamp(pin / 32, SOURCE_WORDS);
	u32 was, now;
	SCOPED_LOCK_RAW(&s->wires.lock);

	if (pin >= SOURCE_COUNT || !source_test(s->wires.valid, pin))
		return;
	was = inputs(s, w);
	source_put(s->high, pin, level);
	now = inputs(s, w);
	if (now == was)
		return;
	s->pending[w] |= now & ~was;
	s->pending[w] &= now | ~s->mode[LEVEL][w];
	source_update(s, pin);
	cpu_wires_tell(&s->wires);
}

/* Devices with messages have a port, too. */
static void message(void *state, const struct emu_message *m)
{
	struct aplic *s = state;

	if (m->offset != SETIPNUM_LE)
		return;
	SCOPED_LOCK_RAW(&s->wires.lock);
	do_number(s, m->data, pending_set);
	cpu_wires_tell(&s->wires);
}

static void dump(struct vpic *p, struct vcpu *v, struct console *con)
{
	const struct aplic *s = aplic_of(p);

	con_printf(con, "aplic: %s, by %s\n", s->ie ? "on" : "off",
		   s->sends ? "messages" : "wires");
	for (u32 i = 0; i < s->wires.count; i++)
		if (s->wires.to[i].vcpu == v)
			con_printf(con, "  hart %u: %s, threshold %u, pin "
				   "%s\n", i, s->idelivery[i] ? "on" : "off",
				   s->ithreshold[i],
				   s->wires.to[i].level ? "high" : "low");
	for (u32 id = 1; id < 32 * s->wires.word_count; id++)
		if (mode_of(s, id) != INACTIVE)
			con_printf(con, "  %4u: mode %u, target %#x%s%s%s\n",
				   id, mode_of(s, id), s->target[id],
				   source_test(s->enable, id) ? "" : " masked",
				   source_test(s->high, id) ? " high" : "",
				   source_test(s->pending, id) ?
				   " pending" : "");
}

/* The hart that v is to the domain's targets; beyond the wires: none. */
static u32 hart_of_vcpu(const struct aplic *s, const struct vcpu *v)
{
	u32 hart = 0;

	if (s->sends)
		return v->index;
	while (hart < s->wires.count && s->wires.to[hart].vcpu != v)
		hart++;
	return hart;
}

static u8 stops_of(const struct aplic *s, u32 id, u32 hart)
{
	const u32 priority = s->target[id] & TARGET_IPRIO;
	u8 stops = source_test(s->enable, id) ? 0 : WHY_STOP_DISABLED;

	if (!s->ie || (!s->sends && !s->idelivery[hart]))
		stops |= WHY_STOP_GROUP;
	if (!s->sends && s->ithreshold[hart] && priority >= s->ithreshold[hart])
		stops |= WHY_STOP_PRIORITY;
	return stops;
}

static u32 explain(struct vpic *p, struct vcpu *v, u32 from,
		   struct vcpu_why *w)
{
	struct aplic *s = aplic_of(p);
	const u32 hart = hart_of_vcpu(s, v), end = from + EXPLAINED_AT_ONCE;
	SCOPED_LOCK_RAW(&s->wires.lock);

	if (!s->sends && hart >= s->wires.count)
		return 0;
	for (u32 id = from; id < end; id++)
		if ((source_test(s->enable, id) ||
		     source_test(s->pending, id)) &&
		    hart_of(s->target[id]) == hart)
			why_source_add(w, &(struct why_source){
				.id = id,
				.pending = source_test(s->pending, id),
				.stops = w->wire_stops |
					 stops_of(s, id, hart),
			});
	return end < 32 * s->wires.word_count ? end : 0;
}

static const struct vpic_ops ops = {
	.name = "aplic", .set_line = set_line, .vcpu_init = cpu_wires_vcpu_init,
	.vcpu_fini = cpu_wires_vcpu_fini, .vcpu_reset = cpu_wires_vcpu_reset,
	.sync = cpu_wires_sync, .pending = vpic_pins_pending, .dump = dump,
	.explain = explain,
};

/* ---- the device ---- */

static int files_find(struct aplic *s, u32 phandle)
{
	struct dt_node n = dt_find_phandle(s->emu.node.fdt, phandle);
	struct files *f = &s->files;

	if (!dt_is_compatible(n, "riscv,imsics") ||
	    dt_reg(n, 0, &f->base, &f->size))
		return fail(-EINVAL, "%s: msi-parent leads to no riscv,imsics",
			    s->emu.name);
	f->hart_bits = HART_BITS;
	f->group_shift = 24;
	dt_u32(n, "riscv,guest-index-bits", 0, &f->guest_bits);
	dt_u32(n, "riscv,hart-index-bits", 0, &f->hart_bits);
	dt_u32(n, "riscv,group-index-bits", 0, &f->group_bits);
	dt_u32(n, "riscv,group-index-shift", 0, &f->group_shift);
	if (f->guest_bits > 7 || f->hart_bits > HART_BITS ||
	    f->group_bits > 7 || f->group_shift > 55)
		return fail(-EINVAL, "%s: indices of %s have too many bits",
			    s->emu.name, dt_name(n));
	s->sends = true;
	return 0;
}

static int probe(void *state)
{
	struct aplic *s = state;
	u32 phandle;
	int rc = 0;

	if (dt_u32(s->emu.node, "msi-parent", 0, &phandle))
		rc = files_find(s, phandle);
	else
		rc = cpu_wires_parse(&s->emu, s->wires.to, GUEST_CPU_MAX);
	if (rc < 0)
		return rc;
	s->wires.count = (unsigned)rc;
	cpu_wires_init(&s->wires, &s->emu, &ops, "riscv,num-sources");
	return 0;
}

/* Whatever has changed. */
static void update(struct aplic *s)
{
	SCOPED_LOCK(&s->wires.lock);

	memset(s->best, 0xff, sizeof(s->best));
	memset(s->due, 0, sizeof(s->due));
	for (unsigned w = 0; w < s->wires.word_count; w++)
		if (s->pending[w] & s->enable[w] && !s->sends)
			word_update(s, w);
	for (u32 i = 0; i < s->wires.count; i++)
		cpu_changed(s, i);
	cpu_wires_tell(&s->wires);
}

static void reset(void *state)
{
	update(state);
}

/* What does not exist has no state, whatever data says. */
static int restore(void *state, const u8 *data, size_t size)
{
	struct aplic *s = state;

	for (u32 i = 0; i < GUEST_CPU_MAX; i++) {
		const bool there = i < s->wires.count;

		s->idelivery[i] &= there;
		s->iforce[i] &= there;
		s->ithreshold[i] &= there ? TARGET_IPRIO : 0;
	}
	for (unsigned i = 0; i < MODE_BITS; i++)
		sources_mask(&s->wires, s->mode[i]);
	sources_mask(&s->wires, s->pending);
	sources_mask(&s->wires, s->enable);
	update(s);
	if (s->sends)
		send(s, NULL);
	return size ? -EBADMSG : 0;
}

static const struct emulator aplic = {
	.name = "aplic",
	.compatible = (const char *const[]){ "riscv,aplic", NULL },
	.state_size = sizeof(struct aplic),
	.regs = regs, .reg_count = ARRAY_LEN(regs), .whole_only = true,
	.resets_unlocked = true,
	.probe = probe, .reset = reset, .restore = restore,
	.message = message,
};
EMULATOR(aplic);
