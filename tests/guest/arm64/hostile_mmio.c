// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loads and stores of every kind and width to devices, ROM and nothing, from
 * all VCPUs at once, with their interrupts on.
 */
#include "hostile.h"

/* Base x1, data x2 and x3; some with writeback, none that leave a loop. */
static const uint32_t accesses[] = {
	0x39400022, 0x79400022, 0xb9400022, 0xf9400022,	/* LDR, all widths */
	0x39000022, 0x79000022, 0xb9000022, 0xf9000022,	/* STR */
	0x39800022, 0x79800022, 0xb9800022,		/* LDRS */
	0xa9400c22, 0xa9000c22, 0x29400c22, 0x29000c22,	/* LDP, STP */
	0xa8c10c22, 0xa8810c22, 0xf8408422, 0xf8008c22,	/* writeback */
	0x3dc00022, 0x3d800022, 0xad400c22, 0xad000c22,	/* 128 bits */
	0x3d400022, 0x7d000022, 0xbd400022, 0xfd000022,	/* SIMD scalars */
	0xc85f7c22, 0xc8047c22, 0x885ffc22, 0x8804fc22,	/* exclusives */
	0xc87f0c22, 0xc8240c22, 0xf8240022, 0xc8a47c22,	/* pairs, LSE */
	0x0c407022, 0x0c007022, 0x4c40a022,		/* LD1, ST1 */
	0xd50b7e21, 0xd50b7421, 0xd5087621, 0xd50b7521,	/* DC, IC */
	0xf8800022, 0xf8627822, 0xd5087801, 0xd61f0020,	/* PRFM, AT, BR */
	0xf8206822, 0xf8606822, 0x38206822, 0xb8a06822,	/* by register */
};

static void work(uint64_t index)
{
	static uint64_t all_regs[8][31];
	uint64_t *const regs = all_regs[index];
	uint32_t words[8];

	for (;;) {
		watchdog_init();
		for (unsigned i = 0; i < 100; i++) {
			regs[1] = any_address();
			regs[2] = any_value();
			regs[3] = any_value();
			for (unsigned j = 0; j < 8; j++)
				words[j] = accesses[below(
					sizeof(accesses) / 4)];
			attack(words, 1 + below(8), regs,
			       below(4) ? PSTATE_EL1H : PSTATE_EL0);
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
