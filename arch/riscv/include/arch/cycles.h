/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wall-clock counter `time`: the same on all harts to a tick
 * (Unprivileged ISA, Zicntr).
 */
#ifndef ARCH_CYCLES_H
#define ARCH_CYCLES_H

#include <vmm/types.h>

/* May be read early or late by the CPU: good for statistics. */
static inline u64 cycles_read(void)
{
	u64 v;

	__asm__ volatile("rdtime %0" : "=r"(v));
	return v;
}

/* Not before what precedes it in program order: good for deadlines. */
static inline u64 cycles_read_ordered(void)
{
	__asm__ volatile("fence ir, i" ::: "memory");
	return cycles_read();
}

#endif
