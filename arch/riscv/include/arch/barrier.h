/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory barriers, and the clamp that survives mispredicted bounds checks. */
#ifndef ARCH_BARRIER_H
#define ARCH_BARRIER_H

#include <vmm/types.h>

/* For everybody who looks at memory, and for devices too. */
#define mb()	__asm__ volatile("fence iorw, iorw" ::: "memory")
#define rmb()	__asm__ volatile("fence ir, ir" ::: "memory")
#define wmb()	__asm__ volatile("fence ow, ow" ::: "memory")

/* PAUSE (Zihintpause), a hint that other CPUs ignore. */
static inline void cpu_relax(void)
{
	__asm__ volatile(".4byte 0x0100000f" ::: "memory");
}

/*
 * index if it is below count, else 0, without a branch that could be
 * predicted past: for indices that a guest controls, after their check.
 */
static inline u64 index_clamp(u64 index, u64 count)
{
	u64 mask;

	__asm__("sltu %0, %1, %2\n\tneg %0, %0"
		: "=&r"(mask) : "r"(index), "r"(count));
	return index & mask;
}

#endif
