// SPDX-License-Identifier: GPL-2.0-or-later
/* Heap sort: element 0 of a heap is its largest, 2i+1 and 2i+2 lie below i. */
#include <libs/sort.h>

struct heap {
	u8 *base;
	size_t count, size;
	sort_compare_fn *compare;
};

static void *element(const struct heap *h, size_t index)
{
	return h->base + index * h->size;
}

static bool is_less(const struct heap *h, size_t a, size_t b)
{
	return h->compare(element(h, a), element(h, b)) < 0;
}

static void swap(const struct heap *h, size_t a, size_t b)
{
	u8 *x = element(h, a), *y = element(h, b);

	for (size_t i = 0; i < h->size; i++) {
		u8 byte = x[i];

		x[i] = y[i];
		y[i] = byte;
	}
}

/* Moves the element down until nothing below it is larger. */
static void sift_down(const struct heap *h, size_t index)
{
	size_t below;

	for (; (below = 2 * index + 1) < h->count; index = below) {
		if (below + 1 < h->count && is_less(h, below, below + 1))
			below++;
		if (!is_less(h, index, below))
			return;
		swap(h, index, below);
	}
}

void sort_array(void *base, size_t count, size_t size,
		sort_compare_fn *compare)
{
	struct heap h = { base, count, size, compare };

	for (size_t i = count / 2; i-- > 0; )
		sift_down(&h, i);
	while (h.count > 1) {
		h.count--;
		swap(&h, 0, h.count);
		sift_down(&h, 0);
	}
}
