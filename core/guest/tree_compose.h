/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the parts of guest_tree_compose(). */
#ifndef GUEST_TREE_COMPOSE_H
#define GUEST_TREE_COMPOSE_H

#include <libfdt.h>
#include <vmm/guest_config.h>

/* What changes the tree; 0 or the first error of libfdt. */
struct compose {
	const struct guest_options *options;
	const void *source;		/* stays as it was */
	void *fdt;
	int error;
	int refused;			/* our own error, reported */
	u32 handle_max;			/* of the source's phandles */
};

static inline void note(struct compose *c, int rc)
{
	if (rc < 0 && !c->error)
		c->error = rc;
}

/* A property need not be there to be removed. */
static inline void remove_property(struct compose *c, int node,
				   const char *name)
{
	int rc = fdt_delprop(c->fdt, node, name);

	if (rc != -FDT_ERR_NOTFOUND)
		note(c, rc);
}

/* Number, options and features of CPUs. */
void tree_compose_cpus(struct compose *c);

#endif
