// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Identification registers as guests see them: this machine's, less what is
 * not virtualized (Arm ARM D19.2.61 and following).  A field that has no
 * line here reads as zero: new features stay hidden until they are right.
 */

#include "vcpu.h"

#include <arch/sysreg.h>
#include <arch/barrier.h>

#define INDEX(crm, op2)	((crm) << 3 | (op2))
#define FIELD(n)	(0xfull << (n))

enum {
	PFR0 = INDEX(4, 0), PFR1 = INDEX(4, 1), DFR0 = INDEX(5, 0),
	ISAR0 = INDEX(6, 0), ISAR1 = INDEX(6, 1), ISAR2 = INDEX(6, 2),
	MMFR0 = INDEX(7, 0), MMFR1 = INDEX(7, 1), MMFR2 = INDEX(7, 2),
};

u64 idregs_values[IDREGS_COUNT];

static u64 read_host(unsigned index)
{
#define CASE(crm, op2)							\
	case INDEX(crm, op2):						\
		return sysreg_read(S3_0_C0_C##crm##_##op2);
#define CASES(crm)							\
	CASE(crm, 0) CASE(crm, 1) CASE(crm, 2) CASE(crm, 3)		\
	CASE(crm, 4) CASE(crm, 5) CASE(crm, 6) CASE(crm, 7)
	switch (index) {
	CASES(1) CASES(2) CASES(3) CASES(4) CASES(5) CASES(6) CASES(7)
	}
	return 0;
#undef CASES
#undef CASE
}

/* Which fields of the machine's register guests see as they are. */
static const struct {
	u8 index;
	u64 kept;
} kept_fields[] = {
	/* EL0, FP, AdvSIMD, GIC, DIT, CSV3 */
	{ PFR0, FIELD(0) | FIELD(16) | FIELD(20) | FIELD(24) | FIELD(48) |
		FIELD(60) },
	{ PFR1, FIELD(0) | FIELD(4) },			/* BT, SSBS */
	/* All instructions but TME. */
	{ ISAR0, ~FIELD(24) },
	/* DPB to I8MM, but for LS64 and XS, which need controls of ours. */
	{ ISAR1, ~(FIELD(56) | FIELD(60)) },
	/* RPRES, GPA3, APA3, BC, PAC_frac, CLRBHB */
	{ ISAR2, FIELD(4) | FIELD(8) | FIELD(12) | FIELD(20) | FIELD(24) |
		 FIELD(28) },
	/* ASIDBits, BigEnd, BigEndEL0, TGran16, 64, 4, ExS */
	{ MMFR0, FIELD(4) | FIELD(8) | FIELD(16) | FIELD(20) | FIELD(24) |
		 FIELD(28) | FIELD(44) },
	/* HAFDBS, HPDS, PAN, ETS */
	{ MMFR1, FIELD(0) | FIELD(12) | FIELD(20) | FIELD(36) },
	/* CnP, UAO, LSM, VARange, CCIDX, ST, AT, IDS, TTL, BBM, E0PD */
	{ MMFR2, FIELD(0) | FIELD(4) | FIELD(8) | FIELD(16) | FIELD(20) |
		 FIELD(28) | FIELD(32) | FIELD(36) | FIELD(48) | FIELD(52) |
		 FIELD(60) },
};

/* AArch32 as EL0 may use it: CRm 1 to 3, less debug, PMU, RAS, timers. */
static void keep_aarch32(void)
{
	u64 *id = idregs_values;

	for (unsigned i = INDEX(1, 0); i < INDEX(4, 0); i++)
		id[i] = read_host(i);
	id[INDEX(1, 0)] &= ~(FIELD(28) | FIELD(20));		/* PFR0 */
	id[INDEX(1, 1)] &= FIELD(0) | FIELD(16) | FIELD(28);	/* PFR1 */
	id[INDEX(1, 2)] = 0;					/* DFR0 */
	id[INDEX(3, 5)] = 0;					/* DFR1 */
}

void idregs_init(void)
{
	static const u8 ranges[] = { 32, 36, 40, 42, 44, 48 };
	unsigned bits = arch_guest_address_bits();
	u64 csv2 = read_host(PFR0) >> 56 & 0xf;

	for (size_t i = 0; i < ARRAY_LEN(kept_fields); i++)
		idregs_values[kept_fields[i].index] =
			read_host(kept_fields[i].index) & kept_fields[i].kept;
	idregs_values[PFR0] |= 1ull << 4;		/* EL1: AArch64 only */
	idregs_values[PFR0] |= MIN(csv2, 1ull) << 56;
	/* Debug v8.0, two breakpoints and watchpoints, no double lock */
	idregs_values[DFR0] = 6 | 1ull << 12 | 1ull << 20 | FIELD(36);
	bits = MIN(bits, 40u);
	for (u64 i = 0; i < ARRAY_LEN(ranges); i++)
		if (ranges[i] == bits)
			idregs_values[MMFR0] |= i;
	if ((idregs_values[PFR0] & FIELD(0)) == 2)
		keep_aarch32();
}

bool vcpu_has_pan(void)
{
	return idregs_values[MMFR1] & FIELD(20);
}

bool vcpu_has_pauth(void)
{
	return idregs_values[ISAR1] & (FIELD(4) | FIELD(8)) ||
	       idregs_values[ISAR2] & FIELD(12);
}
