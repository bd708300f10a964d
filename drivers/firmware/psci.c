// SPDX-License-Identifier: GPL-2.0-or-later
/* Power State Coordination Interface, DEN 0022: CPUs and machine power. */
#include <arch/firmware.h>
#include <libs/string.h>
#include <vmm/cpu.h>
#include <vmm/device.h>
#include <vmm/errno.h>
#include <vmm/log.h>

enum {
	PSCI_VERSION	= 0x84000000,
	SYSTEM_OFF	= 0x84000008,
	SYSTEM_RESET	= 0x84000009,
	CPU_ON_64	= 0xc4000003,
};

static enum firmware_conduit conduit;

static s64 call(u32 function, u64 a, u64 b, u64 c)
{
	struct firmware_call f = { function, { a, b, c } };

	return firmware_call(conduit, &f);
}

/* Return codes of 5.2.2; 32-bit, so the upper half says nothing. */
static int code_of(s32 status)
{
	static const int codes[] = {
		0, -ENOTSUP, -EINVAL, -EPERM, -EEXIST, -EAGAIN, -EIO,
		-ENODEV, -ENODEV, -EFAULT,
	};

	return status <= 0 && status > -(s32)ARRAY_LEN(codes) ?
	       codes[-status] : -EIO;
}

static int start(struct cpu *cpu, hpa_t entry, u64 arg)
{
	s32 status = (s32)call(CPU_ON_64, cpu->hwid, entry.v, arg);
	int rc = code_of(status);

	if (rc)
		return fail(rc, "psci: cpu %u: CPU_ON answers %d (%s)",
			    cpu->index, status, errno_text(rc));
	return 0;
}

static void machine_off(void)
{
	call(SYSTEM_OFF, 0, 0, 0);
}

static void machine_reset(void)
{
	call(SYSTEM_RESET, 0, 0, 0);
}

static const struct cpu_ops ops = {
	.name = "psci", .start = start,
	.machine_off = machine_off, .machine_reset = machine_reset,
};

static int probe(struct device *dev)
{
	const char *method = dt_string(dev->node, "method", 0);
	u32 version;

	if (method && string_equal(method, "hvc"))
		conduit = FIRMWARE_HVC;
	else if (!method || !string_equal(method, "smc"))
		return fail(-EINVAL, "psci: method is neither smc nor hvc");
	version = (u32)call(PSCI_VERSION, 0, 0, 0);
	log_info("psci: version %u.%u", version >> 16, version & 0xffff);
	cpu_ops_register(&ops);
	return 0;
}

static const struct driver psci = {
	.name = "psci",
	.match = (const struct dt_match[]){
		{ "arm,psci-1.0", NULL }, { "arm,psci-0.2", NULL }, { 0 } },
	.probe = probe, .phase = DRIVER_EARLY,
};
DRIVER(psci);
