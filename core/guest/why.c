// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What follows from a VCPU's description: a sentence for it and one for its
 * guest.  Rules over states, not a list of known troubles: what a VCPU waits
 * for can come or cannot, what it executes gets on or does not.
 */
#include <vmm/why.h>

#include <libs/printf.h>
#include <libs/string.h>

#define SPIN_BYTES	256	/* pc stays within: a loop that waits */
#define BUSY_EXITS	4	/* for each sample: exits are what it does */
#define NAMES_MAX	3	/* of devices that are waited for */
#define STARVED_NS	1000000000ull	/* without a turn: more than slices */

const char *const why_state_names[WHY_STATE_COUNT] = {
	[WHY_OFF] = "off", [WHY_STOPPED] = "stopped",
	[WHY_RUNNING] = "running", [WHY_RUNNABLE] = "runnable",
	[WHY_IDLE] = "idle", [WHY_SUSPENDED] = "suspended",
	[WHY_BLOCKED] = "blocked",
};

const char *const why_stop_names[WHY_STOP_COUNT] = {
	"is not enabled", "belongs to a group that is off",
	"has no priority to pass", "goes to another CPU",
	"is off in the CPU", "is active and was never ended",
};

#define SAY(to, ...)	printf_append((to), WHY_TEXT_MAX, __VA_ARGS__)

/* ---- what was collected ---- */

void why_source_add(struct vcpu_why *w, const struct why_source *s)
{
	if (w->source_count == WHY_SOURCE_MAX)
		w->left_out++;
	else
		w->sources[w->source_count++] = *s;
}

const struct why_timer *why_timer_of(const struct vcpu_why *w, u32 id)
{
	for (unsigned i = 0; i < w->timer_count; i++)
		if (w->timers[i].id == id)
			return &w->timers[i];
	return NULL;
}

static const struct why_source *source_of(const struct vcpu_why *w,
					  const struct why_timer *t)
{
	for (unsigned i = 0; i < w->source_count; i++)
		if (w->sources[i].kind == WHY_TIMER &&
		    w->sources[i].id == t->id)
			return &w->sources[i];
	return NULL;
}

static const struct why_source *pending_source(const struct vcpu_why *w)
{
	for (unsigned i = 0; i < w->source_count; i++)
		if (w->sources[i].pending && !w->sources[i].stops)
			return &w->sources[i];
	return NULL;
}

static void say_source(char *to, const struct why_source *s)
{
	SAY(to, "interrupt %u", s->id);
	if (s->name)
		SAY(to, " (%s)", s->name);
}

static void say_stops(char *to, const struct vcpu_why *w, u8 stops)
{
	const unsigned n = (unsigned)__builtin_ctz(stops | BIT(31));

	if (n >= WHY_STOP_COUNT)
		return;
	SAY(to, "%s", why_stop_names[n]);
	if (BIT(n) == WHY_STOP_CPU && w->enable)
		SAY(to, " (%s)", w->enable);
}

static void say_time(char *to, u64 ns)
{
	if (ns >= 10000000000ull)
		SAY(to, "%" PRIu64 " s", ns / 1000000000);
	else if (ns >= 10000000)
		SAY(to, "%" PRIu64 " ms", ns / 1000000);
	else
		SAY(to, "%" PRIu64 " us", ns / 1000);
}

/* ---- who waits for an interrupt ---- */

static bool can_ring(const struct vcpu_why *w, const struct why_timer *t)
{
	const struct why_source *s = source_of(w, t);

	return t->on && !t->masked && t->due_ns != ~0ull && s && !s->stops;
}

/* The timer that wakes it first, or NULL. */
static const struct why_timer *next_timer(const struct vcpu_why *w)
{
	const struct why_timer *best = NULL;

	for (unsigned i = 0; i < w->timer_count; i++) {
		const struct why_timer *t = &w->timers[i];

		if (can_ring(w, t) && (!best || t->due_ns < best->due_ns))
			best = t;
	}
	return best;
}

static bool may_come(const struct why_source *s, bool others)
{
	return !s->stops && (s->kind == WHY_DEVICE ||
			     (s->kind == WHY_IPI && others));
}

