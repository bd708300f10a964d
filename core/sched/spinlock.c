// SPDX-License-Identifier: GPL-2.0-or-later
/* Ticket locks: what happens when a lock is not free. */
#include <vmm/spinlock.h>

void spin_wait(struct spinlock *l, u32 ticket)
{
	while ((__atomic_load_n(&l->tickets, __ATOMIC_ACQUIRE) & 0xffff) !=
	       ticket)
		cpu_relax();
}
