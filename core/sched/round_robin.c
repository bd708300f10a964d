// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The default policy: fixed priorities, and inside one, turns go to the group
 * (the guest) that has received least, to its threads one after the other.
 *
 * Groups with ready threads are on one list: those with the best ready thread
 * first, among equals the least served first, among those who came first
 * first.  A group's account is the time its members ran.  Two rules bound it:
 * a group never lags more than `credit` behind the furthest of its priority,
 * so who slept, or could not use its share, does not hoard it; and accounts are brought up to date when a group reaches the head, so
 * a turn is never given by a figure older than the running slices.
 */
#include <libs/list.h>
#include <vmm/clock.h>
#include <vmm/sched.h>

#include "internal.h"

#define SLICE_NS	(CONFIG_SCHED_SLICE_MS * 1000000ull)
#define PRIORITIES	256

/* All s: LOCK_SCHED */
static struct list groups = LIST_INIT(groups);
static u64 furthest[PRIORITIES];	/* the highest account there was */
static u64 credit;			/* cycles */

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

static void update_account(struct sched_group *g)
{
	u64 *most = &furthest[g->priority];

	g->account += g->run_cycles - g->account_cycles;
	g->account_cycles = g->run_cycles;
	if (*most < g->account)
		*most = g->account;
	else if (*most - g->account > credit)
		g->account = *most - credit;
}

static bool goes_before(const struct sched_group *a,
			const struct sched_group *b)
{
	if (a->priority != b->priority)
		return a->priority > b->priority;
	return a->account < b->account;
}

/* Who has just run goes far back: the search begins there. */
static void insert_group(struct sched_group *g)
{
	struct list *after = groups.prev;

	g->priority = best_of(g)->priority;
	update_account(g);
	while (after != &groups && goes_before(g, group_of(after)))
		after = after->prev;
	list_add_after(after, &g->entry);
	g->queued = true;
}

static void remove_group(struct sched_group *g)
{
	list_remove(&g->entry);
	g->queued = false;
}

static void insert_thread(struct sched_group *g, struct thread *t,
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
}

static void enqueue(struct thread *t, bool at_head)
{
	struct sched_group *g = t->group;

	insert_thread(g, t, at_head);
	if (g->queued)
		remove_group(g);
	insert_group(g);
}

static void dequeue(struct thread *t)
{
	struct sched_group *g = t->group;

	list_remove(&t->queue_entry);
	remove_group(g);
	if (!list_is_empty(&g->ready))
		insert_group(g);
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

/* Each group's figure grows at most once, so this ends. */
static struct sched_group *first_group(void)
{
	struct sched_group *g;

	while (!list_is_empty(&groups)) {
		g = group_of(groups.next);
		if (likely(g->account_cycles == g->run_cycles))
			return g;
		remove_group(g);
		insert_group(g);
	}
	return NULL;
}

static struct thread *peek(struct cpu *cpu, unsigned least)
{
	struct sched_group *g = first_group();
	struct thread *t;

	if (!g || g->priority < least)
		return NULL;
	t = best_of(g);
	return likely(sched_may_run(t, cpu)) ? t : search(cpu, least);
}

static struct thread *pick(struct cpu *cpu, unsigned least)
{
	struct thread *t = peek(cpu, least);

	if (t)
		dequeue(t);
	return t;
}

static u64 slice_ns(const struct thread *t)
{
	return SLICE_NS;
}

/* Slices that run while an account is read, and as many again. */
static void set_cpus(unsigned count)
{
	credit = clock_ns_to_cycles(2 * count * SLICE_NS);
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
	.dequeue = dequeue,
	.pick = pick,
	.peek = peek,
	.slice_ns = slice_ns,
	.for_each_ready = for_each_ready,
};
SET_ADD(sched_policy, round_robin);
