// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The hypervisor's own address space: image, linear map, and the dynamic
 * area, whose parts are kept in a list sorted by address.
 */
#include <libs/list.h>
#include <libs/printf.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/hostmap.h>
#include <vmm/image.h>
#include <vmm/log.h>
#include <vmm/memory.h>
#include <vmm/page.h>
#include <vmm/pagetable.h>

#define RW	(PT_READ | PT_WRITE)

/* A part of the dynamic area: an unmapped page, then what is mapped. */
struct area {
	struct list entry;	/* areas_lock */
	u64 base, size;		/* c: the guard page included */
};

static struct pagetable host;
static u64 image_base;		/* c: physical, of image_start */
static struct spinlock areas_lock = SPINLOCK_INIT(LOCK_PAGETABLE);
static struct list areas = LIST_INIT(areas);

/* Input addresses of the engine have no sign extension. */
static u64 input_mask(void)
{
	return BIT64(host.geometry.address_bits) - 1;
}

static u64 to_input(u64 va)
{
	return va & input_mask();
}

static u64 high_bits(void)
{
	return (u64)ARCH_LINEAR_BASE & ~input_mask();
}

static void host_flush(struct pagetable *pt, u64 base, u64 size)
{
	base |= high_bits();
	arch_tlb_flush((const void *)(uintptr_t)base, (size_t)size);
}

hpa_t hostmap_image_hpa(const void *p)
{
	return HPA(image_base + (uintptr_t)p - (uintptr_t)image_start);
}

hpa_t hostmap_root(void)
{
	return host.root;
}

void hostmap_load(void)
{
	arch_pt_load(host.root);
}

/* ---- Boot ---- */

static int early_alloc(unsigned order, hpa_t *out)
{
	assert(order == 0);
	return memory_early_page(out);
}

static int later_alloc(unsigned order, hpa_t *out)
{
	return page_alloc(order, PAGE_TABLE, out);
}

/* Sections in the order of <vmm/image.h>. */
static const struct section {
	const char *start, *end;
	u32 prot;
} sections[] = {
	{ image_start, image_text_start, PT_READ },
	{ image_text_start, image_text_end, PT_READ | PT_EXEC },
	{ image_rodata_start, image_rodata_end, PT_READ },
	{ image_boot_start, image_boot_end, PT_READ | PT_EXEC },
	{ image_data_start, image_data_end, RW },
	{ image_pool_start, image_pool_end, RW },
};

static int map_image(void)
{
	for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
		const struct section *s = &sections[i];
		int rc = pagetable_map(&host, &(struct pt_range){
				.base = to_input((uintptr_t)s->start),
				.size = (u64)(s->end - s->start),
				.pa = hostmap_image_hpa(s->start),
				.prot = s->prot });

		if (rc)
			return rc;
	}
	return 0;
}

static int map_linear(u64 base, u64 end, u32 prot)
{
	if (base >= end)
		return 0;
	return pagetable_map(&host, &(struct pt_range){
			.base = to_input((u64)ARCH_LINEAR_BASE + base),
			.size = end - base, .pa = HPA(base), .prot = prot });
}

/*
 * What must not be written in the image must not be in the linear map
 * either.  Leaves end where boot text does, so that freeing it splits none.
 */
static int map_stretch(const struct memory_range *r)
{
	const struct {
		u64 end;
		u32 prot;
	} parts[] = {
		{ image_base, RW },
		{ hostmap_image_hpa(image_boot_start).v, PT_READ },
		{ hostmap_image_hpa(image_boot_end).v, PT_READ },
		{ hostmap_image_hpa(image_data_start).v, PT_READ },
		{ ~0ull, RW },
	};
	u64 at = r->base, end = r->base + r->size;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		u64 part_end = MIN(end, parts[i].end);
		int rc = map_linear(at, part_end, parts[i].prot);

		if (rc)
			return rc;
		at = MAX(at, part_end);
	}
	return 0;
}

static bool holds_image(const struct memory_range *r)
{
	return image_base >= r->base && image_base - r->base < r->size;
}

/* Stretches for which tables are lacking are not used; the image's must be. */
static int map_ram(void)
{
	struct memory_range r;
	u64 from = 0;

	while (memory_map_next_mapped(&memory_map, &from, &r)) {
		int rc = map_stretch(&r);

		if (!rc)
			continue;
		fail(rc, "memory: %#" PRIx64 ": cannot be mapped, left out",
		     r.base);
		r.no_map = true;
		if (holds_image(&r) || memory_map_reserve(&memory_map, r))
			return rc;
	}
	return 0;
}

int hostmap_init(const struct boot_info *boot)
{
	int rc;

	image_base = boot->image.v;
	host.format = arch_pt_host(&host.geometry);
	host.table_base = (uintptr_t)image_start - (uintptr_t)image_base;
	host.flush = host_flush;
	host.table_alloc = early_alloc;
	rc = pagetable_init_root(&host);
	if (!rc)
		rc = map_image();
	if (!rc)
		rc = map_ram();
	if (rc)
		return fail(rc, "memory: the boot pool is too small");
	arch_pt_load(host.root);
	host.table_base = ARCH_LINEAR_BASE;
	host.table_alloc = later_alloc;
	return 0;
}

void hostmap_free_boot(void)
{
	u64 size = (u64)(image_boot_end - image_boot_start);
	hpa_t pa = hostmap_image_hpa(image_boot_start);
	int rc;

	if (!size)
		return;
	rc = pagetable_unmap(&host, to_input((uintptr_t)image_boot_start),
			     size);
	if (!rc)
		rc = pagetable_protect(&host,
				to_input((u64)ARCH_LINEAR_BASE + pa.v),
				size, RW);
	if (rc)
		fail(rc, "memory: boot text: cannot be freed");
	else
		page_add_range(pa, size);
}

