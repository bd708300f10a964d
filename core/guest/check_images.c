// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a guest starts with: files that are there, whole and of the right
 * kind, and room for them.
 */
#include "config_check.h"
#include <libfdt.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/errno.h>
#include <vmm/file.h>
#include <vmm/gunzip.h>
#include <vmm/heap.h>
#include <vmm/image_loader.h>

/* The files that a guest names; size 0: not there, or not wanted. */
struct images {
	const struct check *c;
	struct file kernel, initrd, firmware, os_tree;
	struct kernel_info info;
	struct image_needs needs;	/* kernel: known to be good */
	struct image_plan plan;
};

static void file_check(const struct check *c, const char *path,
		       const char *property, struct file *out)
{
	int rc;

	out->size = 0;
	if (!path || c->facts->no_files)
		return;
	rc = file_open(path, out);
	if (rc)
		out->size = 0;
	if (rc == -ENOENT)
		guest_report_add(c->report, check_chosen(c), property,
				 "%s: %s: put it into the boot archive, or "
				 "correct the path", path, errno_text(rc));
	else if (rc)
		guest_report_add(c->report, check_chosen(c), property,
				 "%s: %s", path, errno_text(rc));
	else if (!out->size)
		guest_report_add(c->report, check_chosen(c), property,
				 "%s: is empty", path);
}

/* ---- Kernel ---- */

/* Unpacked, at *out, to be freed; not for nothing: it takes long. */
static int kernel_unpack(struct images *im, u8 **out)
{
	struct gunzip g;
	int rc;

	*out = NULL;
	if (!gunzip_is_gzip(im->kernel.data, im->kernel.size))
		return 0;
	if (!im->c->facts->thorough)
		return -ENOTSUP;
	rc = gunzip_member(im->kernel.data, im->kernel.size,
			   im->needs.ram_size, im->kernel.path, &g);
	if (rc)
		return rc;
	*out = g.data;
	im->kernel.data = g.data;
	im->kernel.size = g.size;
	return 0;
}

static void kernel_check(struct images *im)
{
	const struct guest_config *config = im->c->config;
	struct config_capture *capture;
	u8 *unpacked;
	int rc;

	capture = config_capture_begin();
	rc = kernel_unpack(im, &unpacked);
	if (!rc)
		rc = kernel_identify(im->kernel.data, im->kernel.size,
				     config->kernel, &im->info);
	config_capture_end(capture, &(struct config_capture_about){
		.node = check_chosen(im->c), .property = "vmm,kernel",
	}, im->c->report);
	heap_free(unpacked);
	if (rc)
		return;
	im->needs.kernel = &im->info;
	image_plan_choose(config, &im->needs);
}

/* ---- The others ---- */

static void initrd_check(const struct images *im)
{
	static const char *const magics[] = {
		"\x1f\x8b", "07070", ("\xfd" "7zXZ"), "\x28\xb5\x2f\xfd", "BZh",
		"\x02\x21\x4c\x18", "\x5d", "\x89LZO", "\xc7\x71",
	};
	const struct file *f = &im->initrd;

	if (!f->size)
		return;
	for (size_t i = 0; i < ARRAY_LEN(magics); i++)
		if (f->size > strlen(magics[i]) &&
		    !memcmp(f->data, magics[i], strlen(magics[i])))
			return;
	guest_report_warn(im->c->report, check_chosen(im->c), "vmm,initrd",
			  "%s: is no archive that kernels unpack: make it by "
			  "cpio, and pack that", im->c->config->initrd);
}

static void firmware_check(const struct images *im)
{
	const struct check *c = im->c;
	u64 size = im->firmware.size;

	for (unsigned i = 0; i < c->config->device_count; i++) {
		const struct guest_device_config *d = &c->config->devices[i];

		if (!d->type->load)
			continue;
		if (size > d->regions[0].size)
			guest_report_add(c->report, check_chosen(c),
					 "vmm,firmware", "has %llu bytes, %s "
					 "only %llu: enlarge its first region",
					 (unsigned long long)size, d->name,
					 (unsigned long long)
					 d->regions[0].size);
		return;
	}
	guest_report_add(c->report, check_chosen(c), "vmm,firmware",
			 "needs a flash, and the tree has none: add a "
			 "cfi-flash");
}

