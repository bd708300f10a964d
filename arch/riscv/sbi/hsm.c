// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hart state management and system suspend, SBI 3.0 chapters 9 and 13.  All
 * suspended states are the same one: the VCPU waits for an interrupt.
 */

#include "sbi.h"

#include "exits.h"
#include "vcpu.h"

#include <vmm/errno.h>
#include <vmm/guest.h>

enum hart_state { STARTED, STOPPED, START_PENDING, STOP_PENDING, SUSPENDED };

static sbi_answer hart_start(struct vcpu *v, const u64 *args)
{
	const struct vcpu_start start = {
		.entry = GPA(args[1]),
		.args = { args[0], args[2] },
		.arg_count = 2,
	};

	if (!vcpu_by_hwid(v->guest, args[0]))
		return sbi_error(SBI_ERR_INVALID_PARAM);
	if (!vcpu_is_code(v, args[1]))
		return sbi_error(SBI_ERR_INVALID_ADDRESS);
	if (vcpu_power_on(v->guest, args[0], &start))
		return sbi_error(SBI_ERR_ALREADY_AVAILABLE);
	return sbi_error(SBI_SUCCESS);
}

static sbi_answer hart_stop(struct vcpu *v, const u64 *args)
{
	(void)args;
	vcpu_power_off(v);
}

static sbi_answer hart_get_status(struct vcpu *v, const u64 *args)
{
	static const u8 states[] = {
		[VCPU_ON] = STARTED, [VCPU_OFF] = STOPPED,
		[VCPU_STARTING] = START_PENDING,
	};
	const struct vcpu *target = vcpu_by_hwid(v->guest, args[0]);
	enum vcpu_power power;

	if (!target)
		return sbi_error(SBI_ERR_INVALID_PARAM);
	power = vcpu_power_state(target);
	if (power == VCPU_ON &&
	    __atomic_load_n(&target->arch.suspended, __ATOMIC_RELAXED))
		return sbi_value(SUSPENDED);
	return sbi_value(states[power]);
}

static void wait_suspended(struct vcpu *v)
{
	__atomic_store_n(&v->arch.suspended, true, __ATOMIC_RELAXED);
	vcpu_wait(v);
	__atomic_store_n(&v->arch.suspended, false, __ATOMIC_RELAXED);
}

/* The rest of the registers is not defined then (table 9.1). */
sbi_answer sbi_suspend(struct vcpu *v, u64 entry, u64 argument)
{
	if (!vcpu_is_code(v, entry))
		return sbi_error(SBI_ERR_INVALID_ADDRESS);
	wait_suspended(v);
	csr_clear(CSR_VSSTATUS, SSTATUS_SIE);
	csr_write(CSR_VSATP, 0);
	csr_set(CSR_SSTATUS, SSTATUS_SPP);
	csr_write(CSR_SEPC, entry);
	return sbi_pair(v->hwid, argument);
}

#define TYPE_RETENTIVE		0x00000000u
#define TYPE_NON_RETENTIVE	0x80000000u

static sbi_answer hart_suspend(struct vcpu *v, const u64 *args)
{
	switch ((u32)args[0]) {
	case TYPE_RETENTIVE:
		wait_suspended(v);
		return sbi_error(SBI_SUCCESS);
	case TYPE_NON_RETENTIVE:
		return sbi_suspend(v, args[1], args[2]);
	}
	return sbi_error(SBI_ERR_INVALID_PARAM);
}

const struct sbi_extension sbi_hsm = SBI_EXTENSION(SBI_HSM,
	hart_start, hart_stop, hart_get_status, hart_suspend);

#define SUSPEND_TO_RAM		0

static bool is_last(const struct vcpu *v)
{
	struct guest *g = v->guest;

	for (unsigned i = 0; i < g->vcpu_count; i++)
		if (g->vcpus[i] != v &&
		    vcpu_power_state(g->vcpus[i]) != VCPU_OFF)
			return false;
	return true;
}

static sbi_answer system_suspend(struct vcpu *v, const u64 *args)
{
	if ((u32)args[0] != SUSPEND_TO_RAM)
		return sbi_error(SBI_ERR_INVALID_PARAM);
	if (!is_last(v))
		return sbi_error(SBI_ERR_DENIED);
	return sbi_suspend(v, args[1], args[2]);
}

const struct sbi_extension sbi_susp = SBI_EXTENSION(SBI_SUSP, system_suspend);
