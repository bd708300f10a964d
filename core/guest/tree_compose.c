// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The described tree of a guest: a file's or the built-in template, with the
 * options of `guest create` put in.  What an option says replaces what the
 * tree says.
 */
#include <vmm/guest_config.h>
#include <libfdt.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/errno.h>
#include <vmm/file.h>
#include <vmm/heap.h>
#include <vmm/log.h>

#include "tree_compose.h"

/* Beside the strings of options: nodes of CPUs, numbers, names. */
#define ROOM		KIB(32)

static void set_string(struct compose *c, int node, const char *name,
		       const char *value)
{
	if (value)
		note(c, fdt_setprop(c->fdt, node, name, value,
				    (int)strlen(value) + 1));
}

static int node_make(struct compose *c, int parent, const char *name)
{
	int node = fdt_subnode_offset(c->fdt, parent, name);

	if (node == -FDT_ERR_NOTFOUND)
		node = fdt_add_subnode(c->fdt, parent, name);
	note(c, node);
	return node;
}

static void compose_root(struct compose *c)
{
	if (c->options->autostart)
		note(c, fdt_setprop_empty(c->fdt, 0, "vmm,autostart"));
	if (c->options->console_size)
		note(c, fdt_setprop_u32(c->fdt, 0, "vmm,console-size",
					c->options->console_size));
}

static void compose_chosen(struct compose *c)
{
	const struct guest_options *o = c->options;
	int node = node_make(c, 0, "chosen");

	if (node < 0)
		return;
	/* What the guest is started with is one or the other. */
	if (o->firmware && !o->kernel) {
		remove_property(c, node, "vmm,kernel");
		remove_property(c, node, "vmm,initrd");
	}
	if (o->kernel && !o->firmware)
		remove_property(c, node, "vmm,firmware");
	set_string(c, node, "vmm,kernel", o->kernel);
	set_string(c, node, "vmm,initrd", o->initrd);
	set_string(c, node, "vmm,firmware", o->firmware);
	set_string(c, node, "bootargs", o->append);
}

/* ---- Memory ---- */

static int memory_node(const void *fdt, unsigned index)
{
	int node, size;

	fdt_for_each_subnode(node, fdt, 0) {
		const char *type = fdt_getprop(fdt, node, "device_type",
					       &size);

		if (type && size == 7 && !memcmp(type, "memory", 7) &&
		    !index--)
			return node;
	}
	return -FDT_ERR_NOTFOUND;
}

/* Writes number in cells; returns what follows. */
static u8 *cells_write(u8 *at, u64 number, int cells)
{
	if (cells == 2)
		fdt64_st(at, number);
	else
		fdt32_st(at, (u32)number);
	return at + 4 * cells;
}

/* One bank, where the first one was, of the size that was asked for. */
static void compose_memory(struct compose *c)
{
	u64 base, old_size, size = c->options->memory_size;
	int node = memory_node(c->fdt, 0);
	int address_cells = fdt_address_cells(c->fdt, 0);
	int size_cells = fdt_size_cells(c->fdt, 0);
	u8 reg[16], *end;

	if (!size || dt_reg((struct dt_node){ c->fdt, node }, 0, &base,
			    &old_size))
		return;
	if (size_cells == 1 && size >> 32) {
		c->refused = fail(-ERANGE, "guest: %s: --memory: the tree's "
				  "#size-cells is 1, so 4G is too much",
				  c->options->name);
		return;
	}
	end = cells_write(reg, base, address_cells);
	end = cells_write(end, size, size_cells);
	note(c, fdt_setprop(c->fdt, node, "reg", reg, (int)(end - reg)));
	while ((node = memory_node(c->fdt, 1)) >= 0 && !c->error)
		note(c, fdt_del_node(c->fdt, node));
}

/* ---- All of it ---- */

/* Opens the tree to start from; *size is what it takes. */
static int source_open(const struct guest_options *o, const void **source,
		       size_t *size, void **copy)
{
	char text[GUEST_VARIANT_TEXT_MAX];
	struct file file;
	int rc;

	*copy = NULL;
	if (!o->tree) {
		*source = arch_guest_template(o->variant);
		if (!*source)
			return fail(-ENOTSUP, "guest: %s: %s: there is no "
				    "built-in tree for that", o->name,
				    guest_variant_text(o->variant, text,
						       sizeof(text)));
		*size = fdt_totalsize(*source);
		return 0;
	}
	rc = file_open(o->tree, &file);
	if (rc)
		return fail(rc, "guest: %s: %s: %s", o->name, o->tree,
			    errno_text(rc));
	if (file.size > GUEST_TREE_SIZE_MAX)
		return fail(-E2BIG, "guest: %s: %s: %llu bytes are more than "
			    "a tree can have (%llu)", o->name, o->tree,
			    (unsigned long long)file.size,
			    (unsigned long long)GUEST_TREE_SIZE_MAX);
	/* Files lie anywhere, trees at multiples of 8. */
	*copy = heap_alloc(file.size + 1);
	if (!*copy)
		return fail(-ENOMEM, "guest: %s: no memory for its tree",
			    o->name);
	memcpy(*copy, file.data, file.size);
	*source = *copy;
	*size = file.size;
	return dt_check(*copy, file.size, o->tree);
}

static size_t string_room(const char *s)
{
	return s ? strlen(s) + 1 : 0;
}

static size_t room_needed(const struct guest_options *o, size_t size)
{
	return size + ROOM + GUEST_CPU_MAX * MIN(size, KIB(8)) +
	       string_room(o->kernel) + string_room(o->initrd) +
	       string_room(o->firmware) + string_room(o->append);
}

static int options_check(const struct guest_options *o)
{
	if (o->cpu_count > GUEST_CPU_MAX)
		return fail(-ERANGE, "guest: %s: --cpus %u: a guest has 1 to "
			    "%d", o->name, o->cpu_count, GUEST_CPU_MAX);
	return 0;
}

static int tree_build(struct compose *c, size_t room)
{
	note(c, fdt_open_into(c->source, c->fdt, (int)room));
	if (!c->error)
		compose_root(c);
	if (!c->error)
		compose_memory(c);
	if (!c->error)
		tree_compose_cpus(c);
	if (!c->error)
		compose_chosen(c);
	note(c, fdt_pack(c->fdt));
	if (c->refused)
		return c->refused;
	if (c->error)
		return fail(-EBADMSG, "guest: %s: its tree cannot be changed: "
			    "%s", c->options->name, fdt_strerror(c->error));
	return 0;
}

/* The room that was left for additions is not kept. */
static int copy_packed(void *fdt, void **out)
{
	size_t size;

	fdt_pack(fdt);
	size = fdt_totalsize(fdt);
	*out = heap_alloc(size);
	if (!*out)
		return fail(-ENOMEM, "guest: no memory for its tree");
	memcpy(*out, fdt, size);
	return 0;
}

int guest_tree_compose(const struct guest_options *options, void **out)
{
	HEAP_SCOPED void *copy = NULL;
	struct compose c = { .options = options };
	size_t size = 0, room;
	int rc = options_check(options);

	if (!rc)
		rc = source_open(options, &c.source, &size, &copy);
	if (rc)
		return rc;
	room = room_needed(options, size);
	c.fdt = heap_alloc(room);
	if (!c.fdt)
		return fail(-ENOMEM, "guest: %s: no memory for its tree",
			    options->name);
	rc = tree_build(&c, room);
	if (!rc)
		rc = copy_packed(c.fdt, out);
	heap_free(c.fdt);
	return rc;
}
