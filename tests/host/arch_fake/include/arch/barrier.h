/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory barriers of the fake architecture: the compiler's and the host's. */
#ifndef ARCH_BARRIER_H
#define ARCH_BARRIER_H

#include <vmm/types.h>

#define mb()	__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define rmb()	__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define wmb()	__atomic_thread_fence(__ATOMIC_RELEASE)

/* Lets other simulated CPUs run. */
void fake_cpu_relax(void);

static inline void cpu_relax(void)
{
	fake_cpu_relax();
}

static inline u64 index_clamp(u64 index, u64 count)
{
	return index < count ? index : 0;
}

#endif
