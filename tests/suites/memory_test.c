// SPDX-License-Identifier: GPL-2.0-or-later
/* The memory map's arithmetic, against a model of one byte for each page. */
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/memory.h>
#include <vmm/page.h>
#include <vmm/test.h>

#define LAST	(~0ull - PAGE_SIZE + 1)		/* start of the last page */

static struct memory_map map;

static int reserve(u64 base, u64 size, bool no_map)
{
	return memory_map_reserve(&map, (struct memory_range){
			.base = base, .size = size, .no_map = no_map });
}

/* The n-th free stretch. */
static struct memory_range nth_free(unsigned n)
{
	struct memory_range r = { 0 };
	u64 from = 0;

	do
		if (!memory_map_next_free(&map, &from, &r))
			return (struct memory_range){ 0 };
	while (n--);
	return r;
}

static void banks(void)
{
	memset(&map, 0, sizeof(map));
	EXPECT_EQ(memory_map_add_bank(&map, 0x80000, 0x4000), 0);
	EXPECT_EQ(memory_map_add_bank(&map, 0x10001, 0x3000), 0);
	EXPECT_EQ(map.bank_count, 2);
	EXPECT_EQ(map.banks[0].base, 0x11000);
	EXPECT_EQ(map.banks[0].size, 0x2000);
	/* Touching and overlapping ones join, odd crumbs vanish. */
	EXPECT_EQ(memory_map_add_bank(&map, 0x84000, 0x1000), 0);
	EXPECT_EQ(memory_map_add_bank(&map, 0x82000, 0x1000), 0);
	EXPECT_EQ(memory_map_add_bank(&map, 0x20001, 0x1ffe), 0);
	EXPECT_EQ(memory_map_add_bank(&map, 0x30000, 0), 0);
	EXPECT_EQ(map.bank_count, 2);
	EXPECT_EQ(map.banks[1].size, 0x5000);
	EXPECT_EQ(memory_map_add_bank(&map, 0x12000, 0x72000), 0);
	EXPECT_EQ(map.bank_count, 1);
	EXPECT_EQ(map.banks[0].base, 0x11000);
	EXPECT_EQ(map.banks[0].size, 0x85000 - 0x11000);
}

static void ends_of_space(void)
{
	memset(&map, 0, sizeof(map));
	EXPECT_EQ(memory_map_add_bank(&map, LAST - 0x2000, ~0ull), 0);
	EXPECT_EQ(map.bank_count, 1);
	EXPECT_EQ(map.banks[0].size, 0x2000);
	EXPECT_EQ(memory_map_add_bank(&map, ~0ull, ~0ull), 0);
	EXPECT_EQ(memory_map_add_bank(&map, LAST, PAGE_SIZE), 0);
	EXPECT_EQ(memory_map_add_bank(&map, LAST + 1, PAGE_SIZE), 0);
	EXPECT_EQ(map.bank_count, 1);
	EXPECT_EQ(reserve(LAST - 1, ~0ull, false), 0);
	EXPECT_EQ(reserve(~0ull, ~0ull, true), 0);
	EXPECT_EQ(nth_free(0).size, 0x1000);
	EXPECT_EQ(nth_free(1).size, 0);
	EXPECT_EQ(memory_map_add_bank(&map, 0, ~0ull), 0);
	EXPECT_EQ(map.bank_count, 1);
	EXPECT_EQ(map.banks[0].size, LAST);
}

static void reservations(void)
{
	struct memory_range r;
	u64 from = 0;

	memset(&map, 0, sizeof(map));
	EXPECT_EQ(memory_map_add_bank(&map, 0x10000, 0x10000), 0);
	EXPECT_EQ(reserve(0x12fff, 2, false), 0);	/* two pages */
	EXPECT_EQ(reserve(0x8000, 0x9000, false), 0);
	EXPECT_EQ(reserve(0x1f000, 0x9000, true), 0);
	EXPECT_EQ(nth_free(0).base, 0x11000);
	EXPECT_EQ(nth_free(0).size, 0x1000);
	EXPECT_EQ(nth_free(1).base, 0x14000);
	EXPECT_EQ(nth_free(1).size, 0xb000);
	EXPECT_EQ(nth_free(2).size, 0);
	EXPECT(memory_map_next_mapped(&map, &from, &r));
	EXPECT_EQ(r.base, 0x10000);
	EXPECT_EQ(r.size, 0xf000);
	EXPECT(!memory_map_next_mapped(&map, &from, &r));
}

