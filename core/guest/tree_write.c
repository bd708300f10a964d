// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tree that a guest's OS gets: a copy of the described one without
 * `vmm,` properties, completed below /chosen (Linux, Documentation/
 * devicetree/usage-model.rst; dt-schema chosen.yaml).  Written from scratch,
 * so that nothing of what is left out stays behind in it.
 */
#include <vmm/guest_config.h>
#include <libfdt.h>
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>

#define ROOM	KIB(1)		/* what is added at most */

struct writer {
	const void *from;
	void *to;
	const struct guest_boot_facts *facts;
	int error;			/* libfdt's first */
	int depth;
	bool chosen_done;
};

static void note(struct writer *w, int rc)
{
	if (rc < 0 && !w->error)
		w->error = rc;
}

/* ---- /chosen ---- */

static const char *const chosen_own[] = {
	"linux,initrd-start", "linux,initrd-end", "rng-seed", "kaslr-seed",
};

static bool is_own(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(chosen_own); i++)
		if (string_equal(chosen_own[i], name))
			return true;
	return false;
}

static void chosen_complete(struct writer *w)
{
	const struct guest_boot_facts *f = w->facts;

	w->chosen_done = true;
	if (f->initrd_size) {
		note(w, fdt_property_u64(w->to, "linux,initrd-start",
					 f->initrd_base));
		note(w, fdt_property_u64(w->to, "linux,initrd-end",
					 f->initrd_base + f->initrd_size));
	}
	note(w, fdt_property(w->to, "rng-seed", f->seed, sizeof(f->seed)));
	note(w, fdt_property(w->to, "kaslr-seed", f->kaslr_seed,
			     sizeof(f->kaslr_seed)));
}

/* ---- The copy ---- */

static void reserved_copy(struct writer *w)
{
	uint64_t base, size;

	for (int i = 0; i < fdt_num_mem_rsv(w->from); i++)
		if (!fdt_get_mem_rsv(w->from, i, &base, &size))
			note(w, fdt_add_reservemap_entry(w->to, base, size));
	note(w, fdt_finish_reservemap(w->to));
}

static void node_begin(struct writer *w, int offset)
{
	const char *name = fdt_get_name(w->from, offset, NULL);
	bool chosen = w->depth == 1 && name && string_equal(name, "chosen");
	int at;

	note(w, fdt_begin_node(w->to, name ? name : ""));
	fdt_for_each_property_offset(at, w->from, offset) {
		const char *property;
		int size;
		const void *data = fdt_getprop_by_offset(w->from, at,
							 &property, &size);

		if (!data || string_after(property, "vmm,") ||
		    (chosen && is_own(property)))
			continue;
		note(w, fdt_property(w->to, property, data, size));
	}
	if (chosen && !w->chosen_done)
		chosen_complete(w);
}

static void node_end(struct writer *w)
{
	if (w->depth == 0 && !w->chosen_done) {
		note(w, fdt_begin_node(w->to, "chosen"));
		chosen_complete(w);
		note(w, fdt_end_node(w->to));
	}
	note(w, fdt_end_node(w->to));
}

static void nodes_copy(struct writer *w)
{
	int offset = 0, depth = 0, next_depth = 0;

	while (depth >= 0 && !w->error) {
		w->depth = depth;
		node_begin(w, offset);
		offset = fdt_next_node(w->from, offset, &next_depth);
		if (offset < 0)
			next_depth = -1;
		for (; depth >= next_depth && depth >= 0; depth--) {
			w->depth = depth;
			node_end(w);
		}
		depth = next_depth;
	}
}

static int write(struct writer *w, size_t room, const char *name)
{
	note(w, fdt_create(w->to, (int)room));
	reserved_copy(w);
	nodes_copy(w);
	note(w, fdt_finish(w->to));
	if (w->error)
		return fail(-EBADMSG, "guest: %s: its tree cannot be written: "
			    "%s", name, fdt_strerror(w->error));
	fdt_set_boot_cpuid_phys(w->to, fdt_boot_cpuid_phys(w->from));
	return 0;
}

int guest_tree_write(const struct guest_config *config,
		     const struct guest_boot_facts *facts, void **out,
		     size_t *size)
{
	struct writer w = { .from = config->fdt, .facts = facts };
	size_t room = config->fdt_size + ROOM;
	int rc;

	w.to = heap_alloc(room);
	if (!w.to)
		return fail(-ENOMEM, "guest: %s: no memory for its tree",
			    config->name);
	rc = write(&w, room, config->name);
	if (rc) {
		heap_free(w.to);
		return rc;
	}
	*out = w.to;
	*size = fdt_totalsize(w.to);
	return 0;
}
