// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page-table engine: map, unmap, protect and walk for every format.
 *
 * What may fail comes first: a pass that only reads counts the tables that
 * are needed, then they are allocated, then entries change.  A table is freed
 * only after the flush that follows its unlinking has completed.
 */
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/page.h>
#include <vmm/pagetable.h>

#define FREED_MAX	32	/* tables that wait for one flush */
#define LEVELS_MAX	6
#define RIGHTS		(u32)(PT_READ | PT_WRITE | PT_EXEC | PT_USER)

/* One call of map, unmap or protect. */
struct op {
	struct pagetable *pt;
	u64 base, end;			/* what is left to do */
	hpa_t pa;			/* map: of base */
	u32 prot;
	bool unmaps;			/* else: protects */
	bool changed;			/* a flush is due */
	hpa_t spare;			/* list of tables, ready for use */
	u64 needed;			/* of them */
	hpa_t freed[FREED_MAX];		/* unlinked, not yet flushed */
	unsigned freed_count;
};

static unsigned level_shift(const struct pagetable *pt, unsigned level)
{
	return PAGE_SHIFT + level * pt->format->bits_per_level;
}

static u64 level_size(const struct pagetable *pt, unsigned level)
{
	return BIT64(level_shift(pt, level));
}

static unsigned top_level(const struct pagetable *pt)
{
	return pt->geometry.levels - 1u;
}

/* Bytes and page order of a table below the root. */
static size_t table_size(const struct pagetable *pt)
{
	return (size_t)pt->format->entry_size << pt->format->bits_per_level;
}

static unsigned root_order(const struct pagetable *pt)
{
	return page_order(BIT64(pt->geometry.root_shift));
}

static void *table_ptr(const struct pagetable *pt, hpa_t table)
{
	return (void *)((uintptr_t)table.v + pt->table_base);
}

/* Number of the entry for address; the root's may exceed bits_per_level. */
static size_t entry_index(const struct pagetable *pt, u64 address,
			  unsigned level)
{
	u64 index = address >> level_shift(pt, level);

	if (level < top_level(pt))
		index &= BIT64(pt->format->bits_per_level) - 1;
	return (size_t)index;
}

static u64 entry_get(const struct pagetable *pt, hpa_t table, size_t index)
{
	void *entries = table_ptr(pt, table);

	if (pt->format->entry_size == 8)
		return __atomic_load_n((u64 *)entries + index,
				       __ATOMIC_RELAXED);
	return __atomic_load_n((u32 *)entries + index, __ATOMIC_RELAXED);
}

static void entry_set(const struct pagetable *pt, hpa_t table, size_t index,
		      u64 entry)
{
	void *entries = table_ptr(pt, table);

	if (pt->format->entry_size == 8)
		__atomic_store_n((u64 *)entries + index, entry,
				 __ATOMIC_RELAXED);
	else
		__atomic_store_n((u32 *)entries + index, (u32)entry,
				 __ATOMIC_RELAXED);
}

/* Is it a leaf?  At level 0 every present entry is one. */
static bool entry_is_leaf(const struct pagetable *pt, u64 entry,
			  unsigned level)
{
	return !level || pt->format->is_leaf(entry, level);
}

/* ---- Tables ---- */

static int alloc_pages(unsigned order, hpa_t *out)
{
	return page_alloc(order, PAGE_TABLE, out);
}

int pagetable_init_root(struct pagetable *pt)
{
	u64 entries = BIT64(pt->geometry.address_bits -
			    level_shift(pt, top_level(pt)));

	assert(pt->geometry.levels <= LEVELS_MAX);
	assert(entries * pt->format->entry_size <=
	       BIT64(pt->geometry.root_shift));
	assert(page_order(table_size(pt)) == 0);
	spin_init(&pt->lock, LOCK_PAGETABLE);
	if (pt->table_alloc(root_order(pt), &pt->root))
		return -ENOMEM;
	pt->table_bytes = (u64)PAGE_SIZE << root_order(pt);
	memset(table_ptr(pt, pt->root), 0, (size_t)pt->table_bytes);
	wmb();
	return 0;
}

int pagetable_init(struct pagetable *pt, const struct pt_format *format,
		   const struct pt_geometry *geometry,
		   void (*flush)(struct pagetable *, u64, u64))
{
	*pt = (struct pagetable){
		.format = format,
		.geometry = *geometry,
		.table_base = ARCH_LINEAR_BASE,
		.flush = flush,
		.table_alloc = alloc_pages,
	};
	return pagetable_init_root(pt);
}

