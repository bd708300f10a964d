// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where kernel, initrd and tree go in a guest's RAM: QEMU's places, within
 * the rules of Linux, Documentation/arch/arm64/booting.rst.
 */
#include <vmm/image_loader.h>
#include <vmm/errno.h>
#include <vmm/guest_config.h>
#include <vmm/log.h>

#define KERNEL_ALIGN	MIB(2)
/* Kernels that start this near to the boundary go one boundary further. */
#define KERNEL_GAP	KIB(4)
#define INITRD_OFFSET	MIB(128)
#define INITRD_ALIGN	KIB(4)
#define TREE_SIZE_MAX	MIB(2)
#define TREE_ALIGN	MIB(2)
#define TREE_ALIGN_MIN	KIB(4)

void image_plan_choose(const struct guest_config *config,
		       struct image_needs *needs)
{
	const struct guest_memory_config *best = &config->memory[0];
	const struct kernel_info *k = needs->kernel;

	for (unsigned i = 0; i < config->memory_count; i++) {
		const struct guest_memory_config *m = &config->memory[i];

		if (k && k->format == KERNEL_ELF &&
		    k->text_offset - m->base < m->size) {
			best = m;
			break;
		}
		if (m->base < best->base)
			best = m;
	}
	needs->ram_base = best->base;
	needs->ram_size = best->size;
}

static bool fits(const struct image_needs *n, u64 at, u64 size)
{
	return at >= n->ram_base && at - n->ram_base <= n->ram_size &&
	       size <= n->ram_size - (at - n->ram_base);
}

static int misfit(const struct image_needs *n, const char *what, u64 at,
		  u64 size)
{
	return fail(-ERANGE, "guest: %s: the %s does not fit: %llu bytes at "
		    "%#llx, but RAM is %llu bytes at %#llx: give more memory, "
		    "or build it for there", n->name, what,
		    (unsigned long long)size, (unsigned long long)at,
		    (unsigned long long)n->ram_size,
		    (unsigned long long)n->ram_base);
}

static int kernel_place(const struct image_needs *n, struct image_plan *out)
{
	const struct kernel_info *k = n->kernel;

	if (k->format == KERNEL_ELF) {
		out->kernel = k->text_offset;
		out->entry = k->entry;
	} else {
		out->kernel = ALIGN_UP(n->ram_base, KERNEL_ALIGN) +
			      k->text_offset;
		if (k->text_offset < KERNEL_GAP)
			out->kernel += KERNEL_ALIGN;
		out->entry = out->kernel + k->entry;
	}
	if (!fits(n, out->kernel, k->memory_size))
		return misfit(n, "kernel", out->kernel, k->memory_size);
	return 0;
}

/* At a multiple of 2 MiB, or where less room is needed. */
static u64 tree_place(const struct image_needs *n, u64 from)
{
	u64 at = ALIGN_UP(from, TREE_ALIGN);
	u64 near = ALIGN_UP(from, TREE_ALIGN_MIN);

	if (fits(n, at, n->tree_size) ||
	    ALIGN_DOWN(near, TREE_ALIGN) !=
	    ALIGN_DOWN(near + n->tree_size - 1, TREE_ALIGN))
		return at;
	return near;
}

int image_plan_make(const struct image_needs *needs, struct image_plan *out)
{
	u64 end;
	int rc;

	*out = (struct image_plan){ .tree = needs->ram_base };
	if (needs->tree_size > TREE_SIZE_MAX)
		return fail(-ERANGE, "guest: %s: a tree of %llu bytes is more "
			    "than the 2 MiB that kernels read", needs->name,
			    (unsigned long long)needs->tree_size);
	if (needs->kernel) {
		rc = kernel_place(needs, out);
		if (rc)
			return rc;
		end = out->kernel + needs->kernel->memory_size;
		out->initrd = needs->ram_base + MIN(needs->ram_size / 2,
						    INITRD_OFFSET);
		out->initrd = ALIGN_UP(MAX(out->initrd, end), INITRD_ALIGN);
		if (!fits(needs, out->initrd, needs->initrd_size))
			return misfit(needs, "initrd", out->initrd,
				      needs->initrd_size);
		out->tree = tree_place(needs, out->initrd +
				       needs->initrd_size);
	}
	if (!fits(needs, out->tree, needs->tree_size))
		return misfit(needs, "tree", out->tree, needs->tree_size);
	return 0;
}
