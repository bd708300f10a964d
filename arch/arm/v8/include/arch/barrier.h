/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory barriers, and the clamp that survives mispredicted bounds checks. */
#ifndef ARCH_BARRIER_H
#define ARCH_BARRIER_H

#include <vmm/types.h>

/* For everybody who looks at memory, page-table walkers and devices too. */
#define mb()	__asm__ volatile("dsb sy" ::: "memory")
#define rmb()	__asm__ volatile("dsb ld" ::: "memory")
#define wmb()	__asm__ volatile("dsb st" ::: "memory")

static inline void cpu_relax(void)
{
	__asm__ volatile("yield" ::: "memory");
}

/*
 * index if it is below count, else 0, without a branch that could be
 * predicted past: for indices that a guest controls, after their check.
 */
static inline u64 index_clamp(u64 index, u64 count)
{
	u64 clamped;

	__asm__("cmp %1, %2\n\tcsel %0, %1, xzr, lo\n\thint #20"
		: "=r"(clamped) : "r"(index), "r"(count) : "cc");
	return clamped;
}

#endif