static void free_tables(struct pagetable *pt, hpa_t table, unsigned level)
{
	size_t count = table_size(pt) / pt->format->entry_size;

	if (level == top_level(pt))
		count = (size_t)BIT64(pt->geometry.address_bits -
				      level_shift(pt, level));
	for (size_t i = 0; level && i < count; i++) {
		u64 entry = entry_get(pt, table, i);

		if (pt->format->is_present(entry) &&
		    !entry_is_leaf(pt, entry, level))
			free_tables(pt, pt->format->address(entry, level),
				    level - 1);
	}
	page_free(table, level == top_level(pt) ? root_order(pt) : 0,
		  PAGE_TABLE);
}

void pagetable_fini(struct pagetable *pt)
{
	free_tables(pt, pt->root, top_level(pt));
	pt->table_bytes = 0;
}

/* Unused spare tables are linked through their first bytes. */
static hpa_t spare_take(struct op *op)
{
	struct pagetable *pt = op->pt;
	hpa_t table = op->spare;

	memcpy(&op->spare, table_ptr(pt, table), sizeof(op->spare));
	memset(table_ptr(pt, table), 0, table_size(pt));
	pt->table_bytes += PAGE_SIZE;
	op->needed--;
	return table;
}

static void spare_free(struct op *op)
{
	while (op->needed) {
		hpa_t table = op->spare;

		memcpy(&op->spare, table_ptr(op->pt, table),
		       sizeof(op->spare));
		page_free(table, 0, PAGE_TABLE);
		op->needed--;
	}
}

/* Gets as many spare tables as op->needed says, or none. */
static int spare_alloc(struct op *op)
{
	u64 count = op->needed;

	op->needed = 0;
	while (op->needed < count) {
		hpa_t table;

		if (op->pt->table_alloc(0, &table)) {
			spare_free(op);
			return -ENOMEM;
		}
		memcpy(table_ptr(op->pt, table), &op->spare,
		       sizeof(op->spare));
		op->spare = table;
		op->needed++;
	}
	return 0;
}

/* ---- Map ---- */

/* Can [at, at + size of level) be one leaf of what op maps? */
static bool fits_leaf(const struct op *op, u64 at, unsigned level)
{
	u64 size = level_size(op->pt, level);
	u64 pa = op->pa.v + (at - op->base);

	if (!(op->pt->format->leaf_levels & BIT(level)))
		return false;
	return IS_ALIGNED(at | pa, size) && op->end - at >= size;
}

/* Address after the entry that covers at, at most op->end. */
static u64 entry_end(const struct op *op, u64 at, unsigned level)
{
	u64 size = level_size(op->pt, level);

	return MIN(ALIGN_DOWN(at, size) + size, op->end);
}

/* Adds the tables that [at, end) needs under a table not there yet. */
static void count_absent(struct op *op, u64 at, u64 end, unsigned level)
{
	for (; at < end; at = entry_end(op, at, level)) {
		if (fits_leaf(op, at, level))
			continue;
		op->needed++;
		if (level > 1)
			count_absent(op, at, entry_end(op, at, level),
				     level - 1);
	}
}

/* Address after what a table at level translates, at most op->end. */
static u64 table_end(const struct op *op, u64 at, unsigned level)
{
	if (level == top_level(op->pt))
		return op->end;
	return entry_end(op, at, level + 1);
}

/* Adds the tables that the part of op in this table needs; -EEXIST. */
static int count_map(struct op *op, hpa_t table, u64 at, unsigned level)
{
	const struct pt_format *f = op->pt->format;
	u64 end = table_end(op, at, level);

	for (; at < end; at = entry_end(op, at, level)) {
		u64 entry = entry_get(op->pt, table,
				      entry_index(op->pt, at, level));

		if (!f->is_present(entry)) {
			if (level)
				count_absent(op, at, entry_end(op, at, level),
					     level);
			continue;
		}
		if (entry_is_leaf(op->pt, entry, level) ||
		    count_map(op, f->address(entry, level), at, level - 1))
			return -EEXIST;
	}
	return 0;
}

/* Enters the part of op in this table.  Cannot fail. */
static void commit_map(struct op *op, hpa_t table, u64 at, unsigned level)
{
	const struct pt_format *f = op->pt->format;
	u64 end = table_end(op, at, level);

	for (; at < end; at = entry_end(op, at, level)) {
		size_t index = entry_index(op->pt, at, level);
		u64 entry = entry_get(op->pt, table, index);
		hpa_t pa = HPA(op->pa.v + (at - op->base));

		if (f->is_present(entry)) {
			commit_map(op, f->address(entry, level), at,
				   level - 1);
		} else if (fits_leaf(op, at, level)) {
			entry_set(op->pt, table, index,
				  f->leaf(pa, level, op->prot));
		} else {
			hpa_t below = spare_take(op);

			commit_map(op, below, at, level - 1);
			wmb();
			entry_set(op->pt, table, index, f->table(below));
		}
	}
}