/* Names those that may come; how many there are. */
static unsigned say_sources(char *to, const struct vcpu_why *w, bool others)
{
	unsigned count = 0, ipis = 0;

	for (unsigned i = 0; i < w->source_count; i++) {
		const struct why_source *s = &w->sources[i];

		if (!may_come(s, others))
			continue;
		if (s->kind == WHY_IPI) {
			ipis++;
			continue;
		}
		if (count++ >= NAMES_MAX)
			continue;
		SAY(to, count > 1 ? ", " : " of ");
		if (s->name)
			SAY(to, "%s", s->name);
		else
			SAY(to, "number %u", s->id);
	}
	if (count > NAMES_MAX)
		SAY(to, " and %u more", count - NAMES_MAX);
	if (ipis)
		SAY(to, count ? " or another VCPU" : " from another VCPU");
	return count + ipis;
}

/* Why a timer that is on does not wake its VCPU. */
static void say_timer(char *to, const struct vcpu_why *w,
		      const struct why_timer *t)
{
	const struct why_source *s = source_of(w, t);

	SAY(to, "its timer %s ", t->name);
	if (t->masked) {
		SAY(to, "is masked%s", t->due ? ", and was due" : "");
		return;
	}
	if (t->due_ns == ~0ull && !t->due) {
		SAY(to, "is set for never");
		return;
	}
	SAY(to, t->due ? "rang, but " : "is set, but ");
	if (!s) {
		SAY(to, "leads nowhere");
		return;
	}
	SAY(to, "its interrupt %u ", s->id);
	say_stops(to, w, s->stops);
}

/* What stands in the way: timers that are on, and what pends in vain. */
static void say_obstacles(char *to, const struct vcpu_why *w)
{
	unsigned count = 0;

	for (unsigned i = 0; i < w->timer_count; i++) {
		if (!w->timers[i].on)
			continue;
		if (count++)
			SAY(to, ", ");
		say_timer(to, w, &w->timers[i]);
	}
	if (!count)
		SAY(to, "its timer is off");
	for (unsigned i = 0; i < w->source_count; i++) {
		const struct why_source *s = &w->sources[i];

		if (!s->pending || !s->stops || s->kind == WHY_TIMER)
			continue;
		SAY(to, ", ");
		say_source(to, s);
		SAY(to, " is pending, but ");
		say_stops(to, w, s->stops);
	}
}

static enum why_class conclude_idle(const struct vcpu_why *w, bool others,
				    char *to)
{
	const struct why_source *s = pending_source(w);
	const struct why_timer *t = next_timer(w);
	char names[WHY_TEXT_MAX] = "";

	if (s) {
		SAY(to, "is about to wake by ");
		say_source(to, s);
		return WHY_WORKS;
	}
	if (t) {
		SAY(to, "sleeps until its timer %s rings in ", t->name);
		say_time(to, t->due_ns);
		return WHY_SLEEPS;
	}
	if (say_sources(names, w, others)) {
		SAY(to, "waits for an interrupt%s; ", names);
		say_obstacles(to, w);
		return WHY_WAITS;
	}
	SAY(to, "waits for an interrupt; ");
	say_obstacles(to, w);
	SAY(to, " and nothing else is enabled that could come: it will never "
	    "wake");
	return WHY_NEVER;
}

/* ---- who executes ---- */

static bool most(unsigned count, const struct vcpu_why *w)
{
	return w->sample_count && count > w->sample_count * 2 / 3;
}

/* How many samples lie in the small piece of code that begins at low. */
static unsigned near(const struct vcpu_why *w, u64 low)
{
	unsigned count = 0;

	for (unsigned i = 0; i < w->sample_count; i++)
		count += w->samples[i] - low < SPIN_BYTES;
	return count;
}

u64 why_usual_pc(const struct vcpu_why *w)
{
	u64 usual = w->pc;

	if (w->state != WHY_RUNNING)
		return usual;
	for (unsigned i = 0; i < w->sample_count; i++)
		if (near(w, w->samples[i]) > near(w, usual))
			usual = w->samples[i];
	return usual;
}

/* Is pc, most of the time, in one small piece of code? */
static bool stays(const struct vcpu_why *w)
{
	return w->sample_count > 1 && most(near(w, why_usual_pc(w)), w);
}

static void say_exception(char *to, const struct vcpu_why *w)
{
	const struct why_exception *e = &w->exception;

	SAY(to, "%s at %#" PRIx64, e->name, e->pc);
	if (e->address && e->address != e->pc)
		SAY(to, " on %#" PRIx64, e->address);
}

