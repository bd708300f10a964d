/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Masking of interrupts on this CPU: sstatus.SIE, Privileged ISA 10.1.1.1. */
#ifndef ARCH_IRQFLAGS_H
#define ARCH_IRQFLAGS_H

#include <vmm/types.h>

#define IRQFLAGS_SIE	2

static inline void irq_mask(void)
{
	__asm__ volatile("csrci sstatus, %0" :: "i"(IRQFLAGS_SIE) : "memory");
}

static inline void irq_unmask(void)
{
	__asm__ volatile("csrsi sstatus, %0" :: "i"(IRQFLAGS_SIE) : "memory");
}

static inline u64 irq_save(void)
{
	u64 flags;

	__asm__ volatile("csrrci %0, sstatus, %1"
			 : "=r"(flags) : "i"(IRQFLAGS_SIE) : "memory");
	return flags & IRQFLAGS_SIE;
}

/* Interrupts are masked since irq_save(). */
static inline void irq_restore(u64 flags)
{
	__asm__ volatile("csrs sstatus, %0" :: "r"(flags) : "memory");
}

static inline bool irq_masked(void)
{
	u64 flags;

	__asm__ volatile("csrr %0, sstatus" : "=r"(flags));
	return !(flags & IRQFLAGS_SIE);
}

#endif
