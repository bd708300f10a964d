// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The default policy: fixed priorities, and inside one, turns go to the group
 * (the guest) that has received least, to its threads one after the other.
 *
 * Groups with ready threads are on one list: those with the best ready thread
 * first, among equals the least served first, among those who came first
 * first.  A group's account is the time its members ran, charged when one
 * stops running.  Two rules bound it: a group never lags more than `credit`
 * behind the furthest of its priority, so who slept, or could not use its
 * share, does not hoard it; and accounts are brought up to date when a group
 * reaches the head, so a turn is never given by a figure older than the
 * running slices.
 */
#include <libs/list.h>
#include <vmm/clock.h>
#include <vmm/log.h>
#include <vmm/sched.h>

#include "internal.h"

#define SLICE_NS	(CONFIG_SCHED_SLICE_MS * 1000000ull)
#define PRIORITIES	256

/* All s: LOCK_SCHED */
static struct list groups = LIST_INIT(groups);
static u64 furthest[PRIORITIES];	/* the highest account there was */
static u64 slice, credit;		/* cycles */

static struct sched_group *group_of(struct list *link)
{
	return list_entry(link, struct sched_group, entry);
}

static struct thread *thread_of(struct list *link)
{
	return list_entry(link, struct thread, queue_entry);
}

static struct thread *best_of(const struct sched_group *g)
{
	return thread_of(g->ready.next);
}

static void bound_account(struct sched_group *g)
{
	u64 *most = &furthest[g->priority];

	if (*most < g->account)
		*most = g->account;
	else if (unlikely(*most - g->account > credit))
		g->account = *most - credit;
}

static bool goes_before(const struct sched_group *a,
			const struct sched_group *b)
{
	if (a->priority != b->priority)
		return a->priority > b->priority;
	return a->account < b->account;
}

/* The first one on an empty list. */
static ALWAYS_INLINE void link_alone(struct list *head, struct list *link)
{
	link->prev = link->next = head;
	head->prev = head->next = link;
}

/* Who has just run goes far back: the search begins there. */
static ALWAYS_INLINE void insert_group(struct sched_group *g, u8 priority)
{
	struct list *after = groups.prev;

	g->priority = priority;
	bound_account(g);
	g->placed_account = g->account;
	if (after == &groups) {
		link_alone(&groups, &g->entry);
		return;
	}
	while (after != &groups && goes_before(g, group_of(after)))
		after = after->prev;
	list_add_after(after, &g->entry);
}

/* Links of what is on no list are never read: they are left as they are. */
static ALWAYS_INLINE void unlink(struct list *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
}

static NO_INLINE void move_group(struct sched_group *g)
{
	unlink(&g->entry);
	insert_group(g, best_of(g)->priority);
}

static NO_INLINE void insert_among(struct sched_group *g, struct thread *t,
				   bool at_head)
{
	struct list *at = at_head ? g->ready.next : &g->ready;

	if (at_head) {
		while (at != &g->ready &&
		       thread_of(at)->priority > t->priority)
			at = at->next;
	} else {
		while (at->prev != &g->ready &&
		       thread_of(at->prev)->priority < t->priority)
			at = at->prev;
	}
	list_add_before(at, &t->queue_entry);
	move_group(g);
}

/* A group is on the list of groups while it has ready threads. */
static ALWAYS_INLINE void put_in(struct thread *t, bool at_head)
{
	struct sched_group *g = t->group;

	if (unlikely(!list_is_empty(&g->ready))) {
		insert_among(g, t, at_head);
		return;
	}
	link_alone(&g->ready, &t->queue_entry);
	insert_group(g, t->priority);
}

static void enqueue(struct thread *t, bool at_head)
{
	put_in(t, at_head);
}

static ALWAYS_INLINE void dequeue(struct thread *t)
{
	struct sched_group *g = t->group;

	unlink(&t->queue_entry);
	if (list_is_empty(&g->ready))
		unlink(&g->entry);
	else
		move_group(g);
}

