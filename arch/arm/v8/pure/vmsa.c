// SPDX-License-Identifier: GPL-2.0-or-later
/* Entries of both stages, 4K granule: Arm ARM D8.3. */
#include "vmsa.h"

#define ENTRY_VALID	BIT64(0)
#define ENTRY_TABLE	BIT64(1)	/* a page, at level 0 */
#define ENTRY_AF	BIT64(10)
#define ENTRY_SHARED	(3ull << 8)	/* inner */
#define ENTRY_ADDRESS	GENMASK64(47, 12)

#define S1_ATTR(n)	((u64)(n) << 2)	/* index into MAIR_EL2 */
#define S1_RES1		BIT64(6)
#define S1_READ_ONLY	BIT64(7)
#define S1_XN		BIT64(54)

#define S2_MEMATTR_MASK	(0xfull << 2)
#define S2_DEVICE	(1ull << 2)	/* nGnRE */
#define S2_UNCACHED	(5ull << 2)
#define S2_WRITE_BACK	(0xfull << 2)
#define S2_READ		BIT64(6)
#define S2_WRITE	BIT64(7)
#define S2_XN		BIT64(54)

#define LEVEL_BITS	9

static u64 entry_type(unsigned level)
{
	return level ? ENTRY_VALID : ENTRY_VALID | ENTRY_TABLE;
}

static u64 entry_table(hpa_t pa)
{
	return pa.v | ENTRY_TABLE | ENTRY_VALID;
}

static bool entry_is_present(u64 entry)
{
	return entry & ENTRY_VALID;
}

static bool entry_is_leaf(u64 entry, unsigned level)
{
	return !level || !(entry & ENTRY_TABLE);
}

static hpa_t entry_address(u64 entry, unsigned level)
{
	u64 low = BIT64(PAGE_SHIFT + LEVEL_BITS * level) - 1;

	if (!entry_is_leaf(entry, level))
		low = 0;
	return HPA(entry & ENTRY_ADDRESS & ~low);
}

static u64 s1_leaf(hpa_t pa, unsigned level, u32 prot)
{
	u64 e = pa.v | entry_type(level) | ENTRY_AF | ENTRY_SHARED | S1_RES1;

	if (!(prot & PT_WRITE))
		e |= S1_READ_ONLY;
	if (!(prot & PT_EXEC))
		e |= S1_XN;
	if (prot & PT_DEVICE)
		return e | S1_ATTR(0);
	return e | S1_ATTR(prot & PT_UNCACHED ? 1 : 2);
}

static u32 s1_prot(u64 e, unsigned level)
{
	u64 attr = e & S1_ATTR(7);
	u32 prot = PT_READ;

	(void)level;
	if (!(e & S1_READ_ONLY))
		prot |= PT_WRITE;
	if (!(e & S1_XN))
		prot |= PT_EXEC;
	if (attr == S1_ATTR(0))
		prot |= PT_DEVICE;
	if (attr == S1_ATTR(1))
		prot |= PT_UNCACHED;
	return prot;
}

static u64 s2_leaf(hpa_t pa, unsigned level, u32 prot)
{
	u64 e = pa.v | entry_type(level) | ENTRY_AF | ENTRY_SHARED;

	if (prot & PT_READ)
		e |= S2_READ;
	if (prot & PT_WRITE)
		e |= S2_WRITE;
	if (!(prot & PT_EXEC))
		e |= S2_XN;
	if (prot & PT_DEVICE)
		return e | S2_DEVICE;
	return e | (prot & PT_UNCACHED ? S2_UNCACHED : S2_WRITE_BACK);
}

static u32 s2_prot(u64 e, unsigned level)
{
	u64 attr = e & S2_MEMATTR_MASK;
	u32 prot = 0;

	(void)level;
	if (e & S2_READ)
		prot |= PT_READ;
	if (e & S2_WRITE)
		prot |= PT_WRITE;
	if (!(e & S2_XN))
		prot |= PT_EXEC;
	if (attr == S2_DEVICE)
		prot |= PT_DEVICE;
	if (attr == S2_UNCACHED)
		prot |= PT_UNCACHED;
	return prot;
}

const struct pt_format vmsa_stage1 = {
	.name = "EL2 stage 1",
	.bits_per_level = LEVEL_BITS,
	.entry_size = 8,
	.leaf_levels = BIT(0) | BIT(1) | BIT(2),
	.break_before_make = true,
	.leaf = s1_leaf,
	.table = entry_table,
	.is_present = entry_is_present,
	.is_leaf = entry_is_leaf,
	.address = entry_address,
	.prot = s1_prot,
};

const struct pt_format vmsa_stage2 = {
	.name = "stage 2",
	.bits_per_level = LEVEL_BITS,
	.entry_size = 8,
	.leaf_levels = BIT(0) | BIT(1) | BIT(2),
	.break_before_make = true,
	.leaf = s2_leaf,
	.table = entry_table,
	.is_present = entry_is_present,
	.is_leaf = entry_is_leaf,
	.address = entry_address,
	.prot = s2_prot,
};

/*
 * Up to 16 tables of the first level may lie side by side (D8.2.8), which
 * saves a level of each walk.
 */
struct pt_geometry vmsa_stage2_geometry(unsigned bits)
{
	unsigned levels, covered;

	for (levels = 2; PAGE_SHIFT + LEVEL_BITS * levels + 4 < bits; )
		levels++;
	covered = PAGE_SHIFT + LEVEL_BITS * levels;
	return (struct pt_geometry){
		.levels = (u8)levels,
		.address_bits = (u8)MAX(bits, covered),
		.root_shift = (u8)(PAGE_SHIFT + MAX(bits, covered) - covered),
	};
}
