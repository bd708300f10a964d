// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Looks at a guest without stopping it: a call to each CPU reads the VCPU whose
 * state that CPU holds, the others' state lies in memory.  Who runs is looked
 * at several times, and each look is short: what one tells of interrupts may
 * have changed since another.
 */
#include <vmm/why.h>

#include <arch/irqflags.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/clock.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>
#include <vmm/symbols.h>
#include <vmm/wait.h>

#define SAMPLE_NS	1000000ull
#define TAIL_SIZE	512u

/* One look: at all VCPUs, or at those that this CPU holds. */
struct look {
	struct guest *guest;
	struct guest_why *why;
	void (*at)(struct look *l, struct vcpu *v);
	const struct vcpu *only;	/* NULL: all */
	bool files;			/* sources: of its file */
	u32 from;			/* sources: where to go on */
	u32 seen;			/* by index */
	u64 ran[GUEST_CPU_MAX];		/* cycles, when it began */
};

/* ---- a VCPU; interrupts masked ---- */

static enum why_state state_of(const struct vcpu *v)
{
	const struct guest *g = v->guest;

	if (g->state != GUEST_RUNNING || !g->started)
		return WHY_STOPPED;
	if (vcpu_power_state(v) == VCPU_OFF)
		return WHY_OFF;
	switch ((enum thread_state)v->thread.state) {
	case THREAD_RUNNING:
		return WHY_RUNNING;
	case THREAD_BLOCKED:
		if (!v->thread.vcpu)
			return WHY_STOPPED;	/* it ends */
		return v->idle ? WHY_IDLE : WHY_BLOCKED;
	case THREAD_READY:
		return WHY_RUNNABLE;
	case THREAD_NEW:
	case THREAD_DEAD:
		break;
	}
	return WHY_STOPPED;
}

/* Where its pc is: see sched_switch() and sched_idle() for the odd ones. */
static enum vcpu_place place_of(const struct vcpu *v)
{
	const struct cpu *cpu = this_cpu();

	if (!v->thread.vcpu || v->saved_exit)
		return VCPU_PARKED;
	if (cpu->loaded != v || cpu->asleep)
		return VCPU_SWITCHED;
	return cpu->current == &v->thread || cpu->leaving == &v->thread ?
	       VCPU_INTERRUPTED : VCPU_SWITCHED;
}

static bool has_memory(struct guest *g, u64 pc)
{
	const u64 flags = irq_save();
	const struct region *r = aspace_find(&g->memory, GPA(pc), 2);
	const bool has = r && (r->kind == REGION_RAM ||
			       r->kind == REGION_ROM ||
			       r->kind == REGION_ROMD);

	irq_restore(flags);
	return has;
}

/* What its last access that came to us was to, and if it still is. */
static void access_find(const struct vcpu *v, struct vcpu_why *w)
{
	const struct vcpu_last_access was = w->access;

	w->accessed = vcpu_last_access(v, &w->access);
	w->same_access = w->sample_count < 2 ||
			 (w->same_access && was.address == w->access.address &&
			  was.value == w->access.value &&
			  was.store == w->access.store);
}

static u64 exits_of(const struct vcpu *v)
{
	u64 count = 0;

	for (unsigned i = 0; i < ARCH_EXIT_COUNT; i++)
		count += v->stats[i].count;
	return count;
}

static void add_sample(struct vcpu_why *w, const struct why_exception *before)
{
	const struct why_exception *e = &w->exception;

	if (w->sample_count == WHY_SAMPLE_COUNT)
		return;
	w->samples[w->sample_count++] = w->pc;
	w->masked_count += w->masked;
	w->in_vector += w->pc - e->vector < e->vector_size;
	w->same_exception += e->name && e->name == before->name &&
			     e->pc == before->pc;
}

static void look_at(struct look *l, struct vcpu *v)
{
	struct vcpu_why *w = &l->why->vcpus[v->index];
	const struct why_exception before = w->exception;

	w->state = state_of(v);
	w->timer_count = w->source_count = w->left_out = 0;
	arch_vcpu_explain(v, place_of(v), w);
	add_sample(w, &before);
	w->was_on = v->was_on;
}

