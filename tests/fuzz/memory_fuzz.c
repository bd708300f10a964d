// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes pages and heap against a list of what was given out (LLVM's
 * libFuzzer): aligned, zeroed, never the same bytes twice, every byte kept
 * until it is freed, sums right at each step, all merged again in the end.
 */
#include "../suites/story.h"
#include <libs/string.h>
#include <vmm/alloc_fault.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>
#include <vmm/page.h>

#define BLOCKS		96
#define ORDER_LIMIT	16		/* 256 MiB: there is less */

/* A block of pages, or an object of the heap. */
static struct block {
	u8 *p;
	u64 size;
	enum page_owner owner;
	unsigned order;
	u8 mark;
	bool is_object;
} blocks[BLOCKS];
static unsigned block_count;
static u8 next_mark;
static struct page_stats pages_before;
static struct heap_stats heap_before;

static void fill(struct block *b)
{
	u64 step = b->is_object ? 1 : PAGE_SIZE;

	b->mark = ++next_mark;
	for (u64 at = 0; at < b->size; at += step)
		b->p[at] = b->mark;
	b->p[b->size - 1] = b->mark;
}

static void check_kept(const struct block *b)
{
	u64 step = b->is_object ? 1 : PAGE_SIZE;

	for (u64 at = 0; at < b->size; at += step)
		assert(b->p[at] == b->mark);
	assert(b->p[b->size - 1] == b->mark);
}

static bool overlap(const struct block *a, const struct block *b)
{
	return a->p < b->p + b->size && b->p < a->p + a->size;
}

static void add(struct block b)
{
	for (unsigned i = 0; i < block_count; i++)
		assert(!overlap(&b, &blocks[i]));
	fill(&b);
	blocks[block_count++] = b;
}

/* Pages of the largest free block, or less, can be had; more cannot. */
static void alloc_pages(struct story *s)
{
	unsigned order = story_below(s, ORDER_LIMIT + 1), n;
	enum page_owner owner = story_below(s, PAGE_OWNER_COUNT);
	u64 size = (u64)PAGE_SIZE << order;
	struct page_stats stats;
	hpa_t pa;
	int rc;

	if (owner == PAGE_HEAP)
		owner = PAGE_OTHER;
	page_stats_get(&stats);
	rc = page_alloc(order, owner, &pa);
	assert(rc == (size <= stats.largest_free_bytes ? 0 : -ENOMEM));
	if (rc)
		return;
	assert(IS_ALIGNED(pa.v, size));
	assert(page_block(HPA(pa.v + size - 1), owner, &n).v == pa.v &&
	      n == order);
	add((struct block){ .p = hpa_to_ptr(pa), .size = size, .owner = owner,
			    .order = order });
}

static u64 alignment(u64 size)
{
	u64 power = size & -size;

	return power < 16 ? 16 : MIN(power, (u64)PAGE_SIZE);
}

static bool is_zero(const u8 *p, u64 size)
{
	for (u64 i = 0; i < size; i++)
		if (p[i])
			return false;
	return true;
}

static void alloc_object(struct story *s)
{
	unsigned how = (unsigned)story_take(s, 1);
	u64 size = 1 + story_take(s, 2) % (how & 1 ? 600 : 12000);
	u8 *p;

	if (how & 2)
		size = ALIGN_UP(size, 64);
	if (how > 0xf0)
		alloc_fault_begin(ALLOC_FAULT_ONCE, 1);
	p = heap_alloc(size);
	alloc_fault_end();
	assert(!p || how <= 0xf0);
	if (!p)
		return;
	assert(IS_ALIGNED((uintptr_t)p, alignment(size)));
	assert(is_zero(p, size) && heap_size(p) >= size);
	add((struct block){ .p = p, .size = size, .is_object = true });
}

static void free_at(unsigned i)
{
	struct block b = blocks[i];

	check_kept(&b);
	blocks[i] = blocks[--block_count];
	if (b.is_object)
		heap_free(b.p);
	else
		page_free(ptr_to_hpa(b.p), b.order, b.owner);
}

static void free_some(struct story *s)
{
	for (u32 n = 1 + story_below(s, 8); n && block_count; n--)
		free_at(story_below(s, block_count));
}

/* What is in use is what was asked for, no more. */
static void check_sums(void)
{
	u64 owner_bytes[PAGE_OWNER_COUNT] = { 0 }, used = 0, objects = 0;
	struct page_stats pages;
	struct heap_stats heap;

	page_stats_get(&pages);
	heap_stats_get(&heap);
	for (unsigned i = 0; i < block_count; i++) {
		objects += blocks[i].is_object;
		if (!blocks[i].is_object)
			owner_bytes[blocks[i].owner] += blocks[i].size;
	}
	owner_bytes[PAGE_HEAP] = heap.page_bytes - heap_before.page_bytes;
	for (unsigned i = 0; i < PAGE_OWNER_COUNT; i++) {
		assert(pages.owner_bytes[i] == pages_before.owner_bytes[i] +
					      owner_bytes[i]);
		used += owner_bytes[i];
	}
	assert(pages.free_bytes == pages_before.free_bytes - used);
	assert(heap.object_count == heap_before.object_count + objects);
}

static void (*const operations[])(struct story *s) = {
	alloc_object, alloc_object, alloc_pages, free_some,
};

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct story s = { .at = data, .left = size };
	struct page_stats pages;

	page_stats_get(&pages_before);
	heap_stats_get(&heap_before);
	while (s.left) {
		u32 what = story_below(&s, ARRAY_LEN(operations));

		if (block_count == BLOCKS)
			free_some(&s);
		operations[what](&s);
		check_sums();
	}
	while (block_count)
		free_at(block_count - 1);
	check_sums();
	page_stats_get(&pages);
	assert(!memcmp(&pages, &pages_before, sizeof(pages)));
	return 0;
}
