// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `top`: who used the host's CPUs over the last second.  Two samples and their
 * difference; who came in between is counted from its begin.
 */
#include "guest.h"
#include "live.h"
#include <libs/sort.h>
#include <libs/string.h>
#include <vmm/clock.h>
#include <vmm/cpu.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/report.h>
#include <vmm/wait.h>

#define PERIOD_NS	1000000000ull
#define ROOM		16		/* VCPUs that may come meanwhile */

struct row {
	unsigned guest;			/* id */
	unsigned vcpu;
	u64 run, ready;			/* ns since its begin */
	u64 ran, waited;		/* in permille of the period */
	const char *state;
	unsigned cpu;
	char name[GUEST_NAME_MAX + 1];
};

struct sample {
	u64 at_ns;
	unsigned count, room;
	u64 idle[CONFIG_CPU_MAX];	/* ns since boot */
	struct row rows[];
};

struct top {
	struct sample *before, *now;
};

/* ---- samples ---- */

static unsigned count_vcpus(void)
{
	unsigned count = 0;

	for (struct guest *g = guest_next(NULL); g; g = guest_next(g))
		count += g->vcpu_count;
	return count;
}

static void take_vcpu(struct sample *s, const struct vcpu *v)
{
	struct row *r = &s->rows[s->count];

	if (s->count == s->room)
		return;
	s->count++;
	*r = (struct row){
		.guest = v->guest->id, .vcpu = v->index, .cpu = v->thread.cpu,
		.run = clock_cycles_to_ns(thread_run_cycles(&v->thread)),
		.ready = clock_cycles_to_ns(thread_ready_cycles(&v->thread)),
		.state = vcpu_state_name(v),
	};
	string_copy(r->name, v->guest->name, sizeof(r->name));
}

/* NULL: no memory. */
static struct sample *take(void)
{
	unsigned room = count_vcpus() + ROOM;
	struct sample *s = heap_alloc(sizeof(*s) + room * sizeof(s->rows[0]));

	if (!s)
		return NULL;
	s->room = room;
	s->count = 0;
	s->at_ns = clock_now();
	for_each_online_cpu(c)
		s->idle[c->index] = clock_cycles_to_ns(sched_idle_cycles(c));
	for (struct guest *g = guest_next(NULL); g; g = guest_next(g))
		for (unsigned i = 0; i < g->vcpu_count; i++)
			take_vcpu(s, g->vcpus[i]);
	return s;
}

static u64 permille(const struct top *t, u64 before, u64 now)
{
	u64 all = MAX(t->now->at_ns - t->before->at_ns, 1000ull) / 1000;

	return now > before ? MIN((now - before) / all, 1000ull) : 0;
}

static const struct row *find(const struct sample *s, const struct row *r)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->rows[i].guest == r->guest && s->rows[i].vcpu == r->vcpu)
			return &s->rows[i];
	return NULL;
}

static int busier(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->ran != y->ran)
		return x->ran < y->ran ? 1 : -1;
	if (x->guest != y->guest)
		return x->guest < y->guest ? -1 : 1;
	return (int)x->vcpu - (int)y->vcpu;
}

static void compare(const struct top *t)
{
	struct sample *s = t->now;

	for (unsigned i = 0; i < s->count; i++) {
		struct row *r = &s->rows[i];
		const struct row *was = find(t->before, r);

		r->ran = permille(t, was ? was->run : 0, r->run);
		r->waited = permille(t, was ? was->ready : 0, r->ready);
	}
	sort_array(s->rows, s->count, sizeof(s->rows[0]), busier);
}

/* ---- what is shown ---- */

static void report_cpus(struct console *con, const struct top *t)
{
	report_list(con, "cpus", "cpu:3 busy_permille:7");
	for_each_online_cpu(c) {
		report_row(con);
		report_index(con, "cpu", c->index);
		report_u64(con, "busy_permille", 1000 -
			   permille(t, t->before->idle[c->index],
				    t->now->idle[c->index]));
		report_end(con);
	}
	report_end(con);
}

/* The sum of its VCPUs: 1000 is one host CPU. */
static void report_guest(struct console *con, const struct sample *s,
			 const struct row *first)
{
	u64 ran = 0, waited = 0;
	unsigned count = 0;

	for (unsigned i = 0; i < s->count; i++) {
		if (s->rows[i].guest != first->guest)
			continue;
		ran += s->rows[i].ran;
		waited += s->rows[i].waited;
		count++;
	}
	report_row(con);
	report_name(con, "name", first->name);
	report_u64(con, "vcpus", count);
	report_u64(con, "run_permille", ran);
	report_u64(con, "ready_permille", waited);
	report_end(con);
}

static void report_guests(struct console *con, const struct sample *s)
{
	report_list(con, "guests",
		    "name:-24 vcpus:5 run_permille:7 ready_permille:7");
	for (unsigned i = 0; i < s->count; i++) {
		unsigned k = 0;

		while (s->rows[k].guest != s->rows[i].guest)
			k++;
		if (k == i)
			report_guest(con, s, &s->rows[i]);
	}
	report_end(con);
}

static void report_vcpus(struct console *con, const struct sample *s)
{
	report_list(con, "vcpus", "name:-24 cpu:5 run_permille:7 "
		    "ready_permille:7 state");
	for (unsigned i = 0; i < s->count; i++) {
		const struct row *r = &s->rows[i];

		report_row(con);
		report_namef(con, "name", "%s/%u", r->name, r->vcpu);
		report_index(con, "cpu", r->cpu);
		report_u64(con, "run_permille", r->ran);
		report_u64(con, "ready_permille", r->waited);
		report_text(con, "state", r->state);
		report_end(con);
	}
	report_end(con);
}

/* With the sample before, which the new one replaces. */
static int show(struct console *con, void *arg)
{
	struct top *t = arg;

	t->now = take();
	if (!t->now)
		return -ENOMEM;
	compare(t);
	report_cpus(con, t);
	report_guests(con, t->now);
	report_vcpus(con, t->now);
	heap_free(t->before);
	t->before = t->now;
	return 0;
}

static int wait_period(struct console *con)
{
	if (con == &host_console)
		return host_console_sleep(clock_now() + PERIOD_NS);
	wait_deadline(clock_now() + PERIOD_NS);
	return 0;
}

static int top(struct console *con, const struct command_args *args)
{
	struct top t = { .before = take() };
	int rc = t.before ? wait_period(con) : -ENOMEM;

	if (!rc && (command_option(args, "once") || !live_is_possible(con)))
		rc = show(con, &t);
	else if (!rc)
		rc = live_run(con, "qQ", show, &t);
	heap_free(t.before);
	return rc;
}

static const struct verb top_verbs[] = {
	{ NULL, "[--once] " VERB_READS, top,
	  "Shows shares of the last second, again and again until q." },
};
COMMAND(top, "who uses the host's CPUs");
