// SPDX-License-Identifier: GPL-2.0-or-later
/* Exits by cause (Privileged ISA, scause), and the short ones' handlers. */

#include "exits.h"
#include "vcpu.h"

#include <vmm/guest.h>
#include <vmm/irq.h>
#include <vmm/log.h>

const char *const arch_exit_names[ARCH_EXIT_COUNT] = {
	[EXIT_IRQ] = "irq", [EXIT_SBI] = "sbi", [EXIT_MMIO] = "mmio",
	[EXIT_FAULT] = "fault", [EXIT_CSR] = "csr", [EXIT_WFI] = "wfi",
	[EXIT_WRS] = "wrs", [EXIT_FP] = "fp", [EXIT_VECTOR] = "vector",
	[EXIT_ILLEGAL] = "illegal",
};

__extension__ const u8 exit_buckets[64] = {
	[0] = 32, [1] = 31, [2 ... 3] = 30, [4 ... 7] = 29, [8 ... 15] = 28,
	[16 ... 31] = 27, [32 ... 63] = 26,
};

void arch_exit_save(struct vcpu *v)
{
	v->arch.pc = csr_read(CSR_SEPC);
	v->arch.mode = csr_read(CSR_SSTATUS) & SSTATUS_SPP;
	v->arch.cause = csr_read(CSR_SCAUSE);
	v->arch.tval = csr_read(CSR_STVAL);
}

void arch_exit_restore(const struct vcpu *v)
{
	csr_write(CSR_SEPC, v->arch.pc);
	csr_clear(CSR_SSTATUS, SSTATUS_SPP);
	csr_set(CSR_SSTATUS, v->arch.mode);
	csr_clear(CSR_HSTATUS, HSTATUS_SPVP);
	csr_set(CSR_HSTATUS, v->arch.mode ? HSTATUS_SPV | HSTATUS_SPVP :
					    HSTATUS_SPV);
	csr_write(CSR_SCAUSE, v->arch.cause);
	csr_write(CSR_STVAL, v->arch.tval);
}

/* Whoever was woken and goes before v need not wait for v's books. */
void exit_irq(struct vcpu *v)
{
	u64 begin = cycles_read(), cycles;

	irq_dispatch();
	cycles = cycles_read() - begin;
	if (unlikely(this_cpu()->leaving))
		sched_switch(v);
	vcpu_count_exit(v, EXIT_IRQ, begin, exit_pc());
	exit_account_time(v, EXIT_IRQ, cycles);
}

/*
 * this_cpu()->requests is set; the guest's general registers are all saved.
 * Service may take interrupts, and those change the registers of traps.
 */
void exit_service(struct vcpu *v)
{
	v->arch.pc = csr_read(CSR_SEPC);
	v->arch.mode = csr_read(CSR_SSTATUS) & SSTATUS_SPP;
	while (__atomic_load_n(&this_cpu()->requests, __ATOMIC_RELAXED))
		vcpu_service(v);
	vcpu_set_return(v);
}

/* Exceptions that are delegated, or that guests cannot cause. */
static bool exit_unexpected(struct vcpu *v, u64 cause)
{
	u64 begin = cycles_read(), pc = exit_pc();

	vcpu_log(v, "guest: %s/%u: pc 0x%llx: exception %llu is its own",
		 v->guest->name, v->index, (unsigned long long)pc,
		 (unsigned long long)cause);
	fault_reflect(v, cause, csr_read(CSR_STVAL));
	exit_account(v, EXIT_FAULT, begin, pc);
	return false;
}

__extension__ exit_handler *const exit_handlers[CAUSE_COUNT] = {
	[0 ... 1] = exit_unexpected,
	[CAUSE_ILLEGAL] = exit_illegal,
	[CAUSE_BREAKPOINT] = exit_breakpoint,
	[4 ... 19] = exit_unexpected,
	[CAUSE_FETCH_GUEST_PAGE] = exit_fetch_fault,
	[CAUSE_LOAD_GUEST_PAGE] = exit_load_fault,
	[CAUSE_VIRTUAL] = exit_virtual,
	[CAUSE_STORE_GUEST_PAGE] = exit_store_fault,
	[24 ... CAUSE_COUNT - 1] = exit_unexpected,
};
