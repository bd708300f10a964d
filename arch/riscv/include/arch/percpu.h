/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The per-CPU pointer lives in tp, which compilers leave alone without
 * thread-local variables.
 */
#ifndef ARCH_PERCPU_H
#define ARCH_PERCPU_H

struct cpu;

register struct cpu *percpu_pointer __asm__("tp");

static inline struct cpu *arch_this_cpu(void)
{
	return percpu_pointer;
}

static inline void arch_set_this_cpu(struct cpu *cpu)
{
	__asm__ volatile("mv tp, %0" :: "r"(cpu) : "memory");
}

#endif
