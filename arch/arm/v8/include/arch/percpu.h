/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The per-CPU pointer lives in TPIDR_EL2. */
#ifndef ARCH_PERCPU_H
#define ARCH_PERCPU_H

struct cpu;

static inline struct cpu *arch_this_cpu(void)
{
	struct cpu *cpu;

	__asm__ volatile("mrs %0, tpidr_el2" : "=r"(cpu));
	return cpu;
}

static inline void arch_set_this_cpu(struct cpu *cpu)
{
	__asm__ volatile("msr tpidr_el2, %0" :: "r"(cpu) : "memory");
}

#endif
