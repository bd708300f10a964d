// SPDX-License-Identifier: GPL-2.0-or-later
/* Cache maintenance by address, to the point of coherency: D7.5. */

#include <arch/sysreg.h>
#include <vmm/arch.h>

/* CTR_EL0.DminLine and .IminLine: log2 of words. */
static size_t line_size(unsigned shift)
{
	return (size_t)4 << (sysreg_read(ctr_el0) >> shift & 0xf);
}

#define FOR_EACH_LINE(op, va, size, line) do {				\
	u64 line_end = (u64)(va) + (size);				\
	for (u64 at = ALIGN_DOWN((u64)(va), line); at < line_end;	\
	     at += (line))						\
		__asm__ volatile(op ", %0" :: "r"(at) : "memory");	\
} while (0)

void arch_cache(enum cache_op op, const void *va, size_t size)
{
	size_t line = line_size(16);

	switch (op) {
	case CACHE_CLEAN:
		FOR_EACH_LINE("dc cvac", va, size, line);
		break;
	case CACHE_INVALIDATE:
		FOR_EACH_LINE("dc ivac", va, size, line);
		break;
	case CACHE_FLUSH:
		FOR_EACH_LINE("dc civac", va, size, line);
		break;
	}
	dsb(sy);
}

/* From here on dropping all instructions is less than dropping lines. */
#define CODE_SYNC_ALL	((size_t)64 << 10)

/* D7.5.9: data to the point of coherency, which is beyond unification. */
void arch_code_sync(const void *va, size_t size)
{
	arch_cache(CACHE_CLEAN, va, size);
	if (size < CODE_SYNC_ALL)
		FOR_EACH_LINE("ic ivau", va, size, line_size(0));
	else
		__asm__ volatile("ic ialluis" ::: "memory");
	dsb(ish);
	isb();
}

/*
 * Eight lines of a cache a round; DC ZVA's block may be larger than a line,
 * never smaller in the parts that this runs on, so each is cleaned alone.
 */
static void wipe_blocks(u64 at, u64 end, size_t block)
{
	size_t line = line_size(16);

	while (at < end) {
		__asm__ volatile("dc zva, %0" :: "r"(at) : "memory");
		for (u64 l = at; l < at + block; l += line)
			__asm__ volatile("dc civac, %0" :: "r"(l) : "memory");
		at += block;
	}
}

/* The common case of 64-byte blocks and lines, without the inner loop. */
static void wipe_blocks_64(u64 at, u64 end)
{
	for (; at < end; at += 4 * 64)
		__asm__ volatile(
			"dc	zva, %0\n\t"
			"dc	civac, %0\n\t"
			"add	x9, %0, #64\n\t"
			"dc	zva, x9\n\t"
			"dc	civac, x9\n\t"
			"add	x9, %0, #128\n\t"
			"dc	zva, x9\n\t"
			"dc	civac, x9\n\t"
			"add	x9, %0, #192\n\t"
			"dc	zva, x9\n\t"
			"dc	civac, x9"
			:: "r"(at) : "x9", "memory");
}

void arch_memory_wipe(void *va, size_t size)
{
	u64 zva = sysreg_read(dczid_el0);
	u64 at = (u64)va, end = at + size;
	size_t block = (size_t)4 << (zva & 0xf);

	if (zva & BIT(4)) {		/* DZP: not allowed */
		for (u64 *p = va; p < (u64 *)end; p++)
			__atomic_store_n(p, 0, __ATOMIC_RELAXED);
		arch_cache(CACHE_FLUSH, va, size);
		return;
	}
	if (block == 64 && line_size(16) == 64)
		wipe_blocks_64(at, end);
	else
		wipe_blocks(at, end, block);
	dsb(sy);
}
