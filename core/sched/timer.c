// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timers: a tree per CPU, ordered by deadline, whose first one is programmed
 * into the CPU's event timer.
 *
 * fn runs without the queue's lock, so it may take any lock that its owner
 * may take in interrupts, and set or cancel timers, its own too.
 */
#include <arch/cycles.h>
#include <vmm/clock.h>
#include <vmm/cpu.h>
#include <vmm/log.h>
#include <vmm/spinlock.h>
#include <vmm/timer.h>

/* So many in one interrupt; then others get a chance. */
#define RUN_MAX		64

struct timer_queue {
	struct spinlock lock;
	struct rb_root root;		/* l */
	struct timer *running;		/* a: whose fn runs here */
} ALIGNED(64);

static struct timer_queue queues[CONFIG_CPU_MAX];	/* each its CPU's */
static const struct timer_ops *ops;	/* c */

void timer_ops_register(const struct timer_ops *registered)
{
	if (!ops)
		ops = registered;
}

bool timer_is_there(void)
{
	return ops;
}

void timer_init_cpu(void)
{
	struct timer_queue *q = &queues[this_cpu()->index];

	this_cpu()->timers = q;
	spin_init(&q->lock, LOCK_TIMER);
	q->root = (struct rb_root){ .top = NULL };
	ops->stop();
	if (ops->init_cpu)
		ops->init_cpu();
}

void timer_init(struct timer *t, void (*fn)(struct timer *t))
{
	*t = (struct timer){ .fn = fn };
}

static struct timer *timer_of(const struct rb_node *node)
{
	return container_of((struct rb_node *)(uintptr_t)node, struct timer,
			    node);
}

static bool goes_before(const struct rb_node *a, const struct rb_node *b)
{
	return timer_of(a)->deadline < timer_of(b)->deadline;
}

/* This CPU's queue, locked. */
static ALWAYS_INLINE void program(const struct timer_queue *q)
{
	struct rb_node *first = rb_first(&q->root);

	if (first)
		ops->set(timer_of(first)->deadline);
	else
		ops->stop();
}

/*
 * Takes t off the queue it is on, which may be another CPU's: that one then
 * rings in vain if t was its first.
 */
static void take_off(struct timer *t)
{
	struct cpu *cpu;
	struct timer_queue *q;
	bool first;

	while ((cpu = __atomic_load_n(&t->cpu, __ATOMIC_ACQUIRE)) != NULL) {
		q = cpu->timers;
		SCOPED_LOCK_RAW(&q->lock);
		if (t->cpu != cpu)
			continue;
		first = rb_first(&q->root) == &t->node;
		rb_remove(&q->root, &t->node);
		__atomic_store_n(&t->cpu, NULL, __ATOMIC_RELEASE);
		if (first && cpu == this_cpu())
			program(q);
	}
}

void timer_set_cycles(struct timer *t, u64 deadline)
{
	u64 flags = irq_save();
	struct cpu *cpu = this_cpu();
	struct timer_queue *q = cpu->timers;

	take_off(t);
	spin_lock(&q->lock);
	t->deadline = deadline;
	rb_insert(&q->root, &t->node, goes_before);
	__atomic_store_n(&t->cpu, cpu, __ATOMIC_RELEASE);
	if (rb_first(&q->root) == &t->node)
		program(q);
	spin_unlock(&q->lock);
	irq_restore(flags);
}

/*
 * The distance is converted, not the deadline, so that the error of the
 * conversion does not grow with the time since boot; and made good, so that
 * the clock has reached the deadline when t rings.
 */
void timer_set(struct timer *t, u64 deadline_ns)
{
	u64 cycles = cycles_read_ordered(), ns, wait;

	while ((ns = clock_cycles_to_ns(cycles)) < deadline_ns &&
	       cycles != ~0ull) {
		wait = clock_ns_to_cycles(deadline_ns - ns);
		cycles = wait < ~cycles ? cycles + wait : ~0ull;
	}
	timer_set_cycles(t, cycles);
}

static bool runs_elsewhere(const struct timer *t)
{
	for_each_online_cpu(c) {
		if (c != this_cpu() &&
		    __atomic_load_n(&c->timers->running,
				    __ATOMIC_ACQUIRE) == t)
			return true;
	}
	return false;
}

void timer_cancel(struct timer *t)
{
	u64 flags = irq_save();

	take_off(t);
	while (unlikely(runs_elsewhere(t) || timer_is_set(t))) {
		cpu_relax();
		take_off(t);		/* fn may have set it again */
	}
	irq_restore(flags);
}

/* The first one is taken out, and marked as running. */
static ALWAYS_INLINE struct timer *take_first(struct timer_queue *q)
{
	struct timer *t = timer_of(rb_first(&q->root));

	rb_remove_first(&q->root);
	__atomic_store_n(&q->running, t, __ATOMIC_RELAXED);
	__atomic_store_n(&t->cpu, NULL, __ATOMIC_RELEASE);
	return t;
}

static ALWAYS_INLINE bool is_due(const struct timer_queue *q, u64 now)
{
	const struct rb_node *first = rb_first(&q->root);

	return first && timer_of(first)->deadline <= now;
}

/*
 * Runs the first one if it is due.  True: the next is due as well; else the
 * event timer is programmed for it, before fn may set and cancel others.
 */
static ALWAYS_INLINE bool run_first(struct timer_queue *q)
{
	u64 now = cycles_read_ordered();
	struct timer *t;
	bool more;

	spin_lock(&q->lock);
	if (unlikely(!is_due(q, now))) {
		program(q);
		spin_unlock(&q->lock);
		return false;
	}
	t = take_first(q);
	more = is_due(q, now);
	if (likely(!more))
		program(q);
	spin_unlock(&q->lock);
	t->fn(t);			/* may be its last use */
	__atomic_store_n(&q->running, NULL, __ATOMIC_RELEASE);
	return more;
}

static NO_INLINE void run_more(struct timer_queue *q)
{
	for (unsigned i = 1; i < RUN_MAX; i++)
		if (!run_first(q))
			return;
	SCOPED_LOCK_RAW(&q->lock);
	program(q);
}

void timer_interrupt(void)
{
	struct timer_queue *q = this_cpu()->timers;

	if (unlikely(run_first(q)))
		run_more(q);
}
