// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Alternatives: which of them this machine needs, and putting them in.
 * Branch history and predictors are cleared on entry from a guest as Arm's
 * "Spectre-BHB" and firmware interface (DEN 0070) papers have it: by an
 * instruction, or by SMCCC_ARCH_WORKAROUND_3 or _1 where firmware offers it.
 */

#include "vcpu.h"

#include <arch/alternative.h>
#include <arch/firmware.h>
#include <arch/sysreg.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/console.h>
#include <vmm/dt.h>
#include <vmm/options.h>

#define PSCI_VERSION		0x84000000u
#define PSCI_FEATURES		0x8400000au
#define SMCCC_VERSION		0x80000000u
#define SMCCC_ARCH_FEATURES	0x80000001u
#define SMCCC_WORKAROUND_1	0x80008000u
#define SMCCC_WORKAROUND_3	0x80003fffu

#define BRANCH_MASK	0x7c000000u	/* B and BL */
#define BRANCH		0x14000000u
#define BRANCH_OFFSET	0x03ffffffu

struct alternative {
	s32 old, new;			/* from the field itself */
	u32 feature;
};
extern const struct alternative alternatives_start[], alternatives_end[];

static bool active[ALTERNATIVE_COUNT];

/* The firmware's function that clears predictors; patched into entries. */
u32 patch_firmware_function;

static s64 firmware_ask(u32 function, u32 about)
{
	return firmware_call(FIRMWARE_SMC, &(struct firmware_call){
		.function = function, .args = { about },
	});
}

/* The calls exist from version 1.1 of the convention on. */
static u32 firmware_workaround(void)
{
	static const u32 offers[] = { SMCCC_WORKAROUND_3, SMCCC_WORKAROUND_1 };

	if (firmware_ask(PSCI_VERSION, 0) < 0x10000 ||
	    firmware_ask(PSCI_FEATURES, SMCCC_VERSION) < 0 ||
	    firmware_ask(SMCCC_VERSION, 0) < 0x10001)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(offers); i++)
		if (!(s32)firmware_ask(SMCCC_ARCH_FEATURES, offers[i]))
			return offers[i];
	return 0;
}

/* ID_AA64PFR0_EL1.CSV2, ID_AA64ISAR2_EL1.CLRBHB, MMFR1.ECBHB */
static bool has_csv2(void)
{
	return sysreg_read(id_aa64pfr0_el1) >> 56 & 0xf;
}

static bool has_clrbhb(void)
{
	return sysreg_read(S3_0_C0_C6_2) >> 28 & 0xf;
}

static bool has_ecbhb(void)
{
	return sysreg_read(id_aa64mmfr1_el1) >> 60 & 0xf;
}

/* Firmware that is called by SMC, as the host's tree says. */
static bool has_smc(void)
{
	struct dt_node n = dt_find_path(dt_host, "/psci");
	const char *method = dt_string(n, "method", 0);

	return method && string_equal(method, "smc");
}

static void choose(void)
{
	idregs_init();
	if (!option_mitigations() || has_ecbhb())
		return;
	active[ALTERNATIVE_BRANCH_HISTORY] = has_clrbhb();
	if (has_clrbhb() || has_csv2() || !has_smc())
		return;
	patch_firmware_function = firmware_workaround();
	active[ALTERNATIVE_FIRMWARE] = patch_firmware_function;
}

static const void *target_of(const s32 *field)
{
	return (const u8 *)field + *field;
}

static void replace(const struct alternative *a)
{
	u32 *old = (u32 *)(uintptr_t)target_of(&a->old);
	const u32 *new = target_of(&a->new);
	u32 word = *new;

	if ((word & BRANCH_MASK) == BRANCH)
		word = (word & ~BRANCH_OFFSET) |
		       ((word + (u32)(new - old)) & BRANCH_OFFSET);
	*old = word;
	arch_code_sync(old, sizeof(*old));
}

void arch_patch_apply(void)
{
	choose();
	for (const struct alternative *a = alternatives_start;
	     a < alternatives_end; a++)
		if (active[a->feature])
			replace(a);
}

static const char *branch_history_state(void)
{
	if (!option_mitigations())
		return "not mitigated (mitigations=off)";
	if (has_ecbhb())
		return "not affected";
	if (active[ALTERNATIVE_BRANCH_HISTORY])
		return "cleared on entry from guests (CLRBHB)";
	if (active[ALTERNATIVE_FIRMWARE])
		return "cleared on entry from guests (firmware)";
	if (has_csv2())
		return "isolated by the CPU (CSV2)";
	return "not mitigated: the firmware offers no workaround";
}

void patch_describe(struct console *con)
{
	report_text(con, "branch_prediction", branch_history_state());
}