/* At some of v's sources of interrupts. */
static void look_at_sources(struct look *l, struct vcpu *v)
{
	struct vcpu_why *w = &l->why->vcpus[v->index];
	const struct guest *g = v->guest;

	l->from = l->files ?
		  g->files->ops->explain(g->files, v, l->from, w) :
		  g->pic->ops->explain(g->pic, v, l->from, w);
}

static void look_here(void *arg)
{
	struct look *l = arg;
	struct vcpu *v = this_cpu()->loaded;
	u32 bit;

	if (!v || v->guest != l->guest || (l->only && l->only != v))
		return;
	bit = BIT(v->index);		/* another CPU had it just now? */
	if (!(__atomic_fetch_or(&l->seen, bit, __ATOMIC_RELAXED) & bit))
		l->at(l, v);
}

/* One that no CPU holds. */
static void look_in_memory(struct look *l, struct vcpu *v)
{
	const u64 flags = irq_save();

	if (!(l->seen & BIT(v->index)))
		l->at(l, v);
	irq_restore(flags);
}

/* ---- the guest ---- */

/* What others changed meanwhile can be told; interrupts may come. */
static void look_back(struct look *l, const struct vcpu *v)
{
	struct vcpu_why *w = &l->why->vcpus[v->index];

	w->last_count = vcpu_last_exits(v, w->last, EXIT_LAST);
	access_find(v, w);
}

static void look(struct look *l)
{
	struct guest *g = l->guest;

	l->at = look_at;
	l->only = NULL;
	l->seen = 0;
	smp_call(CPU_MASK_ALL, look_here, l);
	for (unsigned i = 0; i < g->vcpu_count; i++) {
		look_in_memory(l, g->vcpus[i]);
		look_back(l, g->vcpus[i]);
	}
}

static void look_for_sources(struct look *l, struct vcpu *v, bool files)
{
	l->at = look_at_sources;
	l->only = v;
	l->files = files;
	l->from = 0;
	do {
		l->seen = 0;
		smp_call(CPU_MASK_ALL, look_here, l);
		look_in_memory(l, v);
	} while (l->from);
}

static bool any_at_work(const struct guest *g)
{
	for (unsigned i = 0; i < g->vcpu_count; i++)
		if (g->vcpus[i]->thread.state == THREAD_RUNNING ||
		    g->vcpus[i]->thread.state == THREAD_READY)
			return true;
	return false;
}

static void begin(struct look *l)
{
	for (unsigned i = 0; i < l->guest->vcpu_count; i++) {
		struct vcpu_why *w = &l->why->vcpus[i];

		w->exits = exits_of(l->guest->vcpus[i]);
		w->nothing = l->guest->stats.bad_accesses;
		l->ran[i] = l->guest->vcpus[i]->thread.run_cycles;
	}
}

static void name_sources(const struct guest *g, struct vcpu_why *w)
{
	for (unsigned n = 0; n < w->source_count; n++) {
		struct why_source *s = &w->sources[n];
		const struct why_timer *t = why_timer_of(w, s->id);

		if (s->kind == WHY_TIMER && t)
			s->name = t->name;
		for (unsigned i = 0; s->kind == WHY_DEVICE &&
		     i < g->config->device_count; i++)
			for (unsigned k = 0;
			     k < g->config->devices[i].irq_count; k++)
				if (g->config->devices[i].pins[k] == s->id)
					s->name = g->config->devices[i].name;
	}
}

/* Where its pc is, in words. */
static void say_where(struct guest *g, struct vcpu_why *w)
{
	char symbol[GUEST_SYMBOL_SIZE];

	snprintf(w->where, sizeof(w->where), "0x%" PRIx64, w->pc);
	if (guest_symbol(g, w->pc, symbol, sizeof(symbol)))
		printf_append(w->where, sizeof(w->where), " (%s)", symbol);
	else if (w->user)
		printf_append(w->where, sizeof(w->where), " (a program)");
}

