// SPDX-License-Identifier: GPL-2.0-or-later
/* Going, stopping, and what a guest stops for. */
#include "server.h"

#include <vmm/errno.h>

#define SIGINT	2
#define SIGTRAP	5
#define SIGABRT	6

/* ---- why it stands ---- */

static void put_stop(struct gdb_server *s, unsigned signal)
{
	static const char *const reasons[POINT_TYPE_COUNT] = {
		[POINT_SOFTWARE] = "swbreak", [POINT_HARDWARE] = "hwbreak",
		[POINT_WRITE] = "watch", [POINT_READ] = "rwatch",
		[POINT_ACCESS] = "awatch",
	};
	const struct guest_point *p = guest_debug_point(&s->debug,
							gdb_vcpu(s));

	gdb_put(s, "T%02xthread:%x;", signal, s->thread + 1);
	if (p && p->type > POINT_HARDWARE)
		gdb_put(s, "%s:%llx;", reasons[p->type],
			(unsigned long long)p->address);
	else if (p)
		gdb_put(s, "%s:;", reasons[p->type]);
}

/* True: it will run no more, and so the session is over. */
static bool put_end(struct gdb_server *s)
{
	if (guest_debug_lives(&s->debug))
		return false;
	if (s->debug.guest->state == GUEST_CRASHED)
		gdb_put(s, "X%02x", SIGABRT);
	else
		gdb_put(s, "W00");
	return true;
}

/* A VCPU that stopped the guest is the current thread from now on. */
static bool find_stop(struct gdb_server *s)
{
	const struct guest *g = s->debug.guest;

	for (unsigned i = 0; i < g->vcpu_count; i++) {
		if (g->vcpus[i]->debug_event == DEBUG_EVENT_NONE)
			continue;
		s->thread = s->resumed = i;
		return true;
	}
	return false;
}

/* One at its end can still be looked at, when it was there before. */
void gdb_status(struct gdb_server *s, const struct gdb_request *r)
{
	find_stop(s);
	put_stop(s, SIGTRAP);
}

void gdb_stopped(struct gdb_server *s, bool interrupted)
{
	bool running = s->running;

	guest_debug_stop(&s->debug);
	s->running = false;
	if (!running)
		return;
	s->size = 0;
	if (put_end(s))
		gdb_end(s);
	else
		put_stop(s, find_stop(s) || !interrupted ? SIGTRAP : SIGINT);
	gdb_send(s, s->reply, s->size);
}

/* ---- going ---- */

static void go(struct gdb_server *s)
{
	int rc = guest_debug_go(&s->debug, s->actions);

	if (!rc)
		s->running = true;
	else if (!put_end(s))
		gdb_put_rc(s, rc);
}

static void act(struct gdb_server *s, int thread, enum debug_action action)
{
	for (unsigned i = 0; i < s->debug.guest->vcpu_count; i++)
		if (thread == GDB_THREAD_ALL || (unsigned)thread == i + 1)
			s->actions[i] = (u8)action;
}

static void act_all(struct gdb_server *s, enum debug_action action)
{
	act(s, GDB_THREAD_ALL, action);
}

/* Of two actions for a thread the first counts, so the last is done first. */
#define ACTIONS_MAX	32

void gdb_resume(struct gdb_server *s, const struct gdb_request *r)
{
	struct gdb_action actions[ACTIONS_MAX];
	const char *text = r->text;
	unsigned count = 0;

	while (count < ACTIONS_MAX && gdb_action_next(&text, &actions[count]))
		count++;
	if (!count || *text) {
		gdb_put_rc(s, -EINVAL);
		return;
	}
	act_all(s, DEBUG_HOLD);
	while (count-- > 0) {
		const struct gdb_action *a = &actions[count];

		act(s, a->thread ? a->thread : GDB_THREAD_ALL,
		    a->what == 's' ? DEBUG_STEP :
		    a->what == 'c' ? DEBUG_GO : DEBUG_HOLD);
	}
	go(s);
}

void gdb_go(struct gdb_server *s, const struct gdb_request *r)
{
	act_all(s, DEBUG_GO);
	go(s);
}

void gdb_step(struct gdb_server *s, const struct gdb_request *r)
{
	act_all(s, DEBUG_HOLD);
	s->actions[s->resumed] = DEBUG_STEP;
	go(s);
}

/* ---- breakpoints and watchpoints ---- */

static struct guest_point point_of(const struct gdb_request *r)
{
	return (struct guest_point){
		.type = (u8)MIN(r->numbers[0], (u64)POINT_TYPE_COUNT),
		.address = r->numbers[1], .size = r->numbers[2],
	};
}

/* An empty answer: there is no such thing here. */
void gdb_point_add(struct gdb_server *s, const struct gdb_request *r)
{
	const struct guest_point p = point_of(r);
	int rc = guest_debug_add(&s->debug, &p);

	if (rc != -ENOTSUP)
		gdb_put_rc(s, rc);
}

void gdb_point_remove(struct gdb_server *s, const struct gdb_request *r)
{
	const struct guest_point p = point_of(r);

	gdb_put_rc(s, guest_debug_remove(&s->debug, &p));
}
