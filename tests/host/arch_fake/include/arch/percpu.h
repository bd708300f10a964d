/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The per-CPU pointer of the simulated CPU that runs now. */
#ifndef ARCH_PERCPU_H
#define ARCH_PERCPU_H

struct cpu;

extern struct cpu *fake_this_cpu;

static inline struct cpu *arch_this_cpu(void)
{
	return fake_this_cpu;
}

static inline void arch_set_this_cpu(struct cpu *cpu)
{
	fake_this_cpu = cpu;
}

#endif
