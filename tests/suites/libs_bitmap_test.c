// SPDX-License-Identifier: GPL-2.0-or-later
/* libs/bitmap against a plain array of bool. */
#include <libs/bitmap.h>
#include <libs/string.h>
#include <vmm/test.h>

#define BITS	200

static unsigned long map[BITMAP_WORDS(BITS)];
static bool model[BITS];
static u32 seed;

static u32 random_below(u32 limit)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % limit;
}

static size_t model_next(size_t size, size_t from, bool value)
{
	while (from < size && model[from] != value)
		from++;
	return MIN(from, size);
}

static size_t model_run(size_t size, size_t from, size_t count)
{
	for (; from + count <= size; from++) {
		size_t end = model_next(size, from, true);

		if (end - from >= count)
			return from;
	}
	return size;
}

static void fill_random(void)
{
	size_t first = random_below(BITS);
	size_t count = random_below((u32)(BITS - first) + 1);
	bool value = random_below(2);

	if (value)
		bitmap_set_range(map, first, count);
	else
		bitmap_clear_range(map, first, count);
	for (size_t i = first; i < first + count; i++)
		model[i] = value;
}

static void one_bit(void)
{
	memset(map, 0, sizeof(map));
	bitmap_set(map, 64);
	EXPECT(bitmap_test(map, 64));
	EXPECT(!bitmap_test(map, 63) && !bitmap_test(map, 65));
	EXPECT_EQ(bitmap_weight(map, BITS), 1);
	bitmap_clear(map, 64);
	EXPECT_EQ(bitmap_weight(map, BITS), 0);
}

/* Bits beyond the size are neither found nor counted. */
static void size_is_the_end(void)
{
	memset(map, 0xff, sizeof(map));
	bitmap_clear_range(map, 0, 70);
	EXPECT_EQ(bitmap_first_set(map, 70), 70);
	EXPECT_EQ(bitmap_weight(map, 70), 0);
	EXPECT_EQ(bitmap_weight(map, 71), 1);
	EXPECT_EQ(bitmap_next_zero(map, 100, 70), 100);
	EXPECT_EQ(bitmap_next_set(map, 70, 500), 70);
	EXPECT_EQ(bitmap_find_zero_run(map, 70, 0, 71), 70);
	EXPECT_EQ(bitmap_find_zero_run(map, 70, 0, 70), 0);
	EXPECT_EQ(bitmap_first_set(map, 0), 0);
}

static void ranges_and_searches(void)
{
	memset(map, 0, sizeof(map));
	memset(model, 0, sizeof(model));
	seed = 1;
	for (int round = 0; round < 2000; round++) {
		size_t size = random_below(BITS + 1);
		size_t from = random_below(BITS + 1);
		size_t count = 1 + random_below(40);
		size_t weight = 0;

		fill_random();
		for (size_t i = 0; i < size; i++)
			weight += model[i];
		EXPECT_EQ(bitmap_next_set(map, size, from),
			  model_next(size, from, true));
		EXPECT_EQ(bitmap_next_zero(map, size, from),
			  model_next(size, from, false));
		EXPECT_EQ(bitmap_find_zero_run(map, size, from, count),
			  model_run(size, from, count));
		EXPECT_EQ(bitmap_weight(map, size), weight);
	}
}

static void walk(void)
{
	size_t bit, sum = 0;

	memset(map, 0, sizeof(map));
	bitmap_set(map, 0);
	bitmap_set(map, 63);
	bitmap_set(map, 199);
	bitmap_for_each_set(bit, map, BITS)
		sum += bit;
	EXPECT_EQ(sum, 262);
}

SUITE(bitmap, TEST(one_bit), TEST(size_is_the_end), TEST(ranges_and_searches),
      TEST(walk));
