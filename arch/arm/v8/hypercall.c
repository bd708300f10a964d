// SPDX-License-Identifier: GPL-2.0-or-later
/* HVC and SMC of guests: calls of their firmware (DEN 0028). */

#include "exits.h"

#include <arch/firmware_guest.h>

#define ISS_IMMEDIATE	0xffffu
#define NOT_SUPPORTED	(~0ull)

/* The return address is past the instruction by now. */
static ALWAYS_INLINE void call(struct vcpu *v, u64 esr, enum arch_exit reason)
{
	u64 begin = cycles_read();
	u64 result = NOT_SUPPORTED;

	if (likely(!(esr & ISS_IMMEDIATE)))
		result = (u64)firmware_guest_call(v, v->arch.regs->x);
	v->arch.regs->x[0] = result;
	exit_account(v, reason, begin, exit_pc() - 4);
}

void exit_hvc(struct vcpu *v, u64 esr)
{
	call(v, esr, EXIT_HVC);
}

/* Trapped SMCs point at themselves; step over first, calls may not return. */
void exit_smc(struct vcpu *v, u64 esr)
{
	exit_advance(esr);
	call(v, esr, EXIT_SMC);
}
