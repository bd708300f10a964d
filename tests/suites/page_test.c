// SPDX-License-Identifier: GPL-2.0-or-later
/* The page allocator, on whatever memory is free right now. */
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/page.h>
#include <vmm/test.h>

#define BLOCKS	64

static struct block {
	hpa_t pa;
	unsigned order;
	bool used;
} blocks[BLOCKS];

static u64 seed;

static u32 random_below(u32 limit)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(seed >> 33) % limit;
}

static bool overlaps(const struct block *b)
{
	u64 end = b->pa.v + (PAGE_SIZE << b->order);

	for (size_t i = 0; i < BLOCKS; i++) {
		const struct block *o = &blocks[i];

		if (o != b && o->used && b->pa.v < o->pa.v +
		    (PAGE_SIZE << o->order) && o->pa.v < end)
			return true;
	}
	return false;
}

static void orders(void)
{
	EXPECT_EQ(page_order(0), 0);
	EXPECT_EQ(page_order(1), 0);
	EXPECT_EQ(page_order(PAGE_SIZE), 0);
	EXPECT_EQ(page_order(PAGE_SIZE + 1), 1);
	EXPECT_EQ(page_order(PAGE_SIZE * 3), 2);
	EXPECT_EQ(page_order(GIB(1)), 30 - PAGE_SHIFT);
	EXPECT_EQ(page_order(GIB(1) + 1), 31 - PAGE_SHIFT);
}

static bool stats_equal(const struct page_stats *a, const struct page_stats *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static void accounts(void)
{
	struct page_stats before, during, after;
	hpa_t pa;

	page_stats_get(&before);
	EXPECT_EQ(page_alloc(3, PAGE_CONSOLE, &pa), 0);
	page_stats_get(&during);
	page_free(pa, 3, PAGE_CONSOLE);
	page_stats_get(&after);
	EXPECT_EQ(during.total_bytes, before.total_bytes);
	EXPECT_EQ(before.free_bytes - during.free_bytes, 8 * PAGE_SIZE);
	EXPECT_EQ(during.owner_bytes[PAGE_CONSOLE] -
		  before.owner_bytes[PAGE_CONSOLE], 8 * PAGE_SIZE);
	EXPECT(stats_equal(&before, &after));
}

static void too_large(void)
{
	struct page_stats before, after;
	hpa_t pa;

	page_stats_get(&before);
	EXPECT_EQ(page_alloc(PAGE_ORDER_MAX + 1, PAGE_OTHER, &pa), -ENOMEM);
	EXPECT_EQ(page_alloc(63, PAGE_OTHER, &pa), -ENOMEM);
	page_stats_get(&after);
	EXPECT(stats_equal(&before, &after));
}

static void blocks_of_pages(void)
{
	unsigned order;
	hpa_t pa;

	EXPECT_EQ(page_alloc(4, PAGE_OTHER, &pa), 0);
	for (unsigned i = 0; i < 16; i++) {
		hpa_t inside = HPA(pa.v + i * PAGE_SIZE + i);

		order = 99;
		EXPECT_EQ(page_block(inside, PAGE_OTHER, &order).v, pa.v);
		EXPECT_EQ(order, 4);
	}
	page_free(pa, 4, PAGE_OTHER);
}

/* One random step: a block more or a block less. */
static bool step(struct block *b)
{
	if (b->used) {
		page_free(b->pa, b->order, PAGE_OTHER);
		b->used = false;
		return true;
	}
	b->order = random_below(8);
	if (page_alloc(b->order, PAGE_OTHER, &b->pa))
		return true;
	b->used = true;
	memset(hpa_to_ptr(b->pa), 0xa5, PAGE_SIZE << b->order);
	return IS_ALIGNED(b->pa.v, PAGE_SIZE << b->order) && !overlaps(b);
}

static void random_blocks(void)
{
	struct page_stats before, after;
	bool ok = true;

	seed = 1;
	page_stats_get(&before);
	for (unsigned i = 0; i < 4000 && ok; i++)
		ok = step(&blocks[random_below(BLOCKS)]);
	for (size_t i = 0; i < BLOCKS; i++)
		if (blocks[i].used)
			step(&blocks[i]);
	page_stats_get(&after);
	EXPECT(ok);
	EXPECT(stats_equal(&before, &after));
}

SUITE(page, TEST(orders), TEST(accounts), TEST(too_large),
      TEST(blocks_of_pages), TEST(random_blocks));
