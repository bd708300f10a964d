/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorting of arrays in place: no recursion, no memory, never quadratic. */
#ifndef LIBS_SORT_H
#define LIBS_SORT_H

#include <vmm/types.h>

/* Negative, 0 or positive as a goes before, with or after b. */
typedef int sort_compare_fn(const void *a, const void *b);

/* count elements of size bytes; the order of equal ones is not kept. */
void sort_array(void *base, size_t count, size_t size,
		sort_compare_fn *compare);

#endif
