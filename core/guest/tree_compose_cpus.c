// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The CPUs of a guest's tree as options want them: as many nodes cpu@N as
 * were asked for, those beyond the tree's own being clones of its last one.
 */
#include "tree_compose.h"

#include <libfdt.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/heap.h>

#define NAME_SIZE	24

static bool is_cpu(const void *fdt, int node)
{
	int size;
	const char *type = fdt_getprop(fdt, node, "device_type", &size);

	return type && size == 4 && !memcmp(type, "cpu", 4);
}

/* The index-th node cpu@N below /cpus, or a negative number. */
static int cpu_node(const void *fdt, unsigned index)
{
	int node, parent = fdt_path_offset(fdt, "/cpus");

	if (parent < 0)
		return parent;
	fdt_for_each_subnode(node, fdt, parent)
		if (is_cpu(fdt, node) && !index--)
			return node;
	return -FDT_ERR_NOTFOUND;
}

static unsigned cpu_node_count(const void *fdt)
{
	unsigned count = 0;

	while (count <= GUEST_CPU_MAX && cpu_node(fdt, count) >= 0)
		count++;
	return count;
}

/* ---- Clones: the n-th one of the source's last CPU, 0: that itself ---- */

/*
 * What the n-th clone has instead of a handle of the CPU it was made from.
 * No two are the same, and no other node has them.
 */
static u32 clone_handle(const struct compose *c, u32 handle, unsigned n)
{
	return handle + n * c->handle_max;
}

static bool is_handle(const char *name)
{
	return string_equal(name, "phandle") ||
	       string_equal(name, "linux,phandle");
}

/* All properties of the source's node `from`. */
static void properties_copy(struct compose *c, int to, int from, unsigned n)
{
	int at;

	fdt_for_each_property_offset(at, c->source, from) {
		const char *name;
		int size;
		const void *data = fdt_getprop_by_offset(c->source, at, &name,
							 &size);

		if (data && is_handle(name) && size == sizeof(u32))
			note(c, fdt_setprop_u32(c->fdt, to, name,
				clone_handle(c, fdt32_ld(data), n)));
		else if (data)
			note(c, fdt_setprop(c->fdt, to, name, data, size));
	}
}

/* The nodes below, which have none below themselves. */
static void children_copy(struct compose *c, int to, int from, unsigned n)
{
	int child, copy;

	fdt_for_each_subnode(child, c->source, from) {
		copy = fdt_add_subnode(c->fdt, to,
				       fdt_get_name(c->source, child, NULL));
		note(c, copy);
		if (copy >= 0)
			properties_copy(c, copy, child, n);
	}
}

/* The number of the source's CPU plus more. */
static u64 cpu_id(const struct compose *c, unsigned index, unsigned more)
{
	u64 id = 0;

	dt_reg_raw((struct dt_node){ c->source, cpu_node(c->source, index) },
		   0, &id);
	return id + more;
}

/*
 * Puts the CPU `index` of the guest before the other nodes of /cpus: one of
 * the source's, or a clone of its last one.
 */
static void cpu_put(struct compose *c, unsigned index, unsigned source_count)
{
	int parent = fdt_path_offset(c->fdt, "/cpus");
	unsigned like = MIN(index, source_count - 1), n = index - like;
	int from = cpu_node(c->source, like);
	u64 id = cpu_id(c, like, n);
	char name[NAME_SIZE];
	int node, size;

	snprintf(name, sizeof(name), "cpu@%llx", (unsigned long long)id);
	node = fdt_add_subnode(c->fdt, parent, name);
	note(c, node);
	if (node < 0)
		return;
	properties_copy(c, node, from, n);
	children_copy(c, node, from, n);
	if (!n || !fdt_getprop(c->fdt, node, "reg", &size))
		return;
	if (size == sizeof(u64))
		note(c, fdt_setprop_u64(c->fdt, node, "reg", id));
	else
		note(c, fdt_setprop_u32(c->fdt, node, "reg", (u32)id));
}

static void node_remove(struct compose *c, const char *path)
{
	int node = fdt_path_offset(c->fdt, path);

	if (node >= 0)
		note(c, fdt_del_node(c->fdt, node));
}

/* ---- Wires to CPUs: interrupts-extended of controllers ---- */

#define WIRES	"interrupts-extended"

/* The source's CPU that the controller lies in; -1: none. */
static int cpu_of(const struct compose *c, struct dt_node controller)
{
	const int cpu = dt_parent(controller).offset;

	for (int i = 0; cpu >= 0 && i < GUEST_CPU_MAX; i++)
		if (cpu_node(c->source, (unsigned)i) == cpu)
			return i;
	return -1;
}

