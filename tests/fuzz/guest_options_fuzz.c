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

/* Not given, any, or one of the archive's. */
static const char *text(struct story *s, char buf[48])
{
	static const char *const files[] = { "/k", "/k.gz", "/t.dtb", "/" };
	const u32 what = story_below(s, 8);
	size_t size;

	if (what < 5)
		return files[story_below(s, ARRAY_LEN(files))];
	if (what == 5)
		return NULL;
	size = story_below(s, 48);
	for (size_t i = 0; i < size; i++)
		buf[i] = (char)story_byte(s);
	buf[size] = '\0';
	return buf;
}

/* As `guest create` reports it, or as `guest check` does. */
static int load(const struct guest_options *o,
		const struct guest_host_facts *host, bool print,
		struct guest_config **out)
{
	struct guest_report report = { .problem = ignore };

	return print ? guest_config_load(o, host, out) :
		       guest_config_examine(o, host, &report, out);
}

static void examine(const struct guest_options *options, bool print)
{
	static const struct guest_host_facts host = {
		.free_bytes = GIB(1), .cpus = 0xf, .variants = ~0u,
		.address_bits = 40, .thorough = true,
	};
	static const struct guest_boot_facts facts = {
		.initrd_base = GIB(1), .initrd_size = 1,
	};
	struct guest_config *config = NULL;
	void *written;
	size_t size;

	if (load(options, &host, print, &config))
		return;
	assert(config->cpu_count && config->cpu_count <= GUEST_CPU_MAX);
	assert(config->memory_count);
	if (!guest_tree_write(config, &facts, &written, &size)) {
		assert(!dt_check(written, size, "written"));
		heap_free(written);
	}
	guest_config_free(config);
}

/* "kernel", gzip's. */
static const u8 packed[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff,
	0xcb, 0x4e, 0x2d, 0xca, 0x4b, 0xcd, 0x01, 0x00, 0xab, 0x9a,
	0xd2, 0x5d, 0x06, 0x00, 0x00, 0x00,
};

/* What is left of the input: a tree, and one that says where it is from. */
static void add_files(const struct story *s)
{
	const size_t size = MIN(s->left, (size_t)TREE_MAX / 2);

	archive_begin();
	archive_add("k", "kernel", 6);
	archive_add("k.gz", (const char *)packed, sizeof(packed));
	archive_add("t.dtb", (const char *)s->at, size);
	archive_add("t.dtb.map", (const char *)s->at, size);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct story s = { .at = data, .left = size };
	char kernel[48], initrd[48], append[48];
	bool print;
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
	if (story_below(&s, 8) == 1)
		o.firmware = "/k";
	if (story_below(&s, 2))
		o.tree = "/t.dtb";
	print = story_below(&s, 2);
	add_files(&s);
	if (!archive_mount())
		examine(&o, print);
	file_unmount();
	return 0;
}
