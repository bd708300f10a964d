// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The RISC-V platform-level interrupt controller (PLIC Specification 1.0.0) in
 * SiFive's layout.  Contexts are the entries of interrupts-extended, in their
 * order.
 *
 * A source's gateway takes a high wire as a request, once: it is pending until
 * somebody claims it, then in service until that is completed, and pending
 * again at once if its wire is high by then.
 *
 * The wires' lock guards everything; registers' hooks hold the device's
 * besides.
 */
#include <libs/bitmap.h>
#include <vmm/console.h>
#include <vmm/emulator.h>
#include <vmm/errno.h>
#include <vmm/guest.h>
#include <vmm/log.h>
#include <vmm/why.h>

#include "cpu_wires.h"

/* Source 0 has no priority. */
enum {
	PRIORITY = 0x000004, PENDING = 0x001000, ENABLE = 0x002000,
	THRESHOLD = 0x200000, CLAIM = 0x200004,
};

#define CONTEXT_MAX	CPU_WIRE_MAX
#define CONTEXT_STRIDE	0x1000
#define PRIORITY_COUNT	8
#define PRIORITY_MASK	(PRIORITY_COUNT - 1)

/*
 * What is derived from the rest keeps the work of each access bounded: for each
 * priority which sources are pending, how many of them each context has
 * enabled, and which contexts they interrupt.  Of priority 0, which is never
 * delivered, it means nothing.
 */
struct plic {
	struct emu emu;
	struct cpu_wires wires;		/* one for each context */
	u32 priority[SOURCE_COUNT];
	u32 pending[SOURCE_WORDS];
	u32 high[SOURCE_WORDS];		/* wires */
	u32 serving[SOURCE_WORDS];	/* claimed, not completed */
	u32 enable[CONTEXT_MAX][SOURCE_WORDS];
	u32 threshold[CONTEXT_MAX];
	struct derived {
		u32 pending[PRIORITY_COUNT][SOURCE_WORDS];
		u16 count[PRIORITY_COUNT][CONTEXT_MAX];
		u32 waiting[PRIORITY_COUNT];	/* contexts: count is not 0 */
		u32 passing[PRIORITY_COUNT];	/* contexts: by threshold */
	} derived;
};

static struct plic *plic_of(struct vpic *p)
{
	return container_of(p, struct plic, wires.pic);
}

/* ---- delivery; the lock is held ---- */

/* That much more is pending of a priority and enabled for those contexts. */
static NO_INLINE void add(struct plic *s, u32 priority, u32 contexts, int more)
{
	u16 *count = s->derived.count[priority];
	u32 waiting = 0;

	for (unsigned i = 0; i < s->wires.count; i++, contexts >>= 1) {
		count[i] = (u16)(count[i] + (contexts & 1 ? more : 0));
		waiting |= (u32)!!count[i] << i;
	}
	s->derived.waiting[priority] = waiting;
}

static void threshold_update(struct plic *s, unsigned context)
{
	for (u32 p = 1; p < PRIORITY_COUNT; p++) {
		s->derived.passing[p] &= ~BIT(context);
		if (p > s->threshold[context])
			s->derived.passing[p] |= BIT(context);
	}
}

static void wires_update(struct plic *s)
{
	u32 levels = 0;

	for (u32 p = 1; p < PRIORITY_COUNT; p++)
		levels |= s->derived.waiting[p] & s->derived.passing[p];
	s->wires.levels = levels;
}

/*
 * What is pending for a context, of the highest priority that with the lowest
 * number; 0: nothing.
 */
static u32 best(const struct plic *s, unsigned context)
{
	u32 p = PRIORITY_COUNT - 1;

	while (p && !(s->derived.waiting[p] & BIT(context)))
		p--;
	for (unsigned w = 0; p && w < s->wires.word_count; w++) {
		const u32 both = s->derived.pending[p][w] &
				 s->enable[context][w];

		if (both)
			return 32 * w + (u32)__builtin_ctz(both);
	}
	return 0;
}

static u32 contexts_of(const struct plic *s, u32 id)
{
	u32 contexts = 0;

	for (unsigned i = 0; i < s->wires.count; i++)
		contexts |= (u32)source_test(s->enable[i], id) << i;
	return contexts;
}

/* What a source is pending with; 0, which is as good as not: it is not. */
static u32 urgency(const struct plic *s, u32 id)
{
	return source_test(s->pending, id) ? s->priority[id] : 0;
}

/* After any change of a source, which was pending with `was`. */
static void source_update(struct plic *s, u32 id, u32 was)
{
	const u32 now = urgency(s, id);
	u32 contexts;

	if (now == was)
		return;
	contexts = contexts_of(s, id);
	source_put(s->derived.pending[was], id, false);
	source_put(s->derived.pending[now], id, true);
	if (was)
		add(s, was, contexts, -1);
	if (now)
		add(s, now, contexts, 1);
	wires_update(s);
}

