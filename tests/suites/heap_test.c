// SPDX-License-Identifier: GPL-2.0-or-later
/* The heap: alignment, zeroes, sizes, and memory that comes back. */
#include <libs/string.h>
#include <vmm/alloc_fault.h>
#include <vmm/heap.h>
#include <vmm/page.h>
#include <vmm/test.h>

#define OBJECTS	300

static struct object {
	u8 *p;
	size_t size;
	u8 mark;
} objects[OBJECTS];

static u64 seed;

static u32 random_below(u32 limit)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(seed >> 33) % limit;
}

static bool is_filled(const u8 *p, size_t size, u8 byte)
{
	for (size_t i = 0; i < size; i++)
		if (p[i] != byte)
			return false;
	return true;
}

/* What the heap and the page allocator count. */
struct snapshot {
	struct heap_stats heap;
	struct page_stats page;
};

static struct snapshot snapshot(void)
{
	struct snapshot s;

	memset(&s, 0, sizeof(s));
	heap_stats_get(&s.heap);
	page_stats_get(&s.page);
	return s;
}

static bool is_back(const struct snapshot *before)
{
	struct snapshot now = snapshot();

	return !memcmp(before, &now, sizeof(now));
}

static void alignment(void)
{
	for (size_t size = 1; size <= 4 * PAGE_SIZE; size += size / 7 + 1) {
		u8 *p = heap_alloc(size);

		EXPECT(p);
		EXPECT(IS_ALIGNED((uintptr_t)p, 16));
		EXPECT(is_filled(p, size, 0));
		memset(p, 0xff, size);
		heap_free(p);
	}
	for (size_t size = 16; size <= PAGE_SIZE; size += 16) {
		u8 *a = heap_alloc(size), *b = heap_alloc(size);

		EXPECT(IS_ALIGNED((uintptr_t)a, size & -size));
		EXPECT(IS_ALIGNED((uintptr_t)b, size & -size));
		heap_free(a);
		heap_free(b);
	}
}

static void tiny_objects(void)
{
	struct snapshot before = snapshot();

	/* Not even the heap's own marks may be mistaken for a hole's. */
	for (unsigned i = 0; i < 3; i++) {
		void *a = heap_alloc(0), *b = heap_alloc(1);

		EXPECT(a && b && a != b);
		heap_free(a);
		heap_free(b);
	}
	heap_free(NULL);
	EXPECT(is_back(&before));
}

static void strings(void)
{
	struct snapshot before = snapshot();
	char *s = heap_strdup("guest"), *empty = heap_strdup("");

	EXPECT(s && empty);
	EXPECT_EQ(strcmp(s, "guest"), 0);
	EXPECT_EQ(*empty, 0);
	heap_free(s);
	heap_free(empty);
	EXPECT(is_back(&before));
}

static void counts(void)
{
	struct snapshot before = snapshot(), now;
	void *p = heap_alloc(100);
	void *q = heap_alloc(PAGE_SIZE + 1);

	now = snapshot();
	heap_free(p);
	heap_free(q);
	EXPECT_EQ(now.heap.object_count - before.heap.object_count, 2);
	EXPECT_EQ(now.heap.object_bytes - before.heap.object_bytes,
		  128 + 2 * PAGE_SIZE);
	EXPECT_EQ(now.page.owner_bytes[PAGE_HEAP], now.heap.page_bytes);
	EXPECT(is_back(&before));
}

static void fails_on_demand(void)
{
	struct snapshot before = snapshot();
	void *p[4];

	alloc_fault_begin(ALLOC_FAULT_ONCE, 3);
	for (size_t i = 0; i < ARRAY_LEN(p); i++)
		p[i] = heap_alloc(32);
	EXPECT_EQ(alloc_fault_end(), 1);
	EXPECT(p[0] && p[1] && !p[2] && p[3]);
	for (size_t i = 0; i < ARRAY_LEN(p); i++)
		heap_free(p[i]);
	EXPECT(is_back(&before));
}

static bool step(struct object *o)
{
	static const u16 limits[] = { 64, 600, 2100, 9000 };

	if (o->p) {
		bool ok = is_filled(o->p, o->size, o->mark);

		heap_free(o->p);
		o->p = NULL;
		return ok;
	}
	o->size = random_below(limits[random_below(4)]);
	o->mark = (u8)random_below(256);
	o->p = heap_alloc(o->size);
	if (!o->p || !is_filled(o->p, o->size, 0))
		return false;
	memset(o->p, o->mark, o->size);
	return true;
}

static void random_objects(void)
{
	struct snapshot before = snapshot();
	bool ok = true;

	seed = 7;
	for (unsigned i = 0; i < 20000 && ok; i++)
		ok = step(&objects[random_below(OBJECTS)]);
	for (size_t i = 0; i < OBJECTS; i++)
		if (objects[i].p)
			ok = step(&objects[i]) && ok;
	EXPECT(ok);
	EXPECT(is_back(&before));
}

/* What a freed object holds may stand in a living one, too. */
static void content_like_a_freed_object(void)
{
	volatile u64 *p = heap_alloc(32);
	void *neighbour = heap_alloc(32);
	u64 was[2];

	EXPECT(p && neighbour);
	heap_free((void *)(uintptr_t)p);
	was[0] = p[0];
	was[1] = p[1];
	EXPECT(heap_alloc(32) == p);
	p[0] = was[0];
	p[1] = was[1];
	heap_free((void *)(uintptr_t)p);
	heap_free(neighbour);
}

static void sizes(void)
{
	static const size_t asked[] = { 1, 100, 300, 700, 1000, 2000, 2100 };
	static const size_t taken[] = { 16, 128, 384, 768, 1024, 2048,
					PAGE_SIZE };

	EXPECT_EQ(heap_size(NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		void *p = heap_alloc(asked[i]);
		size_t size = heap_size(p);

		heap_free(p);
		EXPECT_EQ(size, taken[i]);
	}
}

/* A single object costs no more than 16 KiB, most no more than a page. */
static void first_object(void)
{
	for (size_t size = 16; size <= PAGE_SIZE; size += 16) {
		const struct snapshot before = snapshot();
		void *p = heap_alloc(size);
		u64 taken = snapshot().heap.page_bytes - before.heap.page_bytes;

		heap_free(p);
		EXPECT(taken <= (size <= 768 ? PAGE_SIZE : 4 * PAGE_SIZE));
	}
}

SUITE(heap, TEST(alignment), TEST(tiny_objects), TEST(strings), TEST(counts),
      TEST(fails_on_demand), TEST(random_objects),
      TEST(content_like_a_freed_object), TEST(sizes), TEST(first_object));
