// SPDX-License-Identifier: GPL-2.0-or-later
/* libs/sort and libs/hash. */
#include <libs/hash.h>
#include <libs/sort.h>
#include <vmm/test.h>

struct pair {
	u32 key;
	u8 twin[7];		/* made of the key: must travel with it */
};

static struct pair pairs[100];
static u32 seed;

static u32 random_below(u32 limit)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % limit;
}

static int by_key(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

/* Fills, sorts; the keys' sum must stay, each must be in its place. */
static bool is_sorted(size_t count, u32 limit)
{
	u64 sum = 0;

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		pairs[i].key = i < count ? random_below(limit) : ~0u - (u32)i;
		pairs[i].twin[6] = (u8)pairs[i].key;
		sum += pairs[i].key;
	}
	sort_array(pairs, count, sizeof(pairs[0]), by_key);
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		if (pairs[i].twin[6] != (u8)pairs[i].key)
			return false;
		if (i && i < count && pairs[i].key < pairs[i - 1].key)
			return false;
		if (i >= count && pairs[i].key != ~0u - (u32)i)
			return false;
		sum -= pairs[i].key;
	}
	return !sum;
}

static void sorts(void)
{
	seed = 3;
	for (size_t count = 0; count < ARRAY_LEN(pairs); count++) {
		EXPECT(is_sorted(count, 1u << 24));
		EXPECT(is_sorted(count, 5));
	}
}

/* Values that the authors of FNV publish. */
static void hashes(void)
{
	EXPECT_EQ(hash_string(""), 0x811c9dc5);
	EXPECT_EQ(hash_string("a"), 0xe40c292c);
	EXPECT_EQ(hash_string("foobar"), 0xbf9cf968);
	EXPECT_EQ(hash_bytes(hash_string("foo"), "bar", 3), 0xbf9cf968);
}

SUITE(sort, TEST(sorts), TEST(hashes));
