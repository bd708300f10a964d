// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The firmware that guests call: PSCI 1.1 (DEN 0022D) by the SMC Calling
 * Convention 1.1 (DEN 0028), through HVC and SMC alike.
 */

#include <arch/firmware_guest.h>
#include <vmm/errno.h>
#include <vmm/guest.h>
#include <vmm/vcpu.h>

#define SMC64			BIT(30)

#define PSCI_BASE		0x84000000u
#define PSCI_COUNT		32u
#define SMCCC_VERSION		0x80000000u
#define SMCCC_ARCH_FEATURES	0x80000001u

#define VERSION_PSCI		0x10001
#define VERSION_SMCCC		0x10001

enum psci_result {
	SUCCESS = 0, NOT_SUPPORTED = -1, INVALID_PARAMETERS = -2,
	DENIED = -3, ALREADY_ON = -4, ON_PENDING = -5, INTERNAL_FAILURE = -6,
};

/* args: x0 to x3 at the call. */
typedef s64 service(struct vcpu *v, const u64 *args);

/* Callers of the 32-bit form leave what they like in the upper halves. */
static u64 argument(const u64 *args, unsigned n)
{
	return args[0] & SMC64 ? args[n] : (u32)args[n];
}

static s64 not_supported(struct vcpu *v, const u64 *args)
{
	(void)v, (void)args;
	return NOT_SUPPORTED;
}

static s64 psci_version(struct vcpu *v, const u64 *args)
{
	(void)v, (void)args;
	return VERSION_PSCI;
}

/* Every state is a standby one: returns when an interrupt pends. */
static s64 cpu_suspend(struct vcpu *v, const u64 *args)
{
	(void)args;
	vcpu_idle(v);
	return SUCCESS;
}

static s64 cpu_off(struct vcpu *v, const u64 *args)
{
	(void)args;
	vcpu_power_off(v);
}

static s64 cpu_on(struct vcpu *v, const u64 *args)
{
	const struct vcpu_start start = {
		.entry = GPA(argument(args, 2)),
		.args = { argument(args, 3) },
		.arg_count = 1,
	};

	switch (vcpu_power_on(v->guest, argument(args, 1), &start)) {
	case 0:
		return SUCCESS;
	case -EEXIST:
		return ALREADY_ON;
	case -EAGAIN:
		return ON_PENDING;
	}
	return INVALID_PARAMETERS;
}

/* Levels above 0 are not offered: a VCPU is all there is to ask for. */
static s64 affinity_info(struct vcpu *v, const u64 *args)
{
	static const s64 answers[] = {
		[VCPU_ON] = 0, [VCPU_OFF] = 1, [VCPU_STARTING] = 2,
	};
	struct vcpu *target = vcpu_by_hwid(v->guest, argument(args, 1));

	if (argument(args, 2) || !target)
		return INVALID_PARAMETERS;
	return answers[vcpu_power_state(target)];
}

/* No Trusted OS that would have to move. */
static s64 migrate_info_type(struct vcpu *v, const u64 *args)
{
	(void)v, (void)args;
	return 2;
}

static s64 system_off(struct vcpu *v, const u64 *args)
{
	(void)args;
	vcpu_end_guest(v, GUEST_END_OFF, "powered off");
	return INTERNAL_FAILURE;
}

static s64 system_reset(struct vcpu *v, const u64 *args)
{
	(void)args;
	vcpu_end_guest(v, GUEST_END_RESET, "reset by its guest");
	return INTERNAL_FAILURE;
}

/* Architectural reset types only; vendors' have bit 31 set. */
static s64 system_reset2(struct vcpu *v, const u64 *args)
{
	return (u32)args[1] ? INVALID_PARAMETERS : system_reset(v, args);
}

static s64 features(struct vcpu *v, const u64 *args);

#define BOTH(n, fn)	[n] = fn, [PSCI_COUNT + (n)] = fn

/* The 32-bit calls, then those that have a 64-bit form. */
static service *const services[2 * PSCI_COUNT] = {
	[0x00] = psci_version,
	BOTH(0x01, cpu_suspend),
	[0x02] = cpu_off,
	BOTH(0x03, cpu_on),
	BOTH(0x04, affinity_info),
	[0x06] = migrate_info_type,
	[0x08] = system_off,
	[0x09] = system_reset,
	[0x0a] = features,
	BOTH(0x12, system_reset2),
};

static ALWAYS_INLINE service *service_of(u32 function)
{
	u32 n = (function & ~SMC64) - PSCI_BASE;
	u32 row = n + (function & SMC64 ? PSCI_COUNT : 0);
	service *s;

	if (unlikely(n >= PSCI_COUNT))
		return NULL;
	s = services[index_clamp(row, ARRAY_LEN(services))];
	return s ? s : not_supported;
}

static s64 features(struct vcpu *v, const u64 *args)
{
	service *s = service_of((u32)args[1]);

	(void)v;
	if ((u32)args[1] == SMCCC_VERSION || (s && s != not_supported))
		return SUCCESS;
	return NOT_SUPPORTED;
}

static NO_INLINE s64 architecture_call(const u64 *args)
{
	u32 wanted = (u32)args[1];

	if ((u32)args[0] == SMCCC_VERSION)
		return VERSION_SMCCC;
	if ((u32)args[0] == SMCCC_ARCH_FEATURES &&
	    (wanted == SMCCC_VERSION || wanted == SMCCC_ARCH_FEATURES))
		return SUCCESS;
	return NOT_SUPPORTED;
}

s64 firmware_guest_call(struct vcpu *v, const u64 args[4])
{
	service *s = service_of((u32)args[0]);

	return likely(s) ? s(v, args) : architecture_call(args);
}
