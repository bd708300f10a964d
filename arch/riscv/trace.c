// SPDX-License-Identifier: GPL-2.0-or-later
/* Entries that record what happened, in place of those that do not. */

#include "boot.h"

#include <arch/csr.h>
#include <vmm/arch.h>
#include <vmm/trace.h>

void trace_own_irq(void)
{
	struct trace_record r = {
		.kind = TRACE_HOST_IRQ, .args = { csr_read(CSR_SEPC) },
		.vcpu = TRACE_NO_VCPU,
	};

	if (trace_is_on(TRACE_IRQS))
		trace_write(&r);
	irq_dispatch_own();
}

void arch_trace_exits(bool on)
{
	extern const char vectors[], trace_vectors[];

	csr_write(CSR_STVEC, on ? (u64)trace_vectors : (u64)vectors);
}
