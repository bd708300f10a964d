// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a running hypervisor would not survive: memory used up, ranges added,
 * mistakes that must be noticed; and our own address space, seen through the
 * fake machine's walks and faults.
 */
#include <string.h>

#include <arch/fake.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/hostmap.h>
#include <vmm/image.h>
#include <vmm/page.h>
#include <vmm/test.h>

static bool stats_equal(const struct page_stats *a, const struct page_stats *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* Takes all blocks there are, a list through their first words. */
static hpa_t take_all(u64 *pages)
{
	hpa_t pa, last = HPA(0);

	*pages = 0;
	for (unsigned order = PAGE_ORDER_MAX + 1; order-- > 0; )
		while (!page_alloc(order, PAGE_OTHER, &pa)) {
			u64 *words = hpa_to_ptr(pa);

			words[0] = last.v;
			words[1] = order;
			last = pa;
			*pages += BIT64(order);
		}
	return last;
}

static void give_all(hpa_t pa)
{
	while (pa.v) {
		const u64 *words = hpa_to_ptr(pa);
		hpa_t next = HPA(words[0]);

		page_free(pa, (unsigned)words[1], PAGE_OTHER);
		pa = next;
	}
}

static void exhaust(void)
{
	struct page_stats before, empty, after;
	u64 pages;
	hpa_t all;
	u8 *stack;
	void *p;

	page_stats_get(&before);
	all = take_all(&pages);
	page_stats_get(&empty);
	EXPECT_EQ(heap_alloc(PAGE_SIZE), NULL);
	EXPECT_EQ(hostmap_stack(4 * PAGE_SIZE, &stack), -ENOMEM);
	EXPECT_EQ(hostmap_io(HPA(0x9000000), 4, &p), -ENOMEM);
	give_all(all);
	page_stats_get(&after);
	EXPECT_EQ(empty.free_bytes, 0);
	EXPECT_EQ(empty.largest_free_bytes, 0);
	EXPECT_EQ(pages * PAGE_SIZE, before.free_bytes);
	EXPECT(stats_equal(&before, &after));
}

/* A page's worth of stack pages less: everything is undone. */
static void stack_fails_halfway(void)
{
	struct page_stats before, after;
	u64 pages;
	hpa_t all, one;
	u8 *stack;
	int rc;

	EXPECT_EQ(page_alloc(0, PAGE_OTHER, &one), 0);
	all = take_all(&pages);
	page_free(one, 0, PAGE_OTHER);
	page_stats_get(&before);
	rc = hostmap_stack(8 * PAGE_SIZE, &stack);
	page_stats_get(&after);
	give_all(all);
	EXPECT_EQ(rc, -ENOMEM);
	EXPECT(stats_equal(&before, &after));
}

/* Only whole pages of a range count, less what describes them. */
static void odd_ranges(void)
{
	static const struct {
		u64 base, size, total, free;
	} rows[] = {
		{ 0x50000fff, 0x1002, 0, 0 },	/* one page: not worth it */
		{ 0x50010000, 0xfff, 0, 0 },
		{ 0x50020001, 0x3fff, 3, 2 },
		{ 0x50030ffe, 0x2004, 2, 1 },
		{ 0x51005fff, 4000 * 4096ull, 3999, 3998 },
		{ 0x53001000, 4097 * 4096ull, 4097, 4095 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct page_stats before, after;

		page_stats_get(&before);
		page_add_range(HPA(rows[i].base), rows[i].size);
		page_stats_get(&after);
		EXPECT_EQ(after.total_bytes - before.total_bytes,
			  rows[i].total * PAGE_SIZE);
		EXPECT_EQ(after.free_bytes - before.free_bytes,
			  rows[i].free * PAGE_SIZE);
	}
}

/* An aligned GiB among badly aligned pages stays whole. */
static void huge_block(void)
{
	struct page_stats stats;
	hpa_t pa;

	page_add_range(HPA(0x7ff01000), GIB(1) + 0x200000);
	page_stats_get(&stats);
	EXPECT_EQ(stats.largest_free_bytes, GIB(1));
	EXPECT_EQ(page_alloc(PAGE_ORDER_MAX, PAGE_GUEST_RAM, &pa), 0);
	EXPECT_EQ(pa.v, 0x80000000);
	page_free(pa, PAGE_ORDER_MAX, PAGE_GUEST_RAM);
	page_stats_get(&stats);
	EXPECT_EQ(stats.largest_free_bytes, GIB(1));
}

/* ---- Mistakes ---- */

static void free_object(void *p)
{
	heap_free(p);
}

static void free_page(void *p)
{
	page_free(ptr_to_hpa(p), 0, PAGE_OTHER);
}

static void free_as_stack(void *p)
{
	page_free(ptr_to_hpa(p), 0, PAGE_STACK);
}

static void mistakes(void)
{
	u8 *a = heap_alloc(100), *b = heap_alloc(100);
	hpa_t pa;

	EXPECT(fake_panics(free_object, a + 16));
	heap_free(a);
	EXPECT(fake_panics(free_object, a));
	heap_free(b);
	EXPECT(fake_panics(free_object, b));
	EXPECT_EQ(page_alloc(1, PAGE_OTHER, &pa), 0);
	EXPECT(fake_panics(free_page, hpa_to_ptr(pa)));
	page_free(pa, 1, PAGE_OTHER);
	EXPECT_EQ(page_alloc(0, PAGE_OTHER, &pa), 0);
	EXPECT(fake_panics(free_as_stack, hpa_to_ptr(pa)));
	page_free(pa, 0, PAGE_OTHER);
	EXPECT(fake_panics(free_page, hpa_to_ptr(pa)));
}

/* ---- Our own address space ---- */

static bool translates(const void *va, u64 expected)
{
	u64 seen;
	hpa_t pa;

	return !hostmap_translate(va, &pa) && pa.v == expected &&
		fake_pt_walk(hostmap_root().v, (uintptr_t)va, &seen) &&
		seen == expected;
}

static bool is_unmapped(const void *va)
{
	u64 seen;
	hpa_t pa;

	return hostmap_translate(va, &pa) == -EFAULT &&
		!fake_pt_walk(hostmap_root().v, (uintptr_t)va, &seen);
}

static void image(void)
{
	EXPECT_EQ(hostmap_image_hpa(image_data_start).v,
		  FAKE_IMAGE + (u64)(image_data_start - image_start));
	EXPECT(translates(image_text_start, FAKE_IMAGE));
	EXPECT(translates(image_end - 1, FAKE_IMAGE +
			  (u64)(image_end - image_start) - 1));
	EXPECT(is_unmapped(image_end));
	EXPECT(is_unmapped(image_start - 1));
	EXPECT(translates(hpa_to_ptr(HPA(FAKE_RAM_BASE)), FAKE_RAM_BASE));
	EXPECT(is_unmapped(hpa_to_ptr(HPA(FAKE_RAM_BASE - 1))));
	EXPECT(is_unmapped(hpa_to_ptr(HPA(FAKE_RAM_BASE + FAKE_RAM_SIZE))));
	EXPECT_EQ(hostmap_check_wx(), 0);
}

static void stacks(void)
{
	struct page_stats before, after;
	u8 *a, *b;

	/* The area's tables come once. */
	EXPECT_EQ(hostmap_stack(PAGE_SIZE, &a), 0);
	page_stats_get(&before);
	EXPECT_EQ(hostmap_stack(3 * PAGE_SIZE, &b), 0);
	memset(b, 0x5a, 3 * PAGE_SIZE);
	EXPECT_EQ(b[3 * PAGE_SIZE - 1], 0x5a);
	EXPECT(is_unmapped(b - 1));
	EXPECT(is_unmapped(a - 1));
	EXPECT(is_unmapped(b + 3 * PAGE_SIZE));
	hostmap_stack_free(b, 3 * PAGE_SIZE);
	EXPECT(is_unmapped(b));
	page_stats_get(&after);
	EXPECT(stats_equal(&before, &after));
	/* First fit: the same place again, and it is not the old page. */
	EXPECT_EQ(hostmap_stack(2 * PAGE_SIZE, &b), 0);
	memset(b, 0, 2 * PAGE_SIZE);
	hostmap_stack_free(b, 2 * PAGE_SIZE);
	hostmap_stack_free(a, PAGE_SIZE);
}

static void device_registers(void)
{
	struct heap_stats before, after;
	void *a, *b;

	heap_stats_get(&before);
	EXPECT_EQ(hostmap_io(HPA(0x9000ffc), 8, &a), 0);
	EXPECT(translates(a, 0x9000ffc));
	EXPECT(translates((u8 *)a + 7, 0x9001003));
	EXPECT_EQ(hostmap_io(HPA(0x9000000), 1, &b), 0);
	EXPECT(a != b);
	EXPECT(translates(b, 0x9000000));
	hostmap_io_unmap(b, 1);
	EXPECT(is_unmapped(b));
	hostmap_io_unmap(a, 8);
	EXPECT(is_unmapped(a));
	EXPECT_EQ(hostmap_io(HPA(0x9000000), 0, &a), -EINVAL);
	EXPECT_EQ(hostmap_io(HPA(~0ull), 2, &a), -EINVAL);
	EXPECT_EQ(hostmap_io(HPA(0), GIB(128), &a), -ENOMEM);
	heap_stats_get(&after);
	EXPECT_EQ(before.object_count, after.object_count);
}

/* Boot text: executable until it is freed, then memory like any other. */
static void boot_text(void)
{
	u64 size = (u64)(image_boot_end - image_boot_start);
	struct page_stats before, after;

	EXPECT(!is_unmapped(image_boot_start));
	page_stats_get(&before);
	hostmap_free_boot();
	page_stats_get(&after);
	EXPECT_EQ(after.total_bytes - before.total_bytes, size);
	EXPECT(is_unmapped(image_boot_start));
	EXPECT(is_unmapped(image_boot_end - 1));
	EXPECT(!is_unmapped(image_boot_start - 1));
	EXPECT(!is_unmapped(image_data_start));
	EXPECT_EQ(hostmap_check_wx(), 0);
}

SUITE(memory_native, TEST(exhaust), TEST(stack_fails_halfway),
      TEST(odd_ranges), TEST(huge_block), TEST(mistakes), TEST(image),
      TEST(stacks), TEST(device_registers), TEST(boot_text));