static void take_out(struct thread *t)
{
	dequeue(t);
}

/* Where affinities leave the head out: everybody is looked at. */
static struct thread *search(const struct cpu *cpu, unsigned least)
{
	struct thread *t, *best = NULL;
	struct sched_group *g;

	list_for_each(g, &groups, entry) {
		list_for_each(t, &g->ready, queue_entry) {
			if (t->priority < least || !sched_may_run(t, cpu))
				continue;
			if (!best || t->priority > best->priority ||
			    (t->priority == best->priority &&
			     g->account < best->group->account))
				best = t;
		}
	}
	return best;
}

/* Members ran since it was queued.  Each figure grows once: this ends. */
static NO_INLINE void renew_head(void)
{
	struct sched_group *g = group_of(groups.next);

	while (g->placed_account != g->account) {
		move_group(g);
		g = group_of(groups.next);
	}
}

static ALWAYS_INLINE struct thread *find(struct cpu *cpu, unsigned least)
{
	struct sched_group *g = group_of(groups.next);
	struct thread *t;

	if (&g->entry == &groups)
		return NULL;
	if (unlikely(g->placed_account != g->account)) {
		renew_head();
		g = group_of(groups.next);
	}
	if (g->priority < least)
		return NULL;
	t = best_of(g);
	return likely(sched_may_run(t, cpu)) ? t : search(cpu, least);
}

static struct thread *peek(struct cpu *cpu, unsigned least)
{
	return find(cpu, least);
}

static struct thread *pick(struct cpu *cpu, unsigned least)
{
	struct thread *t = find(cpu, least);

	if (t)
		dequeue(t);
	return t;
}

/* g is the only group on the list, and has one thread. */
static ALWAYS_INLINE bool is_single(const struct sched_group *g)
{
	return groups.next == groups.prev && groups.next != &groups &&
	       g->ready.next == g->ready.prev;
}

/*
 * Two share the CPU: the only one that waits and t, of a group of which
 * nobody waits, change places.
 */
static ALWAYS_INLINE void change_places(struct sched_group *g,
					struct thread *t)
{
	struct sched_group *own = t->group;

	list_init(&g->ready);
	own->ready.next = own->ready.prev = &t->queue_entry;
	t->queue_entry.next = t->queue_entry.prev = &own->ready;
	groups.next = groups.prev = &own->entry;
	own->entry.next = own->entry.prev = &groups;
	own->priority = t->priority;
	bound_account(own);
	own->placed_account = own->account;
}

static struct thread *take_turn(struct cpu *cpu, struct thread *t)
{
	struct sched_group *g = group_of(groups.next);
	struct thread *next;

	if (likely(is_single(g)) && g->priority >= t->priority &&
	    list_is_empty(&t->group->ready)) {
		next = best_of(g);
		if (likely(sched_may_run(next, cpu))) {
			change_places(g, t);
			return next;
		}
	}
	next = find(cpu, t->priority);
	if (unlikely(!next))
		return NULL;
	dequeue(next);
	put_in(t, false);
	return next;
}

static u64 slice_cycles(const struct thread *t)
{
	return slice;
}

/* Slices that other CPUs run while an account is read, and as many again. */
static void set_cpus(unsigned count)
{
	slice = clock_ns_to_cycles(SLICE_NS);
	assert(slice);
	credit = 2 * (count - 1) * slice;
}

static void for_each_ready(void (*fn)(struct thread *t))
{
	struct sched_group *g;
	struct thread *t;

	list_for_each(g, &groups, entry) {
		list_for_each(t, &g->ready, queue_entry)
			fn(t);
	}
}

static const struct sched_policy round_robin = {
	.name = "round-robin",
	.set_cpus = set_cpus,
	.enqueue = enqueue,
	.dequeue = take_out,
	.pick = pick,
	.take_turn = take_turn,
	.peek = peek,
	.slice_cycles = slice_cycles,
	.for_each_ready = for_each_ready,
};
SET_ADD(sched_policy, round_robin);
