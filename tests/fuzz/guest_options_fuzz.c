// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes `guest create` before anything is made (LLVM's libFuzzer): options
 * put into a built-in tree or the input's, with its places in a source, parsed,
 * checked, written for the guest.
 */
#include "../suites/archive.h"
#include "../suites/story.h"
#include <libs/string.h>
#include <vmm/dt.h>
#include <vmm/errno.h>
#include <vmm/file.h>
#include <vmm/guest_config.h>
#include <vmm/heap.h>
#include <vmm/log.h>

#define TREE_MAX	8192

static void ignore(struct guest_report *r, const struct guest_problem *p)
{
	assert(p->source && p->path && p->text);
}

static const char *text(struct story *s, char buf[48])
{
	const size_t size = story_below(s, 48);

	for (size_t i = 0; i < size; i++)
		buf[i] = (char)story_byte(s);
	buf[size] = '\0';
	if (!story_below(s, 3))
		return "/k";
	return story_below(s, 2) ? buf : NULL;
}

static void examine(const struct guest_options *options)
{
	static const struct guest_host_facts host = {
		.free_bytes = GIB(1), .cpus = 0xf, .variants = ~0u,
		.address_bits = 40, .thorough = true,
	};
	static const struct guest_boot_facts facts = {
		.initrd_base = GIB(1), .initrd_size = 1,
	};
	struct guest_report report = { .problem = ignore };
	struct guest_config *config = NULL;
	void *written;
	size_t size;

	if (guest_config_examine(options, &host, &report, &config))
		return;
	assert(config->cpu_count && config->cpu_count <= GUEST_CPU_MAX);
	assert(config->memory_count);
	if (!guest_tree_write(config, &facts, &written, &size)) {
		assert(!dt_check(written, size, "written"));
		heap_free(written);
	}
	guest_config_free(config);
}

/* What is left of the input: a tree, and one that says where it is from. */
static void add_files(const struct story *s)
{
	const size_t size = MIN(s->left, (size_t)TREE_MAX / 2);

	archive_begin();
	archive_add("k", "kernel", 6);
	archive_add("t.dtb", (const char *)s->at, size);
	archive_add("t.dtb.map", (const char *)s->at, size);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct story s = { .at = data, .left = size };
	char kernel[48], initrd[48], append[48];
	struct guest_options o = {
		.name = "fuzz", .cpu_count = story_below(&s, 10),
		.variant = story_below(&s, 7),
		.priority = (int)story_below(&s, 257) - 1,
		.affinity = story_byte(&s), .autostart = story_below(&s, 2),
		.memory_size = story_take(&s, 4) << story_below(&s, 33),
		.console_size = (u32)story_take(&s, 2),
	};

	if (story_below(&s, 4))
		o.memory_size &= MIB(1) - 1 + MIB(511);
	o.kernel = text(&s, kernel);
	o.initrd = text(&s, initrd);
	o.append = text(&s, append);
	if (story_below(&s, 2))
		o.firmware = "/k";
	if (story_below(&s, 2))
		o.tree = "/t.dtb";
	add_files(&s);
	if (!archive_mount())
		examine(&o);
	file_unmount();
	return 0;
}