/* One that the user made for the guest's system; files lie anywhere. */
static void os_tree_check(const struct images *im)
{
	const struct file *f = &im->os_tree;
	struct config_capture *capture;
	void *copy;

	if (!f->size)
		return;
	copy = heap_alloc(f->size);
	if (!copy)
		return;
	memcpy(copy, f->data, f->size);
	capture = config_capture_begin();
	dt_check(copy, f->size, im->c->config->os_tree);
	config_capture_end(capture, &(struct config_capture_about){
		.node = check_chosen(im->c), .property = "vmm,os-tree",
	}, im->c->report);
	heap_free(copy);
}

/* ---- Where they go ---- */

static void reserved_check(const struct images *im, const char *what, u64 base,
			   u64 size)
{
	const struct check *c = im->c;
	const void *fdt = c->config->fdt;
	u64 at, length;

	dt_for_each_child(n, dt_find_path(fdt, "/reserved-memory"))
		for (unsigned i = 0; size && !dt_reg(n, i, &at, &length); i++)
			if (length && at <= base + (size - 1) &&
			    base <= at + (length - 1))
				guest_report_add(c->report, n, "reg", "is "
						 "where the %s goes, %#llx to "
						 "%#llx: move it", what,
						 (unsigned long long)base,
						 (unsigned long long)
						 (base + (size - 1)));
}

static void plan_check(struct images *im)
{
	const struct check *c = im->c;
	struct config_capture *capture;
	int rc;

	im->needs.name = c->config->name;
	im->needs.initrd_size = im->initrd.size;
	im->needs.tree_size = im->os_tree.size ? im->os_tree.size :
						 c->config->fdt_size;
	capture = config_capture_begin();
	rc = image_plan_make(&im->needs, &im->plan);
	config_capture_end(capture, &(struct config_capture_about){
		.name = c->config->name, .node = check_chosen(c),
		.property = "vmm,kernel",
	}, c->report);
	if (rc)
		return;
	reserved_check(im, "kernel", im->plan.kernel, im->info.memory_size);
	reserved_check(im, "initrd", im->plan.initrd, im->initrd.size);
	reserved_check(im, "tree", im->plan.tree, im->needs.tree_size);
}

/* ---- All ---- */

static void wishes_check(const struct check *c)
{
	const struct guest_config *config = c->config;

	if (config->kernel && config->firmware)
		guest_report_add(c->report, check_chosen(c), "vmm,firmware",
				 "and vmm,kernel exclude each other: a guest "
				 "starts with one of them");
	if (!config->kernel && !config->firmware)
		guest_report_add(c->report, DT_NONE, NULL, "nothing is there "
				 "to start: --kernel or --firmware says what");
	if (config->initrd && !config->kernel)
		guest_report_add(c->report, check_chosen(c), "vmm,initrd",
				 "is of no use without a kernel: take it out");
}

void check_images(const struct check *c)
{
	const struct guest_config *config = c->config;
	struct images im = { .c = c };

	wishes_check(c);
	file_check(c, config->firmware, "vmm,firmware", &im.firmware);
	file_check(c, config->kernel, "vmm,kernel", &im.kernel);
	file_check(c, config->initrd, "vmm,initrd", &im.initrd);
	file_check(c, config->os_tree, "vmm,os-tree", &im.os_tree);
	if (im.firmware.size)
		firmware_check(&im);
	initrd_check(&im);
	os_tree_check(&im);
	if (!config->memory_count)
		return;
	image_plan_choose(config, &im.needs);
	if (im.kernel.size)
		kernel_check(&im);
	if (im.needs.kernel)
		plan_check(&im);
}
