// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the identification registers promise holds, what they hide is
 * undefined, and all VCPUs are alike.
 */
#include "guest.h"

#define FIELD(reg, shift)	(sysreg_read(reg) >> (shift) & 0xf)

#define HIDDEN(name) do {						\
	const uint64_t hidden_esr = TRAP_OF((void)sysreg_read(name));	\
	if (!hidden_esr || ESR_EC(hidden_esr) != EC_UNKNOWN)		\
		expect_failed(__FILE__, __LINE__, #name " is undefined",\
			      hidden_esr, 0);				\
} while (0)
#define OFFERED(name)	EXPECT_EQ(TRAP_OF((void)sysreg_read(name)), 0)

static void features(void)
{
	EXPECT_EQ(FIELD(id_aa64pfr0_el1, 4), 1);	/* EL1: no AArch32 */
	EXPECT_EQ(FIELD(id_aa64pfr0_el1, 8), 0);	/* no EL2 */
	EXPECT_EQ(FIELD(id_aa64pfr0_el1, 12), 0);	/* no EL3 */
	EXPECT_EQ(FIELD(id_aa64pfr0_el1, 28), 0);	/* RAS */
	EXPECT_EQ(FIELD(id_aa64pfr0_el1, 32), 0);	/* SVE */
	EXPECT_EQ(FIELD(id_aa64pfr0_el1, 40), 0);	/* MPAM */
	EXPECT_EQ(FIELD(id_aa64pfr0_el1, 44), 0);	/* AMU */
	EXPECT_EQ(FIELD(id_aa64pfr1_el1, 8), 0);	/* MTE */
	EXPECT_EQ(FIELD(id_aa64dfr0_el1, 0), 6);	/* debug, the least */
	EXPECT_EQ(FIELD(id_aa64dfr0_el1, 4), 0);	/* trace */
	EXPECT_EQ(FIELD(id_aa64dfr0_el1, 8), 0);	/* PMU */
	EXPECT_EQ(FIELD(id_aa64dfr0_el1, 32), 0);	/* SPE */
	EXPECT(FIELD(id_aa64mmfr0_el1, 0) <= 5);
}

static void hidden(void)
{
	HIDDEN(pmcr_el0);
	HIDDEN(pmccntr_el0);
	HIDDEN(pmcntenset_el0);
	HIDDEN(pmuserenr_el0);
	/* CPACR_EL1's own traps, of FP, SVE and SME, come first. */
	sysreg_write(cpacr_el1, 3ul << 24 | 3ul << 20 | 3ul << 16);
	HIDDEN(S3_0_C1_C2_0);			/* ZCR_EL1 */
	HIDDEN(S3_0_C1_C0_6);			/* GCR_EL1 */
	HIDDEN(S3_0_C5_C6_0);			/* TFSR_EL1 */
	HIDDEN(S3_0_C5_C3_0);			/* ERRIDR_EL1 */
	HIDDEN(S3_0_C9_C9_0);			/* PMSCR_EL1 */
	HIDDEN(S3_0_C10_C5_0);			/* MPAM1_EL1 */
	HIDDEN(hcr_el2);
	HIDDEN(vttbr_el2);
	HIDDEN(scr_el3);
	EXPECT_EQ(ESR_EC(TRAP_OF(sysreg_write(pmcr_el0, 1))), EC_UNKNOWN);
	EXPECT_EQ(ESR_EC(TRAP_OF(sysreg_write(S3_0_C1_C2_0, 1))), EC_UNKNOWN);
}

static void offered(void)
{
	OFFERED(midr_el1);
	OFFERED(revidr_el1);
	OFFERED(actlr_el1);
	OFFERED(mdscr_el1);
	OFFERED(oslsr_el1);
	OFFERED(ctr_el0);
	OFFERED(dczid_el0);
	OFFERED(cntfrq_el0);
	OFFERED(clidr_el1);
	OFFERED(S3_0_C0_C4_4);			/* ID_AA64ZFR0_EL1 */
	OFFERED(S3_0_C0_C7_7);			/* reserved: reads as zero */
	EXPECT_EQ(sysreg_read(S3_0_C0_C7_7), 0);
	sysreg_write(mdscr_el1, 1ul << 15 | 1);	/* has no effect */
	sysreg_write(dbgbcr0_el1, 0x1e5);
	sysreg_write(dbgbvr0_el1, (uintptr_t)offered);
}

static void scratch_registers(void)
{
	sysreg_write(tpidr_el0, 0x1122334455667788);
	sysreg_write(tpidrro_el0, 0x99aabbccddeeff00);
	sysreg_write(contextidr_el1, 0x1234567);
	sysreg_write(par_el1, 0);
	psci(PSCI_VERSION, 0, 0, 0);
	__asm__ volatile("wfe");
	EXPECT_EQ(sysreg_read(tpidr_el0), 0x1122334455667788);
	EXPECT_EQ(sysreg_read(tpidrro_el0), 0x99aabbccddeeff00);
	EXPECT_EQ(sysreg_read(contextidr_el1), 0x1234567);
}

/* ---- all VCPUs are alike ---- */

enum { COUNT = 12 };
static volatile uint64_t seen[8][COUNT];

static void look(uint64_t index)
{
	const uint64_t mine[COUNT] = {
		sysreg_read(midr_el1), sysreg_read(id_aa64pfr0_el1),
		sysreg_read(id_aa64pfr1_el1), sysreg_read(id_aa64dfr0_el1),
		sysreg_read(id_aa64isar0_el1), sysreg_read(id_aa64isar1_el1),
		sysreg_read(id_aa64mmfr0_el1), sysreg_read(id_aa64mmfr1_el1),
		sysreg_read(S3_0_C0_C7_2), sysreg_read(ctr_el0),
		sysreg_read(dczid_el0), sysreg_read(cntfrq_el0),
	};

	EXPECT_EQ(sysreg_read(mpidr_el1) & 0xff00ffffff, index);
	EXPECT(sysreg_read(mpidr_el1) >> 31 & 1);
	for (unsigned i = 0; i < COUNT; i++)
		seen[index][i] = mine[i];
	features();
	hidden();
	offered();
	scratch_registers();
}

void guest_main(void *tree)
{
	const uint64_t count = vcpu_count();

	EXPECT_EQ(sysreg_read(CurrentEL), 4);
	look(0);
	for (uint64_t i = 1; i < count; i++) {
		vcpu_run(i, look, i);
		for (unsigned k = 0; k < COUNT; k++)
			EXPECT_EQ(seen[i][k], seen[0][k]);
	}
	pass();
}
