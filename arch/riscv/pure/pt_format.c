// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Entries of page tables.  A and D are preset: who cleared them would fault
 * where Svadu is not there, and nobody looks at them.  Memory types need
 * Svpbmt; without it the physical address decides, so two bits that are
 * software's keep what was asked for.
 */
#include "pt_format.h"

#define ENTRY_V		BIT64(0)
#define ENTRY_R		BIT64(1)
#define ENTRY_W		BIT64(2)
#define ENTRY_X		BIT64(3)
#define ENTRY_U		BIT64(4)
#define ENTRY_G		BIT64(5)
#define ENTRY_A		BIT64(6)
#define ENTRY_D		BIT64(7)
#define ENTRY_DEVICE	BIT64(8)	/* software's */
#define ENTRY_UNCACHED	BIT64(9)	/* software's */
#define ENTRY_NC	(1ull << 61)	/* PBMT */
#define ENTRY_IO	(2ull << 61)
#define ENTRY_PPN	GENMASK64(53, 10)

#define PPN_SHIFT	10
#define LEVEL_BITS	9

bool pt_format_has_pbmt;

const struct pt_mode pt_modes[PT_MODE_COUNT] = {
	{ 8, 3, 39 }, { 9, 4, 48 }, { 10, 5, 57 },
};

struct pt_geometry pt_format_geometry(const struct pt_mode *mode, bool guest)
{
	unsigned more = guest ? 2 : 0;

	return (struct pt_geometry){
		.levels = mode->levels,
		.address_bits = (u8)(mode->address_bits + more),
		.root_shift = (u8)(PAGE_SHIFT + more),
	};
}

static u64 entry_table(hpa_t pa)
{
	return pa.v >> PAGE_SHIFT << PPN_SHIFT | ENTRY_V;
}

static bool entry_is_present(u64 entry)
{
	return entry & ENTRY_V;
}

static bool entry_is_leaf(u64 entry, unsigned level)
{
	(void)level;
	return entry & (ENTRY_R | ENTRY_W | ENTRY_X);
}

static hpa_t entry_address(u64 entry, unsigned level)
{
	(void)level;
	return HPA((entry & ENTRY_PPN) >> PPN_SHIFT << PAGE_SHIFT);
}

static u64 memory_type(u32 prot)
{
	if (prot & PT_DEVICE)
		return ENTRY_DEVICE | (pt_format_has_pbmt ? ENTRY_IO : 0);
	if (prot & PT_UNCACHED)
		return ENTRY_UNCACHED | (pt_format_has_pbmt ? ENTRY_NC : 0);
	return 0;
}

/* Neither W alone nor no right at all can be said: R is always there. */
static u64 entry_leaf(hpa_t pa, u32 prot)
{
	u64 e = entry_table(pa) | ENTRY_R | ENTRY_A | ENTRY_D;

	if (prot & PT_WRITE)
		e |= ENTRY_W;
	if (prot & PT_EXEC)
		e |= ENTRY_X;
	return e | memory_type(prot);
}

static u64 host_leaf(hpa_t pa, unsigned level, u32 prot)
{
	(void)level;
	return entry_leaf(pa, prot) | ENTRY_G;
}

/* All accesses of a guest count as a user's. */
static u64 guest_leaf(hpa_t pa, unsigned level, u32 prot)
{
	(void)level;
	return entry_leaf(pa, prot) | ENTRY_U;
}

static u32 entry_prot(u64 e, unsigned level)
{
	u32 prot = PT_READ;

	(void)level;
	if (e & ENTRY_W)
		prot |= PT_WRITE;
	if (e & ENTRY_X)
		prot |= PT_EXEC;
	if (e & ENTRY_DEVICE)
		prot |= PT_DEVICE;
	if (e & ENTRY_UNCACHED)
		prot |= PT_UNCACHED;
	return prot;
}

const struct pt_format pt_format_host = {
	.name = "Sv39/48/57",
	.bits_per_level = LEVEL_BITS,
	.entry_size = 8,
	.leaf_levels = BIT(0) | BIT(1) | BIT(2),
	.leaf = host_leaf,
	.table = entry_table,
	.is_present = entry_is_present,
	.is_leaf = entry_is_leaf,
	.address = entry_address,
	.prot = entry_prot,
};

const struct pt_format pt_format_guest = {
	.name = "Sv39x4/48x4/57x4",
	.bits_per_level = LEVEL_BITS,
	.entry_size = 8,
	.leaf_levels = BIT(0) | BIT(1) | BIT(2),
	.leaf = guest_leaf,
	.table = entry_table,
	.is_present = entry_is_present,
	.is_leaf = entry_is_leaf,
	.address = entry_address,
	.prot = entry_prot,
};
