// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loads and stores of every kind and width to devices, ROM and nothing, from
 * all VCPUs at once, with their interrupts on.
 */
#include "hostile.h"

/* Base a5, data a4; pairs of halfwords are compressed ones. */
static const uint32_t accesses[] = {
	0x00078703, 0x00079703, 0x0007a703, 0x0007b703,	/* LB LH LW LD */
	0x0007c703, 0x0007d703, 0x0007e703, 0x0017a703,	/* LBU LHU LWU */
	0x00e78023, 0x00e79023, 0x00e7a023, 0x00e7b023,	/* SB SH SW SD */
	0x0007a707, 0x0007b707, 0x00e7a027, 0x00e7b027,	/* FLW FLD FSW FSD */
	0x43984398, 0x63986398, 0xc398c398, 0xe398e398,	/* C.LW LD SW SD */
	0x23982398, 0xa398a398, 0x43d863d8, 0xc3d8e3d8,	/* C.FLD C.FSD */
	0x1007a72f, 0x18e7a72f, 0x1007b72f, 0x18e7b72f,	/* LR SC */
	0x00e7a72f, 0x08e7b72f, 0x60e7a72f, 0xe0e7b72f,	/* AMO */
	0x6407c773, 0x6cf7c073, 0x6867c773, 0x6af7c073,	/* HLV and friends */
	0x0007a00f, 0x0017a00f, 0x0027a00f, 0x0047a00f,	/* CBO */
	0x12078073, 0x12e78073, 0x0000100f, 0x000780e7,	/* SFENCE, JALR */
	0x02078707, 0x02078727, 0x0207e707, 0x0207f727,	/* vector */
	0x0017b703, 0x00e7b0a3, 0x0037a707, 0x00e791a3,	/* misaligned */
};

static void work(uint64_t index)
{
	static uint64_t all_regs[MAX_VCPUS][31];
	uint64_t *const regs = all_regs[index];
	uint32_t words[8];

	for (;;) {
		for (unsigned i = 0; i < 100; i++) {
			regs[14] = any_address();
			regs[13] = any_value();
			for (unsigned j = 0; j < 8; j++)
				words[j] = accesses[below(
					sizeof(accesses) / 4)];
			attack(words, 1 + below(8), regs,
			       below(4) ? IN_SUPERVISOR : IN_USER);
		}
		if (!index)
			hostile_progress("accesses");
	}
}

void guest_main(void *tree)
{
	for (uint64_t i = 1; i < vcpu_count(); i++)
		vcpu_begin(i, work, i);
	work(0);
}
