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

/* ---- list ---- */

struct row {
	char name[24];
	const char *state;
	unsigned cpu, priority;
	u64 run_cycles;
};

static void print_row(struct console *con, const char *name,
		      const struct row *r)
{
	char time[GUEST_TIME_SIZE];

	con_printf(con, "%-24s %-9s %3u %4u %14s\n", name, r->state, r->cpu,
		   r->priority, guest_time(clock_cycles_to_ns(r->run_cycles),
					   time));
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
		snprintf(name, sizeof(name), "%s/%u", g->name, i);
		print_row(con, name, &r);
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

static int list_orphans(struct console *con)
{
	HEAP_SCOPED struct orphans *o = heap_alloc(sizeof(*o));

	if (!o)
		return -ENOMEM;
	sched_for_each_thread(copy_orphan, o);
	for (unsigned i = 0; i < o->count; i++)
		print_row(con, o->rows[i].name, &o->rows[i]);
	if (o->left_out)
		con_printf(con, "and %u more\n", o->left_out);
	return 0;
}

static int list(struct console *con, const struct command_args *args)
{
	struct guest *g = NULL;

	con_printf(con, "%-24s %-9s %3s %4s %14s\n", "NAME", "STATE", "CPU",
		   "PRIO", "RUN TIME");
	while ((g = guest_next(g)))
		list_guest(con, g);
	return list_orphans(con);
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

/* Three in a line; what is longer than a register, vectors, is left out. */
static void print_registers(struct console *con, struct vcpu *v)
{
	unsigned column = 0;
	u64 value;

	for (size_t i = 0; i < arch_vcpu_state_count; i++) {
		if (arch_vcpu_state[i].size != sizeof(value))
			continue;
		memcpy(&value, arch_vcpu_state_at(v, i), sizeof(value));
		con_printf(con, " %14s %016llx%s", arch_vcpu_state[i].name,
			   (unsigned long long)value,
			   ++column % 3 ? "" : "\n");
	}
	if (column % 3)
		con_printf(con, "\n");
}

/* The guest's lock is held. */
static int dump(struct console *con, struct vcpu *v)
{
	struct guest *g = v->guest;

	if (!g->started)
		return fail(-EPERM, "vcpu: %s was never started", g->name);
	guest_stop_sync(g);
	print_registers(con, v);
	guest_stop_end(g);
	return 0;
}

static int regs(struct console *con, const struct command_args *args)
{
	struct vcpu *v;
	struct guest *g;
	int rc = find(args->words[0], &v);

	if (rc)
		return rc;
	g = v->guest;
	mutex_lock(&g->lock);
	rc = dump(con, v);
	mutex_unlock(&g->lock);
	guest_put(g);
	return rc;
}

/* Bucket n holds cycles with n leading zeros of 32: below 2^(32-n). */
static void print_histogram(struct console *con, const struct exit_stats *s)
{
	for (unsigned n = EXIT_BUCKETS; n-- > 0; ) {
		u64 limit = clock_cycles_to_ns(BIT64(32 - n));

		if (s->histogram[n])
			con_printf(con, "  %28s %10" PRIu64 " ns: %10u\n",
				   "below", limit, s->histogram[n]);
	}
}

static int stats(struct console *con, const struct command_args *args)
{
	struct vcpu *v;
	int rc = find(args->words[0], &v);

	if (rc)
		return rc;
	con_printf(con, "%-24s %14s %10s\n", "EXIT", "COUNT", "MEAN NS");
	for (unsigned i = 0; i < ARCH_EXIT_COUNT; i++) {
		const struct exit_stats *s = &v->stats[i];

		if (!s->count)
			continue;
		con_printf(con, "%-24s %14" PRIu64 " %10" PRIu64 "\n",
			   arch_exit_names[i], s->count,
			   clock_cycles_to_ns(s->cycles) / s->count);
		print_histogram(con, s);
	}
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
	{ "list", "", list, "Lists guests' VCPUs and orphans." },
	{ "regs", "<vcpu>", regs, "Prints its registers." },
	{ "stats", "<vcpu>", stats, "Counts its exits: number, time." },
};
COMMAND(vcpu, "look at virtual CPUs");
