// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Physical memory: a binary buddy allocator (Knuth, TAOCP 1, 2.5).
 *
 * Each stretch of RAM is a zone.  One byte for each of its pages, kept in the
 * zone's own first or last pages, says what block begins there; the links of
 * free blocks lie in the free pages themselves.
 */
#include <libs/list.h>
#include <libs/string.h>
#include <vmm/alloc_fault.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/page.h>
#include <vmm/spinlock.h>

/*
 * The byte of a page: 0 inside a block, else at the head of one: its order,
 * and above that 1 + owner or KIND_FREE.
 */
#define ORDER_BITS	5
#define ORDER_MASK	(BIT(ORDER_BITS) - 1)
#define KIND_FREE	7u

_Static_assert(PAGE_ORDER_MAX <= ORDER_MASK, "orders fit");
_Static_assert(PAGE_OWNER_COUNT < KIND_FREE, "owners fit");

/* c: constant; l: page_lock */
struct zone {
	struct list entry;	/* l */
	u64 first, end;		/* c: page numbers, less what heads take */
	u8 *heads;		/* l: of the page `first` on */
};

static struct spinlock page_lock = SPINLOCK_INIT(LOCK_PAGE);
static struct list zones = LIST_INIT(zones);		/* l */
static struct list free_lists[PAGE_ORDER_MAX + 1];	/* l */
static u32 free_orders;		/* l: bit n: free_lists[n] is not empty */
static struct page_stats stats;				/* l */

const char *const page_owner_names[PAGE_OWNER_COUNT] = {
	[PAGE_HEAP]	 = "heap",
	[PAGE_TABLE]	 = "page tables",
	[PAGE_STACK]	 = "stacks",
	[PAGE_GUEST_RAM] = "guest RAM",
	[PAGE_CONSOLE]	 = "consoles",
	[PAGE_OTHER]	 = "other",
};

static u8 head_byte(unsigned kind, unsigned order)
{
	return (u8)(kind << ORDER_BITS | order);
}

static struct zone *zone_find(u64 page)
{
	struct zone *z;

	list_for_each(z, &zones, entry)
		if (page >= z->first && page < z->end)
			return z;
	return NULL;
}

static struct list *page_link(u64 page)
{
	return hpa_to_ptr(HPA(page << PAGE_SHIFT));
}

static void free_list_add(struct zone *z, u64 page, unsigned order)
{
	z->heads[page - z->first] = head_byte(KIND_FREE, order);
	list_add_head(&free_lists[order], page_link(page));
	free_orders |= BIT(order);
}

static void free_list_remove(struct zone *z, u64 page, unsigned order)
{
	z->heads[page - z->first] = 0;
	list_remove(page_link(page));
	if (list_is_empty(&free_lists[order]))
		free_orders &= ~BIT(order);
}

int page_alloc(unsigned order, enum page_owner owner, hpa_t *out)
{
	struct zone *z;
	unsigned at;
	u64 page;

	if (order > PAGE_ORDER_MAX || (owner != PAGE_HEAP && alloc_fails()))
		return -ENOMEM;
	SCOPED_LOCK(&page_lock);
	if (!(free_orders >> order))
		return -ENOMEM;
	at = order + (unsigned)__builtin_ctz(free_orders >> order);
	*out = ptr_to_hpa(list_first(&free_lists[at]));
	page = out->v >> PAGE_SHIFT;
	z = zone_find(page);
	free_list_remove(z, page, at);
	while (at > order) {
		at--;
		free_list_add(z, page + BIT64(at), at);
	}
	z->heads[page - z->first] = head_byte(1 + owner, order);
	stats.free_bytes -= (u64)PAGE_SIZE << order;
	stats.owner_bytes[owner] += (u64)PAGE_SIZE << order;
	return 0;
}

/* Joins the block with its buddies as far as they are free. */
static void free_block(struct zone *z, u64 page, unsigned order)
{
	while (order < PAGE_ORDER_MAX) {
		u64 buddy = page ^ BIT64(order);

		if (buddy < z->first || buddy >= z->end)
			break;
		if (z->heads[buddy - z->first] != head_byte(KIND_FREE, order))
			break;
		free_list_remove(z, buddy, order);
		page &= ~BIT64(order);
		order++;
	}
	free_list_add(z, page, order);
}

