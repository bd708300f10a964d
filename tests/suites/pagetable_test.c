// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page-table engine with formats and geometries of every kind, against a
 * flat model: what each page of a window maps to.
 */
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/page.h>
#include <vmm/pagetable.h>
#include <vmm/test.h>

#define WINDOW	2200			/* pages */

/* ---- A format: present, leaf, rights above; 4 or 8 bytes ---- */

#define PRESENT		1u
#define LEAF		2u
#define PROT_SHIFT	2

static u64 leaf_make(hpa_t pa, unsigned level, u32 prot)
{
	return pa.v | (u64)prot << PROT_SHIFT | LEAF | PRESENT;
}

static u64 table_make(hpa_t pa)
{
	return pa.v | PRESENT;
}

static unsigned look_count;

static bool entry_is_present(u64 entry)
{
	look_count++;
	return entry & PRESENT;
}

static bool entry_is_leaf(u64 entry, unsigned level)
{
	return entry & LEAF;
}

static hpa_t entry_address(u64 entry, unsigned level)
{
	return HPA(ALIGN_DOWN(entry, PAGE_SIZE));
}

static u32 entry_prot(u64 entry, unsigned level)
{
	return (u32)(entry >> PROT_SHIFT) & 0x3f;
}

#define FORMAT(bits, bytes, leaves, bbm) {				\
	.name = "test", .bits_per_level = bits, .entry_size = bytes,	\
	.leaf_levels = leaves, .break_before_make = bbm,		\
	.leaf = leaf_make, .table = table_make,				\
	.is_present = entry_is_present, .is_leaf = entry_is_leaf,	\
	.address = entry_address, .prot = entry_prot,			\
}

static const struct variant {
	struct pt_format format;
	struct pt_geometry geometry;
} variants[] = {
	/* levels, address bits, root */
	{ FORMAT(9, 8, 7, true), { 4, 48, 12 } },
	{ FORMAT(9, 8, 7, false), { 3, 39, 12 } },
	{ FORMAT(9, 8, 7, true), { 3, 42, 15 } },	/* 8 roots */
	{ FORMAT(9, 8, 3, false), { 3, 32, 5 } },	/* 4 entries */
	{ FORMAT(9, 8, 1, true), { 5, 57, 12 } },	/* small pages only */
	{ FORMAT(9, 8, 7, false), { 3, 41, 14 } },	/* 16 KiB root */
	{ FORMAT(10, 4, 3, false), { 2, 32, 12 } },	/* 4 MiB leaves */
};

/* ---- The table under test ---- */

static struct pagetable pt;
static u64 window;			/* address of its first page */
static unsigned flush_count;
static u64 table_bytes_at_flush;	/* of everybody's tables */
static unsigned allocs_left;

static struct model {
	u64 pa;				/* 0: not mapped */
	u32 prot;
} model[WINDOW];

static u64 all_table_bytes(void)
{
	struct page_stats stats;

	page_stats_get(&stats);
	return stats.owner_bytes[PAGE_TABLE];
}

static void flush(struct pagetable *p, u64 base, u64 size)
{
	flush_count++;
	table_bytes_at_flush = all_table_bytes();
}

static int alloc_limited(unsigned order, hpa_t *out)
{
	if (!allocs_left)
		return -ENOMEM;
	allocs_left--;
	return page_alloc(order, PAGE_TABLE, out);
}

/* The window ends at the end of the address space, where the root does. */
static bool begin(const struct variant *v)
{
	memset(model, 0, sizeof(model));
	if (pagetable_init(&pt, &v->format, &v->geometry, flush))
		return false;
	pt.table_alloc = alloc_limited;
	allocs_left = 1000;
	flush_count = 0;
	window = BIT64(v->geometry.address_bits) - WINDOW * PAGE_SIZE;
	return true;
}

static bool is_as_model(u64 i)
{
	u64 address = window + i * PAGE_SIZE;
	struct pt_range r;

	if (!pagetable_walk(&pt, address + 5, &r))
		return !model[i].pa;
	return model[i].pa == r.pa.v + (address - r.base) &&
		model[i].prot == r.prot && IS_ALIGNED(r.base, r.size) &&
		IS_ALIGNED(r.pa.v, r.size);
}

static bool all_as_model(void)
{
	for (u64 i = 0; i < WINDOW; i++)
		if (!is_as_model(i))
			return false;
	return true;
}

static bool model_has(u64 first, u64 count)
{
	for (u64 i = first; i < first + count; i++)
		if (model[i].pa)
			return true;
	return false;
}

static void model_set(u64 first, u64 count, u64 pa, u32 prot)
{
	for (u64 i = 0; i < count; i++)
		model[first + i] = (struct model){
			pa ? pa + i * PAGE_SIZE : 0, prot };
}

static void model_protect(u64 first, u64 count, u32 prot)
{
	u32 type = PT_DEVICE | PT_UNCACHED;

	for (u64 i = first; i < first + count; i++)
		if (model[i].pa)
			model[i].prot = (model[i].prot & type) | prot;
}

