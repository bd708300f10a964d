// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A guest's RAM: host blocks as large as can be had, all mapped before it
 * runs, wiped when given and when taken back.
 */

#include <vmm/guest.h>

#include <libs/sort.h>
#include <libs/string.h>
#include <vmm/clock.h>
#include <arch/cycles.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>
#include <vmm/page.h>

#include "internal.h"

static u64 block_size(const struct guest_block *b)
{
	return (u64)PAGE_SIZE << b->order;
}

static void flush(struct pagetable *pt, u64 base, u64 size)
{
	arch_guest_tlb_flush(container_of(pt, struct guest, stage2),
			     GPA(base), size);
}

/* ---- making it ---- */

static int blocks_reserve(struct guest *g)
{
	size_t capacity = MAX(g->block_capacity * 2, (size_t)8);
	struct guest_block *more;

	if (g->block_count < g->block_capacity)
		return 0;
	more = heap_alloc(capacity * sizeof(*more));
	if (!more)
		return -ENOMEM;
	if (g->block_count)
		memcpy(more, g->blocks, g->block_count * sizeof(*more));
	heap_free(g->blocks);
	g->blocks = more;
	g->block_capacity = capacity;
	return 0;
}

/* The largest block that base's alignment and what is left allow. */
static unsigned best_order(u64 base, u64 left)
{
	u64 aligned = base ? base & -base : left;
	u64 size = MIN(aligned, left);
	unsigned order = 63u - (unsigned)__builtin_clzll(size >> PAGE_SHIFT);

	return MIN(order, (unsigned)PAGE_ORDER_MAX);
}

static int block_add(struct guest *g, u64 base, u64 left)
{
	unsigned order = best_order(base, left);
	struct guest_block *b;
	hpa_t host;
	int rc = blocks_reserve(g);

	if (rc)
		return rc;
	while ((rc = page_alloc(order, PAGE_GUEST_RAM, &host)) && order)
		order--;
	if (rc)
		return rc;
	b = &g->blocks[g->block_count++];
	*b = (struct guest_block){ GPA(base), host, order };
	arch_memory_wipe(hpa_to_ptr(host), block_size(b));
	return guest_map(g, &(struct pt_range){
		.base = base, .size = block_size(b), .pa = host,
		.prot = PT_READ | PT_WRITE | PT_EXEC,
	});
}

static int bank_add(struct guest *g, const struct guest_memory_config *m)
{
	const struct region r = {
		.base = GPA(m->base), .size = m->size, .kind = REGION_RAM,
		.name = "RAM",
	};
	u64 done = 0;
	int rc;

	while (done < m->size) {
		const struct guest_block *b;

		rc = block_add(g, m->base + done, m->size - done);
		if (rc)
			return fail(rc, "guest: %s: %llu KiB of memory were "
				    "asked for, %llu KiB were to be had",
				    g->name,
				    (unsigned long long)(m->size >> 10),
				    (unsigned long long)(done >> 10));
		b = &g->blocks[g->block_count - 1];
		done += block_size(b);
	}
	rc = aspace_add(&g->memory, &r);
	return rc ? fail(rc, "guest: %s: %s: %s", g->name, r.name,
			 errno_text(rc)) : 0;
}

/* Bits that addresses of RAM and devices need. */
static unsigned address_bits(const struct guest_config *c)
{
	u64 top = 0;

	for (unsigned i = 0; i < c->memory_count; i++)
		top = MAX(top, c->memory[i].base + c->memory[i].size - 1);
	for (unsigned i = 0; i < c->device_count; i++) {
		const struct guest_device_config *d = &c->devices[i];

		for (unsigned j = 0; j < d->region_count; j++)
			top = MAX(top, d->regions[j].base +
				       d->regions[j].size - 1);
	}
	return top ? 64u - (unsigned)__builtin_clzll(top) : 1;
}

static int by_base(const void *a, const void *b)
{
	u64 x = ((const struct guest_block *)a)->base.v;
	u64 y = ((const struct guest_block *)b)->base.v;

	return x < y ? -1 : x > y;
}

/* Address spaces without anything in them. */
static int spaces_init(struct guest *g)
{
	const struct pt_format *format;
	struct pt_geometry geometry;
	int rc;

	rc = arch_pt_guest(address_bits(g->config), &format, &geometry);
	if (rc)
		return rc;
	if ((rc = pagetable_init(&g->stage2, format, &geometry, flush)) ||
	    (rc = aspace_init(&g->memory)) || (rc = aspace_init(&g->ports)))
		return fail(rc, "guest: %s: %s: %s", g->name, "page tables",
			    errno_text(rc));
	return 0;
}

