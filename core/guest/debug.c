// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guests under a debugger: stopped and let go as by `guest pause` and
 * `resume`, but that VCPUs can stop them, and that some may stay behind.
 */

#include <vmm/guest_debug.h>

#include <libs/string.h>
#include <vmm/clock.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/wait.h>

#include "internal.h"

#define TRANSLATED	4096u		/* what arch_vcpu_translate() tells */
#define RETRY_NS	1000000ull

static struct guest_debug *debug_of(const struct vcpu *v)
{
	return __atomic_load_n(&v->guest->debug, __ATOMIC_ACQUIRE);
}

/* ---- memory ---- */

struct transfer {
	void *buf;
	size_t size;
	bool write;
};

static int transfer(struct guest_debug *d, struct vcpu *v, u64 address,
		    struct transfer t)
{
	gpa_t at = GPA(address);
	size_t n;
	int rc = 0;

	for (; t.size && !rc; t.size -= n, t.buf = (u8 *)t.buf + n) {
		n = MIN(t.size, (size_t)(TRANSLATED - address % TRANSLATED));
		rc = d->physical ? 0 : arch_vcpu_translate(v, address, &at);
		if (!rc)
			rc = t.write ? guest_load(d->guest, at, t.buf, n) :
				       guest_read(d->guest, at, t.buf, n);
		address += n;
		at.v += n;
	}
	return rc;
}

int guest_debug_read(struct guest_debug *d, struct vcpu *v, u64 address,
		     void *buf, size_t size)
{
	return transfer(d, v, address, (struct transfer){ buf, size, false });
}

int guest_debug_write(struct guest_debug *d, struct vcpu *v, u64 address,
		      const void *buf, size_t size)
{
	return transfer(d, v, address, (struct transfer){
		(void *)(uintptr_t)buf, size, true });
}

/* ---- points by instructions in memory ---- */

/* Where code at p lies, as v sees it; one instruction is in one page. */
static int locate(struct guest_point *p, struct vcpu *v)
{
	if (p->address % TRANSLATED + p->size > TRANSLATED)
		return -EFAULT;
	if (!p->physical)
		return arch_vcpu_translate(v, p->address, &p->at);
	p->at = GPA(p->address);
	return 0;
}

static int place(struct guest_point *p, struct vcpu *v)
{
	int rc = locate(p, v);

	if (rc || p->placed)
		return rc;
	rc = guest_read(v->guest, p->at, p->saved, p->size);
	if (!rc)
		rc = guest_load(v->guest, p->at, arch_breakpoint(p->size),
				p->size);
	p->placed = !rc;
	return rc;
}

/* What the guest wrote over it meanwhile stays. */
static void take_out(struct guest_point *p, struct guest *g)
{
	u8 now[BREAKPOINT_SIZE_MAX];

	if (p->placed && !guest_read(g, p->at, now, p->size) &&
	    !memcmp(now, arch_breakpoint(p->size), p->size))
		guest_load(g, p->at, p->saved, p->size);
	p->placed = false;
}

/* By any VCPU's tables.  True: there, or none of those. */
static bool place_somehow(struct guest_point *p, struct guest *g)
{
	for (unsigned i = 0; i < g->vcpu_count && p->by_code && !p->placed;
	     i++)
		if (vcpu_power_state(g->vcpus[i]) == VCPU_ON)
			place(p, g->vcpus[i]);
	return !p->by_code || p->placed;
}

/* False: some wait for tables that have them. */
static bool place_all(struct guest_debug *d)
{
	bool all = true;

	for (unsigned i = 0; i < d->count; i++)
		all &= place_somehow(&d->points[i], d->guest);
	return all;
}

/* The other way round than they came: one may hide another. */
static void take_out_all(struct guest_debug *d)
{
	for (unsigned i = GUEST_STEP_MAX; i-- > 0; )
		take_out(&d->steps[i], d->guest);
	for (unsigned i = d->count; i-- > 0; )
		take_out(&d->points[i], d->guest);
}