static int map(u64 first, u64 count, u64 pa, u32 prot)
{
	return pagetable_map(&pt, &(struct pt_range){
			.base = window + first * PAGE_SIZE,
			.size = count * PAGE_SIZE,
			.pa = HPA(pa), .prot = prot });
}

static int unmap(u64 first, u64 count)
{
	return pagetable_unmap(&pt, window + first * PAGE_SIZE,
			       count * PAGE_SIZE);
}

static int protect(u64 first, u64 count, u32 prot)
{
	return pagetable_protect(&pt, window + first * PAGE_SIZE,
				 count * PAGE_SIZE, prot);
}

/* Nothing but the root is left; then that goes too. */
static bool end_is_clean(u64 bytes_before)
{
	u64 root = (u64)PAGE_SIZE << page_order(BIT64(pt.geometry.root_shift));
	bool ok = unmap(0, WINDOW) == 0 && pt.table_bytes == root;

	pagetable_fini(&pt);
	return ok && all_table_bytes() == bytes_before;
}

/* ---- Cases ---- */

static u64 seed;

static u32 random_below(u32 limit)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(seed >> 33) % limit;
}

/* Sometimes aligned as the window is, for large leaves. */
static u64 random_pa(u64 first)
{
	u64 pa = MIB(64) + random_below(4096) * PAGE_SIZE;

	if (random_below(3))
		pa = ((window + first * PAGE_SIZE) & (MIB(8) - 1)) + MIB(128);
	return pa;
}

static bool random_map(u64 first, u64 count)
{
	u32 prot = PT_READ | (random_below(8) << 1 & PT_DEVICE);
	u64 pa = random_pa(first);
	int rc = map(first, count, pa, prot);

	if (model_has(first, count))
		return rc == -EEXIST || (rc == -ENOMEM && !allocs_left);
	if (!rc)
		model_set(first, count, pa, prot);
	return rc == 0 || rc == -ENOMEM;
}

static bool random_step(void)
{
	u64 first = random_below(WINDOW);
	u64 count = random_below(random_below(3) ? 40 : 1500);
	u32 prot = random_below(16);
	int rc;

	count = MIN(count, WINDOW - first);
	allocs_left = random_below(4) ? 1000 : random_below(4);
	switch (random_below(4)) {
	case 0:
		rc = unmap(first, count);
		if (!rc)
			model_set(first, count, 0, 0);
		return rc == 0 || rc == -ENOMEM;
	case 1:
		rc = protect(first, count, prot);
		if (!rc)
			model_protect(first, count, prot);
		return rc == 0 || rc == -ENOMEM;
	default:
		return random_map(first, count);
	}
}

static void random_operations(void)
{
	seed = 11;
	for (size_t i = 0; i < ARRAY_LEN(variants); i++) {
		u64 bytes = all_table_bytes();
		bool ok = begin(&variants[i]);

		for (unsigned n = 0; n < 250 && ok; n++)
			ok = random_step() && all_as_model();
		allocs_left = 1000;
		ok = end_is_clean(bytes) && ok;
		EXPECT(ok);
	}
}

static void largest_leaves(void)
{
	struct pt_range r;

	EXPECT(begin(&variants[0]));
	EXPECT_EQ(pagetable_map(&pt, &(struct pt_range){
			.base = GIB(1) - MIB(2) - PAGE_SIZE,
			.size = GIB(2) + MIB(2) + PAGE_SIZE,
			.pa = HPA(GIB(4) - MIB(2) - PAGE_SIZE),
			.prot = PT_READ }), 0);
	EXPECT(pagetable_walk(&pt, GIB(2) + 1, &r));
	EXPECT_EQ(r.size, GIB(1));
	EXPECT_EQ(r.pa.v, GIB(5));
	EXPECT(pagetable_walk(&pt, GIB(1) - 1, &r));
	EXPECT_EQ(r.size, MIB(2));
	EXPECT(pagetable_walk(&pt, GIB(1) - MIB(2) - 1, &r));
	EXPECT_EQ(r.size, PAGE_SIZE);
	EXPECT(!pagetable_walk(&pt, GIB(3), &r));
	/* Three leaves, then nothing. */
	EXPECT(pagetable_next(&pt, 0, &r));
	EXPECT_EQ(r.base, GIB(1) - MIB(2) - PAGE_SIZE);
	EXPECT(pagetable_next(&pt, GIB(2) + 5, &r));
	EXPECT_EQ(r.base, GIB(2));
	EXPECT(!pagetable_next(&pt, GIB(3), &r));
	pagetable_fini(&pt);
}