static void say_masked(char *to, const struct vcpu_why *w)
{
	const struct why_source *s = pending_source(w);

	if (!w->masked)
		return;
	SAY(to, ", interrupts masked by %s", w->mask);
	if (!s)
		return;
	SAY(to, " while ");
	say_source(to, s);
	SAY(to, " is pending");
}

static enum why_class conclude_polls(const struct vcpu_why *w, char *to)
{
	const struct vcpu_last_access *a = &w->access;

	SAY(to, a->store ? "stores to " : "asks ");
	SAY(to, "%s", a->where ? a->where : "where nothing is");
	if (a->reg && a->reg->name)
		SAY(to, " %s", a->reg->name);
	if (a->reg && a->reg->count > 1)
		SAY(to, "[%u]", a->index);
	SAY(to, " (%#" PRIx64 ") again and again, %s %#" PRIx64 ", at %s",
	    a->address, a->store ? "always" : "and always gets", a->value,
	    w->where);
	say_masked(to, w);
	return WHY_POLLS;
}

static enum why_class conclude_nowhere(const struct vcpu_why *w, char *to)
{
	const struct why_exception *e = &w->exception;

	SAY(to, "executes at %s, where no memory is", w->where);
	if (e->name && w->pc - e->vector < e->vector_size)
		SAY(to, ": its exception vector %#" PRIx64 " leads there",
		    e->vector);
	return WHY_NOWHERE;
}

static enum why_class conclude_faults(const struct vcpu_why *w, char *to)
{
	SAY(to, "takes the same exception again and again: ");
	say_exception(to, w);
	if (most(w->in_vector, w))
		SAY(to, ", in its exception vector %#" PRIx64 " itself",
		    w->exception.vector);
	return WHY_FAULTS;
}

static bool is_loop_of_faults(const struct vcpu_why *w)
{
	const struct why_exception *e = &w->exception;

	if (!e->name || !most(w->same_exception, w))
		return false;
	return (most(w->in_vector, w) && e->pc - e->vector < e->vector_size) ||
	       w->nothing > w->sample_count;
}

static enum why_class conclude_busy(const struct vcpu_why *w, char *to)
{
	const bool exits = w->exits > BUSY_EXITS * (u64)w->sample_count;

	if (w->nowhere)
		return conclude_nowhere(w, to);
	if (is_loop_of_faults(w))
		return conclude_faults(w, to);
	if (stays(w) && exits && w->accessed && w->same_access)
		return conclude_polls(w, to);
	if (stays(w)) {
		SAY(to, "spins at %s%s", w->where,
		    exits ? "" : " without leaving the guest");
		say_masked(to, w);
		return WHY_SPINS;
	}
	SAY(to, "works, lately at %s", w->where);
	return WHY_WORKS;
}

static enum why_class conclude_vcpu(const struct vcpu_why *w, bool others,
				    char *to)
{
	to[0] = '\0';
	switch (w->state) {
	case WHY_OFF:
		SAY(to, w->was_on ? "turned itself off" :
				    "was never turned on");
		return WHY_IS_OFF;
	case WHY_STOPPED:
		SAY(to, "is stopped with its guest");
		return WHY_IS_OFF;
	case WHY_IDLE:
	case WHY_SUSPENDED:
		return conclude_idle(w, others, to);
	case WHY_BLOCKED:
		SAY(to, "waits for the hypervisor, at %s", w->where);
		return WHY_WORKS;
	case WHY_RUNNABLE:
		if (w->state_ns < STARVED_NS)
			break;
		SAY(to, "has waited for a host CPU for ");
		say_time(to, w->state_ns);
		SAY(to, ": VCPUs of higher priority keep those that it may "
		    "use");
		return WHY_WAITS;
	case WHY_RUNNING:
	case WHY_STATE_COUNT:
		break;
	}
	return conclude_busy(w, to);
}

/* ---- the guest ---- */

static bool is_alive(enum why_class c)
{
	return c != WHY_NOWHERE && c != WHY_FAULTS && c != WHY_NEVER &&
	       c != WHY_IS_OFF;
}

/*
 * One VCPU wakes another only if something wakes it first: so at first none
 * counts, then those that are alive without the others.
 */
