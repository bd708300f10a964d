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
#define PRIORITY_MASK	7

struct plic {
	struct emu emu;
	struct cpu_wires wires;		/* one for each context */
	u32 priority[SOURCE_COUNT];
	u32 pending[SOURCE_WORDS];
	u32 high[SOURCE_WORDS];		/* wires */
	u32 serving[SOURCE_WORDS];	/* claimed, not completed */
	u32 enable[CONTEXT_MAX][SOURCE_WORDS];
	u32 threshold[CONTEXT_MAX];
};

static struct plic *plic_of(struct vpic *p)
{
	return container_of(p, struct plic, wires.pic);
}

/* ---- delivery; the lock is held ---- */

/*
 * What is pending for a context, of the highest priority above the least one,
 * of those the lowest number; 0: nothing.
 */
static u32 best(const struct plic *s, unsigned context, u32 least)
{
	u32 found = 0;

	for (unsigned w = 0; w < s->wires.word_count; w++) {
		u32 left = s->pending[w] & s->enable[context][w];

		for (; left; left &= left - 1) {
			const u32 id = 32 * w + (u32)__builtin_ctz(left);

			if (s->priority[id] <= least)
				continue;
			least = s->priority[id];
			found = id;
		}
	}
	return found;
}

static void context_update(struct plic *s, unsigned context)
{
	cpu_wire_set(&s->wires.to[context],
		     best(s, context, s->threshold[context]));
}

static void update(struct plic *s)
{
	for (unsigned i = 0; i < s->wires.count; i++)
		context_update(s, i);
}

/* The source asks: unless somebody serves it, it is pending now. */
static void request(struct plic *s, u32 id)
{
	if (source_test(s->serving, id))
		return;
	source_put(s->pending, id, true);
	for (unsigned i = 0; i < s->wires.count; i++)
		if (source_test(s->enable[i], id))
			context_update(s, i);
}

/* ---- registers ---- */

static u64 priority_read(void *state, const struct reg_context *c)
{
	const struct plic *s = state;

	return s->priority[index_clamp(c->index + 1, SOURCE_COUNT)];
}

static void priority_write(void *state, const struct reg_context *c, u64 value)
{
	const u32 id = (u32)index_clamp(c->index + 1, SOURCE_COUNT);
	struct plic *s = state;
	SCOPED_LOCK_RAW(&s->wires.lock);

	if (!source_test(s->wires.valid, id))
		return;
	s->priority[id] = value & PRIORITY_MASK;
	update(s);
}

static u64 pending_read(void *state, const struct reg_context *c)
{
	const struct plic *s = state;

	return s->pending[index_clamp(c->index, SOURCE_WORDS)];
}

static u64 enable_read(void *state, const struct reg_context *c)
{
	const struct plic *s = state;
	const u64 n = index_clamp(c->index, CONTEXT_MAX * SOURCE_WORDS);

	return s->enable[n / SOURCE_WORDS][n % SOURCE_WORDS];
}

static void enable_write(void *state, const struct reg_context *c, u64 value)
{
	const u64 n = index_clamp(c->index, CONTEXT_MAX * SOURCE_WORDS);
	struct plic *s = state;
	SCOPED_LOCK_RAW(&s->wires.lock);

	if (n / SOURCE_WORDS >= s->wires.count)
		return;
	s->enable[n / SOURCE_WORDS][n % SOURCE_WORDS] =
		(u32)value & s->wires.valid[n % SOURCE_WORDS];
	context_update(s, (unsigned)(n / SOURCE_WORDS));
}

static u64 threshold_read(void *state, const struct reg_context *c)
{
	const struct plic *s = state;

	return s->threshold[index_clamp(c->index, CONTEXT_MAX)];
}

static void threshold_write(void *state, const struct reg_context *c,
			    u64 value)
{
	const unsigned n = (unsigned)index_clamp(c->index, CONTEXT_MAX);
	struct plic *s = state;
	SCOPED_LOCK_RAW(&s->wires.lock);

	if (n >= s->wires.count)
		return;
	s->threshold[n] = value & PRIORITY_MASK;
	context_update(s, n);
}

/* Claims are not subject to the threshold. */
static u64 claim_read(void *state, const struct reg_context *c)
{
	const unsigned n = (unsigned)index_clamp(c->index, CONTEXT_MAX);
	struct plic *s = state;
	SCOPED_LOCK_RAW(&s->wires.lock);
	const u32 id = best(s, n, 0);

	if (!id)
		return 0;
	source_put(s->pending, id, false);
	source_put(s->serving, id, true);
	update(s);
	return id;
}

/* Of a source that is not enabled for the context, nothing happens. */
static void complete_write(void *state, const struct reg_context *c,
			   u64 value)
{
	const unsigned n = (unsigned)index_clamp(c->index, CONTEXT_MAX);
	const u32 id = (u32)index_clamp(value, SOURCE_COUNT);
	struct plic *s = state;
	SCOPED_LOCK_RAW(&s->wires.lock);

	if (value >= SOURCE_COUNT || !source_test(s->enable[n], id))
		return;
	source_put(s->serving, id, false);
	if (source_test(s->high, id))
		request(s, id);
}

#define PLIC(o, n, by, ...)						\
	{ .offset = (o), .width = 4, .count = (n), .stride = (by),	\
	  .name = #o, .slot = EMU_NO_SLOT, __VA_ARGS__ }

static const struct emu_reg regs[] = {
	PLIC(PRIORITY, SOURCE_COUNT - 1, 4, .read = priority_read,
	     .write = priority_write),
	PLIC(PENDING, SOURCE_WORDS, 4, .read = pending_read),
	PLIC(ENABLE, CONTEXT_MAX * SOURCE_WORDS, 4, .read = enable_read,
	     .write = enable_write),
	PLIC(THRESHOLD, CONTEXT_MAX, CONTEXT_STRIDE, .read = threshold_read,
	     .write = threshold_write),
	PLIC(CLAIM, CONTEXT_MAX, CONTEXT_STRIDE, .read = claim_read,
	     .write = complete_write),
	STATE(struct plic, priority), STATE(struct plic, pending),
	STATE(struct plic, high), STATE(struct plic, serving),
	STATE(struct plic, enable), STATE(struct plic, threshold),
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
	.sync = vpic_pins_sync, .pending = vpic_pins_pending, .dump = dump,
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
	SCOPED_LOCK_RAW(&s->wires.lock);

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
	for (unsigned i = 0; i < CONTEXT_MAX; i++)
		sources_mask(&s->wires, s->enable[i]);
	update(s);
	return size ? -EBADMSG : 0;
}

static const struct emulator plic = {
	.name = "plic",
	.compatible = (const char *const[]){ "sifive,plic-1.0.0",
					     "riscv,plic0", NULL },
	.state_size = sizeof(struct plic),
	.regs = regs, .reg_count = ARRAY_LEN(regs),
	.probe = probe, .reset = reset, .restore = restore,
};
EMULATOR(plic);
