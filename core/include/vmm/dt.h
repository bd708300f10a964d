/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading device trees (Devicetree Specification 0.4) that have passed
 * dt_check().  A node is a tree and an offset; both hold until the tree is
 * changed.
 */
#ifndef VMM_DT_H
#define VMM_DT_H

#include <vmm/types.h>

struct dt_node {
	const void *fdt;
	int offset;			/* < 0: no node */
};

#define DT_NONE		((struct dt_node){ NULL, -1 })
#define DT_PATH_MAX	256

static inline bool dt_exists(struct dt_node n)
{
	return n.offset >= 0;
}

/*
 * A tree that came from outside: whole, consistent, at most limit bytes.
 * -EBADMSG, reported with what's wrong (`what` names the tree).
 */
int dt_check(const void *fdt, size_t limit, const char *what);

/* The host's tree, from core_main() on; a copy in memory of our own later. */
extern const void *dt_host;

/* No node when fdt is NULL. */
struct dt_node dt_root(const void *fdt);
struct dt_node dt_find_path(const void *fdt, const char *path);
/* The console's node: stdout-path less its parameters, aliases followed. */
struct dt_node dt_stdout(const void *fdt);
struct dt_node dt_find_phandle(const void *fdt, u32 phandle);
struct dt_node dt_find_compatible(struct dt_node after, const void *fdt,
				  const char *compatible);
struct dt_node dt_parent(struct dt_node n);
struct dt_node dt_first_child(struct dt_node n);
struct dt_node dt_next_sibling(struct dt_node n);
struct dt_node dt_next(struct dt_node n);	/* all nodes, depth first */
struct dt_node dt_child(struct dt_node n, const char *name);

#define dt_for_each_child(n, parent)					\
	for (struct dt_node n = dt_first_child(parent); dt_exists(n);	\
	     n = dt_next_sibling(n))

/* With the unit address; never NULL. */
const char *dt_name(struct dt_node n);
/* Cut when longer; returns buf. */
const char *dt_path(struct dt_node n, char *buf, size_t size);

/* The tree as source text (version 1), values as they look. */
struct console;
void dt_print(struct console *con, const void *fdt);

bool dt_is_compatible(struct dt_node n, const char *compatible);
bool dt_is_available(struct dt_node n);		/* status absent or "okay" */
bool dt_has(struct dt_node n, const char *property);

/* Raw bytes of a property, NULL when absent. */
const void *dt_bytes(struct dt_node n, const char *property, size_t *size);
/* The i-th string of a list; NULL: absent, or not a NUL-ended string. */
const char *dt_string(struct dt_node n, const char *property, unsigned i);
/* The i-th cell; false when the property is not that long. */
bool dt_u32(struct dt_node n, const char *property, unsigned i, u32 *out);
/* One or two cells by the property's length. */
bool dt_u64(struct dt_node n, const char *property, u64 *out);
unsigned dt_cell_count(struct dt_node n, const char *property);

/*
 * The i-th entry of `reg`, translated to CPU addresses through all `ranges`.
 * -ENOENT: no such entry.  -EBADMSG: cells or ranges that do not fit.
 */
int dt_reg(struct dt_node n, unsigned i, u64 *base, u64 *size);
/* Unit address of cpu@N: reg without translation. */
bool dt_reg_raw(struct dt_node n, unsigned i, u64 *address);

/*
 * The i-th interrupt: cells of `interrupts` or `interrupts-extended`, and the
 * controller's node.  cells has room for DT_IRQ_CELLS_MAX.
 */
#define DT_IRQ_CELLS_MAX	4
struct dt_irq {
	struct dt_node parent;
	u32 cells[DT_IRQ_CELLS_MAX];
	unsigned cell_count;
};
int dt_irq(struct dt_node n, unsigned i, struct dt_irq *out);

#endif
