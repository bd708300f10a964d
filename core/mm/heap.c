// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Small objects.  A slab is a block of pages that holds objects of one size,
 * its header in place of the first ones; a larger object is a block of its
 * own.  A slab goes back to the page allocator with its last object, so that
 * memory in use depends on living objects only.
 */
#include <libs/list.h>
#include <libs/string.h>
#include <vmm/alloc_fault.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>
#include <vmm/page.h>
#include <vmm/spinlock.h>

struct size_class {
	u16 size;		/* c: bytes of an object */
	u8 order;		/* c: of a slab */
	struct list partial;	/* heap_lock: slabs with room */
};

/* A freed object. */
struct hole {
	struct hole *next;
	uintptr_t seal;		/* tells that it is free */
};

/* At the start of its block; heap_lock. */
struct slab {
	struct list entry;	/* in its class's list, if there is room */
	struct size_class *class;
	struct hole *holes;
	u32 fresh;		/* offset of what was never given out */
	u32 used;		/* living objects */
};

#define HOLE_SEAL	((uintptr_t)0x6e1d5ea1f4eeb10cull)

#define CLASS(i, bytes, slab_order)	[i] = {				\
	.size = bytes, .order = slab_order,				\
	.partial = LIST_INIT(classes[i].partial),			\
}

/* As small as their headers allow: the first object of a class takes one. */
static struct size_class classes[] = {
	CLASS(0, 16, 0), CLASS(1, 32, 0), CLASS(2, 48, 0), CLASS(3, 64, 0),
	CLASS(4, 96, 0), CLASS(5, 128, 0), CLASS(6, 192, 0), CLASS(7, 256, 0),
	CLASS(8, 384, 0), CLASS(9, 512, 0), CLASS(10, 768, 0),
	CLASS(11, 1024, 1), CLASS(12, 2048, 2),
};

static struct spinlock heap_lock = SPINLOCK_INIT(LOCK_HEAP);
static struct heap_stats stats;		/* heap_lock */

static struct size_class *class_for(size_t size)
{
	for (size_t i = 0; i < ARRAY_LEN(classes); i++)
		if (size <= classes[i].size)
			return &classes[i];
	return NULL;
}

static size_t slab_size(const struct size_class *class)
{
	return PAGE_SIZE << class->order;
}

/* Objects are aligned to the largest power of two that divides their size. */
static u32 first_offset(const struct size_class *class)
{
	u32 align = class->size & -(u32)class->size;

	return ALIGN_UP((u32)sizeof(struct slab), align);
}

static bool slab_is_full(const struct slab *s)
{
	return !s->holes && s->fresh + s->class->size > slab_size(s->class);
}

static void account(s64 objects, s64 object_bytes, s64 page_bytes)
{
	stats.object_count += (u64)objects;
	stats.object_bytes += (u64)object_bytes;
	stats.page_bytes += (u64)page_bytes;
}

static struct slab *slab_create(struct size_class *class)
{
	struct slab *s;
	hpa_t pa;

	if (page_alloc(class->order, PAGE_HEAP, &pa))
		return NULL;
	s = hpa_to_ptr(pa);
	*s = (struct slab){ .class = class, .fresh = first_offset(class) };
	list_add_head(&class->partial, &s->entry);
	account(0, 0, (s64)slab_size(class));
	return s;
}

static void *slab_take(struct slab *s)
{
	struct hole *h = s->holes;

	if (h) {
		assert(h->seal == ((uintptr_t)h ^ HOLE_SEAL));
		s->holes = h->next;
	} else {
		h = (void *)((u8 *)s + s->fresh);
		s->fresh += s->class->size;
	}
	h->seal = 0;
	s->used++;
	if (slab_is_full(s))
		list_remove(&s->entry);
	return h;
}

/* A seal alone proves nothing: a file's bytes may look like one. */
static bool is_hole(const struct slab *s, const struct hole *p)
{
	if (p->seal != ((uintptr_t)p ^ HOLE_SEAL))
		return false;
	for (const struct hole *h = s->holes; h; h = h->next)
		if (h == p)
			return true;
	return false;
}

static void slab_put(struct slab *s, void *p)
{
	u32 offset = (u32)((u8 *)p - (u8 *)s);
	struct size_class *class = s->class;
	struct hole *h = p;

	assert(offset >= first_offset(class) && offset < s->fresh);
	assert((offset - first_offset(class)) % class->size == 0);
	assert(!is_hole(s, h));
	if (slab_is_full(s))
		list_add_head(&class->partial, &s->entry);
	h->next = s->holes;
	h->seal = (uintptr_t)h ^ HOLE_SEAL;
	s->holes = h;
	account(-1, -(s64)class->size, 0);
	if (--s->used)
		return;
	list_remove(&s->entry);
	account(0, 0, -(s64)slab_size(class));
	page_free(ptr_to_hpa(s), class->order, PAGE_HEAP);
}

static void *alloc_small(struct size_class *class)
{
	struct list *partial;
	struct slab *s;

	SCOPED_LOCK(&heap_lock);
	partial = list_first(&class->partial);
	s = partial ? list_entry(partial, struct slab, entry) :
		slab_create(class);
	if (!s)
		return NULL;
	account(1, class->size, 0);
	return slab_take(s);
}

static void *alloc_large(size_t size)
{
	unsigned order = page_order(size);
	s64 bytes = (s64)(PAGE_SIZE << order);
	hpa_t pa;

	if (page_alloc(order, PAGE_HEAP, &pa))
		return NULL;
	SCOPED_LOCK(&heap_lock);
	account(1, bytes, bytes);
	return hpa_to_ptr(pa);
}

void *heap_alloc(size_t size)
{
	struct size_class *class = class_for(size);
	void *p;

	if (alloc_fails())
		return NULL;
	p = class ? alloc_small(class) : alloc_large(size);
	return p ? memset(p, 0, size) : NULL;
}

static void free_large(hpa_t pa, unsigned order)
{
	s64 bytes = (s64)(PAGE_SIZE << order);

	page_free(pa, order, PAGE_HEAP);
	SCOPED_LOCK(&heap_lock);
	account(-1, -bytes, -bytes);
}

void heap_free(void *p)
{
	unsigned order;
	hpa_t block;

	if (!p)
		return;
	block = page_block(ptr_to_hpa(p), PAGE_HEAP, &order);
	if (p == hpa_to_ptr(block)) {
		free_large(block, order);
		return;
	}
	SCOPED_LOCK(&heap_lock);
	slab_put(hpa_to_ptr(block), p);
}

size_t heap_size(const void *p)
{
	unsigned order;
	hpa_t block;

	if (!p)
		return 0;
	block = page_block(ptr_to_hpa(p), PAGE_HEAP, &order);
	if (p == hpa_to_ptr(block))
		return PAGE_SIZE << order;
	return ((const struct slab *)hpa_to_ptr(block))->class->size;
}

char *heap_strdup(const char *s)
{
	size_t size = strlen(s) + 1;
	char *copy = heap_alloc(size);

	return copy ? memcpy(copy, s, size) : NULL;
}

void heap_stats_get(struct heap_stats *out)
{
	SCOPED_LOCK(&heap_lock);
	*out = stats;
}
