// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Says once, in the log, why a guest has printed nothing since it was started,
 * or that nothing can wake it any more.
 */
#include <libs/parse.h>
#include <libs/string.h>
#include <vmm/clock.h>
#include <vmm/console.h>
#include <vmm/heap.h>
#include <vmm/log.h>
#include <vmm/options.h>
#include <vmm/timer.h>
#include <vmm/why.h>

#include "internal.h"

#define NS_PER_S	1000000000ull
#define LOG_TEXT_MAX	120		/* of a conclusion, in a line */

static u32 patience_s = 30;		/* boot option watch=; 0: off */

static bool parse_watch(const char *value)
{
	return !parse_u32(value, &patience_s);
}
OPTION(watch, parse_watch);

static u64 patience_ns(const struct guest *g)
{
	const u32 seconds = g->config->watch_given ? g->config->watch_s :
						     patience_s;

	return (u64)seconds * NS_PER_S;
}

static bool is_silent(const struct guest *g)
{
	return !g->console ||
	       guest_console_end_of(g->console) == g->console_start;
}

/* No VCPU has done anything for so long. */
static bool rests(const struct guest *g, u64 ns)
{
	const u64 now = clock_now();

	for (unsigned i = 0; i < g->vcpu_count; i++) {
		const struct thread *t = &g->vcpus[i]->thread;

		if (t->state != THREAD_BLOCKED ||
		    clock_cycles_to_ns(t->since_cycles) + ns > now)
			return false;
	}
	return true;
}

/* In the command's words, once: true when it was worth a line. */
static bool tell(struct guest *g, bool silent)
{
	struct guest_why *why HEAP_SCOPED = NULL;

	if (why_collect(g, &why))
		return false;
	if (!silent && why->class != WHY_NEVER &&
	    (why->class != WHY_IS_OFF || why->state != GUEST_RUNNING))
		return false;
	log_warning("guest: %s: %s%.*s%s: see `guest why %s`", g->name,
		    silent ? "has printed nothing: " : "", LOG_TEXT_MAX,
		    why->text, strlen(why->text) > LOG_TEXT_MAX ? "..." : "",
		    g->name);
	return true;
}

static void ring(struct timer *t)
{
	guest_manager_wake();
}

void guest_watch_init(struct guest *g)
{
	timer_init(&g->watch, ring);
}

void guest_watch_arm(struct guest *g)
{
	const u64 patience = patience_ns(g);

	g->watched_ns = clock_now();
	if (patience && !g->told)
		timer_set(&g->watch, g->watched_ns + patience);
}

/* What is looked at without a lock is looked at again, or changes a line. */
void guest_watch(struct guest *g)
{
	const u64 patience = patience_ns(g);
	bool silent;

	if (!patience || g->told || g->state != GUEST_RUNNING || g->dying ||
	    clock_now() - g->watched_ns < patience)
		return;
	silent = is_silent(g);
	g->told = (silent || rests(g, patience)) && tell(g, silent);

	SCOPED_MUTEX(&g->lock);
	if (g->state == GUEST_RUNNING && !g->dying)
		guest_watch_arm(g);
}
