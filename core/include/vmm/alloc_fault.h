/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocations that fail on purpose, for tests: those of the heap and of the
 * page allocator, counted together.  A heap that needs pages counts once.
 * Without CONFIG_TESTS there is nothing of this.
 */
#ifndef VMM_ALLOC_FAULT_H
#define VMM_ALLOC_FAULT_H

#include <vmm/types.h>

enum alloc_fault {
	ALLOC_FAULT_ONCE,		/* the n-th alone */
	ALLOC_FAULT_ON,			/* the n-th and all after it */
};

/*
 * From now on allocations of the calling thread are counted and fail as kind
 * says; n is 1 for the next.  Others' never fail.  One thread at a time.
 */
void alloc_fault_begin(enum alloc_fault kind, u64 n);

/* Ends that, also where none began.  How many have failed. */
u64 alloc_fault_end(void);

/* For the allocators. */
bool alloc_fault_now(void);

static ALWAYS_INLINE bool alloc_fails(void)
{
	return IS_ENABLED(CONFIG_TESTS) && alloc_fault_now();
}

#endif
