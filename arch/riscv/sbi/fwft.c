// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Firmware features, SBI 3.0 chapter 18.  Of those that are defined, guests
 * have the hardware's updating of A and D.
 */

#include "sbi.h"

#include "vcpu.h"

#define FEATURE_PTE_AD		4u
#define FEATURE_COUNT		6u	/* defined ones from 0 on */
#define FLAG_LOCK		BIT64(0)

/* 0: v has that feature. */
static s64 feature_check(u32 feature)
{
	if (feature >= FEATURE_COUNT)
		return SBI_ERR_DENIED;
	return feature == FEATURE_PTE_AD && vcpu_henvcfg & ENVCFG_ADUE ?
	       SBI_SUCCESS : SBI_ERR_NOT_SUPPORTED;
}

static sbi_answer set(struct vcpu *v, const u64 *args)
{
	s64 error = feature_check((u32)args[0]);

	if (error)
		return sbi_error(error);
	if (args[1] > 1 || args[2] & ~FLAG_LOCK)
		return sbi_error(SBI_ERR_INVALID_PARAM);
	if (v->arch.ad_locked)
		return sbi_error(SBI_ERR_DENIED_LOCKED);
	v->arch.ad_locked = args[2] & FLAG_LOCK;
	v->arch.henvcfg &= ~ENVCFG_ADUE;
	if (args[1])
		v->arch.henvcfg |= ENVCFG_ADUE;
	csr_write(CSR_HENVCFG, v->arch.henvcfg);
	hfence_vvma_all();
	return sbi_error(SBI_SUCCESS);
}

static sbi_answer get(struct vcpu *v, const u64 *args)
{
	s64 error = feature_check((u32)args[0]);

	if (error)
		return sbi_error(error);
	return sbi_value(!!(v->arch.henvcfg & ENVCFG_ADUE));
}

const struct sbi_extension sbi_fwft = SBI_EXTENSION(SBI_FWFT, set, get);
