// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RAM of the host before any allocator exists: what the tree describes
 * (Devicetree Specification 0.4, 3.4 /memory, 3.5 /reserved-memory, 5.3 memory
 * reservation block; linux,initrd-start and -end of /chosen).
 */
#include <libfdt.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/dt.h>
#include <vmm/errno.h>
#include <vmm/hostmap.h>
#include <vmm/image.h>
#include <vmm/io_guard.h>
#include <vmm/log.h>
#include <vmm/memory.h>
#include <vmm/page.h>
#include <vmm/pagetable.h>

#define PIECE	MIB(64)		/* of RAM that is looked at at once */

struct memory_map memory_map;

static size_t early_used;		/* bytes of the pool, boot only */

/*
 * How many bytes the linear map has room for: up to what comes next in the
 * address space.
 */
static u64 linear_size(void)
{
	struct pt_geometry g;
	u64 mask, size, others[] = { ARCH_IMAGE_BASE, ARCH_DYNAMIC_BASE };

	arch_pt_host(&g);
	mask = BIT64(g.address_bits) - 1;
	size = mask + 1 - ((u64)ARCH_LINEAR_BASE & mask);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (others[i] > (u64)ARCH_LINEAR_BASE)
			size = MIN(size, others[i] - (u64)ARCH_LINEAR_BASE);
	return size;
}

static BOOT_TEXT void add_bank(const char *what, u64 base, u64 size)
{
	u64 room = linear_size();

	if (base >= room || size > room - base) {
		log_warning("memory: %s: no more than %#" PRIx64
			    " is reachable", what, room);
		size = base >= room ? 0 : room - base;
	}
	if (memory_map_add_bank(&memory_map, base, size))
		fail(-ENOSPC, "memory: %s: more than %u banks, left out", what,
		     MEMORY_BANK_MAX);
}

static BOOT_TEXT void add_memory_node(struct dt_node n)
{
	u64 base, size;
	int rc;

	for (unsigned i = 0; !(rc = dt_reg(n, i, &base, &size)); i++)
		add_bank(dt_name(n), base, size);
	if (rc != -ENOENT)
		fail(rc, "memory: %s: reg is malformed", dt_name(n));
}

static BOOT_TEXT void add_banks(struct dt_node root)
{
	dt_for_each_child(n, root) {
		const char *type = dt_string(n, "device_type", 0);

		if (type && !strcmp(type, "memory") && dt_is_available(n))
			add_memory_node(n);
	}
}

static int reserve(const char *what, struct memory_range r)
{
	if (memory_map_reserve(&memory_map, r))
		return fail(-ENOSPC, "memory: %s: more than %u reservations",
			    what, MEMORY_RESERVED_MAX);
	return 0;
}

static BOOT_TEXT int reserve_node(struct dt_node n)
{
	struct memory_range r = { .no_map = dt_has(n, "no-map") };
	int rc;

	for (unsigned i = 0; !(rc = dt_reg(n, i, &r.base, &r.size)); i++)
		if (reserve(dt_name(n), r))
			return -ENOSPC;
	if (rc != -ENOENT)
		fail(rc, "memory: %s: reg is malformed", dt_name(n));
	return 0;
}

static BOOT_TEXT int reserve_nodes(struct dt_node root)
{
	dt_for_each_child(n, dt_child(root, "reserved-memory"))
		if (dt_is_available(n) && reserve_node(n))
			return -ENOSPC;
	return 0;
}

static BOOT_TEXT int reserve_block(const void *fdt)
{
	int count = fdt_num_mem_rsv(fdt);

	for (int i = 0; i < count; i++) {
		struct memory_range r = { .no_map = false };

		if (fdt_get_mem_rsv(fdt, i, &r.base, &r.size))
			break;
		if (reserve("reservation block", r))
			return -ENOSPC;
	}
	return 0;
}

static BOOT_TEXT int reserve_initrd(struct dt_node root)
{
	struct dt_node chosen = dt_child(root, "chosen");
	struct memory_range r = { .no_map = false };
	u64 end;

	if (!dt_u64(chosen, "linux,initrd-start", &r.base) ||
	    !dt_u64(chosen, "linux,initrd-end", &end))
		return 0;
	if (end < r.base)
		return fail(-EBADMSG, "memory: initrd ends before it begins");
	r.size = end - r.base;
	return reserve("initrd", r);
}

/*
 * What we run on and read from is RAM, whether a node says so or not, and
 * must be in the linear map.
 */
static int reserve_own(const char *what, hpa_t pa, u64 size)
{
	u64 base = ALIGN_DOWN(pa.v, PAGE_SIZE);

	add_bank(what, base, ALIGN_UP(pa.v + size, PAGE_SIZE) - base);
	return reserve(what, (struct memory_range){
			.base = pa.v, .size = size });
}

static u64 free_size(void)
{
	struct memory_range r;
	u64 from = 0, sum = 0;

	while (memory_map_next_free(&memory_map, &from, &r))
		sum += r.size;
	return sum;
}

BOOT_TEXT int memory_init(const struct boot_info *boot)
{
	struct dt_node root = dt_root(boot->dtb_va);

	add_banks(root);
	if (reserve_nodes(root) || reserve_block(boot->dtb_va))
		return -ENOMEM;
	if (reserve_initrd(root) == -ENOSPC)
		return -ENOMEM;
	if (reserve_own("image", boot->image,
			(u64)(image_end - image_start)) ||
	    reserve_own("tree", boot->dtb, fdt_totalsize(boot->dtb_va)))
		return -ENOMEM;
	if (!free_size())
		return fail(-ENOMEM, "memory: the tree leaves no RAM");
	return 0;
}

int memory_early_page(hpa_t *out)
{
	size_t size = (size_t)(image_pool_end - image_pool_start);

	if (early_used >= size)
		return -ENOMEM;
	*out = hostmap_image_hpa(image_pool_start + early_used);
	early_used += PAGE_SIZE;
	return 0;
}

static BOOT_TEXT void release_pool(void)
{
	size_t size = (size_t)(image_pool_end - image_pool_start);

	page_add_range(hostmap_image_hpa(image_pool_start + early_used),
		       size - early_used);
	early_used = size;
}

/* Nothing there is a bus that refuses, at least, its last bytes. */
static BOOT_TEXT bool answers(u64 base, u64 size)
{
	const u8 *first = hpa_to_ptr(HPA(base));

	io_guard_begin();
	(void)*(const volatile u8 *)first;
	(void)*(const volatile u8 *)(first + size - 1);
	return !io_guard_end();
}

/* Adds what answers, piece by piece; the rest is a lie of the tree's. */
static BOOT_TEXT void release_range(const struct memory_range *r)
{
	u64 done = 0, good = 0, missing = 0;

	while (done < r->size) {
		const u64 step = MIN(r->size - done, PIECE);
		const bool there = answers(r->base + done, step);

		if (!there) {
			page_add_range(HPA(r->base + done - good), good);
			missing += step;
		}
		good = there ? good + step : 0;
		done += step;
	}
	page_add_range(HPA(r->base + done - good), good);
	if (missing)
		log_error("memory: %#" PRIx64 ": %" PRIu64 "M: no answer",
			  r->base, missing >> 20);
}

BOOT_TEXT void memory_release_all(void)
{
	struct memory_range r;
	u64 from = 0;

	while (memory_map_next_free(&memory_map, &from, &r))
		release_range(&r);
	release_pool();
}