static void pending_put(struct plic *s, u32 id, bool pending)
{
	const u32 was = urgency(s, id);

	source_put(s->pending, id, pending);
	source_update(s, id, was);
}

/* The source asks: unless somebody serves it, it is pending now. */
static void request(struct plic *s, u32 id)
{
	if (!source_test(s->serving, id))
		pending_put(s, id, true);
}

/* Whatever has changed. */
static void update(struct plic *s)
{
	s->derived = (struct derived){ .waiting = { 0 } };
	for (u32 p = 1; p < PRIORITY_COUNT; p++)
		s->derived.passing[p] = ~0u;
	for (unsigned i = 0; i < s->wires.count; i++)
		if (s->threshold[i])
			threshold_update(s, i);
	for (unsigned w = 0; w < s->wires.word_count; w++)
		for (u32 left = s->pending[w]; left; left &= left - 1)
			source_update(s, 32 * w + (u32)__builtin_ctz(left), 0);
	wires_update(s);
	cpu_wires_tell(&s->wires);
}

/* ---- registers ---- */

static void priority_write(void *state, const struct reg_context *c, u64 value)
{
	const u32 id = (u32)index_clamp(c->index + 1, SOURCE_COUNT);
	struct plic *s = state;
	u32 was;
	SCOPED_CHANGE(&s->wires, c->vcpu);

	if (!source_test(s->wires.valid, id))
		return;
	was = urgency(s, id);
	s->priority[id] = value & PRIORITY_MASK;
	source_update(s, id, was);
}

/* What a word of enable bits counts for. */
static void enable_count(struct plic *s, unsigned context, unsigned w,
			 int sign)
{
	for (u32 p = 1; p < PRIORITY_COUNT; p++) {
		u32 left = s->derived.pending[p][w] & s->enable[context][w];
		int count = 0;

		for (; left; left &= left - 1)
			count += sign;
		if (count)
			add(s, p, BIT(context), count);
	}
}

static void enable_write(void *state, const struct reg_context *c, u64 value)
{
	const u64 n = index_clamp(c->index, CONTEXT_MAX * SOURCE_WORDS);
	const unsigned context = (unsigned)(n / SOURCE_WORDS);
	const unsigned w = n % SOURCE_WORDS;
	struct plic *s = state;
	SCOPED_CHANGE(&s->wires, c->vcpu);

	if (context >= s->wires.count)
		return;
	enable_count(s, context, w, -1);
	s->enable[context][w] = (u32)value & s->wires.valid[w];
	enable_count(s, context, w, 1);
	wires_update(s);
}

static void threshold_write(void *state, const struct reg_context *c,
			    u64 value)
{
	const unsigned n = (unsigned)index_clamp(c->index, CONTEXT_MAX);
	struct plic *s = state;
	SCOPED_CHANGE(&s->wires, c->vcpu);

	if (n >= s->wires.count)
		return;
	s->threshold[n] = value & PRIORITY_MASK;
	threshold_update(s, n);
	wires_update(s);
}

/* Claims are not subject to the threshold. */
static u64 claim_read(void *state, const struct reg_context *c)
{
	const unsigned n = (unsigned)index_clamp(c->index, CONTEXT_MAX);
	struct plic *s = state;
	SCOPED_CHANGE(&s->wires, c->vcpu);
	const u32 id = best(s, n);

	if (!id)
		return 0;
	pending_put(s, id, false);
	source_put(s->serving, id, true);
	return id;
}

/* Of a source that is not enabled for the context, nothing happens. */
static void complete_write(void *state, const struct reg_context *c,
			   u64 value)
{
	const unsigned n = (unsigned)index_clamp(c->index, CONTEXT_MAX);
	const u32 id = (u32)index_clamp(value, SOURCE_COUNT);
	struct plic *s = state;
	SCOPED_CHANGE(&s->wires, c->vcpu);

	if (value >= SOURCE_COUNT || !source_test(s->enable[n], id))
		return;
	source_put(s->serving, id, false);
	if (source_test(s->high, id))
		request(s, id);
}

