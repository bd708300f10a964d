// SPDX-License-Identifier: GPL-2.0-or-later
/* RISC-V Supervisor Binary Interface 3.0: CPUs and machine power. */
#include <arch/sbi.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/cpu.h>
#include <vmm/device.h>
#include <vmm/errno.h>
#include <vmm/log.h>

#define SPEC_MAJOR_SHIFT	24
#define SPEC_MINOR		0xffffff
#define RESET_OFF		0
#define RESET_COLD		1

static u64 ask(u64 function)
{
	return sbi_call(&(struct sbi_call){ SBI_BASE, function,
					    { 0 } }).value;
}

/* Errors of 3.1. */
static int code_of(s64 error)
{
	static const int codes[] = {
		0, -EIO, -ENOTSUP, -EINVAL, -EPERM, -EFAULT, -EEXIST,
		-EEXIST, -EEXIST,
	};

	return error <= 0 && error > -(s64)ARRAY_LEN(codes) ?
	       codes[-error] : -EIO;
}

static int start(struct cpu *cpu, hpa_t entry, u64 arg)
{
	struct sbi_result r = sbi_call(&(struct sbi_call){
		SBI_HSM, SBI_HSM_START, { cpu->hwid, entry.v, arg } });
	int rc = code_of(r.error);

	if (rc)
		return fail(rc, "sbi: cpu %u: hart_start answers %d (%s)",
			    cpu->index, (int)r.error, errno_text(rc));
	return 0;
}

static void reset(u64 type)
{
	sbi_call(&(struct sbi_call){ SBI_SRST, SBI_SRST_RESET, { type } });
}

static void machine_off(void)
{
	reset(RESET_OFF);
}

static void machine_reset(void)
{
	reset(RESET_COLD);
}

static void machine_off_legacy(void)
{
	sbi_call(&(struct sbi_call){ SBI_LEGACY_SHUTDOWN, 0, { 0 } });
}

static struct cpu_ops ops;

/* ---- What there is, for people ---- */

static const struct extension {
	u64 id;
	const char *name;
} extensions[] = {
	{ SBI_TIME, "time" }, { SBI_IPI, "ipi" }, { SBI_RFENCE, "rfence" },
	{ SBI_HSM, "hsm" }, { SBI_SRST, "srst" }, { SBI_PMU, "pmu" },
	{ SBI_DBCN, "dbcn" }, { SBI_SUSP, "susp" }, { SBI_CPPC, "cppc" },
	{ SBI_NACL, "nacl" }, { SBI_STA, "sta" }, { SBI_SSE, "sse" },
	{ SBI_FWFT, "fwft" }, { SBI_DBTR, "dbtr" }, { SBI_MPXY, "mpxy" },
};

static void report(u64 spec)
{
	static const char *const names[] = {
		"BBL", "OpenSBI", "Xvisor", "KVM", "RustSBI", "Diosix",
		"Coffer", "Xen", "PolarFire HSS", "coreboot", "oreboot",
		"bhyve",
	};
	u64 id = ask(SBI_BASE_IMPL_ID), version = ask(SBI_BASE_IMPL_VERSION);
	char list[128] = "";
	size_t used = 0;

	for (size_t i = 0; i < ARRAY_LEN(extensions); i++)
		if (sbi_probe(extensions[i].id) && used < sizeof(list))
			used += (size_t)snprintf(list + used,
						 sizeof(list) - used, " %s",
						 extensions[i].name);
	log_info("sbi: %s %" PRIu64 ".%" PRIu64 ", spec %" PRIu64 ".%" PRIu64
		 ",%s",
		 id < ARRAY_LEN(names) ? names[id] : "unknown",
		 version >> 16, version & 0xffff,
		 spec >> SPEC_MAJOR_SHIFT & 0x7f, spec & SPEC_MINOR, list);
}

static int probe(struct device *dev)
{
	u64 spec = ask(SBI_BASE_SPEC_VERSION);

	report(spec);
	if (sbi_probe(SBI_HSM))
		ops.start = start;
	ops.machine_off = machine_off_legacy;
	ops.off_last = !sbi_probe(SBI_SRST);
	if (!ops.off_last) {
		ops.machine_off = machine_off;
		ops.machine_reset = machine_reset;
	}
	cpu_ops_register(&ops);
	return 0;
}

static const struct driver sbi = {
	.name = "sbi", .probe = probe, .phase = DRIVER_EARLY,
};
DRIVER(sbi);
