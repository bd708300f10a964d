// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sorted sets of address ranges: which RAM there is and what of it is taken.
 * Pure; the host's tree is read elsewhere.
 */
#include <vmm/errno.h>
#include <vmm/memory.h>
#include <vmm/page.h>

#define ADDRESS_END	ALIGN_DOWN(~0ull, PAGE_SIZE)

/* One of the two arrays of a map. */
struct range_set {
	struct memory_range *ranges;
	unsigned *count;
	unsigned max;
};

static u64 range_end(const struct memory_range *r)
{
	return r->base + r->size;
}

/* The end of [base, base + size) where that does not wrap. */
static u64 end_clamped(u64 base, u64 size)
{
	u64 limit = ADDRESS_END;

	return base >= limit || size > limit - base ? limit : base + size;
}

static int set_insert_at(struct range_set *s, unsigned at,
			 const struct memory_range *r)
{
	if (*s->count == s->max)
		return -ENOSPC;
	for (unsigned i = (*s->count)++; i > at; i--)
		s->ranges[i] = s->ranges[i - 1];
	s->ranges[at] = *r;
	return 0;
}

static void set_remove_at(struct range_set *s, unsigned at)
{
	(*s->count)--;
	for (unsigned i = at; i < *s->count; i++)
		s->ranges[i] = s->ranges[i + 1];
}

/* Takes [base, end) out of the ranges there are. */
static int set_cut(struct range_set *s, u64 base, u64 end)
{
	for (unsigned i = 0; i < *s->count; ) {
		struct memory_range *r = &s->ranges[i];
		struct memory_range rest = *r;

		if (range_end(r) <= base || r->base >= end) {
			i++;
			continue;
		}
		rest.base = end;
		rest.size = range_end(r) - end;
		if (range_end(r) > end && r->base < base) {
			r->size = base - r->base;
			return set_insert_at(s, i + 1, &rest);
		}
		if (range_end(r) > end)
			*r = rest;
		else if (r->base < base)
			r->size = base - r->base;
		else
			set_remove_at(s, i);
	}
	return 0;
}

static bool is_joined(const struct memory_range *a,
		      const struct memory_range *b)
{
	return a->no_map == b->no_map && a->base <= range_end(b) &&
		b->base <= range_end(a);
}

/* Adds a range that overlaps none with another no_map. */
static int set_add(struct range_set *s, struct memory_range r)
{
	unsigned i = 0;

	while (i < *s->count) {
		struct memory_range *old = &s->ranges[i];
		u64 end = MAX(range_end(old), range_end(&r));

		if (!is_joined(old, &r)) {
			i++;
			continue;
		}
		r.base = MIN(old->base, r.base);
		r.size = end - r.base;
		set_remove_at(s, i);
	}
	for (i = 0; i < *s->count && s->ranges[i].base < r.base; )
		i++;
	return set_insert_at(s, i, &r);
}

static struct range_set banks_of(struct memory_map *m)
{
	return (struct range_set){ m->banks, &m->bank_count, MEMORY_BANK_MAX };
}

static struct range_set reserved_of(struct memory_map *m)
{
	return (struct range_set){ m->reserved, &m->reserved_count,
				   MEMORY_RESERVED_MAX };
}

int memory_map_add_bank(struct memory_map *m, u64 base, u64 size)
{
	struct range_set banks = banks_of(m);
	u64 end = ALIGN_DOWN(end_clamped(base, size), PAGE_SIZE);

	if (base > ADDRESS_END)
		return 0;
	base = ALIGN_UP(base, PAGE_SIZE);
	if (base >= end)
		return 0;
	return set_add(&banks, (struct memory_range){
			.base = base, .size = end - base });
}

/* The first reserved range that ends above at; NULL: none. */
static const struct memory_range *reserved_after(const struct memory_map *m,
						 u64 at, bool no_map_only)
{
	for (unsigned i = 0; i < m->reserved_count; i++) {
		const struct memory_range *r = &m->reserved[i];

		if (range_end(r) > at && (r->no_map || !no_map_only))
			return r;
	}
	return NULL;
}

/* Adds what of [base, end) is not reserved as no-map. */
static int reserve_mapped(struct memory_map *m, u64 base, u64 end)
{
	struct range_set reserved = reserved_of(m);

	while (base < end) {
		const struct memory_range *no_map =
			reserved_after(m, base, true);
		struct memory_range gap = { .base = base };
		u64 gap_end = no_map ? MIN(no_map->base, end) : end;
		u64 next = no_map ? range_end(no_map) : end;
		int rc = 0;

		if (gap_end > base) {
			gap.size = gap_end - base;
			rc = set_add(&reserved, gap);
		}
		if (rc)
			return rc;
		base = next;
	}
	return 0;
}

int memory_map_reserve(struct memory_map *m, struct memory_range r)
{
	struct range_set reserved = reserved_of(m);
	u64 end = end_clamped(r.base, r.size);
	int rc;

	if (!r.size || r.base >= ADDRESS_END)
		return 0;
	end = ALIGN_UP(end, PAGE_SIZE);
	r.base = ALIGN_DOWN(r.base, PAGE_SIZE);
	r.size = end - r.base;
	if (!r.no_map)
		return reserve_mapped(m, r.base, end);
	rc = set_cut(&reserved, r.base, end);
	return rc ? rc : set_add(&reserved, r);
}

/* The part of bank at or above at that begins and ends free. */
static bool bank_next(const struct memory_map *m, u64 at, bool no_map_only,
		      struct memory_range *bank)
{
	u64 end = range_end(bank);

	at = MAX(at, bank->base);
	while (at < end) {
		const struct memory_range *r =
			reserved_after(m, at, no_map_only);

		if (!r || r->base > at) {
			bank->base = at;
			bank->size = (r ? MIN(r->base, end) : end) - at;
			return true;
		}
		at = range_end(r);
	}
	return false;
}

static bool find_next(const struct memory_map *m, u64 *from,
		      bool no_map_only, struct memory_range *out)
{
	for (unsigned i = 0; i < m->bank_count; i++) {
		*out = m->banks[i];
		if (!bank_next(m, *from, no_map_only, out))
			continue;
		*from = range_end(out);
		return true;
	}
	return false;
}

bool memory_map_next_free(const struct memory_map *m, u64 *from,
			  struct memory_range *out)
{
	return find_next(m, from, false, out);
}

bool memory_map_next_mapped(const struct memory_map *m, u64 *from,
			    struct memory_range *out)
{
	return find_next(m, from, true, out);
}
