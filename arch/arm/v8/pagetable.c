// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Entry formats of our own tables (EL2 stage 1) and guests' (stage 2), 4K
 * granule: Arm ARM D8.3.  Both are the engine's data; this file has the bits.
 */

#include "boot.h"

#include <arch/sysreg.h>
#include <vmm/arch.h>
#include <vmm/guest.h>
#include <vmm/log.h>
#include <vmm/pagetable.h>

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

static const struct pt_format format_s1 = {
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

static const struct pt_format format_s2 = {
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

const struct pt_format *arch_pt_host(struct pt_geometry *geometry)
{
	*geometry = (struct pt_geometry){
		.levels = 4, .address_bits = 48, .root_shift = PAGE_SHIFT,
	};
	return &format_s1;
}

/* ID_AA64MMFR0_EL1.PARange; more than 48 bits need another format. */
unsigned arch_guest_address_bits(void)
{
	static const u8 bits[] = { 32, 36, 40, 42, 44, 48 };
	u64 range = sysreg_read(id_aa64mmfr0_el1) & 0xf;

	return bits[MIN(range, (u64)ARRAY_LEN(bits) - 1)];
}

/*
 * Up to 16 tables of the first level may lie side by side (D8.2.8), which
 * saves a level of each walk.
 */
int arch_pt_guest(unsigned address_bits, const struct pt_format **format,
		  struct pt_geometry *geometry)
{
	unsigned most = arch_guest_address_bits();
	unsigned bits = MAX(address_bits, MIN(most, 40u));
	unsigned levels;

	if (bits > most)
		return fail(-ERANGE, "guest: addresses of %u bits, but this "
			    "CPU translates %u", bits, most);
	for (levels = 2; PAGE_SHIFT + LEVEL_BITS * levels + 4 < bits; )
		levels++;
	unsigned covered = PAGE_SHIFT + LEVEL_BITS * levels;

	*format = &format_s2;
	*geometry = (struct pt_geometry){
		.levels = (u8)levels,
		.address_bits = (u8)MAX(bits, covered),
		.root_shift = (u8)(PAGE_SHIFT + MAX(bits, covered) - covered),
	};
	return 0;
}

void arch_pt_load(hpa_t root)
{
	boot_host_root = root;
	sysreg_write(ttbr0_el2, root.v);
	isb();
	__asm__ volatile("tlbi alle2" ::: "memory");
	dsb(nsh);
	isb();
}

#define FLUSH_PAGES_MAX	64

void arch_tlb_flush(const void *va, size_t size)
{
	u64 page = (u64)va >> PAGE_SHIFT;
	u64 count = (size + (1u << PAGE_SHIFT) - 1) >> PAGE_SHIFT;

	dsb(ishst);
	if (!size || count > FLUSH_PAGES_MAX)
		__asm__ volatile("tlbi alle2is" ::: "memory");
	for (u64 i = 0; size && count <= FLUSH_PAGES_MAX && i < count; i++)
		__asm__ volatile("tlbi vae2is, %0" :: "r"(page + i)
				 : "memory");
	dsb(ish);
	isb();
}

/*
 * The guest's VMID must be the current one; stage 1 entries combine both
 * stages and go with it.
 */
void arch_guest_tlb_flush(struct guest *g, gpa_t base, u64 size)
{
	u64 flags = irq_save();
	u64 was = sysreg_read(vttbr_el2);
	u64 count = size >> PAGE_SHIFT;

	dsb(ishst);
	sysreg_write(vttbr_el2, g->arch.vttbr);
	isb();
	if (!size || count > FLUSH_PAGES_MAX) {
		__asm__ volatile("tlbi vmalls12e1is" ::: "memory");
	} else {
		for (u64 i = 0; i < count; i++)
			__asm__ volatile("tlbi ipas2e1is, %0"
					 :: "r"((base.v >> PAGE_SHIFT) + i)
					 : "memory");
		dsb(ish);
		__asm__ volatile("tlbi vmalle1is" ::: "memory");
	}
	dsb(ish);
	isb();
	sysreg_write(vttbr_el2, was);
	isb();
	irq_restore(flags);
}
