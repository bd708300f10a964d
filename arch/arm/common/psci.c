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

struct call {
	u32 function;		/* as called, with its SMC64 bit */
	u64 args[3];
};

struct service {
	s64 (*run)(struct vcpu *v, const struct call *c);
	bool wide;		/* has an SMC64 form too */
};

static s64 psci_version(struct vcpu *v, const struct call *c)
{
	(void)v, (void)c;
	return VERSION_PSCI;
}

/* Every state is a standby one: returns when an interrupt pends. */
static s64 cpu_suspend(struct vcpu *v, const struct call *c)
{
	(void)c;
	vcpu_idle(v);
	return SUCCESS;
}

static s64 cpu_off(struct vcpu *v, const struct call *c)
{
	(void)c;
	vcpu_power_off(v);
}

static s64 cpu_on(struct vcpu *v, const struct call *c)
{
	const struct vcpu_start start = {
		.entry = GPA(c->args[1]),
		.args = { c->args[2] },
		.arg_count = 1,
	};

	switch (vcpu_power_on(v->guest, c->args[0], &start)) {
	case 0:
		return SUCCESS;
	case -EEXIST:
		return ALREADY_ON;
	case -EAGAIN:
		return ON_PENDING;
	case -EFAULT:
		return INVALID_ADDRESS;
	}
	return INVALID_PARAMETERS;
}

/* Levels above 0 are on when any of their VCPUs is; there is one level. */
static s64 affinity_info(struct vcpu *v, const struct call *c)
{
	static const s64 answers[] = {
		[VCPU_ON] = 0, [VCPU_OFF] = 1, [VCPU_STARTING] = 2,
	};
	struct vcpu *target = vcpu_by_hwid(v->guest, c->args[0]);

	if (c->args[1] || !target)
		return INVALID_PARAMETERS;
	return answers[vcpu_power_state(target)];
}

/* No Trusted OS that would have to move. */
static s64 migrate_info_type(struct vcpu *v, const struct call *c)
{
	(void)v, (void)c;
	return 2;
}

static s64 system_off(struct vcpu *v, const struct call *c)
{
	(void)c;
	vcpu_end_guest(v, GUEST_END_OFF, "powered off");
	return INTERNAL_FAILURE;
}

static s64 system_reset(struct vcpu *v, const struct call *c)
{
	(void)c;
	vcpu_end_guest(v, GUEST_END_RESET, "reset by its guest");
	return INTERNAL_FAILURE;
}

/* Architectural reset types only; vendors' have bit 31 set. */
static s64 system_reset2(struct vcpu *v, const struct call *c)
{
	if ((u32)c->args[0])
		return INVALID_PARAMETERS;
	return system_reset(v, c);
}

static s64 features(struct vcpu *v, const struct call *c);

static const struct service services[PSCI_COUNT] = {
	[0x00] = { psci_version, false },
	[0x01] = { cpu_suspend, true },
	[0x02] = { cpu_off, false },
	[0x03] = { cpu_on, true },
	[0x04] = { affinity_info, true },
	[0x06] = { migrate_info_type, false },
	[0x08] = { system_off, false },
	[0x09] = { system_reset, false },
	[0x0a] = { features, false },
	[0x12] = { system_reset2, true },
};

static const struct service *service_of(u32 function)
{
	u32 n = (function & ~SMC64) - PSCI_BASE;
	const struct service *s;

	if (n >= PSCI_COUNT)
		return NULL;
	s = &services[index_clamp(n, PSCI_COUNT)];
	if (!s->run || ((function & SMC64) && !s->wide))
		return NULL;
	return s;
}

static s64 features(struct vcpu *v, const struct call *c)
{
	u32 wanted = (u32)c->args[0];

	(void)v;
	if (wanted == SMCCC_VERSION || service_of(wanted))
		return SUCCESS;
	return NOT_SUPPORTED;
}

static s64 architecture_call(const struct call *c)
{
	u32 wanted = (u32)c->args[0];

	if (c->function == SMCCC_VERSION)
		return VERSION_SMCCC;
	if (c->function == SMCCC_ARCH_FEATURES &&
	    (wanted == SMCCC_VERSION || wanted == SMCCC_ARCH_FEATURES))
		return SUCCESS;
	return NOT_SUPPORTED;
}

s64 firmware_guest_call(struct vcpu *v, const u64 args[4])
{
	u32 function = (u32)args[0];
	u64 mask = function & SMC64 ? ~0ull : 0xffffffffull;
	const struct service *s = service_of(function);
	const struct call c = {
		.function = function,
		.args = { args[1] & mask, args[2] & mask, args[3] & mask },
	};

	return likely(s) ? s->run(v, &c) : architecture_call(&c);
}
