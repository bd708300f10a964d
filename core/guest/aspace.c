// SPDX-License-Identifier: GPL-2.0-or-later
/* Which region of a guest an address belongs to: sorted snapshots. */
#include <vmm/aspace.h>
#include <libs/string.h>
#include <vmm/cpu.h>
#include <vmm/errno.h>
#include <vmm/heap.h>

/* The search looks at a power of two of regions, at least at these. */
static size_t padded_count(size_t count)
{
	size_t padded = ASPACE_SEARCH_MIN;

	while (padded < count)
		padded *= 2;
	return padded;
}

/* One allocation: map, regions. */
static struct aspace_map *map_new(size_t count)
{
	struct aspace_map *m;
	const size_t padded = padded_count(count);

	m = heap_alloc(sizeof(*m) + padded * sizeof(struct region));
	if (!m)
		return NULL;
	m->count = count;
	m->half = padded / 2;
	m->regions = (struct region *)(void *)(m + 1);
	return m;
}

/* All of from's regions from first on. */
static void regions_copy(struct aspace_map *to, size_t at,
			 const struct aspace_map *from, size_t first)
{
	memcpy(to->regions + at, from->regions + first,
	       (from->count - first) * sizeof(*to->regions));
}

/* Readers run with interrupts masked: after a call to all, none is left. */
static void quiesce(void *arg)
{
}

/* Padding is the last region again: it is found there as well. */
static void padding_fill(struct aspace_map *m)
{
	for (size_t i = m->count; i && i < padded_count(m->count); i++)
		m->regions[i] = m->regions[m->count - 1];
}

static void publish(struct aspace *as, struct aspace_map *m)
{
	struct aspace_map *old = as->map;

	padding_fill(m);
	__atomic_store_n(&as->map, m, __ATOMIC_RELEASE);
	smp_call(cpu_online_mask, quiesce, NULL);
	heap_free(old);
}

int aspace_init(struct aspace *as)
{
	as->map = map_new(0);
	if (!as->map)
		return -ENOMEM;
	mutex_init(&as->lock);
	return 0;
}

void aspace_fini(struct aspace *as)
{
	heap_free(as->map);
	as->map = NULL;
}

size_t aspace_bytes(struct aspace *as)
{
	SCOPED_MUTEX(&as->lock);
	return heap_size(as->map);
}

static u64 last(const struct region *r)
{
	return r->base.v + (r->size - 1);
}

/* Index of the first region that ends at or above a. */
static size_t place(const struct aspace_map *m, u64 a)
{
	size_t i = 0;

	while (i < m->count && last(&m->regions[i]) < a)
		i++;
	return i;
}

int aspace_add(struct aspace *as, const struct region *r)
{
	const struct aspace_map *old;
	struct aspace_map *m;
	size_t i;

	if (!r->size || last(r) < r->base.v)
		return -EINVAL;
	SCOPED_MUTEX(&as->lock);
	old = as->map;
	i = place(old, r->base.v);
	if (i < old->count && old->regions[i].base.v <= last(r))
		return -EEXIST;
	m = map_new(old->count + 1);
	if (!m)
		return -ENOMEM;
	memcpy(m->regions, old->regions, i * sizeof(*r));
	m->regions[i] = *r;
	regions_copy(m, i + 1, old, i);
	publish(as, m);
	return 0;
}

/* Index of the region that starts at base, or count. */
static size_t index_of(const struct aspace_map *m, gpa_t base)
{
	size_t i = place(m, base.v);

	return i < m->count && m->regions[i].base.v == base.v ? i : m->count;
}

int aspace_remove(struct aspace *as, gpa_t base)
{
	const struct aspace_map *old;
	struct aspace_map *m;
	size_t i;
	SCOPED_MUTEX(&as->lock);

	old = as->map;
	i = index_of(old, base);
	if (i == old->count)
		return -ENOENT;
	m = map_new(old->count - 1);
	if (!m)
		return -ENOMEM;
	memcpy(m->regions, old->regions, i * sizeof(*m->regions));
	regions_copy(m, i, old, i + 1);
	publish(as, m);
	return 0;
}

int aspace_set_kind(struct aspace *as, gpa_t base, enum region_kind kind)
{
	const struct aspace_map *old;
	struct aspace_map *m;
	size_t i;
	SCOPED_MUTEX(&as->lock);

	old = as->map;
	i = index_of(old, base);
	if (i == old->count)
		return -ENOENT;
	m = map_new(old->count);
	if (!m)
		return -ENOMEM;
	regions_copy(m, 0, old, 0);
	m->regions[i].kind = kind;
	publish(as, m);
	return 0;
}

const struct region *aspace_nth(const struct aspace *as, size_t n)
{
	return n < as->map->count ? &as->map->regions[n] : NULL;
}