int guest_memory_init(struct guest *g)
{
	const struct guest_config *c = g->config;
	int rc = spaces_init(g);

	if (!rc)
		rc = arch_guest_init(g);
	if (rc)
		return rc;
	g->arch_ready = true;
	for (unsigned i = 0; i < c->memory_count; i++)
		if ((rc = bank_add(g, &c->memory[i])))
			return rc;
	sort_array(g->blocks, g->block_count, sizeof(*g->blocks), by_base);
	return 0;
}

void guest_memory_fini(struct guest *g)
{
	if (g->arch_ready)
		arch_guest_fini(g);
	if (g->stage2.root.v)
		pagetable_fini(&g->stage2);
	for (size_t i = 0; i < g->block_count; i++) {
		const struct guest_block *b = &g->blocks[i];

		arch_memory_wipe(hpa_to_ptr(b->host), block_size(b));
		page_free(b->host, b->order, PAGE_GUEST_RAM);
	}
	heap_free(g->blocks);
	aspace_fini(&g->memory);
	aspace_fini(&g->ports);
}

/* ---- using it ---- */

void *guest_pin(struct guest *g, gpa_t a, size_t *size)
{
	size_t low = 0, high = g->block_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct guest_block *b = &g->blocks[mid];

		if (a.v < b->base.v) {
			high = mid;
		} else if (a.v - b->base.v >= block_size(b)) {
			low = mid + 1;
		} else {
			u64 offset = a.v - b->base.v;

			*size = MIN(*size, (size_t)(block_size(b) - offset));
			return hpa_to_ptr(HPA(b->host.v + offset));
		}
	}
	return NULL;
}

/* RAM stays where it is for as long as its guest; nothing to give back. */
void guest_unpin(struct guest *g, void *p)
{
	(void)g, (void)p;
}

/* Runs fn on each contiguous part of [a, a + size), if all of it is RAM. */
static int each_part(struct guest *g, gpa_t a, size_t size,
		     void (*fn)(void *p, void *buf, size_t n), void *buf)
{
	size_t n, done;

	if (a.v + size < a.v)
		return -EFAULT;
	for (done = 0; done < size; done += n) {
		n = size - done;
		if (!guest_pin(g, GPA(a.v + done), &n))
			return -EFAULT;
	}
	for (done = 0; done < size; done += n) {
		n = size - done;
		fn(guest_pin(g, GPA(a.v + done), &n),
		   buf ? (u8 *)buf + done : NULL, n);
	}
	return 0;
}

static void part_read(void *p, void *buf, size_t n)
{
	memcpy(buf, p, n);
}

static void part_write(void *p, void *buf, size_t n)
{
	memcpy(p, buf, n);
}

static void part_load(void *p, void *buf, size_t n)
{
	memcpy(p, buf, n);
	arch_code_sync(p, n);
}

static void part_zero(void *p, void *buf, size_t n)
{
	(void)buf;
	memset(p, 0, n);
	arch_cache(CACHE_CLEAN, p, n);
}

int guest_read(struct guest *g, gpa_t a, void *buf, size_t size)
{
	return each_part(g, a, size, part_read, buf);
}

int guest_write(struct guest *g, gpa_t a, const void *buf, size_t size)
{
	return each_part(g, a, size, part_write, (void *)(uintptr_t)buf);
}

int guest_load(struct guest *g, gpa_t a, const void *buf, size_t size)
{
	return each_part(g, a, size, part_load, (void *)(uintptr_t)buf);
}

int guest_zero(struct guest *g, gpa_t a, size_t size)
{
	return each_part(g, a, size, part_zero, NULL);
}

int guest_map(struct guest *g, const struct pt_range *r)
{
	return pagetable_map(&g->stage2, r);
}

int guest_unmap(struct guest *g, gpa_t base, u64 size)
{
	return pagetable_unmap(&g->stage2, base.v, size);
}

/* ---- time ---- */

u64 guest_clock_cycles(const struct guest *g)
{
	const struct guest_clock *c = &g->clock;
	u64 paused = __atomic_load_n(&c->paused_at_cycles, __ATOMIC_ACQUIRE);
	u64 now = paused ? paused : cycles_read();

	return now - c->offset_cycles;
}

u64 guest_clock_ns(const struct guest *g)
{
	return clock_cycles_to_ns(guest_clock_cycles(g));
}

u64 guest_clock_to_host_cycles(const struct guest *g, u64 guest_cycles)
{
	u64 guest_now = guest_clock_cycles(g);
	u64 host = guest_cycles + g->clock.offset_cycles;

	if (guest_cycles <= guest_now)
		return 0;
	return host < guest_cycles - guest_now ? ~0ull : host;
}

u64 guest_clock_to_host_ns(const struct guest *g, u64 guest_ns)
{
	u64 guest_now = guest_clock_ns(g), now = clock_now();

	if (guest_ns <= guest_now)
		return now;
	guest_ns -= guest_now;
	return guest_ns + now < now ? ~0ull : guest_ns + now;
}
