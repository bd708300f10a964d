/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a tree's nodes and properties come from: FILE.dtb.map. */
#ifndef GUEST_CONFIG_SOURCE_H
#define GUEST_CONFIG_SOURCE_H

#include <vmm/file.h>
#include <vmm/guest_config.h>

#define CONFIG_SOURCE_MAX	128	/* of a place, with its end */

/* The map beside a tree's file; size 0: there is none. */
void config_source_open(const char *tree, struct file *map);

/* Where the problem's property, or else its node, comes from; "" if unknown. */
void config_source_find(const struct file *map,
			const struct guest_problem *problem,
			char buf[CONFIG_SOURCE_MAX]);

#endif
