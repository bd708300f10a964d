// SPDX-License-Identifier: GPL-2.0-or-later
/* `guest tree`: the tree that the guest's system gets, less its secrets. */
#include "guest.h"
#include <libfdt.h>
#include <libs/string.h>
#include <vmm/dt.h>
#include <vmm/errno.h>
#include <vmm/file.h>
#include <vmm/heap.h>
#include <vmm/log.h>

/* Drawn anew at each start, and nobody else's business. */
static void remove_seeds(void *fdt)
{
	int chosen = fdt_path_offset(fdt, "/chosen");

	if (chosen < 0)
		return;
	fdt_delprop(fdt, chosen, "rng-seed");
	fdt_delprop(fdt, chosen, "kaslr-seed");
}

static void print_tree(struct console *con, const void *fdt)
{
	report_content(con, "tree");
	dt_print(con, fdt);
	report_end(con);
}

static int print_written(struct console *con, const struct guest *g)
{
	struct guest_boot_facts facts = {
		.initrd_base = g->initrd_base,
		.initrd_size = g->initrd_size,
	};
	HEAP_SCOPED void *fdt = NULL;
	size_t size;
	int rc = guest_tree_write(g->config, &facts, &fdt, &size);

	if (rc)
		return rc;
	remove_seeds(fdt);
	print_tree(con, fdt);
	return 0;
}

/* From a copy: files lie anywhere, trees do not. */
static int print_given(struct console *con, const char *path)
{
	HEAP_SCOPED void *copy = NULL;
	struct file f;
	int rc = file_open(path, &f);

	if (rc)
		return fail(rc, "%s: %s", path, errno_text(rc));
	copy = heap_alloc((size_t)f.size);
	if (!copy)
		return fail(-ENOMEM, "%s: no memory to look at it", path);
	memcpy(copy, f.data, (size_t)f.size);
	rc = dt_check(copy, (size_t)f.size, path);
	if (!rc)
		print_tree(con, copy);
	return rc;
}

int guest_verb_tree(struct console *con, const struct command_args *args)
{
	struct guest *g = guest_named(args->words[0]);
	int rc;

	if (!g)
		return -ENOENT;
	if (g->config->os_tree)
		rc = print_given(con, g->config->os_tree);
	else
		rc = print_written(con, g);
	guest_put(g);
	return rc;
}
