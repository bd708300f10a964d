/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bitmaps in arrays of unsigned long.  `size` is the number of bits in use;
 * searches answer `size` when there is no such bit.  Bits at and beyond
 * `size` in the last word are never looked at.  Not atomic: the caller locks.
 */
#ifndef LIBS_BITMAP_H
#define LIBS_BITMAP_H

#include <vmm/types.h>

#define BITMAP_WORD_BITS	(8 * sizeof(unsigned long))
#define BITMAP_WORDS(size)						\
	(((size) + BITMAP_WORD_BITS - 1) / BITMAP_WORD_BITS)

/* Declares a map of at least size bits; static ones begin all clear. */
#define BITMAP_DECLARE(name, size)	unsigned long name[BITMAP_WORDS(size)]

static inline unsigned long bitmap_mask(size_t bit)
{
	return 1ul << (bit % BITMAP_WORD_BITS);
}

static inline bool bitmap_test(const unsigned long *map, size_t bit)
{
	return map[bit / BITMAP_WORD_BITS] & bitmap_mask(bit);
}

static inline void bitmap_set(unsigned long *map, size_t bit)
{
	map[bit / BITMAP_WORD_BITS] |= bitmap_mask(bit);
}

static inline void bitmap_clear(unsigned long *map, size_t bit)
{
	map[bit / BITMAP_WORD_BITS] &= ~bitmap_mask(bit);
}

/* Sets or clears count bits from first on. */
void bitmap_set_range(unsigned long *map, size_t first, size_t count);
void bitmap_clear_range(unsigned long *map, size_t first, size_t count);

/* The first set (clear) bit at or after from. */
size_t bitmap_next_set(const unsigned long *map, size_t size, size_t from);
size_t bitmap_next_zero(const unsigned long *map, size_t size, size_t from);

static inline size_t bitmap_first_set(const unsigned long *map, size_t size)
{
	return bitmap_next_set(map, size, 0);
}

/* First bit of the first run of count clear bits at or after from. */
size_t bitmap_find_zero_run(const unsigned long *map, size_t size,
			    size_t from, size_t count);

/* How many bits are set. */
size_t bitmap_weight(const unsigned long *map, size_t size);

#define bitmap_for_each_set(bit, map, size)				\
	for ((bit) = bitmap_first_set(map, size); (bit) < (size);	\
	     (bit) = bitmap_next_set(map, size, (bit) + 1))

#endif
