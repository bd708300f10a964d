// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page-table engine: map, unmap, protect and walk for every format.
 *
 * The lock is held, and interrupts are masked, for a few entries at a time;
 * new tables are made without it.  A table is freed only after the flush that
 * follows its unlinking has completed.
 */
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/page.h>
#include <vmm/pagetable.h>

#define FREED_MAX	32	/* tables that wait for one flush */
#define LEVELS_MAX	6
#define PART_ENTRIES	10	/* changed with the lock held */
#define RIGHTS		(u32)(PT_READ | PT_WRITE | PT_EXEC | PT_USER)

/* One call of map, unmap or protect. */
struct op {
	struct pagetable *pt;
	u64 base, end;			/* what is left to do */
	hpa_t pa;			/* map: of base */
	u32 prot;
	bool unmaps;			/* else: protects */
	bool changed;			/* a flush is due */
	u64 from;			/* unmap, protect: where base began */
	u64 unflushed;			/* where the next flush begins */
	unsigned entry_count;		/* looked at with the lock held */
	hpa_t spare;			/* list of tables */
	u64 spare_count, needed;	/* of them */
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

/* Unused spare tables are linked through their first bytes, else all zeros. */
static hpa_t spare_take(struct op *op)
{
	hpa_t table = op->spare;
	void *link = table_ptr(op->pt, table);

	memcpy(&op->spare, link, sizeof(op->spare));
	memset(link, 0, sizeof(op->spare));
	op->spare_count--;
	return table;
}

static void spare_put(struct op *op, hpa_t table)
{
	memcpy(table_ptr(op->pt, table), &op->spare, sizeof(op->spare));
	op->spare = table;
	op->spare_count++;
}

static void spare_free(struct op *op)
{
	while (op->spare_count)
		page_free(spare_take(op), 0, PAGE_TABLE);
}

/* Gets as many spare tables as op->needed says; without the lock. */
static int spare_alloc(struct op *op)
{
	while (op->spare_count < op->needed) {
		hpa_t table;

		if (op->pt->table_alloc(0, &table))
			return -ENOMEM;
		memset(table_ptr(op->pt, table), 0, table_size(op->pt));
		spare_put(op, table);
	}
	return 0;
}

/* ---- Map ---- */

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

/* Can op's part that is left begin with a leaf at level? */
static bool fits_leaf(const struct op *op, unsigned level)
{
	u64 size = level_size(op->pt, level);

	return op->pt->format->leaf_levels & BIT(level) &&
	       IS_ALIGNED(op->base | op->pa.v, size) &&
	       op->end - op->base >= size;
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

/* Of op: some leaves of one size, in one table at `level`. */
struct part {
	unsigned level;
	size_t count;
};

static struct part part_first(const struct op *op)
{
	const struct pagetable *pt = op->pt;
	struct part part = { .level = top_level(pt) };
	u64 room;

	while (part.level && !fits_leaf(op, part.level))
		part.level--;
	part.count = (size_t)MIN((op->end - op->base) >>
				 level_shift(pt, part.level),
				 (u64)PART_ENTRIES);
	if (part.level == top_level(pt))
		return part;
	room = BIT64(pt->format->bits_per_level) -
	       entry_index(pt, op->base, part.level);
	part.count = MIN(part.count, room);
	return part;
}

/* Down to the part's table, or to where one is missing; -EEXIST. */
static int part_find(const struct op *op, const struct part *part,
		     struct place *p)
{
	const struct pagetable *pt = op->pt;

	*p = (struct place){ .table = pt->root, .level = top_level(pt) };
	place_set(pt, p, op->base);
	while (p->level > part->level && pt->format->is_present(p->entry)) {
		if (entry_is_leaf(pt, p->entry, p->level))
			return -EEXIST;
		place_enter(pt, p, op->base);
	}
	for (size_t i = 0; p->level == part->level && i < part->count; i++)
		if (entry_get(pt, p->table, p->index + i))
			return -EEXIST;
	return 0;
}

/* In place of an entry that is not present. */
static void table_add(struct op *op, struct place *p)
{
	struct pagetable *pt = op->pt;

	p->entry = pt->format->table(spare_take(op));
	wmb();
	entry_set(pt, p->table, p->index, p->entry);
	pt->table_bytes += PAGE_SIZE;
	place_enter(pt, p, op->base);
}

/* -EAGAIN: needs more spare tables. */
static int map_locked(struct op *op, const struct part *part)
{
	struct pagetable *pt = op->pt;
	const u64 size = level_size(pt, part->level);
	struct place p;
	int rc;
	SCOPED_LOCK(&pt->lock);

	rc = part_find(op, part, &p);
	if (rc)
		return rc;
	op->needed = p.level - part->level;
	if (op->needed > op->spare_count)
		return -EAGAIN;
	while (p.level > part->level)
		table_add(op, &p);
	for (size_t i = 0; i < part->count; i++)
		entry_set(pt, p.table, p.index + i,
			  pt->format->leaf(HPA(op->pa.v + i * size),
					   part->level, op->prot));
	wmb();
	return 0;
}

/* Moves op behind the part that it begins with. */
static int map_part(struct op *op)
{
	const struct part part = part_first(op);
	const u64 size = part.count * level_size(op->pt, part.level);
	int rc;

	while ((rc = map_locked(op, &part)) == -EAGAIN)
		if ((rc = spare_alloc(op)))
			return rc;
	if (rc)
		return rc;
	op->base += size;
	op->pa.v += size;
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
	while (!rc && op.base < op.end)
		rc = map_part(&op);
	spare_free(&op);
	if (rc)
		pagetable_unmap(pt, r->base, op.base - r->base);
	return rc;
}

/* ---- Split ---- */

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

/* Leaves that say the same as the one at p. */
static void fill_leaves(const struct pagetable *pt, hpa_t table,
			const struct place *p)
{
	const struct pt_format *f = pt->format;
	u64 part = level_size(pt, p->level - 1);
	hpa_t pa = f->address(p->entry, p->level);
	u32 prot = f->prot(p->entry, p->level);

	for (size_t i = 0; i < BIT64(f->bits_per_level); i++)
		entry_set(pt, table, i,
			  f->leaf(HPA(pa.v + i * part), p->level - 1, prot));
	wmb();
}

static bool find_across(struct pagetable *pt, u64 address, struct place *p)
{
	SCOPED_LOCK(&pt->lock);
	return is_across(pt, address, p);
}

/* The leaf across address, if it is still `was`, by a table; else false. */
static bool replace_leaf(struct op *op, u64 address, const struct place *was,
			 hpa_t below)
{
	struct pagetable *pt = op->pt;
	const u64 size = level_size(pt, was->level);
	struct place p;
	SCOPED_LOCK(&pt->lock);

	if (!is_across(pt, address, &p) || p.entry != was->entry ||
	    p.level != was->level)
		return false;
	if (pt->format->break_before_make) {
		entry_set(pt, p.table, p.index, 0);
		wmb();
		pt->flush(pt, ALIGN_DOWN(address, size), size);
		wmb();
	}
	entry_set(pt, p.table, p.index, pt->format->table(below));
	pt->table_bytes += PAGE_SIZE;
	return true;
}

/* Makes a leaf begin at address. */
static int split_at(struct op *op, u64 address)
{
	struct place p;

	while (find_across(op->pt, address, &p)) {
		hpa_t below;
		int rc;

		op->needed = 1;
		rc = spare_alloc(op);
		if (rc)
			return rc;
		below = spare_take(op);
		fill_leaves(op->pt, below, &p);
		if (replace_leaf(op, address, &p, below))
			op->changed = true;
		else
			spare_put(op, below);
	}
	return 0;
}

static void count_splits(struct op *op)
{
	SCOPED_LOCK(&op->pt->lock);
	count_split(op, op->base);
	count_split(op, op->end);
}

/* Makes leaves begin at both ends of op, or at none for want of tables. */
static int split_ends(struct op *op)
{
	int rc;

	count_splits(op);
	rc = spare_alloc(op);
	if (!rc)
		rc = split_at(op, op->base);
	if (!rc)
		rc = split_at(op, op->end);
	spare_free(op);
	return rc;
}

/* ---- Unmap and protect ---- */

/* Address after the entry that covers at, at most op->end. */
static u64 entry_end(const struct op *op, u64 at, unsigned level)
{
	u64 size = level_size(op->pt, level);

	return MIN(ALIGN_DOWN(at, size) + size, op->end);
}

/* Address after what a table at level translates, at most op->end. */
static u64 table_end(const struct op *op, u64 at, unsigned level)
{
	if (level == top_level(op->pt))
		return op->end;
	return entry_end(op, at, level + 1);
}

static ALWAYS_INLINE u64 any_of(const u64 *w)
{
	return w[0] | w[1] | w[2] | w[3] | w[4] | w[5] | w[6] | w[7];
}

/* What is not present is 0. */
static bool is_empty(const struct pagetable *pt, hpa_t table)
{
	const u64 *w = table_ptr(pt, table);
	const u64 *end = w + table_size(pt) / sizeof(*w);

	for (; w < end; w += 32)
		if (any_of(w) | any_of(w + 8) | any_of(w + 16) | any_of(w + 24))
			return false;
	return true;
}

/* Keeps room for the tables at both ends. */
static bool is_batch_full(const struct op *op)
{
	return op->freed_count > FREED_MAX - 2 * LEVELS_MAX;
}

static bool is_part_full(const struct op *op)
{
	return op->entry_count >= PART_ENTRIES || is_batch_full(op);
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

/* All that the table at p translates, up to next, goes. */
static bool is_whole(const struct op *op, const struct place *p, u64 next)
{
	u64 size = level_size(op->pt, p->level);

	return op->unmaps && IS_ALIGNED(next, size) && next - op->from >= size;
}

/* Works on the part of op in this table; op->base tells how far it came. */
static void change_table(struct op *op, hpa_t table, unsigned level)
{
	u64 end = table_end(op, op->base, level);
	struct place p = { .table = table, .level = level };

	while (op->base < end && !is_part_full(op)) {
		u64 next = entry_end(op, op->base, level);
		bool is_table;

		op->entry_count++;
		place_set(op->pt, &p, op->base);
		is_table = op->pt->format->is_present(p.entry) &&
			   !entry_is_leaf(op->pt, p.entry, level);
		if (is_table && (level > 1 || !is_whole(op, &p, next)))
			change_table(op, op->pt->format->address(p.entry,
								 level),
				     level - 1);
		else
			op->base = next;
		if (is_table && op->base == next && is_whole(op, &p, next))
			unlink_table(op, &p);
		else if (!is_table && p.entry)
			change_leaf(op, &p);
	}
}

static void change_part(struct op *op)
{
	SCOPED_LOCK(&op->pt->lock);

	op->entry_count = 0;
	change_table(op, op->pt->root, top_level(op->pt));
	wmb();
}

/*
 * Takes out the table that an entry for address at level leads to, if it is
 * empty.  False: what is above is not.
 */
static bool prune(struct op *op, u64 address, unsigned level)
{
	struct pagetable *pt = op->pt;
	struct place p = { .table = pt->root, .level = top_level(pt) };
	SCOPED_LOCK(&pt->lock);

	place_set(pt, &p, address);
	while (pt->format->is_present(p.entry)) {
		if (entry_is_leaf(pt, p.entry, p.level))
			return false;
		if (p.level == level) {
			if (!is_empty(pt, pt->format->address(p.entry, level)))
				return false;
			op->unflushed = op->from;
			unlink_table(op, &p);
			break;
		}
		place_enter(pt, &p, address);
	}
	wmb();
	return true;
}

/* All others were unlinked, or hold what others mapped. */
static void prune_end(struct op *op, u64 address)
{
	unsigned level = 1;

	while (level <= top_level(op->pt) && prune(op, address, level))
		level++;
}

/* What was changed up to op->base; tables unlinked there are free then. */
static void finish_batch(struct op *op)
{
	if (op->changed)
		op->pt->flush(op->pt, op->unflushed, op->base - op->unflushed);
	op->changed = false;
	op->unflushed = op->base;
	while (op->freed_count)
		page_free(op->freed[--op->freed_count], 0, PAGE_TABLE);
}

/* Between parts others may take the lock; their ranges are not ours. */
static int change_range(struct op *op)
{
	int rc = check_range(op->pt, op->base, op->end - op->base);

	if (rc || op->base == op->end)
		return rc;
	rc = split_ends(op);
	if (rc)
		return rc;
	op->from = op->unflushed = op->base;
	while (op->base < op->end) {
		change_part(op);
		if (is_batch_full(op))
			finish_batch(op);
	}
	if (op->unmaps) {
		prune_end(op, op->from);
		prune_end(op, op->end - 1);
	}
	finish_batch(op);
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

	while (address < BIT64(pt->geometry.address_bits)) {
		SCOPED_LOCK(&pt->lock);
		if (place_find(pt, address, &p)) {
			describe(pt, &p, address, out);
			return true;
		}
		address = ALIGN_DOWN(address, level_size(pt, p.level)) +
			level_size(pt, p.level);
	}
	return false;
}
