// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Debug builds: each CPU remembers the locks it holds, and stops at the first
 * that is taken out of the order of docs/locking.md, twice, or with interrupts
 * unmasked.
 */
#include <vmm/cpu.h>
#include <vmm/log.h>
#include <vmm/spinlock.h>

#define HELD_MAX	LOCK_RANK_COUNT	/* each rank at most once */

/* Only its own CPU, interrupts masked. */
static struct held {
	const struct spinlock *locks[HELD_MAX];
	unsigned count;
	bool failed;			/* the panic itself takes locks */
} held_by[CONFIG_CPU_MAX];

static const char *const rank_names[LOCK_RANK_COUNT] = {
	[LOCK_DEVICE]		= "emulated device",
	[LOCK_DEVICE_PINS]	= "emulated gpio controller",
	[LOCK_VPIC]		= "guest interrupt controller",
	[LOCK_VPIC_FILE]	= "interrupt file",
	[LOCK_POWER]		= "power of vcpus",
	[LOCK_PAGETABLE]	= "page table",
	[LOCK_WAIT]		= "wait queue",
	[LOCK_SCHED]		= "scheduler",
	[LOCK_TIMER]		= "timer",
	[LOCK_IRQ]		= "host interrupts",
	[LOCK_HEAP]		= "heap",
	[LOCK_PAGE]		= "pages",
	[LOCK_CONSOLE]		= "console",
};

/* NULL before this CPU knows itself, and once it panics. */
static struct held *held_here(void)
{
	const struct cpu *cpu = this_cpu();

	if (!cpu || held_by[cpu->index].failed)
		return NULL;
	return &held_by[cpu->index];
}

static void check(struct held *h, const struct spinlock *l)
{
	const struct spinlock *last;

	h->failed = true;
	if (l->rank >= LOCK_RANK_COUNT)
		panic("lock: %p has no rank", (const void *)l);
	if (!irq_masked())
		panic("lock: %s: taken with interrupts unmasked",
		      rank_names[l->rank]);
	if (h->count) {
		last = h->locks[h->count - 1];
		if (last == l)
			panic("lock: %s: taken twice", rank_names[l->rank]);
		if (last->rank >= l->rank)
			panic("lock: %s: taken inside %s",
			      rank_names[l->rank], rank_names[last->rank]);
	}
	h->failed = false;
}

void spin_debug_lock(struct spinlock *l)
{
	struct held *h = held_here();

	if (!h)
		return;
	check(h, l);
	h->locks[h->count++] = l;
	this_cpu()->preempt_depth++;
}

/* Locks may be given back in any order. */
void spin_debug_unlock(struct spinlock *l)
{
	struct held *h = held_here();
	unsigned i;

	if (!h)
		return;
	for (i = h->count; i && h->locks[i - 1] != l; i--)
		;
	if (!i) {
		h->failed = true;
		panic("lock: %s: given back but not held here",
		      rank_names[l->rank % LOCK_RANK_COUNT]);
	}
	for (; i < h->count; i++)
		h->locks[i - 1] = h->locks[i];
	h->count--;
	this_cpu()->preempt_depth--;
}
