// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Wait queues and mutexes.
 *
 * A waiter is on the queue before it looks at its condition, so a wake-up
 * after the condition came true always finds it.  Who is woken is taken off
 * the queue at once: two calls of wait_wake_one() wake two.
 */
#include <vmm/clock.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/sched.h>
#include <vmm/thread.h>
#include <vmm/timer.h>
#include <vmm/wait.h>

void wait_init(struct wait_queue *q)
{
	spin_init(&q->lock, LOCK_WAIT);
	list_init(&q->waiters);
}

/* q->lock held */
static struct thread *take_first(struct wait_queue *q)
{
	struct list *link = list_first(&q->waiters);

	if (!link)
		return NULL;
	list_remove(link);
	return list_entry(link, struct thread, wait_entry);
}

void wait_wake_one(struct wait_queue *q)
{
	struct thread *t;

	SCOPED_LOCK(&q->lock);
	t = take_first(q);
	if (t)
		sched_wake(t);
}

void wait_wake_all(struct wait_queue *q)
{
	struct thread *t;

	SCOPED_LOCK(&q->lock);
	while ((t = take_first(q)) != NULL)
		sched_wake(t);
}

/* False when the current thread waits on q already. */
static bool join_queue(struct wait_queue *q)
{
	struct thread *t = thread_current();

	SCOPED_LOCK(&q->lock);
	if (!list_is_empty(&t->wait_entry))
		return false;
	list_add_tail(&q->waiters, &t->wait_entry);
	return true;
}

void wait_begin(struct wait_queue *q)
{
	bool joined = join_queue(q);

	assert(joined);
}

/*
 * A thread that was woken in vain is off the queue: it goes back and must
 * look at its condition once more before it sleeps.
 */
void wait_sleep(struct wait_queue *q)
{
	if (!join_queue(q))
		sched_block();
}

void wait_end(struct wait_queue *q)
{
	SCOPED_LOCK(&q->lock);
	list_remove(&thread_current()->wait_entry);
}

struct sleeper {
	struct timer timer;
	struct thread *thread;
};

static void sleeper_ring(struct timer *timer)
{
	sched_wake(container_of(timer, struct sleeper, timer)->thread);
}

int wait_sleep_until(struct wait_queue *q, u64 deadline_ns)
{
	struct sleeper s = { .thread = thread_current() };

	if (join_queue(q))
		return 0;
	if (clock_now() >= deadline_ns)
		return -ETIMEDOUT;
	timer_init_for(&s.timer, sleeper_ring, thread_current());
	timer_set(&s.timer, deadline_ns);
	sched_block();
	timer_cancel(&s.timer);
	return 0;
}

void wait_deadline(u64 deadline_ns)
{
	struct wait_queue nobody_wakes;

	wait_init(&nobody_wakes);
	wait_until_deadline(&nobody_wakes, false, deadline_ns);
}

/* ---- Mutexes: handed from owner to owner, first come first served ---- */

void mutex_init(struct mutex *m)
{
	wait_init(&m->queue);
	m->owner = NULL;
}

static bool take_or_queue(struct mutex *m, struct thread *t)
{
	SCOPED_LOCK(&m->queue.lock);
	assert(m->owner != t);
	if (!m->owner) {
		m->owner = t;
		return true;
	}
	list_add_tail(&m->queue.waiters, &t->wait_entry);
	return false;
}

void mutex_lock(struct mutex *m)
{
	struct thread *t = thread_current();

	if (take_or_queue(m, t))
		return;
	while (__atomic_load_n(&m->owner, __ATOMIC_ACQUIRE) != t)
		sched_block();
}

void mutex_unlock(struct mutex *m)
{
	struct thread *next;

	SCOPED_LOCK(&m->queue.lock);
	assert(m->owner == thread_current());
	next = take_first(&m->queue);
	__atomic_store_n(&m->owner, next, __ATOMIC_RELEASE);
	if (next)
		sched_wake(next);
}
