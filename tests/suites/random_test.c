// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The generator: the loader's seed is used and wiped, bytes differ.  Native
 * only: it starts the generator anew.
 */
#include <libfdt.h>
#include <libs/string.h>
#include <vmm/random.h>
#include <vmm/test.h>

static u8 tree[512];

static u8 *seeded_tree(u8 value)
{
	u8 seed[32];

	memset(seed, value, sizeof(seed));
	fdt_create(tree, sizeof(tree));
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	fdt_begin_node(tree, "chosen");
	if (value)
		fdt_property(tree, "rng-seed", seed, sizeof(seed));
	fdt_end_node(tree);
	fdt_end_node(tree);
	return fdt_finish(tree) ? NULL : tree;
}

static void seed_is_wiped(void)
{
	const u8 *seed;
	int size;

	EXPECT(seeded_tree(0x5a));
	random_init(tree);
	seed = fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "rng-seed",
			   &size);
	EXPECT(seed && size == 32);
	for (int i = 0; i < size; i++)
		EXPECT_EQ(seed[i], 0);
}

static void bytes_differ(void)
{
	static u8 big[3000];
	u8 a[64], b[64];
	unsigned zeros = 0;

	random_bytes(a, sizeof(a));
	random_bytes(b, sizeof(b));
	EXPECT(memcmp(a, b, sizeof(a)) != 0);
	EXPECT(memcmp(a, a + 32, 32) != 0);
	random_bytes(big, sizeof(big));
	for (size_t i = 0; i < sizeof(big); i++)
		zeros += !big[i];
	EXPECT(zeros < 100);
}

/* The clock is the fake one: only the seeds tell the two apart. */
static void seeds_matter(void)
{
	u8 a[32], b[32];

	EXPECT(seeded_tree(1));
	random_init(tree);
	random_bytes(a, sizeof(a));
	EXPECT(seeded_tree(2));
	random_init(tree);
	random_bytes(b, sizeof(b));
	EXPECT(memcmp(a, b, sizeof(a)) != 0);
}

static void no_seed(void)
{
	u8 a[32], b[32];

	EXPECT(seeded_tree(0));
	random_init(tree);
	random_bytes(a, sizeof(a));
	random_bytes(b, sizeof(b));
	EXPECT(memcmp(a, b, sizeof(a)) != 0);
}

SUITE(random, TEST(seed_is_wiped), TEST(bytes_differ), TEST(seeds_matter),
      TEST(no_seed));
