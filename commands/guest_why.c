// SPDX-License-Identifier: GPL-2.0-or-later
/* `guest why`: what a guest's VCPUs do or wait for, and what follows. */
#include "guest.h"
#include <arch/cycles.h>
#include <vmm/arch.h>
#include <vmm/clock.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/report.h>
#include <vmm/symbols.h>
#include <vmm/why.h>

static void vcpu_name(struct console *con, const struct guest_why *why,
		      unsigned i)
{
	report_namef(con, "vcpu", "%s/%u", why->name, i);
}

static void show_vcpus(struct console *con, const struct guest_why *why)
{
	report_list(con, "vcpus", "vcpu:-12 state:-10 since_ns:12 "
				  "masked_by:-12 where");
	for (unsigned i = 0; i < why->vcpu_count; i++) {
		const struct vcpu_why *w = &why->vcpus[i];

		report_row(con);
		vcpu_name(con, why, i);
		report_text(con, "state", why_state_names[w->state]);
		report_u64(con, "since_ns", w->state_ns);
		report_text(con, "masked_by", w->masked ? w->mask : NULL);
		report_hex(con, "pc", w->pc);
		report_text(con, "where", *w->where ? w->where : NULL);
		report_text(con, "conclusion", why->vcpu_text[i]);
		report_u64(con, "interrupts_left_out", w->left_out);
		report_end(con);
	}
	report_end(con);
}

static void show_timer(struct console *con, const struct why_timer *t)
{
	report_text(con, "timer", t->name);
	report_u64(con, "interrupt", t->id);
	report_text(con, "state", !t->on ? "off" : t->due ? "due" :
				  t->due_ns == ~0ull ? "never" : "set");
	report_text(con, "masked", t->masked ? "masked" : NULL);
	if (t->on && t->due_ns != ~0ull)
		report_u64(con, "rings_in_ns", t->due_ns);
	else
		report_text(con, "rings_in_ns", NULL);
}

static void show_timers(struct console *con, const struct guest_why *why)
{
	report_list(con, "timers", "vcpu:-12 timer:-10 interrupt:9 state:-6 "
				   "masked:-7 rings_in_ns:12");
	for (unsigned i = 0; i < why->vcpu_count; i++)
		for (unsigned n = 0; n < why->vcpus[i].timer_count; n++) {
			report_row(con);
			vcpu_name(con, why, i);
			show_timer(con, &why->vcpus[i].timers[n]);
			report_end(con);
		}
	report_end(con);
}

static void show_stops(struct console *con, u8 stops)
{
	report_array(con, "blocked_by");
	for (unsigned i = 0; i < WHY_STOP_COUNT; i++)
		if (stops & BIT(i))
			report_text(con, NULL, why_stop_names[i]);
	report_end(con);
}

static void show_source(struct console *con, const struct why_source *s)
{
	report_u64(con, "interrupt", s->id);
	report_text(con, "from", s->name);
	report_text(con, "state", s->pending ? s->active ?
				  "pending, active" : "pending" :
				  s->active ? "active" : "idle");
	show_stops(con, s->stops);
}

static void show_sources(struct console *con, const struct guest_why *why)
{
	report_list(con, "interrupts", "vcpu:-12 interrupt:9 from:-24 "
				       "state:-15 blocked_by");
	for (unsigned i = 0; i < why->vcpu_count; i++)
		for (unsigned n = 0; n < why->vcpus[i].source_count; n++) {
			const struct why_source *s =
				&why->vcpus[i].sources[n];

			if (s->kind == WHY_IPI && !s->pending && !s->active)
				continue;
			report_row(con);
			vcpu_name(con, why, i);
			show_source(con, s);
			report_end(con);
		}
	report_end(con);
}

static void show_access(struct console *con, const struct vcpu_last_access *a)
{
	report_text(con, "device", a->where);
	if (a->reg && a->reg->count > 1)
		report_textf(con, "register", "%s[%u]", a->reg->name, a->index);
	else
		report_text(con, "register", a->reg ? a->reg->name : NULL);
	report_hex(con, "address", a->address);
	report_text(con, "access", a->store ? "store" : "load");
	report_hex(con, "value", a->value);
}

