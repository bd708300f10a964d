// SPDX-License-Identifier: GPL-2.0-or-later
/* core/guest/aspace: regions added, found, changed and removed. */
#include <vmm/alloc_fault.h>
#include <vmm/aspace.h>
#include <arch/irqflags.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/test.h>

static struct aspace as;

static int add(u64 base, u64 size)
{
	const struct region r = {
		.base = GPA(base), .size = size, .kind = REGION_MMIO,
	};

	return aspace_add(&as, &r);
}

/* Base of the region that holds it, or 1. */
static u64 find(u64 a, u64 size)
{
	u64 flags = irq_save(), base;
	const struct region *r = aspace_find(&as, GPA(a), size);

	base = r ? r->base.v : 1;
	irq_restore(flags);
	return base;
}

static void empty(void)
{
	EXPECT_EQ(aspace_init(&as), 0);
	EXPECT_EQ(find(0, 1), 1);
	EXPECT_EQ(find(~0ull, 1), 1);
	EXPECT(!aspace_nth(&as, 0));
	aspace_fini(&as);
}

static void edges(void)
{
	EXPECT_EQ(aspace_init(&as), 0);
	EXPECT_EQ(add(0x1000, 0x1000), 0);
	EXPECT_EQ(find(0xfff, 1), 1);
	EXPECT_EQ(find(0xfff, 2), 1);
	EXPECT_EQ(find(0x1000, 1), 0x1000);
	EXPECT_EQ(find(0x1000, 0x1000), 0x1000);
	EXPECT_EQ(find(0x1000, 0x1001), 1);
	EXPECT_EQ(find(0x1fff, 1), 0x1000);
	EXPECT_EQ(find(0x1ff9, 8), 1);
	EXPECT_EQ(find(0x1ff8, 8), 0x1000);
	EXPECT_EQ(find(0x1ff8, ~0ull), 1);
	EXPECT_EQ(find(0x1ff8, 0), 1);
	EXPECT_EQ(find(0x2000, 1), 1);
	EXPECT_EQ(find(~0ull, 1), 1);
	aspace_fini(&as);
}

/* The last byte of the address space, also of maps with padding. */
static void top(void)
{
	EXPECT_EQ(aspace_init(&as), 0);
	EXPECT_EQ(add(~0ull - 0xfff, 0x1000), 0);
	EXPECT_EQ(find(~0ull, 1), ~0ull - 0xfff);
	EXPECT_EQ(find(~0ull, 2), 1);
	EXPECT_EQ(add(0, 0x1000), 0);
	EXPECT_EQ(add(0x1000, 0x1000), 0);
	EXPECT_EQ(find(~0ull - 7, 8), ~0ull - 0xfff);
	EXPECT_EQ(find(~0ull, 1), ~0ull - 0xfff);
	EXPECT_EQ(find(0x2000, 1), 1);
	aspace_fini(&as);
}

static void refuses(void)
{
	EXPECT_EQ(aspace_init(&as), 0);
	EXPECT_EQ(add(0x1000, 0), -EINVAL);
	EXPECT_EQ(add(0x1000, ~0ull), -EINVAL);
	EXPECT_EQ(add(0x1000, 0x1000), 0);
	EXPECT_EQ(add(0x0, 0x1001), -EEXIST);
	EXPECT_EQ(add(0x1fff, 1), -EEXIST);
	EXPECT_EQ(add(0x1800, 0x10), -EEXIST);
	EXPECT_EQ(add(0x0, 0x8000), -EEXIST);
	EXPECT_EQ(add(0x0, 0x1000), 0);
	EXPECT_EQ(add(0x2000, 0x1000), 0);
	EXPECT_EQ(aspace_remove(&as, GPA(0x1800)), -ENOENT);
	EXPECT_EQ(aspace_set_kind(&as, GPA(0x4000), REGION_RAM), -ENOENT);
	aspace_fini(&as);
}

/* Every number of regions, in an order that is not sorted. */
static void many(void)
{
	const u64 count = 37, step = 0x10000;

	EXPECT_EQ(aspace_init(&as), 0);
	for (u64 i = 0; i < count; i++) {
		EXPECT_EQ(add((1 + i * 7 % count) * step, step / 2), 0);
		for (u64 n = 0; n <= i; n++) {
			u64 base = (1 + n * 7 % count) * step;

			EXPECT_EQ(find(base, 1), base);
			EXPECT_EQ(find(base + step / 2 - 1, 1), base);
			EXPECT_EQ(find(base + step / 2, 1), 1);
			EXPECT_EQ(find(base - 1, 1), 1);
		}
	}
	for (u64 i = 0; i < count; i++) {
		u64 base = (1 + i * 11 % count) * step;

		EXPECT_EQ(aspace_remove(&as, GPA(base)), 0);
		EXPECT_EQ(find(base, 1), 1);
		EXPECT_EQ(as.map->count, count - 1 - i);
	}
	aspace_fini(&as);
}

static void kinds(void)
{
	EXPECT_EQ(aspace_init(&as), 0);
	EXPECT_EQ(add(0x1000, 0x1000), 0);
	EXPECT_EQ(add(0x3000, 0x1000), 0);
	EXPECT_EQ(aspace_set_kind(&as, GPA(0x3000), REGION_ROMD), 0);
	EXPECT_EQ(aspace_nth(&as, 0)->kind, REGION_MMIO);
	EXPECT_EQ(aspace_nth(&as, 1)->kind, REGION_ROMD);
	EXPECT(!aspace_nth(&as, 2));
	aspace_fini(&as);
}

/* What fails leaves the map as it was. */
static void out_of_memory(void)
{
	EXPECT_EQ(aspace_init(&as), 0);
	EXPECT_EQ(add(0x1000, 0x1000), 0);
	alloc_fault_begin(ALLOC_FAULT_ON, 1);
	EXPECT_EQ(add(0x3000, 0x1000), -ENOMEM);
	EXPECT_EQ(aspace_remove(&as, GPA(0x1000)), -ENOMEM);
	EXPECT_EQ(aspace_set_kind(&as, GPA(0x1000), REGION_RAM), -ENOMEM);
	EXPECT_EQ(alloc_fault_end(), 3);
	EXPECT_EQ(find(0x1000, 1), 0x1000);
	EXPECT_EQ(as.map->count, 1);
	aspace_fini(&as);
}

SUITE(aspace, TEST(empty), TEST(edges), TEST(top), TEST(refuses), TEST(many),
      TEST(kinds), TEST(out_of_memory));
