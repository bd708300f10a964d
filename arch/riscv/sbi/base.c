// SPDX-License-Identifier: GPL-2.0-or-later
/* Base extension, SBI 3.0 chapter 4. */

#include "sbi.h"

#include "vcpu.h"

#define SPEC_VERSION	(3u << 24 | 0)
/* In no list of implementations: the letters of our name. */
#define IMPL_ID		0x4d6f6e6f
#define IMPL_VERSION	1

static struct sbi_result spec_version(struct vcpu *v, const u64 *args)
{
	(void)v, (void)args;
	return sbi_value(SPEC_VERSION);
}

static struct sbi_result impl_id(struct vcpu *v, const u64 *args)
{
	(void)v, (void)args;
	return sbi_value(IMPL_ID);
}

static struct sbi_result impl_version(struct vcpu *v, const u64 *args)
{
	(void)v, (void)args;
	return sbi_value(IMPL_VERSION);
}

static struct sbi_result probe_extension(struct vcpu *v, const u64 *args)
{
	(void)v;
	return sbi_value(args[0] <= SBI_LEGACY_SHUTDOWN ||
			 sbi_find(args[0]));
}

/* What its maker says of the CPU: guests know its errata by that. */
static struct sbi_result maker(struct vcpu *v, const u64 *args)
{
	(void)v;
	return sbi_value(vcpu_maker[args[6] - SBI_BASE_MVENDORID]);
}

static sbi_function *const functions[] = {
	spec_version, impl_id, impl_version, probe_extension, maker,
	maker, maker,
};

const struct sbi_extension sbi_base = SBI_EXTENSION(SBI_BASE, functions);