void page_free(hpa_t pa, unsigned order, enum page_owner owner)
{
	u64 page = pa.v >> PAGE_SHIFT;
	struct zone *z;

	SCOPED_LOCK(&page_lock);
	z = zone_find(page);
	assert(z && IS_ALIGNED(pa.v, PAGE_SIZE));
	assert(z->heads[page - z->first] == head_byte(1 + owner, order));
	z->heads[page - z->first] = 0;
	free_block(z, page, order);
	stats.free_bytes += (u64)PAGE_SIZE << order;
	stats.owner_bytes[owner] -= (u64)PAGE_SIZE << order;
}

hpa_t page_block(hpa_t pa, enum page_owner owner, unsigned *order)
{
	u64 page = pa.v >> PAGE_SHIFT;
	struct zone *z;

	SCOPED_LOCK(&page_lock);
	z = zone_find(page);
	assert(z);
	for (unsigned n = 0; n <= PAGE_ORDER_MAX; n++) {
		u64 head = ALIGN_DOWN(page, BIT64(n));
		u8 byte;

		if (head < z->first)
			break;
		byte = z->heads[head - z->first];
		if (!byte)
			continue;
		assert(byte >> ORDER_BITS == 1 + owner);
		*order = byte & ORDER_MASK;
		assert(*order >= n);
		return HPA(head << PAGE_SHIFT);
	}
	panic("page: %#llx is in no block", (unsigned long long)pa.v);
}

unsigned page_order(u64 size)
{
	u64 pages = size ? (size - 1) >> PAGE_SHIFT : 0;

	return pages ? 64 - (unsigned)__builtin_clzll(pages) : 0;
}

void page_stats_get(struct page_stats *out)
{
	SCOPED_LOCK(&page_lock);
	*out = stats;
	if (free_orders) {
		unsigned top = 31 - (unsigned)__builtin_clz(free_orders);

		out->largest_free_bytes = (u64)PAGE_SIZE << top;
	}
}

/* The largest block that begins at page and ends before end. */
static unsigned order_at(u64 page, u64 end)
{
	unsigned order = 63 - (unsigned)__builtin_clzll(end - page);

	if (page)
		order = MIN(order, (unsigned)__builtin_ctzll(page));
	return MIN(order, (unsigned)PAGE_ORDER_MAX);
}

/*
 * Takes the pages that the zone needs for itself from the end of the range
 * that is aligned worse, so that large blocks stay whole.
 */
static struct zone *zone_carve(u64 first, u64 end)
{
	u64 size = sizeof(struct zone) + (end - first);
	u64 pages = (size + PAGE_SIZE - 1) >> PAGE_SHIFT;
	bool at_front = first &&
		__builtin_ctzll(first) < __builtin_ctzll(end);
	u64 at = at_front ? first : end - pages;
	struct zone *z = (void *)page_link(at);

	memset(z, 0, pages << PAGE_SHIFT);
	z->heads = (u8 *)(z + 1);
	z->first = at_front ? first + pages : first;
	z->end = at_front ? end : end - pages;
	return z;
}

static void free_lists_init(void)
{
	for (size_t i = 0; i < ARRAY_LEN(free_lists); i++)
		if (!free_lists[i].next)
			list_init(&free_lists[i]);
}

void page_add_range(hpa_t base, u64 size)
{
	u64 first = (base.v + PAGE_SIZE - 1) >> PAGE_SHIFT;
	u64 end = (base.v + size) >> PAGE_SHIFT;
	struct zone *z;

	/* A single page would be all metadata. */
	if (size < PAGE_SIZE || end < first + 2)
		return;
	z = zone_carve(first, end);
	SCOPED_LOCK(&page_lock);
	free_lists_init();
	list_add_tail(&zones, &z->entry);
	stats.total_bytes += (end - first) << PAGE_SHIFT;
	stats.free_bytes += (z->end - z->first) << PAGE_SHIFT;
	stats.owner_bytes[PAGE_OTHER] +=
		(end - first - (z->end - z->first)) << PAGE_SHIFT;
	for (u64 page = z->first; page < z->end; ) {
		unsigned order = order_at(page, z->end);

		free_list_add(z, page, order);
		page += BIT64(order);
	}
}