static int check_range(const struct pagetable *pt, u64 base, u64 size)
{
	u64 limit = BIT64(pt->geometry.address_bits);

	if (!IS_ALIGNED(base | size, PAGE_SIZE))
		return -EINVAL;
	if (base > limit || size > limit - base)
		return -ERANGE;
	return 0;
}

int pagetable_map(struct pagetable *pt, const struct pt_range *r)
{
	struct op op = {
		.pt = pt, .base = r->base, .end = r->base + r->size,
		.pa = r->pa, .prot = r->prot,
	};
	int rc = check_range(pt, r->base, r->size);

	if (rc)
		return rc;
	if (!IS_ALIGNED(r->pa.v, PAGE_SIZE))
		return -EINVAL;
	SCOPED_LOCK(&pt->lock);
	rc = count_map(&op, pt->root, op.base, top_level(pt));
	if (rc)
		return rc;
	rc = spare_alloc(&op);
	if (rc)
		return rc;
	commit_map(&op, pt->root, op.base, top_level(pt));
	assert(!op.needed);
	wmb();
	return 0;
}

/* ---- Split ---- */

/* Where a descent stands: an entry at level, in table. */
struct place {
	hpa_t table;
	unsigned level;
	size_t index;
	u64 entry;
};

static void place_set(const struct pagetable *pt, struct place *p, u64 address)
{
	p->index = entry_index(pt, address, p->level);
	p->entry = entry_get(pt, p->table, p->index);
}

static void place_enter(const struct pagetable *pt, struct place *p,
			u64 address)
{
	p->table = pt->format->address(p->entry, p->level);
	p->level--;
	place_set(pt, p, address);
}

/* Down to the leaf for address; false where there is none. */
static bool place_find(const struct pagetable *pt, u64 address,
		       struct place *p)
{
	*p = (struct place){ .table = pt->root, .level = top_level(pt) };
	place_set(pt, p, address);
	while (pt->format->is_present(p->entry)) {
		if (entry_is_leaf(pt, p->entry, p->level))
			return true;
		place_enter(pt, p, address);
	}
	return false;
}

/* Does a leaf reach across address, its own beginning excepted? */
static bool is_across(const struct pagetable *pt, u64 address,
		      struct place *p)
{
	return address < BIT64(pt->geometry.address_bits) &&
		place_find(pt, address, p) &&
		!IS_ALIGNED(address, level_size(pt, p->level));
}

/* Adds the tables that are needed for a leaf to begin at address. */
static void count_split(struct op *op, u64 address)
{
	struct place p;

	if (!is_across(op->pt, address, &p))
		return;
	while (!IS_ALIGNED(address, level_size(op->pt, p.level))) {
		op->needed++;
		p.level--;
	}
}

/* Replaces the leaf at p by a table of leaves that say the same. */
static void split_leaf(struct op *op, const struct place *p, u64 address)
{
	struct pagetable *pt = op->pt;
	const struct pt_format *f = pt->format;
	u64 size = level_size(pt, p->level), part = size >> f->bits_per_level;
	hpa_t pa = f->address(p->entry, p->level), below = spare_take(op);
	u32 prot = f->prot(p->entry, p->level);

	for (size_t i = 0; i < BIT64(f->bits_per_level); i++)
		entry_set(pt, below, i,
			  f->leaf(HPA(pa.v + i * part), p->level - 1, prot));
	if (f->break_before_make) {
		entry_set(pt, p->table, p->index, 0);
		wmb();
		pt->flush(pt, ALIGN_DOWN(address, size), size);
	}
	wmb();
	entry_set(pt, p->table, p->index, f->table(below));
	op->changed = true;
}

static void commit_split(struct op *op, u64 address)
{
	struct place p;

	while (is_across(op->pt, address, &p))
		split_leaf(op, &p, address);
}

/* Makes leaves begin at both ends of op. */
static int split_ends(struct op *op)
{
	int rc;

	count_split(op, op->base);
	count_split(op, op->end);
	rc = spare_alloc(op);
	if (rc)
		return rc;
	commit_split(op, op->base);
	commit_split(op, op->end);
	spare_free(op);
	return 0;
}

/* ---- Unmap and protect ---- */

static bool is_empty(const struct pagetable *pt, hpa_t table)
{
	size_t count = table_size(pt) / pt->format->entry_size;

	for (size_t i = 0; i < count; i++)
		if (pt->format->is_present(entry_get(pt, table, i)))
			return false;
	return true;
}

/* Keeps room for the tables above the one that filled it. */
static bool is_batch_full(const struct op *op)
{
	return op->freed_count > FREED_MAX - LEVELS_MAX;
}

