// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guests' lives: made, started, stopped, reset, destroyed, by operators and
 * by themselves.  What a guest asks for itself (power-off, reset) its VCPUs
 * cannot do, since they must stop for it: the manager's thread does.
 */

#include <vmm/guest.h>

#include <arch/cycles.h>
#include <libs/string.h>
#include <vmm/clock.h>
#include <vmm/console.h>
#include <vmm/guest_debug.h>
#include <vmm/heap.h>
#include <vmm/image_loader.h>
#include <vmm/log.h>
#include <vmm/page.h>
#include <vmm/trace.h>

#include "internal.h"

static struct list guests = LIST_INIT(guests);	/* list_lock */
static unsigned next_id;			/* list_lock */
static struct mutex list_lock = MUTEX_INIT(list_lock);

static struct wait_queue manager_queue = WAIT_QUEUE_INIT(manager_queue);
static u32 manager_work;			/* a */

static const char *const state_names[] = {
	[GUEST_CREATED] = "created", [GUEST_RUNNING] = "running",
	[GUEST_PAUSED] = "paused", [GUEST_HALTED] = "halted",
	[GUEST_CRASHED] = "crashed",
};

const char *guest_state_name(enum guest_state s)
{
	return state_names[s];
}

/* ---- references ---- */

struct guest *guest_get(struct guest *g)
{
	__atomic_fetch_add(&g->references, 1, __ATOMIC_RELAXED);
	return g;
}

void guest_put(struct guest *g)
{
	if (__atomic_fetch_sub(&g->references, 1, __ATOMIC_ACQ_REL) == 1)
		guest_free(g);
}

static struct guest *find_locked(const char *name)
{
	struct guest *g;

	list_for_each(g, &guests, entry)
		if (!strcmp(g->name, name))
			return g;
	return NULL;
}

struct guest *guest_find(const char *name)
{
	struct guest *g;

	SCOPED_MUTEX(&list_lock);
	g = find_locked(name);
	return g ? guest_get(g) : NULL;
}

/* By id, so that a guest destroyed in between ends no walk. */
struct guest *guest_next(struct guest *prev)
{
	struct guest *g, *next = NULL;

	{
		SCOPED_MUTEX(&list_lock);
		list_for_each(g, &guests, entry) {
			if (prev && g->id <= prev->id)
				continue;
			next = guest_get(g);
			break;
		}
	}
	if (prev)
		guest_put(prev);
	return next;
}

/* ---- stopping VCPUs ---- */

/*
 * That of who waits for v to park, if it is better: an operator does not wait
 * while v's betters keep all CPUs, nor do these when v's guest ends itself.
 */
static u8 stop_priority(const struct vcpu *v)
{
	return (u8)MAX(v->thread.priority, thread_current()->priority);
}

/*
 * One after the other, each for a short time.  None goes on meanwhile, which
 * would lower its priority: that needs all of them parked.
 */
void guest_stop_begin(struct guest *g)
{
	{
		SCOPED_LOCK(&g->power_lock);
		__atomic_store_n(&g->stopping, true, __ATOMIC_RELEASE);
	}
	for (unsigned i = 0; i < g->vcpu_count; i++) {
		struct vcpu *v = g->vcpus[i];

		sched_set_priority(&v->thread, stop_priority(v));
		__atomic_fetch_or(&v->requests, VCPU_REQUEST_STOP,
				  __ATOMIC_SEQ_CST);
		vcpu_interrupt(v);
		sched_wake(&v->thread);
	}
}

static bool all_parked(const struct guest *g)
{
	return __atomic_load_n(&g->parked_count, __ATOMIC_ACQUIRE) ==
	       g->vcpu_count;
}

void guest_stop_sync(struct guest *g)
{
	if (!g->started)
		return;
	guest_stop_begin(g);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	wait_until(&g->parking, all_parked(g));
	if (!g->clock.host && !g->clock.paused_at_cycles)
		g->clock.paused_at_cycles = cycles_read_ordered();
}