/* What is kept reads as it is. */
#define PLIC(o, n, by, where, ...)					\
	{ .offset = (o), .width = 4, .count = (n), .stride = (by),	\
	  .name = #o, .slot = (where), __VA_ARGS__ }
#define KEPT(field)	offsetof(struct plic, field)

static const struct emu_reg regs[] = {
	PLIC(PRIORITY, SOURCE_COUNT - 1, 4, KEPT(priority[1]),
	     .write = priority_write),
	PLIC(PENDING, SOURCE_WORDS, 4, KEPT(pending)),
	PLIC(ENABLE, CONTEXT_MAX * SOURCE_WORDS, 4, KEPT(enable),
	     .write = enable_write),
	PLIC(THRESHOLD, CONTEXT_MAX, CONTEXT_STRIDE, KEPT(threshold),
	     .write = threshold_write),
	PLIC(CLAIM, CONTEXT_MAX, CONTEXT_STRIDE, EMU_NO_SLOT,
	     .read = claim_read, .write = complete_write),
	STATE(struct plic, high), STATE(struct plic, serving),
};

/* ---- wires and VCPUs ---- */

static void set_line(struct vpic *p, u32 pin, bool level)
{
	struct plic *s = plic_of(p);
	SCOPED_LOCK_RAW(&s->wires.lock);

	if (pin >= SOURCE_COUNT || !source_test(s->wires.valid, pin))
		return;
	source_put(s->high, pin, level);
	if (level)
		request(s, pin);
	cpu_wires_tell(&s->wires);
}

static void dump_context(const struct plic *s, unsigned context,
			 struct console *con)
{
	con_printf(con, "plic: context %u: threshold %u, pin %s\n", context,
		   s->threshold[context],
		   s->wires.to[context].level ? "high" : "low");
	for (u32 id = 1; id < 32 * s->wires.word_count; id++)
		if (source_test(s->enable[context], id))
			con_printf(con, "  %4u: priority %u%s%s%s\n", id,
				   s->priority[id],
				   source_test(s->high, id) ? " high" : "",
				   source_test(s->pending, id) ?
				   " pending" : "",
				   source_test(s->serving, id) ?
				   " served" : "");
}

static void dump(struct vpic *p, struct vcpu *v, struct console *con)
{
	const struct plic *s = plic_of(p);

	for (unsigned i = 0; i < s->wires.count; i++)
		if (s->wires.to[i].vcpu == v)
			dump_context(s, i, con);
}

static void explain_source(const struct plic *s, unsigned context, u32 id,
			   struct vcpu_why *w)
{
	const bool on = source_test(s->enable[context], id);

	if (!on && !source_test(s->pending, id))
		return;
	why_source_add(w, &(struct why_source){
		.id = id, .pending = source_test(s->pending, id),
		.active = source_test(s->serving, id),
		.stops = w->wire_stops | (on ? 0 : WHY_STOP_DISABLED) |
			 (source_test(s->serving, id) ? WHY_STOP_ACTIVE : 0) |
			 (s->priority[id] > s->threshold[context] ? 0 :
			  WHY_STOP_PRIORITY),
	});
}

/* A place is a context and a source. */
static u32 explain(struct vpic *p, struct vcpu *v, u32 from,
		   struct vcpu_why *w)
{
	struct plic *s = plic_of(p);
	const unsigned context = from / SOURCE_COUNT;
	u32 id = from % SOURCE_COUNT;
	const u32 end = id + EXPLAINED_AT_ONCE;
	SCOPED_LOCK_RAW(&s->wires.lock);

	if (context >= s->wires.count)
		return 0;
	if (s->wires.to[context].vcpu != v || id >= 32 * s->wires.word_count)
		return (context + 1) * SOURCE_COUNT;
	for (; id < end; id++)
		explain_source(s, context, id, w);
	return context * SOURCE_COUNT + end;
}

static const struct vpic_ops ops = {
	.name = "plic", .set_line = set_line, .vcpu_init = cpu_wires_vcpu_init,
	.vcpu_fini = cpu_wires_vcpu_fini, .vcpu_reset = cpu_wires_vcpu_reset,
	.sync = cpu_wires_sync, .pending = vpic_pins_pending, .dump = dump,
	.explain = explain,
};

/* ---- the device ---- */

static int probe(void *state)
{
	struct plic *s = state;
	const int count = cpu_wires_parse(&s->emu, s->wires.to, CONTEXT_MAX);

	if (count < 0)
		return count;
	s->wires.count = (unsigned)count;
	cpu_wires_init(&s->wires, &s->emu, &ops, "riscv,ndev");
	return 0;
}

static void reset(void *state)
{
	struct plic *s = state;
	SCOPED_LOCK(&s->wires.lock);

	update(s);
}

/* Sources that do not exist have no state, whatever data says. */
static int restore(void *state, const u8 *data, size_t size)
{
	struct plic *s = state;
	SCOPED_LOCK_RAW(&s->wires.lock);

	sources_mask(&s->wires, s->pending);
	sources_mask(&s->wires, s->high);
	sources_mask(&s->wires, s->serving);
	for (unsigned i = 0; i < CONTEXT_MAX; i++) {
		sources_mask(&s->wires, s->enable[i]);
		s->threshold[i] &= PRIORITY_MASK;
	}
	for (u32 id = 0; id < SOURCE_COUNT; id++)
		s->priority[id] &= PRIORITY_MASK;
	update(s);
	return size ? -EBADMSG : 0;
}

static const struct emulator plic = {
	.name = "plic",
	.compatible = (const char *const[]){ "sifive,plic-1.0.0",
					     "riscv,plic0", NULL },
	.state_size = sizeof(struct plic),
	.regs = regs, .reg_count = ARRAY_LEN(regs), .resets_unlocked = true,
	.probe = probe, .reset = reset, .restore = restore,
};
EMULATOR(plic);
