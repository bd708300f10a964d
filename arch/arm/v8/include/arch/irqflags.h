/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Masking of interrupts on this CPU: PSTATE.I, Arm ARM C5.2.2. */
#ifndef ARCH_IRQFLAGS_H
#define ARCH_IRQFLAGS_H

#include <vmm/types.h>

#define IRQFLAGS_I	(1u << 7)

static inline void irq_mask(void)
{
	__asm__ volatile("msr daifset, #2" ::: "memory");
}

static inline void irq_unmask(void)
{
	__asm__ volatile("msr daifclr, #2" ::: "memory");
}

static inline u64 irq_save(void)
{
	u64 flags;

	__asm__ volatile("mrs %0, daif\n\tmsr daifset, #2"
			 : "=r"(flags) :: "memory");
	return flags;
}

static inline void irq_restore(u64 flags)
{
	__asm__ volatile("msr daif, %0" :: "r"(flags) : "memory");
}

static inline bool irq_masked(void)
{
	u64 flags;

	__asm__ volatile("mrs %0, daif" : "=r"(flags));
	return flags & IRQFLAGS_I;
}

#endif
