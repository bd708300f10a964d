/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the walk over a guest's tree and the check of `vmm,` properties. */
#ifndef GUEST_CONFIG_PARSE_H
#define GUEST_CONFIG_PARSE_H

#include <vmm/guest_config.h>

/* What a node is; mostly decided by its parent. */
enum place {
	PLACE_ROOT, PLACE_CHOSEN, PLACE_CPUS, PLACE_CPU, PLACE_MEMORY,
	PLACE_DEVICE,		/* addresses that CPUs see */
	PLACE_INSIDE,		/* facts for the guest's OS only */
	PLACE_COUNT
};

enum config_value { VALUE_EMPTY, VALUE_STRING, VALUE_CELL, VALUE_CELLS };

/* What must be told when it is not so. */
extern const char *const config_value_names[];
bool config_value_fits(enum config_value value, const void *data, size_t size);

/* All `vmm,` properties of n, which is at such a place. */
void config_vmm_check(struct guest_report *r, struct dt_node n,
		      enum place place);

#endif