static void show_accesses(struct console *con, const struct guest_why *why)
{
	report_list(con, "last_accesses", "vcpu:-12 device:-24 register:-16 "
					  "address:18 access:-6 value:18");
	for (unsigned i = 0; i < why->vcpu_count; i++) {
		if (!why->vcpus[i].accessed)
			continue;
		report_row(con);
		vcpu_name(con, why, i);
		show_access(con, &why->vcpus[i].access);
		report_end(con);
	}
	report_end(con);
}

void guest_report_symbol(struct console *con, struct guest *g, u64 pc)
{
	char symbol[GUEST_SYMBOL_SIZE];
	bool known;

	mutex_lock(&g->lock);
	known = guest_symbol(g, pc, symbol, sizeof(symbol));
	mutex_unlock(&g->lock);
	report_text(con, "where", known ? symbol : NULL);
}

static void show_exceptions(struct console *con, const struct guest_why *why,
			    struct guest *g)
{
	report_list(con, "last_exceptions", "vcpu:-12 exception:-26 pc:18 "
					    "address:18 vector:18 where");
	for (unsigned i = 0; i < why->vcpu_count; i++) {
		const struct why_exception *e = &why->vcpus[i].exception;

		if (!e->name)
			continue;
		report_row(con);
		vcpu_name(con, why, i);
		report_text(con, "exception", e->name);
		report_hex(con, "pc", e->pc);
		report_hex(con, "address", e->address);
		report_hex(con, "vector", e->vector);
		guest_report_symbol(con, g, e->pc);
		report_end(con);
	}
	report_end(con);
}

static void show_exit(struct console *con, struct guest *g,
		      const struct vcpu_exit *e, u64 now)
{
	report_u64(con, "ago_ns",
		   clock_cycles_to_ns(now - MIN(now, e->cycles)));
	report_text(con, "reason", arch_exit_names[e->reason]);
	report_hex(con, "pc", e->pc);
	guest_report_symbol(con, g, e->pc);
}

/* How many of those from e on, count in all, are of one kind and place. */
static unsigned alike(const struct vcpu_exit *e, unsigned count)
{
	unsigned n = 1;

	while (n < count && e[n].reason == e->reason && e[n].pc == e->pc)
		n++;
	return n;
}

static void show_exits(struct console *con, const struct guest_why *why,
		       struct guest *g)
{
	const u64 now = cycles_read();	/* lines may take their time */
	unsigned times;

	report_list(con, "last_exits", "vcpu:-12 times:5 ago_ns:12 reason:-10 "
				       "pc:18 where");
	for (unsigned i = 0; i < why->vcpu_count; i++) {
		const struct vcpu_why *v = &why->vcpus[i];

		for (unsigned n = 0; n < v->last_count; n += times) {
			times = alike(&v->last[n], v->last_count - n);
			report_row(con);
			vcpu_name(con, why, i);
			report_count(con, "times", times);
			show_exit(con, g, &v->last[n + times - 1], now);
			report_end(con);
		}
	}
	report_end(con);
}

static void show_reasons(struct console *con, const struct guest_why *why)
{
	for (unsigned i = 0; i < why->vcpu_count; i++)
		con_printf(con, "%s/%u %s.\n", why->name, i,
			   why->vcpu_text[i]);
}

int guest_verb_why(struct console *con, const struct command_args *args)
{
	struct guest *g = guest_named(args->words[0]);
	struct guest_why *why HEAP_SCOPED = NULL;
	int rc;

	if (!g)
		return -ENOENT;
	rc = why_collect(g, &why);
	if (!rc) {
		report_name(con, "name", g->name);
		report_text(con, "state", guest_state_name(why->state));
		report_note(con, "reason", why->reason);
		report_text(con, "conclusion", why->text);
		report_count(con, "printed_bytes", why->printed_bytes);
		report_count(con, "accesses_to_nothing", why->bad_count);
		show_vcpus(con, why);
		show_reasons(con, why);
		show_timers(con, why);
		show_sources(con, why);
		show_accesses(con, why);
		show_exceptions(con, why, g);
		show_exits(con, why, g);
	}
	guest_put(g);
	return rc;
}
