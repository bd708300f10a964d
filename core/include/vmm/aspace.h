/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's physical address spaces: memory, and ports where the
 * architecture has them.  Readers see an immutable sorted snapshot; writers
 * publish a changed copy and free the old one once no CPU can still see it.
 *
 * Readers run with interrupts masked (exits do); the writer's quiescent
 * point is an smp_call() to all CPUs.
 */
#ifndef VMM_ASPACE_H
#define VMM_ASPACE_H

#include <vmm/types.h>
#include <vmm/wait.h>

struct emu;

enum region_kind {
	REGION_RAM,		/* mapped read, write, execute */
	REGION_ROM,		/* mapped read, execute; stores are dropped */
	REGION_MMIO,		/* every access goes to the emulator */
	REGION_ROMD,		/* reads mapped, stores to the emulator */
	REGION_PASSTHROUGH,	/* a host device's registers */
};

struct region {
	gpa_t base;
	u64 size;		/* at least 1; base + size - 1 does not wrap */
	enum region_kind kind;
	u8 index;		/* which of emu's regions this is */
	struct emu *emu;	/* MMIO and ROMD; else NULL */
	const char *name;	/* for people; lives as long as the guest */
};

#define ASPACE_SEARCH_MIN	8

struct aspace_map {
	size_t count;
	size_t half;		/* of the regions there are with padding */
	struct region *regions;	/* sorted, never overlapping; then padding */
};

struct aspace {
	struct aspace_map *map;	/* a: snapshot */
	struct mutex lock;	/* writers */
};

/* -ENOMEM.  Starts empty. */
int aspace_init(struct aspace *as);
void aspace_fini(struct aspace *as);	/* no reader is left */
/* Bytes that it takes.  Thread context. */
size_t aspace_bytes(struct aspace *as);

/*
 * Thread context.  -EINVAL: empty or wrapping; -EEXIST: overlaps a region;
 * -ENOENT: none starts there; -ENOMEM.  Not reported here.
 */
int aspace_add(struct aspace *as, const struct region *r);
int aspace_remove(struct aspace *as, gpa_t base);
/* Another kind for the region that starts at base (ROMD <-> MMIO). */
int aspace_set_kind(struct aspace *as, gpa_t base, enum region_kind kind);

/*
 * The region that holds the byte at a, or NULL.  Interrupts masked while it
 * is used.  No branch depends on a; the number of steps is the map's.
 */
static ALWAYS_INLINE const struct region *
aspace_find_byte(const struct aspace *as, gpa_t a)
{
	/* All that is read of the map hangs on the pointer: that orders. */
	const struct aspace_map *m = __atomic_load_n(&as->map,
						     __ATOMIC_RELAXED);
	const struct region *r = m->regions;

	for (size_t half = m->half; unlikely(half > 4); half /= 2)
		r = r[half].base.v <= a.v ? r + half : r;
	r = r[4].base.v <= a.v ? r + 4 : r;
	r = r[2].base.v <= a.v ? r + 2 : r;
	r = r[1].base.v <= a.v ? r + 1 : r;
	return likely(a.v - r->base.v < r->size) ? r : NULL;
}

/*
 * The region that holds all of [a, a + size), or NULL.  size is 1 to 16 for
 * accesses, anything for buffers.  Interrupts masked while it is used.
 */
static inline const struct region *
aspace_find(const struct aspace *as, gpa_t a, u64 size)
{
	const struct region *r = aspace_find_byte(as, a);

	return r && size - 1 < r->size - (a.v - r->base.v) ? r : NULL;
}

/* The n-th region, for listings under the guest's lock; NULL at the end. */
const struct region *aspace_nth(const struct aspace *as, size_t n);

#endif
