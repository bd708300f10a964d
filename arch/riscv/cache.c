// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Caches by blocks (Zicbom, Zicboz: CMO extensions 1.0) where there are such
 * instructions and firmware allows them; all else that runs this is coherent
 * with devices.
 */

#include "boot.h"

#include <arch/barrier.h>
#include <arch/csr.h>
#include <arch/isa.h>
#include <arch/sbi.h>
#include <vmm/arch.h>
#include <vmm/cpu.h>

/* CBO.* differ in their immediate. */
#define CBO_INVAL	0
#define CBO_CLEAN	1
#define CBO_FLUSH	2
#define CBO_ZERO	4
#define CBO(op, at)							\
	__asm__ volatile(".insn i 0x0f, 2, x0, %0, %1"			\
			 :: "r"(at), "i"(op) : "memory")

static u32 cbom_size, cboz_size;	/* c: bytes of a block, 0: none */

void cache_init(void)
{
	if (isa_has(ISA_ZICBOM))
		cbom_size = isa_block_size(dt_host, "riscv,cbom-block-size");
	if (isa_has(ISA_ZICBOZ))
		cboz_size = isa_block_size(dt_host, "riscv,cboz-block-size");
}

#define NEXT_BLOCK(op, at, block) do {					\
	CBO(op, at);							\
	(at) += (block);						\
} while (0)

/* Four on end: a block is a few bytes, and guests' memory is all of them. */
#define FOR_EACH_BLOCK(op, va, size, bytes) do {			\
	const u64 block = (bytes);					\
	u64 at = ALIGN_DOWN((u64)(va), block);				\
	u64 left = ALIGN_UP((u64)(va) + (size) - at, block) / block;	\
									\
	for (; left >= 4; left -= 4) {					\
		NEXT_BLOCK(op, at, block);				\
		NEXT_BLOCK(op, at, block);				\
		NEXT_BLOCK(op, at, block);				\
		NEXT_BLOCK(op, at, block);				\
	}								\
	for (; left; left--)						\
		NEXT_BLOCK(op, at, block);				\
} while (0)

void arch_cache(enum cache_op op, const void *va, size_t size)
{
	if (!cbom_size)
		return;
	mb();
	switch (op) {
	case CACHE_CLEAN:
		FOR_EACH_BLOCK(CBO_CLEAN, va, size, cbom_size);
		break;
	case CACHE_INVALIDATE:
		FOR_EACH_BLOCK(CBO_INVAL, va, size, cbom_size);
		break;
	case CACHE_FLUSH:
		FOR_EACH_BLOCK(CBO_FLUSH, va, size, cbom_size);
		break;
	}
	mb();
}

/* There is no fence for other harts but the firmware's. */
void arch_code_sync(const void *va, size_t size)
{
	(void)va;
	(void)size;
	fence_i();
	if (cpu_count > 1)
		sbi_call(&(struct sbi_call){
			.extension = SBI_RFENCE,
			.function = SBI_RFENCE_FENCE_I,
			.args = { 0, ~0ull },
		});
}

static void wipe_words(u64 *p, const u64 *end)
{
	for (; p < end; p += 8)
		__asm__ volatile("sd	zero, 0(%0)\n\t"
				 "sd	zero, 8(%0)\n\t"
				 "sd	zero, 16(%0)\n\t"
				 "sd	zero, 24(%0)\n\t"
				 "sd	zero, 32(%0)\n\t"
				 "sd	zero, 40(%0)\n\t"
				 "sd	zero, 48(%0)\n\t"
				 "sd	zero, 56(%0)"
				 :: "r"(p) : "memory");
}

/* Guests look past caches with Svpbmt only. */
void arch_memory_wipe(void *va, size_t size)
{
	if (cboz_size)
		FOR_EACH_BLOCK(CBO_ZERO, va, size, cboz_size);
	else
		wipe_words(va, (u64 *)((u64)va + size));
	if (isa_has(ISA_SVPBMT))
		arch_cache(CACHE_FLUSH, va, size);
	mb();
}