/* ---- The dynamic area ---- */

/* First fit; areas_lock.  False: no room. */
static bool area_place(struct area *a)
{
	u64 at = ARCH_DYNAMIC_BASE, end = at + ARCH_DYNAMIC_SIZE;
	struct area *next;

	list_for_each(next, &areas, entry) {
		if (next->base - at >= a->size)
			break;
		at = next->base + next->size;
	}
	if (&next->entry == &areas && end - at < a->size)
		return false;
	a->base = at;
	list_add_before(&next->entry, &a->entry);
	return true;
}

/* Room for size bytes behind a guard page: *out is their address. */
static int area_alloc(u64 size, u64 *out)
{
	struct area *a = heap_alloc(sizeof(*a));

	if (!a)
		return -ENOMEM;
	a->size = size + PAGE_SIZE;
	SCOPED_LOCK(&areas_lock);
	if (!area_place(a)) {
		heap_free(a);
		return -ENOMEM;
	}
	*out = a->base + PAGE_SIZE;
	return 0;
}

static struct area *area_take(u64 va)
{
	struct area *a;

	SCOPED_LOCK(&areas_lock);
	list_for_each(a, &areas, entry)
		if (a->base + PAGE_SIZE == va) {
			list_remove(&a->entry);
			return a;
		}
	return NULL;
}

static void area_free(u64 va)
{
	struct area *a = area_take(va);

	assert(a);
	heap_free(a);
}

static int map_at(u64 va, hpa_t pa, u64 size, u32 prot)
{
	int rc = pagetable_map(&host, &(struct pt_range){
			.base = to_input(va), .size = size, .pa = pa,
			.prot = prot });

	/* Orders the new entries before the first use of them. */
	if (!rc)
		arch_tlb_flush((const void *)(uintptr_t)va, (size_t)size);
	return rc;
}

/* What was mapped by pages or as a whole needs no split: cannot fail. */
static void unmap_at(u64 va, u64 size)
{
	int rc = pagetable_unmap(&host, to_input(va), size);

	assert(!rc);
}

int hostmap_io(hpa_t pa, size_t size, void **out)
{
	u64 offset = pa.v & (PAGE_SIZE - 1), whole, va;
	int rc;

	if (!size || pa.v + size < pa.v)
		return -EINVAL;
	whole = ALIGN_UP(offset + size, PAGE_SIZE);
	rc = area_alloc(whole, &va);
	if (rc)
		return rc;
	rc = map_at(va, HPA(pa.v - offset), whole, RW | PT_DEVICE);
	if (rc) {
		area_free(va);
		return rc;
	}
	*out = (void *)(uintptr_t)(va + offset);
	return 0;
}

void hostmap_io_unmap(void *va, size_t size)
{
	u64 base = ALIGN_DOWN((u64)(uintptr_t)va, PAGE_SIZE);
	u64 end = ALIGN_UP((u64)(uintptr_t)va + size, PAGE_SIZE);

	unmap_at(base, end - base);
	area_free(base);
}

/* Unmaps the pages of a stack and frees them. */
static void stack_release(u64 va, u64 size)
{
	for (u64 end = va + size; va < end; va += PAGE_SIZE) {
		hpa_t pa;

		if (hostmap_translate((const void *)(uintptr_t)va, &pa))
			break;
		unmap_at(va, PAGE_SIZE);
		page_free(pa, 0, PAGE_STACK);
	}
}

static int stack_map_page(u64 va)
{
	hpa_t pa;
	int rc = page_alloc(0, PAGE_STACK, &pa);

	if (rc)
		return rc;
	rc = map_at(va, pa, PAGE_SIZE, RW);
	if (rc)
		page_free(pa, 0, PAGE_STACK);
	return rc;
}

int hostmap_stack(size_t size, u8 **out)
{
	u64 va;
	int rc;

	assert(size && IS_ALIGNED(size, PAGE_SIZE));
	rc = area_alloc(size, &va);
	if (rc)
		return rc;
	for (u64 at = va; at < va + size; at += PAGE_SIZE) {
		rc = stack_map_page(at);
		if (rc) {
			stack_release(va, at - va);
			area_free(va);
			return rc;
		}
	}
	*out = (u8 *)(uintptr_t)va;
	return 0;
}

void hostmap_stack_free(u8 *stack, size_t size)
{
	u64 va = (uintptr_t)stack;

	stack_release(va, size);
	area_free(va);
}

/* ---- Questions ---- */

int hostmap_translate(const void *va, hpa_t *out)
{
	u64 address = to_input((uintptr_t)va);
	struct pt_range r;

	if (!pagetable_walk(&host, address, &r))
		return -EFAULT;
	*out = HPA(r.pa.v + (address - r.base));
	return 0;
}

bool hostmap_is_memory(const void *va)
{
	u64 address = to_input((uintptr_t)va);
	struct pt_range r;

	return (address | high_bits()) == (uintptr_t)va &&
	       pagetable_walk(&host, address, &r) && !(r.prot & PT_DEVICE);
}

int hostmap_check_wx(void)
{
	struct pt_range r;
	int rc = 0;

	for (u64 at = 0; pagetable_next(&host, at, &r); at = r.base + r.size)
		if ((r.prot & PT_WRITE) && (r.prot & PT_EXEC))
			rc = fail(-EPERM, "memory: %#" PRIx64 ": both "
				  "writable and executable", r.base);
	return rc;
}