void guest_debug_reload(struct guest *g)
{
	struct guest_debug *d = g->debug;

	if (!d)
		return;
	take_out_all(d);
	__atomic_store_n(&d->hold, true, __ATOMIC_RELEASE);
}

/* ---- points by the CPU ---- */

static const u8 kinds[POINT_TYPE_COUNT] = {
	[POINT_SOFTWARE] = DEBUG_EXECUTE, [POINT_HARDWARE] = DEBUG_EXECUTE,
	[POINT_WRITE] = DEBUG_WRITE, [POINT_READ] = DEBUG_READ,
	[POINT_ACCESS] = DEBUG_ACCESS,
};

static int vcpu_set(struct guest_debug *d, struct vcpu *v, bool tables)
{
	struct debug_point points[GUEST_POINT_MAX];
	struct vcpu_debug set = {
		.on = true, .step = v == d->stepped, .tables = tables,
		.points = points,
	};

	for (unsigned i = 0; i < d->count; i++) {
		const struct guest_point *p = &d->points[i];

		if (!p->by_code)
			points[set.count++] = (struct debug_point){
				p->address, p->size, kinds[p->type],
			};
	}
	return arch_vcpu_debug_set(v, &set);
}

static int set_all(struct guest_debug *d, bool tables)
{
	struct guest *g = d->guest;
	int rc = 0;

	for (unsigned i = 0; i < g->vcpu_count && !rc; i++)
		rc = vcpu_set(d, g->vcpus[i], tables);
	return rc;
}

/* ---- adding and removing ---- */

static bool is_same(const struct guest_point *a, const struct guest_point *b)
{
	return a->address == b->address && a->size == b->size &&
	       a->type == b->type;
}

static struct guest_point *find(struct guest_debug *d,
				const struct guest_point *p)
{
	for (unsigned i = 0; i < d->count; i++)
		if (is_same(&d->points[i], p))
			return &d->points[i];
	return NULL;
}

/* Does memory have code there, as some VCPU sees it? */
static int try_code(struct guest_debug *d, struct guest_point *p)
{
	if (!place_somehow(p, d->guest))
		return -EFAULT;
	take_out(p, d->guest);
	return 0;
}

/* The last of d->points, whose kind is not yet known. */
static int choose_way(struct guest_debug *d, struct guest_point *p)
{
	int rc;

	p->by_code = p->type == POINT_SOFTWARE || p->physical;
	if (p->by_code) {
		rc = p->type <= POINT_HARDWARE ? try_code(d, p) : -ENOTSUP;
		if (!rc || p->physical)
			return rc;
	}
	p->by_code = false;
	rc = set_all(d, false);
	if (!rc || p->type > POINT_HARDWARE)
		return rc;
	/* Without the CPU's help: now, or once the tables have it. */
	p->by_code = true;
	return rc == -ENOTSUP ? 0 : try_code(d, p);
}

int guest_debug_add(struct guest_debug *d, const struct guest_point *p)
{
	int rc;

	if (p->type >= POINT_TYPE_COUNT || !p->size ||
	    (p->type <= POINT_HARDWARE && !arch_breakpoint(p->size)))
		return -EINVAL;
	if (find(d, p))
		return 0;
	if (d->count == GUEST_POINT_MAX)
		return -ENOSPC;
	d->points[d->count++] = (struct guest_point){
		.address = p->address, .size = p->size, .type = p->type,
		.physical = d->physical,
	};
	rc = choose_way(d, &d->points[d->count - 1]);
	if (rc)
		d->count--;
	return rc;
}

int guest_debug_remove(struct guest_debug *d, const struct guest_point *p)
{
	struct guest_point *found = find(d, p);

	if (found)
		*found = d->points[--d->count];
	return found ? 0 : -EINVAL;
}

/* ---- stopping and going ---- */