static void finish_vcpu(const struct look *l, const struct vcpu *v)
{
	struct vcpu_why *w = &l->why->vcpus[v->index];
	const struct thread *t = &v->thread;
	struct guest *g = v->guest;

	w->exits = exits_of(v) - w->exits;
	w->nothing = g->stats.bad_accesses - w->nothing;
	if (w->state == WHY_RUNNABLE && t->run_cycles != l->ran[v->index])
		w->state = WHY_RUNNING;
	w->state_ns = clock_now() - MIN(clock_now(),
					clock_cycles_to_ns(t->since_cycles));
	w->nowhere = g->started && !w->translated && !w->user &&
		     !has_memory(g, w->pc);
	name_sources(g, w);
	w->pc = why_usual_pc(w);
	w->masked = w->masked_count * 2 > w->sample_count;
	if (w->state != WHY_OFF)
		say_where(g, w);
}

static bool is_printed(u8 byte)
{
	return byte >= ' ' && byte < 0x7f;
}

/* The last line that is not empty, without control characters and functions. */
struct tail {
	char *line;
	size_t size;
	bool ended;
	u8 inside;			/* of one: its second byte, or ESC */
};

#define ESC	0x1b
#define BEL	0x07

/* Is byte part of a control function (ECMA-48, 5; xterm's BEL ends strings)? */
static bool is_function(struct tail *t, u8 byte)
{
	const u8 inside = t->inside;

	if (byte == ESC) {
		t->inside = ESC;
		return true;
	}
	if (inside == ESC)
		t->inside = byte == '[' || strchr("]PX^_", byte) ? byte :
			    byte < '0' ? ESC : 0;
	else if (byte == BEL || (inside == '[' && byte >= '@'))
		t->inside = 0;
	return inside;
}

static void tail_add(struct tail *t, u8 byte)
{
	if (byte == '\n' || byte == '\r') {
		t->ended = true;
		return;
	}
	if (is_function(t, byte) || !is_printed(byte))
		return;
	if (t->ended)
		t->size = 0;
	t->ended = false;
	if (t->size < WHY_LINE_MAX - 1)
		t->line[t->size++] = (char)byte;
	t->line[t->size] = '\0';
}

static void read_console(const struct guest *g, struct guest_why *out)
{
	struct tail tail = { .line = out->last_line };
	u64 end, at;
	size_t size;
	u8 text[64];

	if (!g->console)
		return;
	end = guest_console_end_of(g->console);
	out->printed_bytes = end - MIN(end, g->console_start);
	at = end - MIN(out->printed_bytes, (u64)TAIL_SIZE);
	while (at < end && (size = guest_console_read(g->console, &at, text,
						      sizeof(text))))
		for (size_t i = 0; i < size; i++)
			tail_add(&tail, text[i]);
}

static void find_serial(const struct guest_config *c, struct guest_why *out)
{
	for (unsigned i = 0; i < c->device_count && !out->serial; i++)
		if (c->devices[i].type->input)
			out->serial = c->devices[i].name;
}

static void describe(struct guest *g, struct guest_why *out)
{
	out->name = g->name;
	out->state = g->state;
	out->vcpu_count = g->vcpu_count;
	out->bootargs = g->config->bootargs;
	out->bad_count = g->stats.bad_accesses;
	out->bad_first = g->stats.bad_first;
	out->memory_base = g->config->memory[0].base;
	find_serial(g->config, out);
	read_console(g, out);
	SCOPED_LOCK(&g->power_lock);
	string_copy(out->reason, g->reason, sizeof(out->reason));
}

int why_collect(struct guest *g, struct guest_why **out)
{
	struct guest_why *why = heap_alloc(sizeof(*why));
	struct look l = { .guest = g, .why = why };

	if (!why)
		return fail(-ENOMEM, "guest: %s: no memory left", g->name);
	*out = why;
	SCOPED_MUTEX(&g->lock);
	begin(&l);
	for (unsigned i = 1; i < WHY_SAMPLE_COUNT && g->started &&
	     any_at_work(g); i++) {
		look(&l);
		wait_deadline(clock_now() + SAMPLE_NS);
	}
	if (g->started)
		look(&l);
	for (unsigned i = 0; i < g->vcpu_count; i++) {
		if (g->started)
			look_for_sources(&l, g->vcpus[i], false);
		if (g->started && g->files)
			look_for_sources(&l, g->vcpus[i], true);
		finish_vcpu(&l, g->vcpus[i]);
	}
	describe(g, why);
	why_conclude(why);
	return 0;
}
