// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tables of the guest's own in devices, in ROM, beyond RAM and in themselves,
 * with any bits set, changed by other VCPUs while they are walked; translation
 * on and off.
 */
#include "hostile.h"

#define IDENTITY	(RAM_BASE >> 2 | 0xcf)	/* our gigabyte, all may */
#define OURS		(RAM_BASE >> 30)	/* its entry of the root */

static uint64_t tables[MAX_VCPUS][3][512] __attribute__((aligned(4096)));

static uint64_t any_entry(uint64_t (*own)[512])
{
	uint64_t e = any_address() >> 2 & ~0x3ffull;

	if (!below(3))
		e = (uintptr_t)own[below(3)] >> 2;
	if (!below(4))
		e |= any() & 0xffc00000000003feull;
	else
		e |= below(256);
	return e | (below(4) ? 1 : 0);
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
	__asm__ volatile("sfence.vma" ::: "memory");
}

static void work(uint64_t index)
{
	static const uint32_t words[] = {
		0x0007b703, 0x00e7b023, 0x0007a703, 0x00e78023, 0x000780e7,
		0x12078073, 0x00e7b72f, 0x0007b707,
	};
	uint64_t (*own)[512] = tables[index];
	static uint64_t all_regs[MAX_VCPUS][31];
	uint64_t *const regs = all_regs[index];

	for (;;) {
		for (unsigned i = 0; i < 5; i++) {
			scribble(own);
			csr_write(satp, 8ull << 60 | below(4) << 44 |
					(uintptr_t)own[0] >> 12);
			for (unsigned j = 0; j < 8; j++) {
				regs[14] = below(512) << 30 | below(512) << 21 |
					   below(512) << 12;
				attack(&words[below(8)], 1, regs,
				       IN_SUPERVISOR |
				       (below(2) ? SSTATUS_SUM : 0) |
				       (below(2) ? SSTATUS_MXR : 0));
				scribble(tables[below(8)]);
			}
			csr_write(satp, 0);
			__asm__ volatile("sfence.vma" ::: "memory");
		}
		if (!index)
			hostile_progress("walks");
	}
}

void guest_main(void *tree)
{
	chance_all(tree, work);
}