/* True: it stands; one that is ending is the manager's for a moment. */
static bool try_stop(struct guest_debug *d)
{
	struct guest *g = d->guest;

	SCOPED_MUTEX(&g->lock);
	if (g->state == GUEST_RUNNING) {
		guest_stop_sync(g);
		if (g->ending)
			return false;
		g->state = GUEST_PAUSED;
	}
	take_out_all(d);
	d->stepped = NULL;
	for (unsigned i = 0; i < g->vcpu_count; i++)
		g->vcpus[i]->held = false;
	return true;
}

/*
 * A first VCPU that is about to begin, also after a reset, is let come to that:
 * it has no registers yet, nor code for points; and stops there by itself.
 */
static void let_begin(const struct guest_debug *d)
{
	const struct guest *g = d->guest;

	while (__atomic_load_n(&g->state, __ATOMIC_RELAXED) == GUEST_RUNNING &&
	       vcpu_power_state(g->vcpus[0]) == VCPU_STARTING)
		wait_deadline(clock_now() + RETRY_NS);
}

void guest_debug_stop(struct guest_debug *d)
{
	__atomic_store_n(&d->hold, true, __ATOMIC_RELEASE);
	let_begin(d);
	__atomic_store_n(&d->event, false, __ATOMIC_RELEASE);
	while (!try_stop(d))
		wait_deadline(clock_now() + RETRY_NS);
}

bool guest_debug_lives(const struct guest_debug *d)
{
	return d->guest->state == GUEST_PAUSED;
}

static void place_steps(struct guest_debug *d)
{
	u64 next[GUEST_STEP_MAX];
	unsigned count = arch_vcpu_step(d->stepped, next);

	for (unsigned i = 0; i < count; i++) {
		struct guest_point *p = &d->steps[i];

		*p = (struct guest_point){
			.address = next[i], .by_code = true,
			.size = arch_breakpoint(2) ? 2 : BREAKPOINT_SIZE_MAX,
		};
		place(p, d->stepped);
	}
}

static void hold_some(struct guest_debug *d, const u8 *actions)
{
	struct guest *g = d->guest;

	d->stepped = NULL;
	for (unsigned i = g->vcpu_count; i-- > 0; ) {
		g->vcpus[i]->debug_event = DEBUG_EVENT_NONE;
		if (actions[i] == DEBUG_STEP)
			d->stepped = g->vcpus[i];
	}
	for (unsigned i = 0; i < g->vcpu_count; i++)
		g->vcpus[i]->held = d->stepped ? g->vcpus[i] != d->stepped :
						 actions[i] == DEBUG_HOLD;
}

int guest_debug_go(struct guest_debug *d, const u8 *actions)
{
	struct guest *g = d->guest;
	int rc;

	SCOPED_MUTEX(&g->lock);
	if (!guest_debug_lives(d))
		return -EPERM;
	hold_some(d, actions);
	rc = set_all(d, !place_all(d));
	if (rc) {
		take_out_all(d);
		return rc;
	}
	if (d->stepped)
		place_steps(d);
	d->hold = false;
	g->state = GUEST_RUNNING;
	guest_stop_end(g);
	guest_watch_arm(g);
	return 0;
}

/* ---- beginning and end ---- */

static int take(struct guest_debug *d, enum guest_state *state)
{
	struct guest *g = d->guest;

	SCOPED_MUTEX(&g->lock);
	if (g->debug)
		return fail(-EBUSY, "guest: %s: has a debugger already",
			    g->name);
	if (g->dying)
		return fail(-EPERM, "guest: %s: is being destroyed", g->name);
	*state = g->state;
	__atomic_store_n(&g->debug, d, __ATOMIC_RELEASE);
	return 0;
}

static void give_back(struct guest_debug *d)
{
	struct guest *g = d->guest;

	SCOPED_MUTEX(&g->lock);
	for (unsigned i = 0; i < g->vcpu_count; i++)
		arch_vcpu_debug_set(g->vcpus[i], &(struct vcpu_debug){
			.on = false });
	__atomic_store_n(&g->debug, NULL, __ATOMIC_RELEASE);
}

