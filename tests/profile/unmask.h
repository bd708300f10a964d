/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes the place of <arch/irqflags.h> in an image whose masked sections are
 * measured (make CFLAGS="-include ..."): what unmasks interrupts is always one
 * instruction that does so and no other, never a mask that is written back.
 */
#ifndef TESTS_PROFILE_UNMASK_H
#define TESTS_PROFILE_UNMASK_H

#ifndef __ASSEMBLY__
#define ARCH_IRQFLAGS_H

#include <vmm/types.h>

#ifdef __aarch64__
#define IRQFLAGS_MASKED	(1u << 7)
#define IRQFLAGS_SAVE	"mrs %0, daif\n\tmsr daifset, #2"
#define IRQFLAGS_READ	"mrs %0, daif"
#define IRQFLAGS_MASK	"msr daifset, #2"
#define IRQFLAGS_UNMASK	"msr daifclr, #2"
#else
#define IRQFLAGS_SIE	2
#define IRQFLAGS_SAVE	"csrrci %0, sstatus, 2\n\tnot %0, %0"
#define IRQFLAGS_READ	"csrr %0, sstatus\n\tnot %0, %0"
#define IRQFLAGS_MASK	"csrci sstatus, 2"
#define IRQFLAGS_UNMASK	"csrsi sstatus, 2"
#define IRQFLAGS_MASKED	IRQFLAGS_SIE
#endif

static inline void irq_mask(void)
{
	__asm__ volatile(IRQFLAGS_MASK ::: "memory");
}

static inline void irq_unmask(void)
{
	__asm__ volatile(IRQFLAGS_UNMASK ::: "memory");
}

static inline u64 irq_save(void)
{
	u64 flags;

	__asm__ volatile(IRQFLAGS_SAVE : "=r"(flags) :: "memory");
	return flags & IRQFLAGS_MASKED;
}

static inline void irq_restore(u64 flags)
{
	if (!flags)
		irq_unmask();
}

static inline bool irq_masked(void)
{
	u64 flags;

	__asm__ volatile(IRQFLAGS_READ : "=r"(flags));
	return flags & IRQFLAGS_MASKED;
}

#endif
#endif