static u64 with_rights(const struct op *op, const struct place *p)
{
	const struct pt_format *f = op->pt->format;
	u32 prot = f->prot(p->entry, p->level);

	prot = (prot & ~RIGHTS) | (op->prot & RIGHTS);
	return f->leaf(f->address(p->entry, p->level), p->level, prot);
}

static void change_leaf(struct op *op, const struct place *p)
{
	u64 entry = op->unmaps ? 0 : with_rights(op, p);

	if (entry == p->entry)
		return;
	entry_set(op->pt, p->table, p->index, entry);
	op->changed = true;
}

/* Takes a table out of its parent. */
static void unlink_table(struct op *op, const struct place *p)
{
	entry_set(op->pt, p->table, p->index, 0);
	op->freed[op->freed_count++] = op->pt->format->address(p->entry,
							       p->level);
	op->pt->table_bytes -= PAGE_SIZE;
	op->changed = true;
}

/* One that holds nothing any more goes. */
static void prune(struct op *op, const struct place *p)
{
	hpa_t below = op->pt->format->address(p->entry, p->level);

	if (op->unmaps && is_empty(op->pt, below))
		unlink_table(op, p);
}

/* A table of leaves that all go: nobody needs to look at them. */
static bool is_whole(const struct op *op, const struct place *p, u64 next)
{
	return op->unmaps && p->level == 1 &&
		next - op->base == level_size(op->pt, p->level);
}

/* Works on the part of op in this table; op->base tells how far it came. */
static void change_table(struct op *op, hpa_t table, unsigned level)
{
	u64 end = table_end(op, op->base, level);
	struct place p = { .table = table, .level = level };

	while (op->base < end && !is_batch_full(op)) {
		u64 next = entry_end(op, op->base, level);

		place_set(op->pt, &p, op->base);
		if (!op->pt->format->is_present(p.entry)) {
			op->base = next;
		} else if (entry_is_leaf(op->pt, p.entry, level)) {
			change_leaf(op, &p);
			op->base = next;
		} else if (is_whole(op, &p, next)) {
			unlink_table(op, &p);
			op->base = next;
		} else {
			change_table(op, op->pt->format->address(p.entry,
								 level),
				     level - 1);
			prune(op, &p);
		}
	}
}

/* Flushes [from, op->base); tables unlinked there are free afterwards. */
static void finish_batch(struct op *op, u64 from)
{
	if (op->changed)
		op->pt->flush(op->pt, from, op->base - from);
	op->changed = false;
	while (op->freed_count)
		page_free(op->freed[--op->freed_count], 0, PAGE_TABLE);
}

/* Between batches others may take the lock; their ranges are not ours. */
static int change_range(struct op *op)
{
	struct pagetable *pt = op->pt;
	bool is_first = true;
	int rc = check_range(pt, op->base, op->end - op->base);

	if (rc)
		return rc;
	while (op->base < op->end) {
		u64 from = op->base, flags = spin_lock_irq(&pt->lock);

		rc = is_first ? split_ends(op) : 0;
		if (!rc)
			change_table(op, pt->root, top_level(pt));
		wmb();
		spin_unlock_irq(&pt->lock, flags);
		if (rc)
			return rc;
		finish_batch(op, from);
		is_first = false;
	}
	return 0;
}

int pagetable_unmap(struct pagetable *pt, u64 base, u64 size)
{
	struct op op = {
		.pt = pt, .base = base, .end = base + size, .unmaps = true,
	};

	return change_range(&op);
}

int pagetable_protect(struct pagetable *pt, u64 base, u64 size, u32 prot)
{
	struct op op = {
		.pt = pt, .base = base, .end = base + size, .prot = prot,
	};

	return change_range(&op);
}

/* ---- Walk ---- */

static void describe(const struct pagetable *pt, const struct place *p,
		     u64 address, struct pt_range *out)
{
	out->size = level_size(pt, p->level);
	out->base = ALIGN_DOWN(address, out->size);
	out->pa = pt->format->address(p->entry, p->level);
	out->prot = pt->format->prot(p->entry, p->level);
}

bool pagetable_walk(struct pagetable *pt, u64 address, struct pt_range *out)
{
	struct place p;

	if (address >= BIT64(pt->geometry.address_bits))
		return false;
	SCOPED_LOCK(&pt->lock);
	if (!place_find(pt, address, &p))
		return false;
	describe(pt, &p, address, out);
	return true;
}

bool pagetable_next(struct pagetable *pt, u64 address, struct pt_range *out)
{
	struct place p;

	SCOPED_LOCK(&pt->lock);
	while (address < BIT64(pt->geometry.address_bits)) {
		if (place_find(pt, address, &p)) {
			describe(pt, &p, address, out);
			return true;
		}
		address = ALIGN_DOWN(address, level_size(pt, p.level)) +
			level_size(pt, p.level);
	}
	return false;
}