int guest_debug_begin(struct guest_debug *d, struct guest *g,
		      void (*wake)(struct guest_debug *d))
{
	enum guest_state state = GUEST_PAUSED;
	int rc;

	*d = (struct guest_debug){ .guest = g, .wake = wake, .hold = true };
	spin_init(&d->lock, LOCK_DEVICE);
	rc = take(d, &state);
	if (rc)
		return rc;
	d->was_paused = state == GUEST_PAUSED;
	if (state == GUEST_CREATED && (rc = guest_kick(g))) {
		give_back(d);
		return rc;
	}
	guest_debug_stop(d);
	return 0;
}

void guest_debug_end(struct guest_debug *d)
{
	guest_debug_stop(d);
	give_back(d);
	if (!d->was_paused && guest_debug_lives(d))
		guest_resume(d->guest);
}

/* ---- from VCPUs ---- */

static void tell(struct guest_debug *d)
{
	__atomic_store_n(&d->event, true, __ATOMIC_RELEASE);
	d->wake(d);
}

void vcpu_debug_event(struct vcpu *v, enum debug_event event, u64 address)
{
	struct guest *g = v->guest;

	v->debug_event = (u8)event;
	v->debug_address = address;
	{
		SCOPED_LOCK(&g->power_lock);
		vcpu_stop_guest(v);
	}
	tell(debug_of(v));
}

void vcpu_debug_begin(struct vcpu *v)
{
	const struct guest_debug *d = debug_of(v);

	if (unlikely(d) && __atomic_load_n(&d->hold, __ATOMIC_ACQUIRE))
		vcpu_debug_event(v, DEBUG_EVENT_BEGIN, v->start.entry.v);
}

/* Of a physical point, pc shows no more than the place within its page. */
static bool is_at(const struct guest_point *p, u64 pc)
{
	return p->physical ? p->address % TRANSLATED == pc % TRANSLATED :
			     p->address == pc;
}

static bool is_step(const struct guest_debug *d, const struct vcpu *v, u64 pc)
{
	if (v != d->stepped)
		return false;
	for (unsigned i = 0; i < GUEST_STEP_MAX; i++)
		if (d->steps[i].placed && d->steps[i].address == pc)
			return true;
	return false;
}

/* Another VCPU may be placing the one that v just met. */
static bool find_point(struct guest_debug *d, u64 pc, u64 *address)
{
	SCOPED_LOCK_RAW(&d->lock);
	for (unsigned i = 0; i < d->count; i++) {
		const struct guest_point *p = &d->points[i];

		if (!p->placed || !is_at(p, pc))
			continue;
		*address = p->address;
		return true;
	}
	return false;
}

bool vcpu_debug_break(struct vcpu *v, u64 pc)
{
	struct guest_debug *d = debug_of(v);
	u64 address;

	if (is_step(d, v, pc))
		vcpu_debug_event(v, DEBUG_EVENT_STEP, pc);
	else if (find_point(d, pc, &address))
		vcpu_debug_event(v, DEBUG_EVENT_BREAK, address);
	else
		return false;
	return true;
}

bool vcpu_debug_tables(struct vcpu *v)
{
	struct guest_debug *d = debug_of(v);
	bool all = true;

	SCOPED_LOCK_RAW(&d->lock);
	for (unsigned i = 0; i < d->count; i++) {
		struct guest_point *p = &d->points[i];

		if (p->by_code && !p->placed)
			all &= !place(p, v);
	}
	return !all;
}

const struct guest_point *guest_debug_point(const struct guest_debug *d,
					    const struct vcpu *v)
{
	const bool watch = v->debug_event == DEBUG_EVENT_WATCH;

	if (!watch && v->debug_event != DEBUG_EVENT_BREAK)
		return NULL;
	for (unsigned i = 0; i < d->count; i++) {
		const struct guest_point *p = &d->points[i];

		/* Watched data may be the second half of an access. */
		if (watch == (p->type > POINT_HARDWARE) &&
		    (watch ? v->debug_address - p->address + 64 <
			     p->size + 64 :
			     p->address == v->debug_address))
			return p;
	}
	return NULL;
}

void guest_debug_notify(struct guest *g)
{
	if (g->debug)
		tell(g->debug);
}
