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
	u8 leaf_levels;			/* bit n: leaves allowed at level n */
	bool break_before_make;
	u64 (*leaf)(hpa_t pa, unsigned level, u32 prot);
	u64 (*table)(hpa_t pa);
	bool (*is_present)(u64 entry);
	bool (*is_leaf)(u64 entry, unsigned level);
	hpa_t (*address)(u64 entry, unsigned level);
	u32 (*prot)(u64 entry, unsigned level);
};

struct pagetable {
	const struct pt_format *format;	/* c */
	struct pt_geometry geometry;	/* c */
	hpa_t root;			/* c */
	struct spinlock lock;		/* all entries; LOCK_PAGETABLE */
	u64 table_bytes;		/* lock: tables below the root too */
	/* Complete on all CPUs when it returns; size 0: everything. */
	void (*flush)(struct pagetable *pt, u64 base, u64 size);
	/* Where tables come from; page_alloc() unless booting. */
	int (*table_alloc)(unsigned order, hpa_t *out);
};

/* -ENOMEM. */
int pagetable_init(struct pagetable *pt, const struct pt_format *format,
		   const struct pt_geometry *geometry,
		   void (*flush)(struct pagetable *, u64, u64));
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
 * any of it is mapped already (nothing changes), -ENOMEM (nothing changes),
 * -ERANGE beyond the geometry.
 */
int pagetable_map(struct pagetable *pt, const struct pt_range *r);

/* Holes are fine.  -ENOMEM when a leaf must be split and cannot. */
int pagetable_unmap(struct pagetable *pt, u64 base, u64 size);

/* Changes rights of what is mapped; holes are fine.  -ENOMEM as unmap. */
int pagetable_protect(struct pagetable *pt, u64 base, u64 size, u32 prot);

/* What maps address: out covers the whole leaf.  False: nothing. */
bool pagetable_walk(struct pagetable *pt, u64 address, struct pt_range *out);

#endif
