/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page-table engine: one implementation of map, unmap, protect and walk
 * for every format, huge pages included.
 */
#ifndef VMM_PAGETABLE_H
#define VMM_PAGETABLE_H

#include <vmm/arch.h>
#include <vmm/spinlock.h>
#include <vmm/types.h>

enum pt_prot {
	PT_READ		= BIT(0),
	PT_WRITE	= BIT(1),
	PT_EXEC		= BIT(2),
	PT_USER		= BIT(3),	/* formats that know it */
	PT_DEVICE	= BIT(4),	/* ordered, not gathered, not cached */
	PT_UNCACHED	= BIT(5),
};

/*
 * An entry format: pure functions.  level counts from 0 for tables of the
 * smallest pages upwards; a leaf at level n covers
 * 2^(PAGE_SHIFT + n * bits_per_level) bytes.
 */
struct pt_format {
	const char *name;
	u8 bits_per_level;		/* below the root */
	u8 entry_size;			/* 4 or 8 bytes */
	u8 leaf_levels;			/* bit n: leaves at level n; no gaps */
	bool break_before_make;
	u64 (*leaf)(hpa_t pa, unsigned level, u32 prot);
	u64 (*table)(hpa_t pa);
	bool (*is_present)(u64 entry);
	bool (*is_leaf)(u64 entry, unsigned level);
	hpa_t (*address)(u64 entry, unsigned level);
	u32 (*prot)(u64 entry, unsigned level);
};

/* c: constant after init; l: the lock */
struct pagetable {
	const struct pt_format *format;	/* c */
	struct pt_geometry geometry;	/* c */
	hpa_t root;			/* c */
	uintptr_t table_base;		/* c: where we see tables: pa + this */
	struct spinlock lock;		/* all entries; LOCK_PAGETABLE */
	u64 table_bytes;		/* l: tables, root included */
	/*
	 * Complete on all CPUs when it returns; size 0: everything.  Called
	 * with interrupts as the caller of unmap or protect has them; but
	 * with the lock held, masked, to split a leaf of a format with
	 * break_before_make.
	 */
	void (*flush)(struct pagetable *pt, u64 base, u64 size);
	/* Where tables come from; page_alloc() unless booting. */
	int (*table_alloc)(unsigned order, hpa_t *out);
};

/* Tables come from page_alloc() and are seen in the linear map.  -ENOMEM. */
int pagetable_init(struct pagetable *pt, const struct pt_format *format,
		   const struct pt_geometry *geometry,
		   void (*flush)(struct pagetable *, u64, u64));

/*
 * The part of pagetable_init() that gets the root: for boot, which filled in
 * format, geometry, table_base, flush and table_alloc itself.
 */
int pagetable_init_root(struct pagetable *pt);

/* Frees all tables; nobody walks them any more. */
void pagetable_fini(struct pagetable *pt);

struct pt_range {
	u64 base;			/* input address, page aligned */
	u64 size;			/* bytes, page multiple */
	hpa_t pa;
	u32 prot;			/* enum pt_prot */
};

/*
 * Maps with the largest leaves that base, pa and size allow.  -EEXIST when
 * any of it is mapped already, -ENOMEM, -ERANGE beyond the geometry, -EINVAL
 * when not page aligned; nothing has changed then, but what comes before that
 * was mapped for a moment, and is flushed.
 */
int pagetable_map(struct pagetable *pt, const struct pt_range *r);

/*
 * Holes are fine.  -ENOMEM when a leaf must be split and cannot: nothing has
 * changed.  Others may fault on a leaf being split while it is: a fault on
 * what pagetable_walk() finds mapped is to be retried.
 */
int pagetable_unmap(struct pagetable *pt, u64 base, u64 size);

/*
 * Changes rights (read, write, execute, user) of what is mapped, not its
 * memory type; holes are fine.  Errors as unmap.
 */
int pagetable_protect(struct pagetable *pt, u64 base, u64 size, u32 prot);

/* What maps address: out covers the whole leaf.  False: nothing. */
bool pagetable_walk(struct pagetable *pt, u64 address, struct pt_range *out);

/* The first leaf at or above address.  False: none. */
bool pagetable_next(struct pagetable *pt, u64 address, struct pt_range *out);

#endif