/* Time that the guest shall not see passed. */
static void clock_resume(struct guest_clock *c)
{
	if (!c->paused_at_cycles)
		return;
	c->offset_cycles += cycles_read_ordered() - c->paused_at_cycles;
	/* Who sees it run sees the new offset: guest_clock_cycles(). */
	__atomic_store_n(&c->paused_at_cycles, 0, __ATOMIC_RELEASE);
}

/* All are parked: nobody but who holds the guest's lock can end it now. */
static void let_run(struct guest *g)
{
	clock_resume(&g->clock);
	for (size_t i = 0; i < g->device_count; i++)
		emu_clock_changed(g->devices[i]);
	__atomic_store_n(&g->stopping, false, __ATOMIC_RELEASE);
	wait_wake_all(&g->parking);
}

/* One that ended itself while it was stopped stays so. */
static bool may_go_on(struct guest *g)
{
	SCOPED_LOCK(&g->power_lock);
	return g->started && g->state == GUEST_RUNNING && !g->ending;
}

void guest_stop_end(struct guest *g)
{
	if (may_go_on(g))
		let_run(g);
}

/* ---- creation and end ---- */

static int publish(struct guest *g)
{
	SCOPED_MUTEX(&list_lock);
	if (find_locked(g->name))
		return fail(-EEXIST, "guest: %s: there is a guest of that "
			    "name already", g->name);
	g->id = ++next_id;
	trace_guest(TRACE_CREATE, g);
	list_add_tail(&guests, &g->entry);
	return 0;
}

static bool name_is_taken(const char *name)
{
	SCOPED_MUTEX(&list_lock);
	return find_locked(name);
}

static struct guest *guest_alloc(struct guest_config *config)
{
	struct guest *g = heap_alloc(sizeof(*g));

	if (!g)
		return NULL;
	g->config = config;
	g->references = 1;
	string_copy(g->name, config->name, sizeof(g->name));
	mutex_init(&g->lock);
	wait_init(&g->parking);
	spin_init(&g->power_lock, LOCK_POWER);
	guest_watch_init(g);
	sched_group_init(&g->group);
	list_init(&g->entry);
	return g;
}

int guest_create(struct guest_config *config, struct guest **out)
{
	struct guest *g;
	int rc;

	if (name_is_taken(config->name)) {
		rc = fail(-EEXIST, "guest: %s: there is a guest of that name "
			  "already", config->name);
		guest_config_free(config);
		return rc;
	}
	g = guest_alloc(config);
	if (!g) {
		rc = fail(-ENOMEM, "guest: %s: no memory left",
			  config->name);
		guest_config_free(config);
		return rc;
	}
	guest_get(g);			/* the caller's, before others see g */
	g->created_ns = clock_now();
	if ((rc = guest_build(g)) || (rc = publish(g))) {
		guest_free(g);
		return rc;
	}
	*out = g;
	return 0;
}

static void end_vcpus(struct guest *g)
{
	{
		SCOPED_LOCK(&g->power_lock);
		g->ending = true;
	}
	guest_stop_begin(g);
	wait_wake_all(&g->parking);
	for (unsigned i = 0; i < g->vcpu_count; i++)
		thread_join(&g->vcpus[i]->thread);
}

/* True for the first who destroys g. */
static bool unpublish(struct guest *g)
{
	SCOPED_MUTEX(&list_lock);
	if (list_is_empty(&g->entry))
		return false;
	list_remove(&g->entry);
	return true;
}

int guest_destroy(struct guest *g)
{
	int rc;

	if (!unpublish(g)) {
		rc = fail(-ENOENT, "guest: %s: is being destroyed already",
			  g->name);
		guest_put(g);
		return rc;
	}
	trace_guest(TRACE_DESTROY, g);
	mutex_lock(&g->lock);
	__atomic_store_n(&g->dying, true, __ATOMIC_RELEASE);
	if (g->started)
		end_vcpus(g);
	g->started = false;
	g->state = GUEST_HALTED;
	guest_debug_notify(g);
	mutex_unlock(&g->lock);
	guest_put(g);			/* the list's */
	guest_put(g);
	return 0;
}