/* One page out of a GiB: two tables more, exactly that page gone. */
static void splits(void)
{
	u64 bytes;
	struct pt_range r;

	EXPECT(begin(&variants[0]));
	EXPECT_EQ(pagetable_map(&pt, &(struct pt_range){
			.base = GIB(8), .size = GIB(1), .pa = HPA(GIB(2)),
			.prot = PT_READ | PT_UNCACHED }), 0);
	bytes = pt.table_bytes;
	allocs_left = 1;
	EXPECT_EQ(pagetable_unmap(&pt, GIB(8) + MIB(6), PAGE_SIZE), -ENOMEM);
	EXPECT_EQ(pt.table_bytes, bytes);
	EXPECT_EQ(flush_count, 0);
	EXPECT(pagetable_walk(&pt, GIB(8) + MIB(6), &r));
	EXPECT_EQ(r.size, GIB(1));
	allocs_left = 1000;
	EXPECT_EQ(pagetable_unmap(&pt, GIB(8) + MIB(6), PAGE_SIZE), 0);
	EXPECT_EQ(pt.table_bytes, bytes + 2 * PAGE_SIZE);
	EXPECT(flush_count >= 2);
	EXPECT(!pagetable_walk(&pt, GIB(8) + MIB(6), &r));
	EXPECT(pagetable_walk(&pt, GIB(8) + MIB(6) + PAGE_SIZE, &r));
	EXPECT_EQ(r.size, PAGE_SIZE);
	EXPECT_EQ(r.pa.v, GIB(2) + MIB(6) + PAGE_SIZE);
	EXPECT_EQ(r.prot, PT_READ | PT_UNCACHED);
	EXPECT(pagetable_walk(&pt, GIB(8) + MIB(8), &r));
	EXPECT_EQ(r.size, MIB(2));
	EXPECT_EQ(r.pa.v, GIB(2) + MIB(8));
	pagetable_fini(&pt);
}

static void freed_after_flush(void)
{
	u64 bytes;

	EXPECT(begin(&variants[1]));
	EXPECT_EQ(map(0, WINDOW, MIB(64) + PAGE_SIZE, PT_READ), 0);
	bytes = all_table_bytes();
	flush_count = 0;
	EXPECT_EQ(unmap(0, WINDOW), 0);
	EXPECT_EQ(flush_count, 1);
	EXPECT_EQ(table_bytes_at_flush, bytes);
	EXPECT(all_table_bytes() < bytes);
	EXPECT_EQ(unmap(0, WINDOW), 0);
	EXPECT_EQ(flush_count, 1);
	pagetable_fini(&pt);
}

/* More tables than wait for one flush; nobody looks into those that go. */
static void many_tables(void)
{
	struct pt_range r = {
		.base = GIB(16), .size = MIB(256), .prot = PT_READ,
		.pa = HPA(GIB(1) + PAGE_SIZE),
	};
	u64 bytes = all_table_bytes();

	EXPECT(begin(&variants[0]));
	EXPECT_EQ(pagetable_map(&pt, &r), 0);
	EXPECT_EQ(pt.table_bytes, (u64)(1 + 1 + 1 + 128) * PAGE_SIZE);
	flush_count = look_count = 0;
	EXPECT_EQ(pagetable_unmap(&pt, r.base, r.size), 0);
	EXPECT(flush_count > 1);
	EXPECT(look_count < 128 * 16);
	EXPECT_EQ(pt.table_bytes, PAGE_SIZE);
	pagetable_fini(&pt);
	EXPECT_EQ(all_table_bytes(), bytes);
}

static void refuses(void)
{
	u64 bytes;

	EXPECT(begin(&variants[2]));
	bytes = pt.table_bytes;
	EXPECT_EQ(map(0, WINDOW + 1, MIB(64), PT_READ), -ERANGE);
	EXPECT_EQ(map(WINDOW + 1, 1, MIB(64), PT_READ), -ERANGE);
	EXPECT_EQ(map(1, ~0ull >> PAGE_SHIFT, MIB(64), PT_READ), -ERANGE);
	EXPECT_EQ(map(0, 1, MIB(64) + 1, PT_READ), -EINVAL);
	EXPECT_EQ(unmap(0, WINDOW + 1), -ERANGE);
	EXPECT_EQ(protect(1, ~0ull >> PAGE_SHIFT, PT_READ), -ERANGE);
	EXPECT_EQ(pagetable_unmap(&pt, 1, PAGE_SIZE), -EINVAL);
	EXPECT_EQ(pagetable_unmap(&pt, 0, 1), -EINVAL);
	EXPECT_EQ(map(10, 1, MIB(64), PT_READ), 0);
	EXPECT_EQ(map(0, 11, MIB(64), PT_READ), -EEXIST);
	EXPECT_EQ(map(10, 11, MIB(64), PT_READ), -EEXIST);
	model_set(10, 1, MIB(64), PT_READ);
	EXPECT(all_as_model());
	EXPECT_EQ(unmap(10, 1), 0);
	allocs_left = 1;
	EXPECT_EQ(map(10, 1, MIB(64), PT_READ), -ENOMEM);
	EXPECT_EQ(pt.table_bytes, bytes);
	EXPECT_EQ(map(10, 0, MIB(64), PT_READ), 0);
	EXPECT_EQ(pt.table_bytes, bytes);
	pagetable_fini(&pt);
}

SUITE(pagetable, TEST(random_operations), TEST(largest_leaves), TEST(splits),
      TEST(freed_after_flush), TEST(many_tables), TEST(refuses));