/* Cells of an interrupt at the controller. */
static int cell_count(struct dt_node controller)
{
	u32 count = 0;

	dt_u32(controller, "#interrupt-cells", 0, &count);
	return (int)MIN(count, (u32)DT_IRQ_CELLS_MAX);
}

/* A controller's node, and the list that it had. */
struct wires {
	int node;
	int count;
	fdt32_t *cells;
	unsigned source_count, wanted;	/* CPUs */
};

/*
 * Appends the wires of a clone, by number; 0: all those that remain.  False:
 * the list makes no sense.
 */
static bool wires_append(struct compose *c, const struct wires *w,
			 unsigned clone)
{
	for (int at = 0, size; at < w->count; at += size) {
		const fdt32_t *cell = w->cells + at;
		u32 handle = fdt32_ld(cell);
		struct dt_node n = dt_find_phandle(c->source, handle);
		int cpu;

		size = 1 + (dt_exists(n) ? cell_count(n) : 0);
		if (size == 1 || at + size > w->count)
			return false;
		cpu = cpu_of(c, n);
		if (clone ? cpu != (int)w->source_count - 1 :
			    cpu >= (int)w->wanted)
			continue;
		handle = clone_handle(c, handle, clone);
		note(c, fdt_appendprop_u32(c->fdt, w->node, WIRES, handle));
		for (int i = 1; i < size; i++)
			note(c, fdt_appendprop_u32(c->fdt, w->node, WIRES,
						   fdt32_ld(cell + i)));
	}
	return true;
}

/* One that makes no sense stays as it is, for the check to tell. */
static void wires_update(struct compose *c, struct wires *w)
{
	bool good = true;

	note(c, fdt_setprop(c->fdt, w->node, WIRES, NULL, 0));
	good = wires_append(c, w, 0);
	for (unsigned n = 1; good && w->source_count - 1 + n < w->wanted; n++)
		wires_append(c, w, n);
	if (!good)
		note(c, fdt_setprop(c->fdt, w->node, WIRES, w->cells,
				    4 * w->count));
}

/* Controllers that lead to the source's CPUs lead to the guest's. */
static void compose_wires(struct compose *c, struct wires *w)
{
	const void *cells;
	int size;

	for (w->node = 0; w->node >= 0 && !c->error;
	     w->node = fdt_next_node(c->fdt, w->node, NULL)) {
		cells = fdt_getprop(c->fdt, w->node, WIRES, &size);
		if (!cells)
			continue;
		w->count = size / 4;
		w->cells = heap_alloc((size_t)size + 1);
		if (!w->cells) {
			note(c, -FDT_ERR_NOSPACE);
			return;
		}
		memcpy(w->cells, cells, (size_t)size);
		wires_update(c, w);
		heap_free(w->cells);
	}
}

/* ---- All of it ---- */

static void compose_cpu_count(struct compose *c)
{
	unsigned wanted = c->options->cpu_count;
	unsigned count = cpu_node_count(c->source);
	struct wires w = { .source_count = count, .wanted = wanted };

	if (!wanted || wanted == count)
		return;
	/* Without a CPU to copy, the check of the tree has the message. */
	if (!count || wanted > GUEST_CPU_MAX)
		return;
	note(c, fdt_find_max_phandle(c->source, &c->handle_max));
	node_remove(c, "/cpus/cpu-map");
	for (int node; (node = cpu_node(c->fdt, 0)) >= 0 && !c->error; )
		note(c, fdt_del_node(c->fdt, node));
	while (wanted-- && !c->error)
		cpu_put(c, wanted, count);
	if (!c->error)
		compose_wires(c, &w);
}

static void affinity_set(struct compose *c, unsigned index)
{
	cpu_mask_t mask = c->options->affinity;
	int node;

	remove_property(c, cpu_node(c->fdt, index), "vmm,affinity");
	for (unsigned host = 0; mask; host++, mask >>= 1) {
		node = cpu_node(c->fdt, index);
		if (mask & 1)
			note(c, fdt_appendprop_u32(c->fdt, node,
						   "vmm,affinity", host));
	}
}

static void compose_options(struct compose *c)
{
	const struct guest_options *o = c->options;

	for (unsigned i = 0; cpu_node(c->fdt, i) >= 0 && !c->error; i++) {
		if (o->affinity)
			affinity_set(c, i);
		if (o->priority >= 0)
			note(c, fdt_setprop_u32(c->fdt, cpu_node(c->fdt, i),
						"vmm,priority",
						(u32)o->priority));
	}
}

void tree_compose_cpus(struct compose *c)
{
	int parent;

	compose_cpu_count(c);
	if (!c->error)
		compose_options(c);
	parent = fdt_path_offset(c->fdt, "/cpus");
	if (!c->error && parent >= 0)
		note(c, arch_guest_cpus_describe(c->fdt, parent));
}
