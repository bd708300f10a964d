// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timers: a tree per CPU, ordered by deadline, whose first one is programmed
 * into the CPU's event timer.
 *
 * fn runs without the queue's lock, so it may take any lock that its owner
 * may take in interrupts, and set or cancel timers, its own too.
 *
 * Guests may let many timers ring at one moment.  That must not keep a better
 * thread waiting: its timer goes first, one rings in each interrupt, and those
 * of lesser threads that are still due are put off.
 */
#include <arch/cycles.h>
#include <vmm/clock.h>
#include <vmm/cpu.h>
#include <vmm/log.h>
#include <vmm/spinlock.h>
#include <vmm/thread.h>
#include <vmm/timer.h>

/* Of those that are due, so many are compared. */
#define LOOK_MAX	16

struct timer_queue {
	struct timer *running;		/* a: whose fn runs here */
	struct spinlock lock;
	struct rb_root root;		/* l */
	bool put_off;			/* l: the event timer is set later
					   than the first deadline */
} ALIGNED(64);

static struct timer_queue queues[CONFIG_CPU_MAX];	/* each its CPU's */
static struct timer_ops ops;		/* c; all zero: there is none yet */
static u64 give_way_cycles;		/* c: TIMER_GIVE_WAY_NS */

void timer_ops_register(const struct timer_ops *registered)
{
	if (!ops.set)
		ops = *registered;
}

bool timer_is_there(void)
{
	return ops.set;
}

void timer_init_cpu(void)
{
	struct timer_queue *q = &queues[this_cpu()->index];

	this_cpu()->timers = q;
	spin_init(&q->lock, LOCK_TIMER);
	q->root = (struct rb_root){ .top = NULL };
	q->put_off = false;
	give_way_cycles = clock_ns_to_cycles(TIMER_GIVE_WAY_NS);
	ops.stop();
	if (ops.init_cpu)
		ops.init_cpu();
}

void timer_init(struct timer *t, void (*fn)(struct timer *t))
{
	timer_init_for(t, fn, NULL);
}

void timer_init_for(struct timer *t, void (*fn)(struct timer *t),
		    const struct thread *owner)
{
	*t = (struct timer){ .fn = fn, .owner = owner };
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

/* first of this CPU's queue, or NULL, is what the event timer is for. */
static ALWAYS_INLINE void program(const struct rb_node *first)
{
	if (first)
		ops.set(timer_of(first)->deadline);
	else
		ops.stop();
}

static ALWAYS_INLINE bool is_due(const struct rb_node *n, u64 now)
{
	return n && timer_of(n)->deadline <= now;
}

/* Of who runs here, or shall once the interrupt is over. */
static unsigned rank_here(void)
{
	const s16 bid = __atomic_load_n(&this_cpu()->bid, __ATOMIC_RELAXED);

	return bid < 0 ? 0 : (unsigned)bid;
}

/* What wakes nobody is as who runs here, whose turn it may end. */
static unsigned rank_of(const struct timer *t, unsigned here)
{
	return t->owner ? __atomic_load_n(&t->owner->priority,
					  __ATOMIC_RELAXED) : here;
}

/*
 * Programs the first deadline of one that need not give way, if that is soon;
 * else what gives way rings then.  The queue is locked.
 */
static NO_INLINE void program_soon(struct timer_queue *q)
{
	const u64 soon = cycles_read() + give_way_cycles;
	const unsigned here = rank_here();
	const struct rb_node *n;
	unsigned looks = 0;

	for (n = rb_first(&q->root); is_due(n, soon); n = rb_next(n))
		if (++looks == LOOK_MAX || rank_of(timer_of(n), here) >= here)
			break;
	q->put_off = n != rb_first(&q->root);
	if (q->put_off && !is_due(n, soon))
		ops.set(soon);
	else
		program(n);
}

/*
 * Takes t off the queue it is on, which may be another CPU's: that one then
 * rings in vain if t was its first.
 */
static NO_INLINE void take_off_queue(struct timer *t)
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
			program_soon(q);
	}
}

static ALWAYS_INLINE void take_off(struct timer *t)
{
	if (__atomic_load_n(&t->cpu, __ATOMIC_ACQUIRE))
		take_off_queue(t);
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
	if (rb_first(&q->root) == &t->node || unlikely(q->put_off)) {
		q->put_off = false;
		program(rb_first(&q->root));
	}
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
		take_off_queue(t);	/* fn may have set it again */
	}
	irq_restore(flags);
}

/* t was taken out; the lock is given back. */
static ALWAYS_INLINE void ring(struct timer_queue *q, struct timer *t)
{
	__atomic_store_n(&q->running, t, __ATOMIC_RELAXED);
	__atomic_store_n(&t->cpu, NULL, __ATOMIC_RELEASE);
	spin_unlock(&q->lock);
	t->fn(t);			/* may be its last use */
	__atomic_store_n(&q->running, NULL, __ATOMIC_RELEASE);
}

/* The best of those that are due; there are some.  Gives the lock back. */
static NO_INLINE void ring_best(struct timer_queue *q, u64 now)
{
	const unsigned here = rank_here();
	struct rb_node *n = rb_first(&q->root);
	struct timer *best = timer_of(n);

	for (unsigned i = 1; i < LOOK_MAX; i++) {
		n = rb_next(n);
		if (!is_due(n, now))
			break;
		if (rank_of(timer_of(n), here) > rank_of(best, here))
			best = timer_of(n);
	}
	rb_remove(&q->root, &best->node);
	ring(q, best);
}

/*
 * Runs one that is due, if any.  False: no other is; then the event timer was
 * programmed for the next before fn could set and cancel others.
 */
static ALWAYS_INLINE bool run_one(struct timer_queue *q)
{
	u64 now = cycles_read_ordered();
	struct rb_node *first;
	const struct rb_node *second;

	spin_lock(&q->lock);
	first = rb_first(&q->root);
	if (unlikely(!is_due(first, now))) {
		spin_unlock(&q->lock);
		return true;
	}
	second = rb_second(&q->root);
	if (unlikely(is_due(second, now))) {
		ring_best(q, now);
		return true;
	}
	rb_remove_first(&q->root);
	program(second);
	ring(q, timer_of(first));
	return false;
}

void timer_interrupt(void)
{
	struct timer_queue *q = this_cpu()->timers;

	if (likely(!run_one(q)))
		return;
	SCOPED_LOCK_RAW(&q->lock);
	program_soon(q);
}