static void conclude_vcpus(struct guest_why *g)
{
	unsigned alive = 0;

	for (unsigned i = 0; i < g->vcpu_count; i++) {
		g->classes[i] = conclude_vcpu(&g->vcpus[i], false,
					      g->vcpu_text[i]);
		alive += is_alive(g->classes[i]);
	}
	for (unsigned i = 0; alive && i < g->vcpu_count; i++)
		if (g->classes[i] == WHY_NEVER)
			g->classes[i] = conclude_vcpu(&g->vcpus[i], true,
						      g->vcpu_text[i]);
}

/* Whose trouble is the guest's: the worst; one at work outweighs waiters. */
static unsigned pick(const struct guest_why *g)
{
	bool works = false;
	unsigned best = 0;

	for (unsigned i = 0; i < g->vcpu_count; i++)
		works |= g->classes[i] >= WHY_WAITS;
	for (unsigned i = 1; i < g->vcpu_count; i++) {
		const enum why_class c = g->classes[i], was = g->classes[best];

		if (c == WHY_IS_OFF || (c == WHY_NEVER && works))
			continue;
		if (c < was || was == WHY_IS_OFF ||
		    (was == WHY_NEVER && works))
			best = i;
	}
	return best;
}

static void say_bad(struct guest_why *g)
{
	if (g->bad_count)
		SAY(g->text, "; %" PRIu64 " accesses led to nothing, the "
		    "first at %#" PRIx64 " (its memory begins at %#" PRIx64
		    ")", g->bad_count, g->bad_first, g->memory_base);
}

static void say_off(struct guest_why *g)
{
	for (unsigned i = 0; i < g->vcpu_count; i++)
		if (g->vcpus[i].state == WHY_OFF && !g->vcpus[i].was_on) {
			SAY(g->text, "; %s/%u was never turned on", g->name,
			    i);
			return;
		}
}

/* The last word that begins so, or NULL; how long it is in *size. */
static const char *last_word(const char *text, const char *begin, int *size)
{
	const char *found = NULL;

	for (const char *s = text; s && (s = strstr(s, begin)); s++)
		if (s == text || s[-1] == ' ')
			found = s;
	for (*size = 0; found && found[*size] && found[*size] != ' '; )
		++*size;
	return found;
}

static void say_console(struct guest_why *g)
{
	int size;
	const char *console = last_word(g->bootargs, "console=", &size);

	if (g->printed_bytes) {
		if (*g->last_line)
			SAY(g->text, "; its last line is \"%s\"",
			    g->last_line);
		return;
	}
	if (!g->serial) {
		SAY(g->text, "; nothing shows: its tree has no serial "
		    "device");
		return;
	}
	SAY(g->text, "; it has never printed: nothing was sent to %s, its "
	    "serial device", g->serial);
	if (console)
		SAY(g->text, ", while its arguments say %.*s",
		    size, console);
}

static const struct {
	const char *text;
	bool reason;
} states[] = {
	[GUEST_CREATED] = { "was never started: `guest kick` does it", false },
	[GUEST_RUNNING] = { "runs", false },
	[GUEST_PAUSED] = { "was paused by the operator or gdb: `guest resume` "
			   "lets it go on", false },
	[GUEST_HALTED] = { "is off", true },
	[GUEST_CRASHED] = { "has crashed", true },
};

static void conclude_stopped(struct guest_why *g)
{
	g->class = WHY_IS_OFF;
	SAY(g->text, "%s", states[g->state].text);
	if (states[g->state].reason && *g->reason)
		SAY(g->text, ": %s", g->reason);
}

void why_conclude(struct guest_why *g)
{
	unsigned n;

	g->text[0] = '\0';
	conclude_vcpus(g);
	if (g->state != GUEST_RUNNING) {
		conclude_stopped(g);
		say_console(g);
		return;
	}
	n = pick(g);
	g->class = g->classes[n];
	if (g->vcpus[n].state == WHY_STOPPED)
		SAY(g->text, "is being stopped: ask again");
	else if (g->class == WHY_IS_OFF)
		SAY(g->text, "all its VCPUs are off: none is left that could "
		    "turn one on");
	else if (g->class == WHY_NEVER && g->vcpu_count > 1)
		SAY(g->text, "nothing can wake it any more: %s/%u %s", g->name,
		    n, g->vcpu_text[n]);
	else
		SAY(g->text, "%s/%u %s", g->name, n, g->vcpu_text[n]);
	if (g->class < WHY_WAITS || !g->printed_bytes)
		say_bad(g);
	if (g->class < WHY_WAITS && g->class != WHY_IS_OFF)
		say_off(g);
	say_console(g);
}
