/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Masking of interrupts on the simulated CPU that runs now. */
#ifndef ARCH_IRQFLAGS_H
#define ARCH_IRQFLAGS_H

#include <vmm/types.h>

extern bool fake_irq_masked, fake_irq_pending;

/* Takes the pending interrupt, unmasked until now. */
void fake_irq_take(void);

static inline void irq_mask(void)
{
	fake_irq_masked = true;
}

static inline void irq_unmask(void)
{
	fake_irq_masked = false;
	if (fake_irq_pending)
		fake_irq_take();
}

static inline u64 irq_save(void)
{
	u64 flags = fake_irq_masked;

	fake_irq_masked = true;
	return flags;
}

static inline void irq_restore(u64 flags)
{
	if (flags)
		irq_mask();
	else
		irq_unmask();
}

static inline bool irq_masked(void)
{
	return fake_irq_masked;
}

#endif
