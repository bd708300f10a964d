// SPDX-License-Identifier: GPL-2.0-or-later
/* Spin locks: what happens when a lock is not free. */
#include <vmm/spinlock.h>

void spin_wait(struct spinlock *l)
{
	do {
		while (__atomic_load_n(&l->held, __ATOMIC_RELAXED))
			cpu_relax();
	} while (__atomic_exchange_n(&l->held, 1, __ATOMIC_ACQUIRE));
}
