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
	INVALID_ADDRESS = -9,
};

/* args: x0 to x3 at the call. */
typedef s64 service(struct vcpu *v, const u64 *args);

/* Callers of the 32-bit form leave what they like in the upper halves. */
static u64 argument(const u64 *args, unsigned n)
{
	return args[0] & SMC64 ? args[n] : (u32)args[n];
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
	__atomic_store_n(&v->arch.suspended, true, __ATOMIC_RELAXED);
	vcpu_idle(v);
	__atomic_store_n(&v->arch.suspended, false, __ATOMIC_RELAXED);
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

	if (!aspace_find(&v->guest->memory, start.entry, 4))
		return INVALID_ADDRESS;
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
	const struct vcpu *target;

	if (unlikely(argument(args, 2)))
		return INVALID_PARAMETERS;
	target = vcpu_by_hwid(v->guest, argument(args, 1));
	if (unlikely(!target))
		return INVALID_PARAMETERS;
	return vcpu_power_state(target);
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

/* function with the bits in `forms` left out is the row's call. */
struct call {
	service *run;
	u32 function, forms;
};

#define NARROW(n, fn)	[n] = { fn, PSCI_BASE + (n), 0 }
#define BOTH(n, fn)	[n] = { fn, PSCI_BASE + (n), SMC64 }

static const struct call calls[PSCI_COUNT] = {
	NARROW(0x00, psci_version),
	BOTH(0x01, cpu_suspend),
	NARROW(0x02, cpu_off),
	BOTH(0x03, cpu_on),
	BOTH(0x04, affinity_info),
	NARROW(0x06, migrate_info_type),
	NARROW(0x08, system_off),
	NARROW(0x09, system_reset),
	NARROW(0x0a, features),
	BOTH(0x12, system_reset2),
};

/* The row that function can only be in: guests cannot choose another. */
static ALWAYS_INLINE const struct call *call_of(u32 function)
{
	const struct call *c = &calls[function % PSCI_COUNT];

	return (function & ~c->forms) == c->function ? c : NULL;
}

static s64 features(struct vcpu *v, const u64 *args)
{
	const u32 wanted = (u32)args[1];

	(void)v;
	return wanted == SMCCC_VERSION || call_of(wanted) ? SUCCESS :
							    NOT_SUPPORTED;
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
	const struct call *c = call_of((u32)args[0]);

	return likely(c) ? c->run(v, args) : architecture_call(args);
}
