// SPDX-License-Identifier: GPL-2.0-or-later
/* The fake architecture's only CPU. */
#include <arch/cycles.h>
#include <arch/irqflags.h>
#include <arch/percpu.h>

bool fake_irq_masked;
struct cpu *fake_this_cpu;
u64 fake_cycles;
