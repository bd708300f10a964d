// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fills a guest's memory with what it starts with.  Big files go from the
 * archive straight into the guest; only packed kernels and the tree exist
 * twice for a moment.
 */
#include <vmm/image_loader.h>
#include <libfdt.h>
#include <libs/elf.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/errno.h>
#include <vmm/file.h>
#include <vmm/guest.h>
#include <vmm/gunzip.h>
#include <vmm/heap.h>
#include <vmm/log.h>
#include <vmm/random.h>

/* The files of one guest, opened; size 0: there is none. */
struct images {
	struct guest *guest;
	struct file kernel, initrd;
	u8 *unpacked;			/* kernel's own memory, or NULL */
	struct kernel_info info;
	struct image_needs needs;
	struct image_plan plan;
	void *tree;
	size_t tree_size;
};

static int open_file(const struct guest *g, const char *path, struct file *out)
{
	int rc = path ? file_open(path, out) : 0;

	if (rc)
		return fail(rc, "guest: %s: %s: %s", g->name, path,
			    errno_text(rc));
	return 0;
}

/* ---- Kernel ---- */

static int kernel_unpack(struct images *im)
{
	struct file *k = &im->kernel;
	struct gunzip g;
	int rc;

	if (!gunzip_is_gzip(k->data, k->size))
		return 0;
	rc = gunzip_member(k->data, k->size, im->needs.ram_size, k->path, &g);
	if (rc)
		return rc;
	im->unpacked = g.data;
	k->data = g.data;
	k->size = g.size;
	return 0;
}

static int kernel_open(struct images *im)
{
	const char *path = im->guest->config->kernel;
	int rc = open_file(im->guest, path, &im->kernel);

	if (rc || !path)
		return rc;
	rc = kernel_unpack(im);
	if (!rc)
		rc = kernel_identify(im->kernel.data, im->kernel.size, path,
				     &im->info);
	if (rc)
		return rc;
	im->needs.kernel = &im->info;
	image_plan_choose(im->guest->config, &im->needs);
	return 0;
}

static int put(struct guest *g, u64 at, const void *data, u64 size)
{
	int rc = guest_load(g, GPA(at), data, size);

	if (rc)
		return fail(rc, "guest: %s: no memory at %#llx for %llu bytes",
			    g->name, (unsigned long long)at,
			    (unsigned long long)size);
	return 0;
}

static int segment_put(struct images *im, const struct elf_segment *seg)
{
	u64 rest = seg->memory_size - seg->file_size;
	int rc = put(im->guest, seg->physical, im->kernel.data + seg->offset,
		     seg->file_size);

	if (!rc && rest)
		rc = guest_zero(im->guest, GPA(seg->physical + seg->file_size),
				rest);
	return rc;
}

static int elf_put(struct images *im)
{
	struct elf_memory m;
	struct elf e;
	int rc;

	elf_memory_init(&m, im->kernel.data, im->kernel.size);
	rc = elf_open(&e, &m.source);
	for (u32 i = 0; !rc && i < e.segment_count; i++) {
		struct elf_segment seg;

		rc = elf_segment(&e, i, &seg);
		if (!rc && seg.type == ELF_SEGMENT_LOAD)
			rc = segment_put(im, &seg);
	}
	return rc;
}

static int kernel_put(struct images *im)
{
	struct guest *g = im->guest;

	g->image.base = im->plan.kernel;
	g->image.size = kernel_extent(im->kernel.data, im->kernel.size,
				      &g->image.code);
	if (im->info.format == KERNEL_ELF)
		return elf_put(im);
	return put(im->guest, im->plan.kernel, im->kernel.data,
		   im->kernel.size);
}

/* ---- Tree ---- */

/* A tree that the user made for the OS: as it is. */
static int os_tree_open(struct images *im)
{
	struct file file;
	int rc = open_file(im->guest, im->guest->config->os_tree, &file);

	if (rc)
		return rc;
	im->tree = heap_alloc(file.size + 1);
	if (!im->tree)
		return fail(-ENOMEM, "guest: %s: no memory for its tree",
			    im->guest->name);
	memcpy(im->tree, file.data, file.size);
	im->tree_size = file.size;
	return dt_check(im->tree, file.size, im->guest->config->os_tree);
}

static int tree_make(struct images *im)
{
	struct guest_boot_facts facts = {
		.initrd_base = im->plan.initrd,
		.initrd_size = im->initrd.size,
	};

	heap_free(im->tree);
	im->tree = NULL;
	if (im->guest->config->os_tree)
		return os_tree_open(im);
	random_bytes(facts.seed, sizeof(facts.seed));
	random_bytes(facts.kaslr_seed, sizeof(facts.kaslr_seed));
	return guest_tree_write(im->guest->config, &facts, &im->tree,
				&im->tree_size);
}

/* The tree's size decides places that it tells: its numbers come last. */
static int tree_and_plan(struct images *im)
{
	int rc = tree_make(im);

	im->needs.name = im->guest->name;
	im->needs.initrd_size = im->initrd.size;
	im->needs.tree_size = im->tree_size;
	if (!rc)
		rc = image_plan_make(&im->needs, &im->plan);
	if (!rc && im->initrd.size)
		rc = tree_make(im);
	if (!rc) {
		im->guest->initrd_base = im->plan.initrd;
		im->guest->initrd_size = im->initrd.size;
	}
	return rc;
}

/* ---- Firmware ---- */

static int firmware_put(struct guest *g, struct vcpu_start *start)
{
	struct file file;
	int rc = open_file(g, g->config->firmware, &file);

	if (rc)
		return rc;
	for (size_t i = 0; i < g->device_count; i++) {
		struct emu *e = g->devices[i];
		u64 base, size;

		if (!e->type->load)
			continue;
		rc = dt_reg(e->node, 0, &base, &size);
		start->entry = GPA(base);
		if (!rc)
			rc = e->type->load(e, file.data, file.size);
		return rc ? fail(rc, "guest: %s: %s: %s", g->name, file.path,
				 errno_text(rc)) : 0;
	}
	return fail(-ENODEV, "guest: %s: no flash for %s", g->name, file.path);
}

/* ---- All ---- */

static int images_put(struct images *im, struct vcpu_start *start)
{
	struct guest *g = im->guest;
	int rc = 0;

	if (g->config->firmware)
		rc = firmware_put(g, start);
	if (!rc && im->needs.kernel) {
		rc = kernel_put(im);
		start->entry = GPA(im->plan.entry);
	}
	arch_boot_args(start, g->config->cpus[0].hwid, GPA(im->plan.tree));
	if (!rc && im->initrd.size)
		rc = put(g, im->plan.initrd, im->initrd.data, im->initrd.size);
	if (!rc)
		rc = put(g, im->plan.tree, im->tree, im->tree_size);
	return rc;
}

int image_load_guest(struct guest *g, struct vcpu_start *start)
{
	struct images im = { .guest = g };
	int rc;

	*start = (struct vcpu_start){ .arg_count = 0 };
	image_plan_choose(g->config, &im.needs);
	rc = kernel_open(&im);
	if (!rc)
		rc = open_file(g, g->config->initrd, &im.initrd);
	if (!rc)
		rc = tree_and_plan(&im);
	if (!rc)
		rc = images_put(&im, start);
	heap_free(im.tree);
	heap_free(im.unpacked);
	return rc;
}
