// SPDX-License-Identifier: GPL-2.0-or-later
/* Entries that record what happened, in place of those that do not. */

#include "boot.h"
#include "exits.h"

#include <arch/csr.h>
#include <arch/offsets.h>
#include <vmm/arch.h>
#include <vmm/trace.h>

void trace_own_irq(void)
{
	if (trace_is_on(TRACE_IRQS))
		trace_host_irq(csr_read(CSR_SEPC));
	irq_dispatch_own();
}

static unsigned reason_of(u64 cause, u64 value)
{
	static const u8 reasons[] = {
		[CAUSE_ILLEGAL] = EXIT_ILLEGAL, [CAUSE_ECALL_VS] = EXIT_SBI,
		[CAUSE_FETCH_GUEST_PAGE] = EXIT_FAULT,
		[CAUSE_LOAD_GUEST_PAGE] = EXIT_MMIO,
		[CAUSE_STORE_GUEST_PAGE] = EXIT_MMIO,
		[CAUSE_VIRTUAL] = EXIT_CSR,
	};

	if (cause & CAUSE_IRQ)
		return EXIT_IRQ;
	if (cause == CAUSE_VIRTUAL && value == INSN_WFI)
		return EXIT_WFI;
	return cause < ARRAY_LEN(reasons) && reasons[cause] ?
	       reasons[cause] : EXIT_FAULT;
}

/* The address of a fault, the extension of a call, the instruction. */
static u64 detail_of(const struct vcpu *v, unsigned reason)
{
	switch (reason) {
	case EXIT_IRQ:
		return csr_read(CSR_SCAUSE) & ~CAUSE_IRQ;
	case EXIT_SBI:
		return v->arch.regs->x[17];
	case EXIT_MMIO:
	case EXIT_FAULT:
		return csr_read(CSR_HTVAL) << 2 | (csr_read(CSR_STVAL) & 3);
	}
	return csr_read(CSR_STVAL);
}

void trace_exit(const struct vcpu *v)
{
	unsigned reason = reason_of(csr_read(CSR_SCAUSE), csr_read(CSR_STVAL));

	if (trace_is_on(TRACE_EXITS))
		trace_vcpu(TRACE_EXIT + reason, v, csr_read(CSR_SEPC),
			   detail_of(v, reason));
	if (trace_is_on(TRACE_CALLS) && reason == EXIT_SBI)
		trace_vcpu(TRACE_CALL, v, v->arch.regs->x[17],
			   v->arch.regs->x[10]);
}

/* raw: the cause, or TRACE_RAW_IRQ; detail: the instruction, where it has. */
unsigned arch_trace_reason(unsigned raw, u64 detail)
{
	return raw == TRACE_RAW_IRQ ? EXIT_IRQ : reason_of(raw, detail);
}

void arch_trace_exits(bool on)
{
	extern const char vectors[], trace_vectors[];

	csr_write(CSR_STVEC, on ? (u64)trace_vectors : (u64)vectors);
}
