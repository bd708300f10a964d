// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * guest-check: what `guest check` says of guests' trees, on the machine that
 * builds them, by the same code on the fake machine.  Trees, their maps and
 * the files that they name are put into a boot archive in memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arch/fake.h>
#include <arch/guest.h>
#include <libfdt.h>
#include <libs/parse.h>
#include <vmm/arch.h>
#include <vmm/file.h>
#include <vmm/guest_config.h>
#include <vmm/options.h>
#include <vmm/timer.h>
#include <vmm/vpic.h>

#include "../commands/guest.h"
#include "../tests/suites/fake_platform.h"

#define ENTRY_SIZE	110		/* of cpio's "newc" */
#define TREE_NAME	"check.dtb"

static const char usage[] =
	"usage: guest-check [--json] [--archive FILE | --root DIR]\n"
	"       [--kernel FILE] [--initrd FILE] [--firmware FILE]\n"
	"       [--host-memory SIZE] [--host-cpus N] TREE.dtb...\n"
	"\n"
	"Tells all that is wrong with guests' trees.  What they name is\n"
	"looked for in the boot archive FILE or below DIR; without either,\n"
	"only the names are looked at.  TREE.dtb.map gives lines of sources.\n"
	"Status: 0 no errors, 1 errors, 2 wrong use.\n";

struct wishes {
	bool json;
	const char *archive, *root;
	struct guest_options options;
	struct guest_host_facts facts;
};

/* Bytes that grow. */
struct blob {
	unsigned char *data;
	size_t size;
};

/* ---- Files ---- */

static void blob_add(struct blob *b, const void *data, size_t size)
{
	b->data = realloc(b->data, b->size + size + 1);
	if (!b->data)
		abort();
	if (size)
		memcpy(b->data + b->size, data, size);
	b->size += size;
}

static bool file_read(const char *path, struct blob *out)
{
	FILE *f = fopen(path, "rb");
	static char some[65536];
	size_t size;

	*out = (struct blob){ .size = 0 };
	if (!f)
		return false;
	while ((size = fread(some, 1, sizeof(some), f)) > 0)
		blob_add(out, some, size);
	fclose(f);
	blob_add(out, "", 0);
	return true;
}

static void pad(struct blob *b)
{
	blob_add(b, "\0\0\0", -b->size & 3);
}

static void archive_add(struct blob *archive, const char *name, unsigned mode,
			const struct blob *file)
{
	char head[ENTRY_SIZE + 32];

	snprintf(head, sizeof(head),
		 "070701%08X%08X%08X%08X%08X%08X%08zX%08X%08X%08X%08X%08zX%08X",
		 1, mode, 0, 0, 1, 0, file->size, 0, 0, 0, 0,
		 strlen(name) + 1, 0);
	blob_add(archive, head, ENTRY_SIZE);
	blob_add(archive, name, strlen(name) + 1);
	pad(archive);
	blob_add(archive, file->data, file->size);
	pad(archive);
}

/* To be freed. */
static char *joined(const char *first, const char *second)
{
	char *s = malloc(strlen(first) + strlen(second) + 1);

	if (!s)
		abort();
	return strcat(strcpy(s, first), second);
}

/* The folders that a file lies in come before it. */
static void archive_add_file(struct blob *archive, const char *name,
			     const char *path)
{
	struct blob file, none = { .size = 0 };
	char folder[256];

	if (!file_read(path, &file))
		return;
	for (const char *at = name; (at = strchr(at, '/')); at++) {
		snprintf(folder, sizeof(folder), "%.*s", (int)(at - name),
			 name);
		archive_add(archive, folder, 040755, &none);
	}
	archive_add(archive, name, 0100644, &file);
	free(file.data);
}

/* What the tree names, from below root. */
static void named_add(struct blob *archive, const struct blob *tree,
		      const char *root)
{
	static const char *const properties[] = {
		"vmm,kernel", "vmm,initrd", "vmm,firmware", "vmm,os-tree",
	};
	int chosen, size;

	if (!tree->size || fdt_check_full(tree->data, tree->size))
		return;
	chosen = fdt_path_offset(tree->data, "/chosen");
	for (size_t i = 0; i < ARRAY_LEN(properties); i++) {
		const char *name = fdt_getprop(tree->data, chosen,
					       properties[i], &size);
		char *path;

		/* Paths begin at the root. */
		if (!name || size < 2 || name[size - 1] || *name != '/')
			continue;
		path = joined(root, name);
		archive_add_file(archive, name + 1, path);
		free(path);
	}
}

/* ---- One tree ---- */

