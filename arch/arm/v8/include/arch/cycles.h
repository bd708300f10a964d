/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system counter, CNTPCT_EL0: the same on all CPUs (Arm ARM D11.1). */
#ifndef ARCH_CYCLES_H
#define ARCH_CYCLES_H

#include <vmm/types.h>

/* May be read early or late by the CPU: good for statistics. */
static inline u64 cycles_read(void)
{
	u64 v;

	__asm__ volatile("mrs %0, cntpct_el0" : "=r"(v));
	return v;
}

/* Not before what precedes it in program order: good for deadlines. */
static inline u64 cycles_read_ordered(void)
{
	__asm__ volatile("isb" ::: "memory");
	return cycles_read();
}

#endif
