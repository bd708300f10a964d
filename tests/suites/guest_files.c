// SPDX-License-Identifier: GPL-2.0-or-later
/* A kernel of no known header, packed and not, and what goes with it. */
#include "archive.h"
#include "guest_files.h"
#include <libfdt.h>
#include <vmm/arch.h>
#include <vmm/guest_config.h>
#include <vmm/heap.h>

/* 4096 zeros. */
static const u8 packed[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03,
	0xed, 0xc1, 0x01, 0x0d, 0x00, 0x00, 0x00, 0xc2, 0xa0, 0xf7,
	0x4f, 0x6d, 0x0f, 0x07, 0x14, 0x00, 0x00, 0x00, 0xf0, 0x6e,
	0x11, 0x00, 0x1c, 0xc7, 0x00, 0x10, 0x00, 0x00,
};

static const char script[] = "echo one\nfor i in 1 2; do echo $i; done\n";

static const struct guest_options options = {
	.name = "suite", .kernel = FILES_KERNEL, .cpu_count = 2,
	.memory_size = MIB(4), .priority = -1,
};

/* Paths in archives begin without a slash. */
static void add(const char *path, const char *data, size_t size)
{
	archive_add(path + 1, data, size);
}

static bool mount(const void *tree)
{
	/* ARMv8: goes on the spot, so that a guest that runs takes nothing. */
	static const char kernel[64] = { [3] = 0x14 };
	static const char initrd[600] = "070701";

	archive_begin();
	add(FILES_KERNEL, kernel, sizeof(kernel));
	add(FILES_PACKED, (const char *)packed, sizeof(packed));
	add(FILES_INITRD, initrd, sizeof(initrd));
	add(FILES_TREE, tree, fdt_totalsize(tree));
	add(FILES_SCRIPT, script, sizeof(script) - 1);
	return !archive_mount();
}

bool guest_files_add(void)
{
	struct guest_options o = options;
	static bool added;
	void *tree;

	if (added || !arch_guest_variants())
		return added;
	o.variant = (unsigned)__builtin_ctz(arch_guest_variants());
	if (guest_tree_compose(&o, &tree))
		return false;
	added = mount(tree);
	heap_free(tree);
	return added;
}
