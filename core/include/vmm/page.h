/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Physical memory: a buddy allocator over all RAM that the host's tree
 * describes and nobody reserved.
 */
#ifndef VMM_PAGE_H
#define VMM_PAGE_H

#include <arch/page.h>
#include <vmm/types.h>

#define PAGE_SIZE	((size_t)1 << PAGE_SHIFT)
#define PAGE_ORDER_MAX	18		/* 1 GiB blocks */

/* Who asked: for accounting and for "memory back" comparisons. */
enum page_owner {
	PAGE_HEAP, PAGE_TABLE, PAGE_STACK, PAGE_GUEST_RAM, PAGE_CONSOLE,
	PAGE_OTHER,
	PAGE_OWNER_COUNT
};

/* The linear map: RAM of our own, not a guest's view of it. */
static inline void *hpa_to_ptr(hpa_t pa)
{
	return (void *)(uintptr_t)(pa.v + ARCH_LINEAR_BASE);
}

/* p lies in the linear map. */
static inline hpa_t ptr_to_hpa(const void *p)
{
	return HPA((u64)(uintptr_t)p - ARCH_LINEAR_BASE);
}

/*
 * 2^order pages, naturally aligned, contents undefined.  -ENOMEM is not
 * reported here: the caller knows what for.  Any context.
 */
int page_alloc(unsigned order, enum page_owner owner, hpa_t *out);
void page_free(hpa_t pa, unsigned order, enum page_owner owner);

/*
 * The allocated block of owner that pa lies in, and its order.  The block
 * must not be freed meanwhile.
 */
hpa_t page_block(hpa_t pa, enum page_owner owner, unsigned *order);

/* The smallest order whose block holds size bytes. */
unsigned page_order(u64 size);

struct page_stats {
	u64 total_bytes;		/* under management */
	u64 free_bytes;
	u64 largest_free_bytes;
	u64 owner_bytes[PAGE_OWNER_COUNT];
};
void page_stats_get(struct page_stats *out);
extern const char *const page_owner_names[PAGE_OWNER_COUNT];

/*
 * Hands a stretch of RAM to the allocator: boot, and boot text later.  Trimmed
 * inwards to whole pages; of these some (one byte for each page) are taken for
 * the allocator's own use and count as PAGE_OTHER.
 */
void page_add_range(hpa_t base, u64 size);

#endif
