// SPDX-License-Identifier: GPL-2.0-or-later
/* Virtual CPUs: guests' (NAME/N) and orphans, the hypervisor's threads. */
#include "guest.h"
#include <libs/parse.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/clock.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>
#include <vmm/symbols.h>

/* ---- list ---- */

struct row {
	char name[24];
	const char *state;
	unsigned cpu, priority;
	u64 run_cycles;
};

static void report_vcpu(struct console *con, const char *name,
			const struct row *r)
{
	report_row(con);
	report_name(con, "name", name);
	report_text(con, "state", r->state);
	report_u64(con, "cpu", r->cpu);
	report_u64(con, "priority", r->priority);
	report_count(con, "run_ns", clock_cycles_to_ns(r->run_cycles));
	report_end(con);
}

static struct row row_of(const struct thread *t)
{
	static const char *const states[] = {
		[THREAD_NEW] = "stopped", [THREAD_READY] = "runnable",
		[THREAD_RUNNING] = "running", [THREAD_BLOCKED] = "blocked",
		[THREAD_DEAD] = "stopped",
	};

	return (struct row){
		.state = states[t->state], .cpu = t->cpu,
		.priority = t->priority, .run_cycles = thread_run_cycles(t),
	};
}

static void list_guest(struct console *con, const struct guest *g)
{
	char name[GUEST_NAME_MAX + 8];

	for (unsigned i = 0; i < g->vcpu_count; i++) {
		struct row r = row_of(&g->vcpus[i]->thread);

		r.state = vcpu_state_name(g->vcpus[i]);
		r.priority = g->vcpus[i]->priority;
		snprintf(name, sizeof(name), "%s/%u", g->name, i);
		report_vcpu(con, name, &r);
	}
}

/* Orphans are copied under the scheduler's lock and printed without it. */
#define ORPHANS_MAX	32

struct orphans {
	unsigned count, left_out;
	struct row rows[ORPHANS_MAX];
};

static void copy_orphan(struct thread *t, void *arg)
{
	struct orphans *o = arg;
	struct row *r;

	if (t->group != &sched_orphans || t->state == THREAD_NEW ||
	    t->state == THREAD_DEAD)
		return;
	if (o->count == ORPHANS_MAX) {
		o->left_out++;
		return;
	}
	r = &o->rows[o->count++];
	*r = row_of(t);
	string_copy(r->name, t->name, sizeof(r->name));
}

static void list_orphans(struct console *con, struct orphans *o)
{
	sched_for_each_thread(copy_orphan, o);
	for (unsigned i = 0; i < o->count; i++)
		report_vcpu(con, o->rows[i].name, &o->rows[i]);
	report_end(con);
	report_u64(con, "left_out", o->left_out);
}

static int list(struct console *con, const struct command_args *args)
{
	HEAP_SCOPED struct orphans *o = heap_alloc(sizeof(*o));
	struct guest *g = NULL;

	if (!o)
		return -ENOMEM;
	report_list(con, "vcpus",
		    "name:-24 state:-9 cpu:3 priority:8 run_ns:10");
	while ((g = guest_next(g)))
		list_guest(con, g);
	list_orphans(con, o);
	return 0;
}

/* ---- one of a guest ---- */

/* NAME/N; a reference on the guest comes with it. */
static int find(const char *name, struct vcpu **out)
{
	const char *slash = strrchr(name, '/');
	char guest[GUEST_NAME_MAX + 1];
	struct guest *g;
	u32 index;

	if (!slash || parse_u32(slash + 1, &index) ||
	    (size_t)(slash - name) >= sizeof(guest))
		return fail(-EINVAL, "vcpu: %s: a VCPU is named as web/0 is",
			    name);
	string_copy(guest, name, (size_t)(slash - name) + 1);
	g = guest_named(guest);
	if (!g)
		return -ENOENT;
	if (index >= g->vcpu_count) {
		fail(-ENOENT, "vcpu: %s: the last VCPU of %s is %s/%u", name,
		     g->name, g->name, g->vcpu_count - 1);
		guest_put(g);
		return -ENOENT;
	}
	*out = g->vcpus[index];
	return 0;
}

/* What is longer than a register, vectors, is left out. */
static bool is_register(size_t i)
{
	return arch_vcpu_state[i].size == sizeof(u64);
}

/* While it is stopped; the guest's lock is held. */
static int copy_registers(struct vcpu *v, u64 *values)
{
	struct guest *g = v->guest;

	if (!g->started)
		return fail(-EPERM, "vcpu: %s was never started", g->name);
	guest_stop_sync(g);
	for (size_t i = 0; i < arch_vcpu_state_count; i++)
		if (is_register(i))
			memcpy(&values[i], arch_vcpu_state_at(v, i),
			       sizeof(*values));
	guest_stop_end(g);
	return 0;
}

static void report_registers(struct console *con, const struct vcpu *v,
			     const u64 *values)
{
	char symbol[GUEST_SYMBOL_SIZE];
	bool known;
	u64 pc = 0;

	report_grid(con, "registers");
	for (size_t i = 0; i < arch_vcpu_state_count; i++) {
		if (!is_register(i))
			continue;
		if (string_equal(arch_vcpu_state[i].name, "pc"))
			pc = values[i];
		report_hex(con, arch_vcpu_state[i].name, values[i]);
	}
	report_end(con);
	mutex_lock(&v->guest->lock);
	known = guest_symbol(v->guest, pc, symbol, sizeof(symbol));
	mutex_unlock(&v->guest->lock);
	if (known)
		report_text(con, "pc_symbol", symbol);
}

static int report_copy(struct console *con, struct vcpu *v)
{
	HEAP_SCOPED u64 *values = heap_alloc(arch_vcpu_state_count *
					     sizeof(*values));
	int rc;

	if (!values)
		return -ENOMEM;
	mutex_lock(&v->guest->lock);
	rc = copy_registers(v, values);
	mutex_unlock(&v->guest->lock);
	if (!rc)
		report_registers(con, v, values);
	return rc;
}

static int regs(struct console *con, const struct command_args *args)
{
	struct vcpu *v;
	int rc = find(args->words[0], &v);

	if (rc)
		return rc;
	rc = report_copy(con, v);
	guest_put(v->guest);
	return rc;
}

static int stats(struct console *con, const struct command_args *args)
{
	struct vcpu *v;
	int rc = find(args->words[0], &v);

	if (rc)
		return rc;
	guest_report_vcpu(con, v);
	guest_put(v->guest);
	return 0;
}

static void offer_names(struct command_completion *c)
{
	char name[GUEST_NAME_MAX + 8];

	for (struct guest *g = guest_next(NULL); g; g = guest_next(g))
		for (unsigned i = 0; i < g->vcpu_count; i++) {
			snprintf(name, sizeof(name), "%s/%u", g->name, i);
			command_offer(c, name, strlen(name));
		}
}
COMPLETER(vcpu, offer_names);

static const struct verb vcpu_verbs[] = {
	{ "list", VERB_METRICS, list, "Lists guests' VCPUs and orphans." },
	{ "regs", "<vcpu> " VERB_READS, regs, "Prints its registers." },
	{ "stats", "<vcpu> " VERB_READS, stats,
	  "Counts what it does, and tells what it did last." },
};
COMMAND(vcpu, "look at virtual CPUs");