static void no_map_wins(void)
{
	memset(&map, 0, sizeof(map));
	EXPECT_EQ(reserve(0x10000, 0x10000, false), 0);
	EXPECT_EQ(reserve(0x14000, 0x1000, true), 0);
	EXPECT_EQ(map.reserved_count, 3);
	EXPECT(map.reserved[1].no_map);
	EXPECT_EQ(reserve(0x8000, 0x20000, false), 0);
	EXPECT_EQ(map.reserved_count, 3);
	EXPECT_EQ(map.reserved[0].base, 0x8000);
	EXPECT_EQ(map.reserved[1].base, 0x14000);
	EXPECT_EQ(map.reserved[1].size, 0x1000);
	EXPECT_EQ(map.reserved[2].base, 0x15000);
	EXPECT_EQ(map.reserved[2].size, 0x13000);
	EXPECT_EQ(reserve(0, 0x100000, true), 0);
	EXPECT_EQ(map.reserved_count, 1);
}

static void tables_end(void)
{
	memset(&map, 0, sizeof(map));
	for (u64 i = 0; i < MEMORY_BANK_MAX; i++) {
		EXPECT_EQ(memory_map_add_bank(&map, i << 20, PAGE_SIZE), 0);
		EXPECT_EQ(reserve(i << 20, PAGE_SIZE, i & 1), 0);
	}
	EXPECT_EQ(memory_map_add_bank(&map, GIB(1), PAGE_SIZE), -ENOSPC);
	EXPECT_EQ(reserve(GIB(1), PAGE_SIZE, false), -ENOSPC);
	EXPECT_EQ(reserve(GIB(1), PAGE_SIZE, true), -ENOSPC);
	EXPECT_EQ(memory_map_add_bank(&map, 0, MIB(1)), 0);
	EXPECT_EQ(map.bank_count, MEMORY_BANK_MAX - 1);
}

/* ---- Random ranges against the model ---- */

#define PAGES	96
enum { BANK = 1, TAKEN = 2, NO_MAP = 4 };

static u8 model[PAGES];
static u64 seed;

static u32 random_below(u32 limit)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(seed >> 33) % limit;
}

static void model_set(u64 first, u64 end, u8 flags)
{
	for (u64 i = first; i < end && i < PAGES; i++)
		model[i] |= flags;
}

static bool add_random(void)
{
	u64 base = random_below(PAGES * PAGE_SIZE);
	u64 size = random_below(12 * PAGE_SIZE);
	u64 end = MIN(base + size, (u64)PAGES * PAGE_SIZE);
	bool no_map = random_below(3) == 0;

	size = end - base;
	if (random_below(2)) {
		model_set(ALIGN_UP(base, PAGE_SIZE) >> PAGE_SHIFT,
			  end >> PAGE_SHIFT, BANK);
		return !memory_map_add_bank(&map, base, size);
	}
	if (size)
		model_set(base >> PAGE_SHIFT,
			  ALIGN_UP(end, PAGE_SIZE) >> PAGE_SHIFT,
			  no_map ? TAKEN | NO_MAP : TAKEN);
	return !reserve(base, size, no_map);
}

static bool is_sorted(const struct memory_range *r, unsigned count)
{
	for (unsigned i = 0; i + 1 < count; i++) {
		u64 end = r[i].base + r[i].size;

		if (end > r[i + 1].base ||
		    (end == r[i + 1].base && r[i].no_map == r[i + 1].no_map))
			return false;
	}
	return true;
}

/* Does the iteration visit exactly the pages that the model has so? */
static bool visits(bool (*next)(const struct memory_map *, u64 *,
				struct memory_range *), u8 without)
{
	struct memory_range r;
	u64 from = 0, page = 0;

	while (next(&map, &from, &r)) {
		for (; page < r.base >> PAGE_SHIFT; page++)
			if ((model[page] & (BANK | without)) == BANK)
				return false;
		for (; page < (r.base + r.size) >> PAGE_SHIFT; page++)
			if ((model[page] & (BANK | without)) != BANK)
				return false;
	}
	for (; page < PAGES; page++)
		if ((model[page] & (BANK | without)) == BANK)
			return false;
	return true;
}

static void random_ranges(void)
{
	seed = 3;
	for (unsigned round = 0; round < 300; round++) {
		memset(&map, 0, sizeof(map));
		memset(model, 0, sizeof(model));
		for (unsigned i = 0; i < 14; i++)
			EXPECT(add_random());
		EXPECT(is_sorted(map.banks, map.bank_count));
		EXPECT(is_sorted(map.reserved, map.reserved_count));
		EXPECT(visits(memory_map_next_free, TAKEN));
		EXPECT(visits(memory_map_next_mapped, NO_MAP));
	}
}

SUITE(memory, TEST(banks), TEST(ends_of_space), TEST(reservations),
      TEST(no_map_wins), TEST(tables_end), TEST(random_ranges));