static void put_bytes(struct console *con, const char *data, size_t size)
{
	fwrite(data, 1, size, stdout);
}

/* The operator's archive, and one of our own over it. */
static struct blob base, made;

static void archive_make(const char *path, const struct blob *tree,
			 const struct wishes *w)
{
	const struct blob none = { .size = 0 };
	char *map = joined(path, ".map");

	if (w->root)
		named_add(&made, tree, w->root);
	archive_add(&made, TREE_NAME, 0100644, tree);
	archive_add_file(&made, TREE_NAME ".map", map);
	archive_add(&made, "TRAILER!!!", 0, &none);
	free(map);
}

static void unmount(void)
{
	file_unmount();
	free(made.data);
	made = (struct blob){ .size = 0 };
}

static bool mount(const char *path, const struct wishes *w)
{
	struct blob tree;

	unmount();
	if (w->archive && !base.size && !file_read(w->archive, &base))
		return false;
	if (base.size && file_mount(base.data, base.size))
		return false;
	if (!file_read(path, &tree))
		return false;
	archive_make(path, &tree, w);
	free(tree.data);
	return !file_mount(made.data, made.size);
}

/* 0, or the exit status. */
static int check(const char *path, const struct wishes *w)
{
	static struct console con = { .write = put_bytes };
	int rc;

	if (!mount(path, w)) {
		fprintf(stderr, "guest-check: %s, or the archive, cannot be "
			"read\n", path);
		return 2;
	}
	console_set_thread(&con);
	report_begin(&con, "guest", "check", w->json ? &report_json : NULL);
	rc = guest_check_tell(&con, path, &w->options, &w->facts);
	report_finish(&con);
	console_set_thread(NULL);
	fflush(stdout);
	return rc != 0;
}

/* ---- All ---- */

static u32 variants(void)
{
	if (!strcmp(arch_boot_protocol.name, "riscv64"))
		return BIT(FAKE_PLIC) | BIT(FAKE_APLIC) | BIT(FAKE_IMSIC);
	return BIT(FAKE_GICV2) | BIT(FAKE_GICV3);
}

/* The fake machine, with what guests' controllers look for. */
static void machine_init(void)
{
	static const struct vpic_slots slots = { .version = 3 };
	static const struct vpic_pins pins;

	fake_machine_init();
	platform_reset();
	platform_stand_in();
	timer_init_cpu();
	vpic_slots = &slots;
	vpic_pins = &pins;
}

static bool text_option(char **argv, struct wishes *w)
{
	const struct {
		const char *name, **value;
	} options[] = {
		{ "--archive", &w->archive }, { "--root", &w->root },
		{ "--kernel", &w->options.kernel },
		{ "--initrd", &w->options.initrd },
		{ "--firmware", &w->options.firmware },
	};

	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (!strcmp(argv[0], options[i].name)) {
			*options[i].value = argv[1];
			return true;
		}
	return false;
}

static bool number_option(char **argv, struct wishes *w)
{
	u64 number;

	if (!strcmp(argv[0], "--host-memory") &&
	    !parse_size(argv[1], &number)) {
		w->facts.free_bytes = number;
		return true;
	}
	if (!strcmp(argv[0], "--host-cpus") && !parse_u64(argv[1], &number) &&
	    number && number <= 64) {
		w->facts.cpus = CPU_MASK_ALL >> (64 - number);
		return true;
	}
	return false;
}

/* How many words an option took, 0: it is none. */
static int option_read(char **argv, struct wishes *w)
{
	if (!strcmp(argv[0], "--json")) {
		w->json = true;
		return 1;
	}
	return argv[1] && (text_option(argv, w) || number_option(argv, w)) ?
	       2 : 0;
}

int main(int argc, char **argv)
{
	struct wishes w = {
		.options = { .name = "check", .tree = "/" TREE_NAME,
			     .priority = -1 },
		.facts = { .free_bytes = ~0ull, .cpus = CPU_MASK_ALL,
			   .address_bits = 64, .thorough = true },
	};
	int status = 0, taken;

	for (argv++; *argv && (*argv)[0] == '-'; argv += taken) {
		taken = option_read(argv, &w);
		if (!taken) {
			fputs(usage, stderr);
			return 2;
		}
	}
	if (!*argv) {
		fputs(usage, stderr);
		return 2;
	}
	machine_init();
	w.facts.variants = variants();
	w.facts.no_files = !w.archive && !w.root;
	for (; *argv; argv++) {
		int rc = check(*argv, &w);

		status = rc > status ? rc : status;
	}
	unmount();
	free(base.data);
	return status;
}
