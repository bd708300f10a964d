// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Exits by exception class (Arm ARM D19.2.37) and the short ones' handlers.
 */

#include "exits.h"
#include "vcpu.h"

#include <vmm/guest.h>
#include <vmm/irq.h>
#include <vmm/log.h>

#define FP_USES		4
#define FP_AHEAD	64

const char *const arch_exit_names[ARCH_EXIT_COUNT] = {
	[EXIT_IRQ] = "irq", [EXIT_HVC] = "hvc", [EXIT_SMC] = "smc",
	[EXIT_SYSREG] = "sysreg", [EXIT_SGI] = "sgi", [EXIT_MMIO] = "mmio",
	[EXIT_FAULT] = "fault", [EXIT_WFI] = "wfi", [EXIT_WFE] = "wfe",
	[EXIT_FPSIMD] = "fpsimd", [EXIT_UNDEFINED] = "undefined",
	[EXIT_SERROR] = "serror",
};

/* Classes that a guest can cause, but that nothing here offers. */
static void exit_undefined(struct vcpu *v, u64 esr)
{
	u64 begin = cycles_read(), pc = exit_pc();

	(void)esr;
	fault_undefined(v);
	exit_account(v, EXIT_UNDEFINED, begin, pc);
}

/* ISS.TI: 0 WFI, 1 WFE, 2 WFIT, 3 WFET; the timed forms are not offered. */
static void exit_wfx(struct vcpu *v, u64 esr)
{
	u64 begin = cycles_read(), pc = exit_advance(esr);

	if (esr & 1) {
		exit_account(v, EXIT_WFE, begin, pc);
		sched_yield();
	} else {
		exit_account(v, EXIT_WFI, begin, pc);
		vcpu_idle(v);
	}
}

/*
 * First use since v came here.  One that uses FP whenever it runs spares the
 * exits by and by, but not for ever.
 */
static void exit_fpsimd(struct vcpu *v, u64 esr)
{
	u64 begin = cycles_read();

	(void)esr;
	vcpu_fp_load(v);
	if (++v->arch.fp_uses == FP_USES) {
		v->arch.fp_uses = 0;
		v->arch.fp_ahead = FP_AHEAD;
	}
	exit_account(v, EXIT_FPSIMD, begin, exit_pc());
}

void arch_exit_save(struct vcpu *v)
{
	v->arch.pc = sysreg_read(elr_el2);
	v->arch.pstate = sysreg_read(spsr_el2);
	v->arch.far = sysreg_read(far_el2);
}

void arch_exit_restore(const struct vcpu *v)
{
	sysreg_write(elr_el2, v->arch.pc);
	sysreg_write(spsr_el2, v->arch.pstate);
	sysreg_write(far_el2, v->arch.far);
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
 * Service may take interrupts, and those change ELR_EL2 and SPSR_EL2.
 */
void exit_service(struct vcpu *v)
{
	v->arch.pc = sysreg_read(elr_el2);
	v->arch.pstate = sysreg_read(spsr_el2);
	while (__atomic_load_n(&this_cpu()->requests, __ATOMIC_RELAXED))
		vcpu_service(v);
	if (unlikely(v->arch.also & ARCH_ALSO_DEBUG))
		debug_service(v);
	sysreg_write(elr_el2, v->arch.pc);
	sysreg_write(spsr_el2, v->arch.pstate);
}

/*
 * An asynchronous error that arrived while the guest ran: our own code
 * keeps them masked.  The guest gets it as its own, virtual one.
 */
void exit_serror(struct vcpu *v)
{
	u64 begin = cycles_read(), esr = sysreg_read(esr_el2);

	sysreg_write(hcr_el2, sysreg_read(hcr_el2) | HCR_VSE);
	vcpu_log(v, "guest: %s/%u: asynchronous external abort, ESR 0x%llx",
		 v->guest->name, v->index, (unsigned long long)esr);
	exit_account(v, EXIT_SERROR, begin, exit_pc());
}

__extension__ exit_handler *const exit_handlers[64] = {
	[0x00] = exit_undefined,
	[0x01] = exit_wfx,
	[0x02 ... 0x06] = exit_undefined,
	[0x07] = exit_fpsimd,
	[0x08 ... 0x15] = exit_undefined,
	[0x16] = exit_hvc,
	[0x17] = exit_smc,
	[0x18] = exit_sysreg,
	[0x19 ... 0x1f] = exit_undefined,
	[0x20] = exit_instruction_abort,
	[0x21 ... 0x23] = exit_undefined,
	[0x24] = exit_data_abort,
	[0x25 ... 0x2f] = exit_undefined,
	[0x30] = exit_debug,
	[0x31] = exit_undefined,
	[0x32] = exit_debug,
	[0x33] = exit_undefined,
	[0x34] = exit_debug,
	[0x35 ... 0x37] = exit_undefined,
	[0x38] = exit_debug,
	[0x39 ... 0x3b] = exit_undefined,
	[0x3c] = exit_debug,
	[0x3d ... 0x3f] = exit_undefined,
};
