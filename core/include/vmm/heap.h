/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small objects: size classes over pages.  Any context. */
#ifndef VMM_HEAP_H
#define VMM_HEAP_H

#include <vmm/types.h>

/*
 * Zeroed memory, 16-byte aligned (multiples of a larger power of two, up to
 * a page: aligned to that), or NULL.  Larger than a page: whole pages.
 */
void *heap_alloc(size_t size);
void heap_free(void *p);		/* NULL is allowed */
/* Bytes that the living object p takes of its pages; NULL takes none. */
size_t heap_size(const void *p);
char *heap_strdup(const char *s);

struct heap_stats {
	u64 object_count;		/* living now */
	u64 object_bytes;		/* as asked for, rounded to classes */
	u64 page_bytes;			/* taken from the page allocator */
};
void heap_stats_get(struct heap_stats *out);

static inline void heap_scope_end(void *p)
{
	heap_free(*(void **)p);
}
/* Frees a pointer variable when its scope ends. */
#define HEAP_SCOPED	__attribute__((cleanup(heap_scope_end)))

#endif
