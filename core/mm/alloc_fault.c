// SPDX-License-Identifier: GPL-2.0-or-later
/* Allocations that fail on purpose: see <vmm/alloc_fault.h>. */
#include <vmm/alloc_fault.h>
#include <vmm/thread.h>

/* Of the thread that began; others only look at the first two. */
static struct {
	bool active;			/* a */
	const struct thread *thread;
	enum alloc_fault kind;
	u64 left;			/* 1: the next one fails, 0: it did */
	u64 failed;
} fault;

void alloc_fault_begin(enum alloc_fault kind, u64 n)
{
	fault.thread = thread_current();
	fault.kind = kind;
	fault.left = n;
	fault.failed = 0;
	__atomic_store_n(&fault.active, true, __ATOMIC_RELEASE);
}

u64 alloc_fault_end(void)
{
	__atomic_store_n(&fault.active, false, __ATOMIC_RELAXED);
	return fault.failed;
}

bool alloc_fault_now(void)
{
	bool fails;

	if (likely(!__atomic_load_n(&fault.active, __ATOMIC_ACQUIRE)) ||
	    fault.thread != thread_current() || !fault.left)
		return false;
	fails = fault.left == 1;
	if (!fails || fault.kind == ALLOC_FAULT_ONCE)
		fault.left--;
	fault.failed += fails;
	return fails;
}
