/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One-shot timers on a per-CPU queue, programmed into the CPU's event
 * timer; a CPU without timers takes no timer interrupt.  Of several that are
 * due, the best thread's rings first, and those of lesser threads than the one
 * that runs then give way to it.
 */
#ifndef VMM_TIMER_H
#define VMM_TIMER_H

#include <libs/rbtree.h>
#include <vmm/types.h>

struct cpu;
struct thread;

/* What gives way rings so much later, one in each interrupt. */
#define TIMER_GIVE_WAY_NS	10000u

/* q: the lock of the queue it is on */
struct timer {
	struct rb_node node;		/* q */
	u64 deadline;			/* q: cycles_read() value */
	void (*fn)(struct timer *t);	/* c: interrupt context */
	struct cpu *cpu;		/* q: where it is queued, or NULL */
	const struct thread *owner;	/* c: whom it wakes; NULL: nobody */
};

/* One that counts as one of who runs when it rings. */
void timer_init(struct timer *t, void (*fn)(struct timer *t));
/* One that wakes its owner, whose priority is its own. */
void timer_init_for(struct timer *t, void (*fn)(struct timer *t),
		    const struct thread *owner);

/*
 * (Re)arms t on this CPU.  A deadline in the past rings at once.  The owner
 * serializes set and cancel of one timer.  Any context.  fn may be running on
 * another CPU: an owner that minds cancels first.
 */
void timer_set(struct timer *t, u64 deadline_ns);
/* The same by a value of cycles_read(), which is quicker. */
void timer_set_cycles(struct timer *t, u64 deadline);

/*
 * t does not ring after this returned, nor is fn running on another CPU.
 * Any context, but the caller holds no lock that fn takes: it waits for fn.
 * From fn itself it only takes back what fn has set; two timers' fns must not
 * cancel each other.
 */
void timer_cancel(struct timer *t);

static inline bool timer_is_set(const struct timer *t)
{
	return __atomic_load_n(&t->cpu, __ATOMIC_RELAXED);
}

/* The event timer of a CPU, from a timer driver. */
struct timer_ops {
	const char *name;
	void (*set)(u64 deadline_cycles);	/* cycles_read() value */
	void (*stop)(void);
	void (*init_cpu)(void);		/* on each CPU; NULL: nothing to do */
};
/* The first one stays.  After clock_init(), before timer_init_cpu(). */
void timer_ops_register(const struct timer_ops *ops);
/* On each CPU, before it sets a timer. */
void timer_init_cpu(void);
/* Some driver has registered what timers need. */
bool timer_is_there(void);

/* The driver's interrupt: runs what is due, programs the next.  Masked. */
void timer_interrupt(void);

#endif
