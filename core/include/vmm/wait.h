/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wait queues and mutexes: how a thread sleeps until something is true. */
#ifndef VMM_WAIT_H
#define VMM_WAIT_H

#include <libs/list.h>
#include <vmm/spinlock.h>
#include <vmm/types.h>

struct thread;

struct wait_queue {
	struct spinlock lock;
	struct list waiters;		/* of struct thread, first come first */
};

#define WAIT_QUEUE_INIT(name) {						\
	.lock = SPINLOCK_INIT(LOCK_WAIT),				\
	.waiters = LIST_INIT((name).waiters),				\
}

void wait_init(struct wait_queue *q);

/* Wakes one, or all, that wait.  Any context. */
void wait_wake_one(struct wait_queue *q);
void wait_wake_all(struct wait_queue *q);

/* Parts of wait_until(). */
void wait_begin(struct wait_queue *q);
void wait_sleep(struct wait_queue *q);
void wait_end(struct wait_queue *q);
/* Sleeps until deadline at the latest; -ETIMEDOUT once it has passed. */
int wait_sleep_until(struct wait_queue *q, u64 deadline_ns);
/* Sleeps until the clock shows deadline_ns.  Thread context. */
void wait_deadline(u64 deadline_ns);

/*
 * Sleeps until cond holds.  Whoever makes it true calls wait_wake_*()
 * afterwards.  Thread context, no spin lock held; cond itself does not wait.
 */
#define wait_until(q, cond) do {					\
	wait_begin(q);							\
	while (!(cond))							\
		wait_sleep(q);						\
	wait_end(q);							\
} while (0)

/* The same with a limit: 0, or -ETIMEDOUT with cond still false. */
#define wait_until_deadline(q, cond, deadline_ns) __extension__ ({	\
	const u64 wait_limit = (deadline_ns);				\
	int wait_rc = 0;						\
	wait_begin(q);							\
	while (!(cond) && !wait_rc)					\
		wait_rc = wait_sleep_until(q, wait_limit);		\
	wait_end(q);							\
	wait_rc; })

/* Held over sleeping; the same thread must unlock.  Not recursive. */
struct mutex {
	struct wait_queue queue;
	struct thread *owner;		/* queue.lock */
};

#define MUTEX_INIT(name)	{ .queue = WAIT_QUEUE_INIT((name).queue) }

void mutex_init(struct mutex *m);
void mutex_lock(struct mutex *m);
void mutex_unlock(struct mutex *m);

static inline void mutex_scope_end(struct mutex **m)
{
	mutex_unlock(*m);
}

static inline struct mutex *mutex_scope_begin(struct mutex *m)
{
	mutex_lock(m);
	return m;
}

#define SCOPED_MUTEX(m)							\
	struct mutex *SCOPED_NAME(__LINE__)				\
		__attribute__((cleanup(mutex_scope_end), unused)) =	\
		mutex_scope_begin(m)

#endif