/* ---- transitions; g->lock is held ---- */

/* What makes a guest run that does not. */
static const char *const ways_on[] = {
	[GUEST_CREATED] = "kick", [GUEST_PAUSED] = "resume",
	[GUEST_HALTED] = "reset", [GUEST_CRASHED] = "reset",
};

static int wrong_state(struct guest *g, const char *what)
{
	const char *name = guest_state_name(g->state);

	if (g->state == GUEST_RUNNING)
		return fail(-EPERM, "guest: %s: is %s, cannot be %s", g->name,
			    name, what);
	return fail(-EPERM, "guest: %s: is %s, cannot be %s: `guest %s %s` "
		    "lets it run", g->name, name, what, ways_on[g->state],
		    g->name);
}

static void start(struct guest *g)
{
	g->state = GUEST_RUNNING;
	g->kicked_ns = clock_now();
	g->told = false;
	guest_watch_arm(g);
	if (g->console)
		g->console_start = guest_console_end_of(g->console);
	if (g->started) {
		let_run(g);
		return;
	}
	g->started = true;
	g->clock.offset_cycles = cycles_read_ordered() - GUEST_CLOCK_START;
	for (unsigned i = 0; i < g->vcpu_count; i++)
		thread_start(&g->vcpus[i]->thread);
}

int guest_kick(struct guest *g)
{
	SCOPED_MUTEX(&g->lock);
	if (g->state != GUEST_CREATED)
		return wrong_state(g, "kicked");
	trace_guest(TRACE_KICK, g);
	start(g);
	return 0;
}

int guest_pause(struct guest *g)
{
	SCOPED_MUTEX(&g->lock);
	if (g->state != GUEST_RUNNING)
		return wrong_state(g, "paused");
	trace_guest(TRACE_PAUSE, g);
	guest_stop_sync(g);
	if (g->ending)
		return fail(-EBUSY, "guest: %s: is about to end by itself, "
			    "cannot be paused", g->name);
	g->state = GUEST_PAUSED;
	return 0;
}

int guest_resume(struct guest *g)
{
	SCOPED_MUTEX(&g->lock);
	if (g->state != GUEST_PAUSED)
		return wrong_state(g, "resumed");
	if (g->debug)
		return fail(-EBUSY, "guest: %s: its debugger lets it go on",
			    g->name);
	trace_guest(TRACE_RESUME, g);
	g->state = GUEST_RUNNING;
	guest_stop_end(g);
	guest_watch_arm(g);
	return 0;
}

static const char no_images[] = "its images could not be loaded again";

/* As at creation: all off, devices reset, images anew, clock from 0. */
static int reset_stopped(struct guest *g)
{
	struct vcpu_start first = { .arg_count = 0 };
	int rc;

	trace_guest(TRACE_RESET, g);
	guest_symbols_forget(g);
	for (unsigned i = 0; i < g->vcpu_count; i++) {
		g->vcpus[i]->power = VCPU_OFF;
		g->vcpus[i]->was_on = false;
		g->vcpus[i]->held = false;
	}
	for (size_t i = 0; i < g->device_count; i++)
		emu_reset(g->devices[i]);
	for (size_t i = 0; i < g->device_count; i++)
		emu_settle(g->devices[i]);
	guest_debug_reload(g);
	rc = image_load_guest(g, &first);
	if (rc)
		return rc;
	g->vcpus[0]->start = first;
	g->vcpus[0]->power = VCPU_STARTING;
	g->clock.offset_cycles = cycles_read_ordered() - GUEST_CLOCK_START;
	g->clock.paused_at_cycles = 0;
	g->ending = false;
	g->reason[0] = '\0';
	return 0;
}

