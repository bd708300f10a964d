// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes the page-table engine with every format there is, against a list of
 * what is mapped and against what TLBs may hold (LLVM's libFuzzer): nothing
 * half done when memory ends, nothing stale after a change, no table lost.
 */
#include "../../arch/arm/v8/pure/vmsa.h"
#include "../../arch/riscv/pure/pt_format.h"
#include "../suites/story.h"
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/page.h>

#define PIECES		256
#define CACHED		8
#define OPERATIONS	48

/* ---- What is mapped: pieces in order, without overlap ---- */

static struct pt_range pieces[PIECES];
static unsigned piece_count;

static u64 end_of(const struct pt_range *r)
{
	return r->base + r->size;
}

static void piece_insert(unsigned at, struct pt_range r)
{
	memmove(&pieces[at + 1], &pieces[at],
		(piece_count - at) * sizeof(r));
	pieces[at] = r;
	piece_count++;
}

/* A piece begins at `at`, if any is there. */
static void cut(u64 at)
{
	for (unsigned i = 0; i < piece_count; i++) {
		struct pt_range rest = pieces[i];
		u64 before = at - rest.base;

		if (at <= rest.base || at >= end_of(&rest))
			continue;
		pieces[i].size = before;
		rest.base = at;
		rest.size -= before;
		rest.pa.v += before;
		piece_insert(i + 1, rest);
		return;
	}
}

static bool is_mapped(const struct pt_range *r)
{
	for (unsigned i = 0; i < piece_count && r->size; i++)
		if (pieces[i].base < end_of(r) && r->base < end_of(&pieces[i]))
			return true;
	return false;
}

static void model_map(struct pt_range r)
{
	unsigned at = 0;

	while (at < piece_count && pieces[at].base < r.base)
		at++;
	if (r.size)
		piece_insert(at, r);
}

static void model_unmap(u64 base, u64 size)
{
	unsigned kept = 0;

	cut(base);
	cut(base + size);
	for (unsigned i = 0; i < piece_count; i++)
		if (pieces[i].base < base || pieces[i].base >= base + size)
			pieces[kept++] = pieces[i];
	piece_count = kept;
}

/* ---- The table, and what a TLB may hold of it ---- */

static struct pagetable pt;
static struct pt_range cached[CACHED];
static unsigned cached_count, flush_count, allocs_left;
static struct pt_format format;		/* as picked, but for table() */
static u64 (*make_table)(hpa_t pa);
static unsigned linked_count;		/* tables in place of leaves */
static bool maps;
static u64 bytes_before;		/* of everybody's tables */

static u64 table_bytes(void)
{
	struct page_stats stats;

	page_stats_get(&stats);
	return stats.owner_bytes[PAGE_TABLE];
}

/* Until the first flush nothing that is linked may be freed. */
static void flush(struct pagetable *p, u64 base, u64 size)
{
	unsigned kept = 0;

	assert(flush_count++ || table_bytes() >= bytes_before);
	for (unsigned i = 0; i < cached_count; i++)
		if (size && (end_of(&cached[i]) <= base ||
			     cached[i].base >= base + size))
			cached[kept++] = cached[i];
	cached_count = kept;
}

/* A leaf that becomes a table was taken out, and flushed, before. */
static u64 table_linked(hpa_t pa)
{
	if (format.break_before_make && !maps)
		assert(flush_count > linked_count++);
	return make_table(pa);
}

static int alloc_limited(unsigned order, hpa_t *out)
{
	if (!allocs_left)
		return -ENOMEM;
	allocs_left--;
	return page_alloc(order, PAGE_TABLE, out);
}

static void cache_some(struct story *s)
{
	cached_count = 0;
	for (unsigned i = 0; i < CACHED && piece_count; i++) {
		const struct pt_range *p =
			&pieces[story_below(s, piece_count)];
		u64 pages = p->size >> PAGE_SHIFT;
		u64 at = p->base + (story_take(s, 2) % pages << PAGE_SHIFT);

		assert(pagetable_walk(&pt, at, &cached[cached_count++]));
	}
}

/* What was not flushed is still true. */
static void check_cached(void)
{
	for (unsigned i = 0; i < cached_count; i++) {
		const struct pt_range *was = &cached[i];
		struct pt_range now;

		assert(pagetable_walk(&pt, was->base, &now));
		assert(now.pa.v == was->pa.v && now.prot == was->prot);
		assert(now.size == was->size ||
		      (now.size < was->size &&
		       !pt.format->break_before_make));
	}
}

/* Every leaf lies in one piece, and all pieces are covered. */
static void check_leaves(void)
{
	u64 at = 0;
	struct pt_range r;
	unsigned i = 0;

	while (pagetable_next(&pt, at, &r)) {
		const struct pt_range *p = &pieces[i];

		assert(i < piece_count && r.base == MAX(at, p->base));
		assert(end_of(&r) <= end_of(p) && r.prot == p->prot);
		assert(r.pa.v == p->pa.v + (r.base - p->base));
		at = end_of(&r);
		i += at == end_of(p);
	}
	assert(i == piece_count);
}

/* ---- Operations ---- */

static u64 limit(void)
{
	return BIT64(pt.geometry.address_bits);
}

/*
 * Pages, 2 MiB or 1 GiB, a few of them, near either end of the address space
 * or in between.
 */
static struct pt_range pick_range(struct story *s)
{
	unsigned kind = (unsigned)story_take(s, 1);
	unsigned shift = PAGE_SHIFT + 9 * (kind % 3);
	u64 count = story_take(s, 1) % 24, at = story_take(s, 1) % 32;
	struct pt_range r = { .base = at << shift, .size = count << shift };

	if (kind & 0x10)
		r.base += story_take(s, 2) << PAGE_SHIFT;
	if (kind & 0x20)
		r.size += story_take(s, 1) << PAGE_SHIFT;
	if (kind & 0x40)
		r.base += limit() / 2 - GIB(1);
	if (kind & 0x80)
		r.base = limit() - r.base - r.size;
	return r;
}

/* What the format can say of it: rights it did not get it must not have. */
static u32 said(u32 prot)
{
	u32 got = pt.format->prot(pt.format->leaf(HPA(0), 0, prot), 0);
	u32 precise = PT_WRITE | PT_EXEC | PT_DEVICE;

	assert((got & precise) == (prot & precise));
	assert(!(prot & ~got & PT_READ));
	assert((prot & PT_DEVICE) || (got & PT_UNCACHED) ==
	      (prot & PT_UNCACHED));
	return got;
}

static u32 pick_prot(struct story *s)
{
	u32 prot = story_take(s, 1) & (PT_READ | PT_WRITE | PT_EXEC |
				       PT_DEVICE | PT_UNCACHED);

	return prot & PT_DEVICE ? prot & ~(u32)PT_UNCACHED : prot;
}

/* Where it lies: as aligned as the range, or not where that is cheap. */
static u64 pick_pa(struct story *s, const struct pt_range *r)
{
	u64 off = story_take(s, 1);

	if (off & 0x80 && r->size <= MIB(64))
		return GIB(1) + (off << PAGE_SHIFT);
	return (r->base & (GIB(1) - 1)) + GIB(1 + (off & 31));
}

static bool is_out(const struct pt_range *r)
{
	return r->base > limit() || r->size > limit() - r->base;
}

static int do_map(struct story *s)
{
	struct pt_range r = pick_range(s);
	int rc;

	r.prot = pick_prot(s);
	r.pa = HPA(pick_pa(s, &r));
	rc = pagetable_map(&pt, &r);
	assert((rc == -ERANGE) == is_out(&r));
	if (is_out(&r))
		return rc;
	assert(rc == -ENOMEM || (rc == -EEXIST) == is_mapped(&r));
	r.prot = said(r.prot);
	if (!rc)
		model_map(r);
	return rc;
}

static int do_unmap(struct story *s)
{
	struct pt_range r = pick_range(s);
	int rc = pagetable_unmap(&pt, r.base, r.size);

	assert((rc == -ERANGE) == is_out(&r));
	if (!rc && r.size)
		model_unmap(r.base, r.size);
	return rc;
}

static int do_protect(struct story *s)
{
	const u32 rights = PT_READ | PT_WRITE | PT_EXEC | PT_USER;
	struct pt_range r = pick_range(s);
	u32 prot = pick_prot(s) & rights;
	int rc = pagetable_protect(&pt, r.base, r.size, prot);

	assert((rc == -ERANGE) == is_out(&r));
	if (rc || !r.size)
		return rc;
	cut(r.base);
	cut(end_of(&r));
	for (unsigned i = 0; i < piece_count; i++)
		if (pieces[i].base >= r.base && pieces[i].base < end_of(&r))
			pieces[i].prot = said((pieces[i].prot & ~rights) |
					      prot);
	return rc;
}

static int (*const operations[])(struct story *) = {
	do_map, do_map, do_unmap, do_protect,
};

static void operate(struct story *s)
{
	unsigned what = (unsigned)story_take(s, 1);
	u64 bytes = pt.table_bytes;
	int rc;

	cache_some(s);
	allocs_left = what & 0x80 ? what >> 4 & 7 : ~0u;
	flush_count = linked_count = 0;
	maps = operations[what % ARRAY_LEN(operations)] == do_map;
	bytes_before = table_bytes();
	rc = operations[what % ARRAY_LEN(operations)](s);
	assert(!rc || rc == -ENOMEM || rc == -EEXIST || rc == -ERANGE);
	assert(rc != -ENOMEM || what & 0x80);
	assert(!rc || pt.table_bytes == bytes);
	assert(!rc || maps || !flush_count);
	assert(pt.table_bytes - bytes == table_bytes() - bytes_before);
	check_cached();
	check_leaves();
}

/* ---- Formats ---- */

static const struct pt_format *pick_format(unsigned n,
					   struct pt_geometry *g)
{
	const struct pt_format *f;

	switch (n % 5) {
	case 0:
		*g = (struct pt_geometry){ 4, 48, PAGE_SHIFT };
		return &vmsa_stage1;
	case 1:
		*g = vmsa_stage2_geometry(32 + n / 5 % 17);
		return &vmsa_stage2;
	case 2:
		*g = pt_format_geometry(&pt_modes[n / 5 % 3], false);
		return &pt_format_host;
	case 3:
		*g = pt_format_geometry(&pt_modes[n / 5 % 3], true);
		return &pt_format_guest;
	default:
		assert(!arch_pt_guest(32 + n / 5 % 17, &f, g));
		return f;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct story s = { .at = data, .left = size };
	struct pt_geometry geometry;
	unsigned n = (unsigned)story_take(&s, 1);
	const struct pt_format *f = pick_format(n, &geometry);
	u64 bytes = table_bytes(), root;

	pt_format_has_pbmt = n & 0x80;
	format = *f;
	make_table = f->table;
	format.table = table_linked;
	if (pagetable_init(&pt, &format, &geometry, flush))
		return 0;
	root = pt.table_bytes;
	pt.table_alloc = alloc_limited;
	piece_count = 0;
	for (unsigned i = 0; i < OPERATIONS && s.left; i++)
		operate(&s);
	if (story_take(&s, 1) & 1) {
		cached_count = 0;
		allocs_left = 0;
		assert(!pagetable_unmap(&pt, 0, limit()));
		assert(pt.table_bytes == root);
	}
	pagetable_fini(&pt);
	assert(table_bytes() == bytes);
	return 0;
}
