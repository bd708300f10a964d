// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stage 1 tables in devices, in ROM, beyond RAM and in themselves, with any
 * bits set, changed by other VCPUs while they are walked; MMU on and off.
 */
#include "hostile.h"

#define SCTLR_OFF	0x30d00800ull
#define IDENTITY	0x40000701ull	/* our gigabyte, all may, normal */
#define OURS		1		/* its entry of the root */

static uint64_t tables[8][3][512] __attribute__((aligned(4096)));

static uint64_t any_entry(uint64_t (*own)[512])
{
	uint64_t e = any_address() & ~0xfffull;

	if (!below(3))
		e = (uintptr_t)own[below(3)];
	if (!below(4))
		e |= any() & 0xfff0000000000ffcull;
	return e | below(4);
}

/*
 * Ours stays: without it exceptions are taken where nothing is mapped, again
 * and again without an instruction, until another VCPU mends the entry; which
 * may be taking such itself, or be waiting for its turn on a machine whose
 * clock counts instructions.
 */
static void scribble(uint64_t (*own)[512])
{
	for (unsigned i = 0; i < 64; i++) {
		uint64_t *const entry = &own[below(3)][below(512)];

		if (entry != &own[0][OURS])
			*entry = any_entry(own);
	}
	own[0][0] = any_entry(own);
	own[0][OURS] = IDENTITY;
	__asm__ volatile("dsb ish\n\ttlbi vmalle1is\n\tdsb ish\n\tisb");
}

/* 39 bits from level 1, with the hardware's updates asked for or not. */
static void mmu_on(uint64_t (*own)[512])
{
	sysreg_write(mair_el1, 0xff44ff04ff0c04ffull);
	sysreg_write(tcr_el1, 25 | 25 << 16 | 0x3500 | 2ull << 32 |
			      below(4) << 39 | (below(2) ? 1u << 23 : 0));
	sysreg_write(ttbr0_el1, (uintptr_t)own[0]);
	sysreg_write(ttbr1_el1, any_address() & ~0xfffull);
	__asm__ volatile("tlbi vmalle1\n\tdsb nsh\n\tisb");
	sysreg_write(sctlr_el1, SCTLR_OFF | 1 | (below(2) ? 0x1004 : 0));
}

static void work(uint64_t index)
{
	static const uint32_t words[] = {
		0xf9400022, 0xf9000022, 0xd5087801, 0xd5087821, 0xd50b7e21,
		0xa9400c22, 0x39000022, 0xd61f0020,
	};
	uint64_t (*own)[512] = tables[index];
	static uint64_t all_regs[8][31];
	uint64_t *const regs = all_regs[index];

	for (;;) {
		watchdog_init();
		for (unsigned i = 0; i < 5; i++) {
			scribble(own);
			mmu_on(own);
			for (unsigned j = 0; j < 8; j++) {
				regs[1] = below(512) << 30 | below(512) << 21 |
					  below(512) << 12;
				attack(&words[below(8)], 1, regs,
				       below(4) ? PSTATE_EL1H : PSTATE_EL0);
				scribble(tables[below(8)]);
			}
			sysreg_write(sctlr_el1, SCTLR_OFF);
		}
		if (!index)
			hostile_progress("walks");
	}
}

void guest_main(void *tree)
{
	chance_all(tree, work);
}