/* It ran, and now cannot: nobody shall take it for running. */
static void crash(struct guest *g, const char *reason)
{
	g->state = GUEST_CRASHED;
	string_copy(g->reason, reason, sizeof(g->reason));
}

int guest_reset(struct guest *g)
{
	int rc;

	SCOPED_MUTEX(&g->lock);
	if (g->dying)
		return fail(-ENOENT, "guest: %s: is destroyed", g->name);
	guest_stop_sync(g);
	rc = reset_stopped(g);
	if (rc) {
		crash(g, no_images);
		guest_debug_notify(g);
		return rc;
	}
	start(g);
	return 0;
}

int guest_shutdown(struct guest *g)
{
	SCOPED_MUTEX(&g->lock);
	if (g->state != GUEST_RUNNING)
		return wrong_state(g, "shut down");
	for (size_t i = 0; i < g->device_count; i++) {
		if (!g->devices[i]->type->power_button)
			continue;
		emu_power_button(g->devices[i]);
		return 0;
	}
	return fail(-ENOTSUP, "guest: %s: its tree has no power button "
		    "(gpio-keys): `console %s` and turn it off there, or "
		    "`guest destroy %s`", g->name, g->name, g->name);
}

/* ---- what guests ask for themselves ---- */

/* Whose lock is held for long, by a dump, holds up no other guest's end. */
static void see_to(struct guest *g)
{
	if (!__atomic_load_n(&g->ending, __ATOMIC_ACQUIRE))
		return;
	SCOPED_MUTEX(&g->lock);
	if (!g->ending || g->dying || g->state != GUEST_RUNNING)
		return;
	guest_stop_sync(g);
	if (g->end == GUEST_END_RESET) {
		log_throttled("guest: %s: %s", g->name, g->reason);
		if (!reset_stopped(g)) {
			start(g);
			return;
		}
		crash(g, no_images);
	} else {
		g->state = g->end == GUEST_END_OFF ? GUEST_HALTED :
						     GUEST_CRASHED;
	}
	guest_debug_notify(g);
	log_info("guest: %s: %s: %s", g->name, guest_state_name(g->state),
		 g->reason);
	if (g->state == GUEST_CRASHED)
		guest_crashed(g);
}

static void manage(void *arg)
{
	(void)arg;
	for (;;) {
		wait_until(&manager_queue,
			   __atomic_exchange_n(&manager_work, 0,
					       __ATOMIC_ACQ_REL));
		for (struct guest *g = guest_next(NULL); g; g = guest_next(g)) {
			see_to(g);
			guest_watch(g);
		}
	}
}

void guest_manager_wake(void)
{
	__atomic_store_n(&manager_work, 1, __ATOMIC_RELEASE);
	wait_wake_all(&manager_queue);
}

int guest_init(void)
{
	struct thread *t;
	int rc = thread_create("guest-manager", manage, NULL, &t);

	if (!rc)
		thread_start(t);
	return rc;
}

/* ---- accounting ---- */

static u64 vcpu_bytes(const struct vcpu *v)
{
	return heap_size(v) + ARCH_STACK_SIZE;
}

static u64 device_bytes(const struct emu *e)
{
	u64 (*extra)(const void *state) = e->type->extra_bytes;

	return heap_size(e) + (extra ? extra(e) : 0);
}

u64 guest_overhead_bytes(struct guest *g)
{
	u64 bytes = heap_size(g) + heap_size(g->blocks) +
		    heap_size(g->vcpus) + heap_size(g->devices) +
		    heap_size(g->config) + heap_size(g->config->fdt) +
		    aspace_bytes(&g->memory) + aspace_bytes(&g->ports) +
		    heap_size(g->console) + heap_size(g->console->ring.buffer);

	for (unsigned i = 0; i < g->vcpu_count; i++)
		bytes += vcpu_bytes(g->vcpus[i]);
	for (size_t i = 0; i < g->device_count; i++)
		bytes += device_bytes(g->devices[i]);
	return bytes + g->stage2.table_bytes;
}
