/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * <stdlib.h> for libraries that expect one: strtoul() of <libs/string.h> and
 * memory from the heap.
 */
#ifndef COMPAT_STDLIB_H
#define COMPAT_STDLIB_H

#include <libs/string.h>
#include <vmm/heap.h>

static inline void *calloc(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		return NULL;
	return heap_alloc(bytes);
}

static inline void free(void *p)
{
	heap_free(p);
}

#endif
