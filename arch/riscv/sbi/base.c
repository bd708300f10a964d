// SPDX-License-Identifier: GPL-2.0-or-later
/* Base extension, SBI 3.0 chapter 4. */

#include "sbi.h"

#include "vcpu.h"

#define SPEC_VERSION	(3u << 24 | 0)
/* In no list of implementations: the letters of our name. */
#define IMPL_ID		0x4d6f6e6f
#define IMPL_VERSION	1

static sbi_answer spec_version(struct vcpu *v, const u64 *args)
{
	(void)v, (void)args;
	return sbi_value(SPEC_VERSION);
}

static sbi_answer impl_id(struct vcpu *v, const u64 *args)
{
	(void)v, (void)args;
	return sbi_value(IMPL_ID);
}

static sbi_answer impl_version(struct vcpu *v, const u64 *args)
{
	(void)v, (void)args;
	return sbi_value(IMPL_VERSION);
}

/* What its maker says of the CPU: guests know its errata by that. */
static sbi_answer maker(struct vcpu *v, const u64 *args)
{
	(void)v;
	return sbi_value(vcpu_maker[(args[6] - SBI_BASE_MVENDORID) & 3]);
}

const struct sbi_extension sbi_base = SBI_EXTENSION(SBI_BASE,
	spec_version, impl_id, impl_version, sbi_probe_extension,
	maker, maker, maker);
