// SPDX-License-Identifier: GPL-2.0-or-later
/* One host CPU: what its features are, traps and controls of EL2. */

#include "exits.h"
#include "vcpu.h"

#include <arch/frame.h>
#include <arch/offsets.h>
#include <arch/sysreg.h>
#include <vmm/arch.h>
#include <vmm/console.h>
#include <vmm/cpu.h>
#include <vmm/log.h>
#include <vmm/trace.h>

_Static_assert(offsetof(struct cpu, requests) == CPU_REQUESTS, "");
_Static_assert(offsetof(struct cpu, arch.panic_stack_top) ==
	       CPU_PANIC_STACK, "");
_Static_assert(offsetof(struct cpu, boot_stack_top) == CPU_BOOT_STACK, "");
_Static_assert(offsetof(struct cpu, trace_ring) == CPU_TRACE, "");
_Static_assert(offsetof(struct vcpu, trace_who) == VCPU_TRACE_WHO, "");
_Static_assert(sizeof(struct trace_record) == BIT(TRACE_RECORD_SHIFT), "");
_Static_assert(offsetof(struct arch_regs, vcpu) == REGS_VCPU, "");
_Static_assert(sizeof(struct arch_regs) == REGS_SIZE, "");
_Static_assert(offsetof(struct arch_frame, sp) == FRAME_SP, "");
_Static_assert(offsetof(struct arch_frame, elr) == FRAME_ELR, "");
_Static_assert(offsetof(struct arch_frame, esr) == FRAME_ESR, "");
_Static_assert(sizeof(struct arch_frame) == FRAME_SIZE, "");

#define MPIDR_AFFINITY	0xff00ffffffull

/* MDCR_EL2, D19.2.106: debug, OS lock, PMU, profiling and trace trap. */
#define MDCR_TPMCR	BIT64(5)
#define MDCR_TPM	BIT64(6)
#define MDCR_TDA	BIT64(9)
#define MDCR_TDOSA	BIT64(10)
#define MDCR_TDRA	BIT64(11)
#define MDCR_TPMS	BIT64(14)
#define MDCR_TTRF	BIT64(19)

#define HCR_GUEST							\
	(HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_IMO | HCR_AMO |	\
	 HCR_FB | HCR_BSU_INNER | HCR_TWI | HCR_TWE | HCR_TID3 |	\
	 HCR_TSC | HCR_TIDCP | HCR_TACR | HCR_RW | HCR_TLOR | HCR_TERR)

u64 vcpu_hcr;
bool vcpu_has_aux;

u64 arch_cpu_hwid(void)
{
	return sysreg_read(mpidr_el1) & MPIDR_AFFINITY;
}

/* Registers whose features all CPUs must share for VCPUs to move. */
static u64 features(unsigned i)
{
	switch (i) {
	case 0:
		return sysreg_read(id_aa64pfr0_el1);
	case 1:
		return sysreg_read(id_aa64isar0_el1);
	case 2:
		return sysreg_read(id_aa64isar1_el1);
	case 3:
		return sysreg_read(id_aa64mmfr0_el1);
	}
	return sysreg_read(id_aa64mmfr1_el1);
}

#define FEATURE_COUNT	5

static int features_check(const struct cpu *cpu)
{
	static u64 first[FEATURE_COUNT];

	for (unsigned i = 0; i < FEATURE_COUNT; i++) {
		if (cpu == &cpus[0])
			first[i] = features(i);
		else if (first[i] != features(i))
			return fail(-ENOTSUP, "cpu%u: its features differ "
				    "from the first CPU's, guests could not "
				    "move to it", cpu->index);
	}
	return 0;
}

/* With a PMU, HPMN says how many counters guests see: all, that trap. */
static u64 mdcr_guest(void)
{
	u64 mdcr = MDCR_TPMCR | MDCR_TPM | MDCR_TDA | MDCR_TDOSA | MDCR_TDRA |
		   MDCR_TPMS | MDCR_TTRF;
	u64 pmu = sysreg_read(id_aa64dfr0_el1) >> 8 & 0xf;

	if (pmu && pmu != 0xf)
		mdcr |= sysreg_read(pmcr_el0) >> 11 & 0x1f;
	return mdcr;
}

/*
 * Traps of later extensions, unknown at reset: fine-grained ones (FEAT_FGT)
 * all off; HCRX_EL2 (FEAT_HCX) offers nothing.
 */
static void traps_clear(void)
{
	if (sysreg_read(id_aa64mmfr0_el1) >> 56 & 0xf) {
		sysreg_write(S3_4_C1_C1_4, 0);		/* HFGRTR_EL2 */
		sysreg_write(S3_4_C1_C1_5, 0);		/* HFGWTR_EL2 */
		sysreg_write(S3_4_C1_C1_6, 0);		/* HFGITR_EL2 */
		sysreg_write(S3_4_C3_C1_4, 0);		/* HDFGRTR_EL2 */
		sysreg_write(S3_4_C3_C1_5, 0);		/* HDFGWTR_EL2 */
	}
	if (sysreg_read(id_aa64mmfr1_el1) >> 40 & 0xf)
		sysreg_write(S3_4_C1_C2_2, 0);		/* HCRX_EL2 */
}

/* Most CPUs have nothing there: then VCPUs need not switch it. */
static void find_aux(void)
{
	sysreg_write(amair_el1, ~0ull);
	sysreg_write(afsr0_el1, ~0ull);
	sysreg_write(afsr1_el1, ~0ull);
	isb();
	if (sysreg_read(amair_el1) | sysreg_read(afsr0_el1) |
	    sysreg_read(afsr1_el1))
		__atomic_store_n(&vcpu_has_aux, true, __ATOMIC_RELAXED);
}

int arch_cpu_init(struct cpu *cpu)
{
	int rc = features_check(cpu);

	if (rc)
		return rc;
	if (cpu == &cpus[0]) {
		vcpu_hcr = HCR_GUEST;
		if (vcpu_has_pauth())
			vcpu_hcr |= HCR_APK | HCR_API;
	}
	sysreg_write(hcr_el2, vcpu_hcr);
	sysreg_write(cptr_el2, CPTR_GUEST | CPTR_TFP);
	sysreg_write(mdcr_el2, mdcr_guest());
	traps_clear();
	find_aux();
	sysreg_write(hstr_el2, 0);
	sysreg_write(cnthctl_el2, 0);	/* physical counter, timer trap */
	sysreg_write(cntv_ctl_el0, 0);
	sysreg_write(vpidr_el2, sysreg_read(midr_el1));
	isb();
	return 0;
}

void arch_cpu_idle(void)
{
	dsb(sy);
	__asm__ volatile("wfi" ::: "memory");
}

void arch_cpu_describe(struct console *con)
{
	report_hex(con, "midr", sysreg_read(midr_el1));
	report_bool(con, "pointer_authentication", vcpu_has_pauth());
	patch_describe(con);
}

void arch_thread_init(struct arch_thread *t, void *stack_top,
		      void (*fn)(void *), void *arg)
{
	extern char thread_entry[];

	*t = (struct arch_thread){ .sp = (u64)stack_top };
	t->callee_saved[0] = (u64)fn;
	t->callee_saved[1] = (u64)arg;
	t->callee_saved[11] = (u64)thread_entry;
}
