// SPDX-License-Identifier: GPL-2.0-or-later
/* Bitmaps: ranges and searches a word at a time. */
#include <libs/bitmap.h>

/* count bits of one word, 1 to all, from first on; they must lie in it. */
static unsigned long word_mask(size_t first, size_t count)
{
	return ~0ul >> (BITMAP_WORD_BITS - count) << first % BITMAP_WORD_BITS;
}

static size_t word_left(size_t first)
{
	return BITMAP_WORD_BITS - first % BITMAP_WORD_BITS;
}

void bitmap_set_range(unsigned long *map, size_t first, size_t count)
{
	while (count) {
		size_t step = MIN(count, word_left(first));

		map[first / BITMAP_WORD_BITS] |= word_mask(first, step);
		first += step;
		count -= step;
	}
}

void bitmap_clear_range(unsigned long *map, size_t first, size_t count)
{
	while (count) {
		size_t step = MIN(count, word_left(first));

		map[first / BITMAP_WORD_BITS] &= ~word_mask(first, step);
		first += step;
		count -= step;
	}
}

/* The first set bit of map ^ flip. */
static size_t next_set(const unsigned long *map, size_t size, size_t from,
		       unsigned long flip)
{
	while (from < size) {
		unsigned long word = map[from / BITMAP_WORD_BITS] ^ flip;

		word >>= from % BITMAP_WORD_BITS;
		if (word)
			return MIN(from + (size_t)__builtin_ctzl(word), size);
		from += word_left(from);
	}
	return size;
}

size_t bitmap_next_set(const unsigned long *map, size_t size, size_t from)
{
	return next_set(map, size, from, 0);
}

size_t bitmap_next_zero(const unsigned long *map, size_t size, size_t from)
{
	return next_set(map, size, from, ~0ul);
}

size_t bitmap_find_zero_run(const unsigned long *map, size_t size,
			    size_t from, size_t count)
{
	size_t first = bitmap_next_zero(map, size, from);

	while (first < size && count <= size - first) {
		size_t end = bitmap_next_set(map, first + count, first);

		if (end == first + count)
			return first;
		first = bitmap_next_zero(map, size, end);
	}
	return size;
}

/* Counted in steps of 1, 2, 4 and then all bytes: no libgcc call. */
static size_t word_weight(unsigned long word)
{
	const unsigned long ones = ~0ul;

	word -= (word >> 1) & (ones / 3);
	word = (word & (ones / 5)) + ((word >> 2) & (ones / 5));
	word = (word + (word >> 4)) & (ones / 17);
	return (word * (ones / 255)) >> (BITMAP_WORD_BITS - 8);
}

size_t bitmap_weight(const unsigned long *map, size_t size)
{
	size_t weight = 0, from = 0;

	while (from < size) {
		size_t step = MIN(size - from, BITMAP_WORD_BITS);

		weight += word_weight(map[from / BITMAP_WORD_BITS] &
				      word_mask(from, step));
		from += step;
	}
	return weight;
}
