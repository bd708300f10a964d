// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Exits as tracing sees them: at the entry, by what the syndrome says
 * (Arm ARM D19.2.37), so an abort that turns out to be no device's is an
 * exit "mmio" here.
 */
#include "exits.h"

#include <arch/offsets.h>
#include <arch/sysreg.h>
#include <vmm/arch.h>
#include <vmm/trace.h>

#define ISS_KNOWN	0x1ffffffull
#define EC_WFX		0x01
#define EC_SYSREG	0x18
#define EC_INSTRUCTION	0x20
#define EC_DATA		0x24

/* Bit 0 of WFx's ISS: WFE. */
#define ISS_WFE		1u

/* ISS of a write to ICC_SGI1R, ICC_ASGI1R, ICC_SGI0R: all but op2 and Rt. */
#define ISS_SYSREG_MASK	(3ull << 20 | 7ull << 14 | 15ull << 10 | 15ull << 1)
#define ISS_SGI		(3ull << 20 | 12ull << 10 | 11ull << 1)

/* Fault status of permission faults, for which HPFAR_EL2 says nothing. */
#define FSC_KIND_MASK	0x3cu
#define FSC_PERMISSION	0x0cu

/* By exception class; 0, which is no synchronous exit: undefined. */
static const u8 reasons[64] = {
	[EC_WFX] = EXIT_WFI, [0x07] = EXIT_FPSIMD, [0x16] = EXIT_HVC,
	[0x17] = EXIT_SMC, [EC_SYSREG] = EXIT_SYSREG,
	[EC_INSTRUCTION] = EXIT_FAULT, [EC_DATA] = EXIT_MMIO,
};

_Static_assert(EXIT_IRQ == 0, "");

static unsigned reason_of(u64 esr)
{
	if (ESR_EC(esr) == EC_WFX && esr & ISS_WFE)
		return EXIT_WFE;
	if (ESR_EC(esr) == EC_SYSREG && (esr & ISS_SYSREG_MASK) == ISS_SGI)
		return EXIT_SGI;
	return reasons[ESR_EC(esr)] ? reasons[ESR_EC(esr)] : EXIT_UNDEFINED;
}

/* The address of an abort, the syndrome of all else. */
static u64 detail_of(u64 esr)
{
	if ((ESR_EC(esr) != EC_DATA && ESR_EC(esr) != EC_INSTRUCTION) ||
	    (esr & FSC_KIND_MASK) == FSC_PERMISSION)
		return esr;
	return (sysreg_read(hpfar_el2) & ~0xfull) << 8 |
	       (sysreg_read(far_el2) & 0xfff);
}

static void record(const struct vcpu *v, unsigned reason, u64 detail)
{
	if (trace_is_on(TRACE_EXITS))
		trace_vcpu(TRACE_EXIT + reason, v, sysreg_read(elr_el2),
			   detail);
}

void trace_exit_sync(const struct vcpu *v)
{
	u64 esr = sysreg_read(esr_el2);
	unsigned reason = reason_of(esr);
	const u64 *x = v->arch.regs->x;

	record(v, reason, detail_of(esr));
	if (trace_is_on(TRACE_CALLS) &&
	    (reason == EXIT_HVC || reason == EXIT_SMC))
		trace_vcpu(TRACE_CALL, v, x[0], x[1]);
}

/* raw: the class, or TRACE_RAW_IRQ. */
unsigned arch_trace_reason(unsigned raw, u64 detail)
{
	u64 esr = (u64)raw << 26 | (detail & ISS_KNOWN);

	return raw == TRACE_RAW_IRQ ? EXIT_IRQ : reason_of(esr);
}

void trace_exit_irq(const struct vcpu *v)
{
	record(v, EXIT_IRQ, 0);
}

void trace_exit_serror(const struct vcpu *v)
{
	record(v, EXIT_SERROR, sysreg_read(esr_el2));
}

void trace_own_irq(void)
{
	if (trace_is_on(TRACE_IRQS))
		trace_host_irq(sysreg_read(elr_el2));
	irq_dispatch_own();
}

void arch_trace_exits(bool on)
{
	extern const char vectors[], trace_vectors[];

	sysreg_write(vbar_el2, on ? (u64)trace_vectors : (u64)vectors);
	isb();
}
