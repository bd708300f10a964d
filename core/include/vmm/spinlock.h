/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Spin locks.  Every lock has a rank; a CPU takes locks in growing rank only
 * (docs/locking.md gives the reasons), which debug builds verify.
 *
 *	SCOPED_LOCK(&q->lock);		masks interrupts until the scope ends
 *	SCOPED_LOCK_RAW(&q->lock);	interrupts are masked already
 */
#ifndef VMM_SPINLOCK_H
#define VMM_SPINLOCK_H

#include <arch/barrier.h>
#include <arch/irqflags.h>
#include <vmm/types.h>

/* In the order in which they may be taken. */
enum lock_rank {
	LOCK_DEVICE,		/* one emulated device */
	LOCK_DEVICE_PINS,	/* an emulated GPIO controller */
	LOCK_VPIC,		/* a guest's interrupt controller */
	LOCK_VPIC_FILE,		/* a VCPU's interrupt file */
	LOCK_POWER,		/* VCPUs' power, the end of a guest */
	LOCK_PAGETABLE,
	LOCK_WAIT,		/* wait queues, mutexes */
	LOCK_SCHED,
	LOCK_TIMER,
	LOCK_IRQ,
	LOCK_HEAP,
	LOCK_PAGE,
	LOCK_CONSOLE,		/* rings and UARTs: may be taken anywhere */
	LOCK_RANK_COUNT
};

struct spinlock {
	u32 held;
	u8 rank;		/* enum lock_rank */
};

#define SPINLOCK_INIT(r)	{ .rank = (r) }

static inline void spin_init(struct spinlock *l, enum lock_rank rank)
{
	l->held = 0;
	l->rank = (u8)rank;
}

/* Debug builds: order and recursion; panic with both ranks' names. */
void spin_debug_lock(struct spinlock *l);
void spin_debug_unlock(struct spinlock *l);

/* The slow path: spins until it has the lock. */
void spin_wait(struct spinlock *l);

/*
 * Interrupts are masked.  Whoever looks first gets it: queues in order of
 * arrival stand still when a machine below us (an emulator, a hypervisor)
 * doesn't run the CPU whose turn it is.
 */
static ALWAYS_INLINE void spin_lock(struct spinlock *l)
{
	if (IS_ENABLED(CONFIG_DEBUG_LOCKS))
		spin_debug_lock(l);
	if (unlikely(__atomic_exchange_n(&l->held, 1, __ATOMIC_ACQUIRE)))
		spin_wait(l);
}

/* For those who can go another way: false, and l is not taken. */
static ALWAYS_INLINE bool spin_try_lock(struct spinlock *l)
{
	if (unlikely(__atomic_exchange_n(&l->held, 1, __ATOMIC_ACQUIRE)))
		return false;
	if (IS_ENABLED(CONFIG_DEBUG_LOCKS))
		spin_debug_lock(l);
	return true;
}

static ALWAYS_INLINE void spin_unlock(struct spinlock *l)
{
	if (IS_ENABLED(CONFIG_DEBUG_LOCKS))
		spin_debug_unlock(l);
	__atomic_store_n(&l->held, 0, __ATOMIC_RELEASE);
}

static ALWAYS_INLINE u64 spin_lock_irq(struct spinlock *l)
{
	u64 flags = irq_save();

	spin_lock(l);
	return flags;
}

static ALWAYS_INLINE void spin_unlock_irq(struct spinlock *l, u64 flags)
{
	spin_unlock(l);
	irq_restore(flags);
}

struct scoped_lock {
	struct spinlock *lock;
	u64 flags;
};

static ALWAYS_INLINE void scoped_unlock(struct scoped_lock *s)
{
	spin_unlock_irq(s->lock, s->flags);
}

static ALWAYS_INLINE struct spinlock *scoped_lock_raw(struct spinlock *l)
{
	spin_lock(l);
	return l;
}

static ALWAYS_INLINE void scoped_unlock_raw(struct spinlock **l)
{
	spin_unlock(*l);
}

#define SCOPED_NAME_2(line)	scoped_lock_##line
#define SCOPED_NAME(line)	SCOPED_NAME_2(line)

#define SCOPED_LOCK(l)							\
	struct scoped_lock SCOPED_NAME(__LINE__)			\
		__attribute__((cleanup(scoped_unlock), unused)) =	\
		{ .lock = (l), .flags = spin_lock_irq(l) }

#define SCOPED_LOCK_RAW(l)						\
	struct spinlock *SCOPED_NAME(__LINE__)				\
		__attribute__((cleanup(scoped_unlock_raw), unused)) =	\
		scoped_lock_raw(l)

#endif
