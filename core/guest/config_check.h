/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that check a guest's tree share. */
#ifndef GUEST_CONFIG_CHECK_H
#define GUEST_CONFIG_CHECK_H

#include <vmm/console.h>
#include <vmm/guest_config.h>

struct check {
	const struct guest_config *config;
	const struct guest_host_facts *facts;
	struct guest_report *report;
};

static inline struct dt_node check_chosen(const struct check *c)
{
	return dt_find_path(c->config->fdt, "/chosen");
}

/* ---- config_report.c: errors that fail() tells become problems ---- */

struct config_capture_about {
	const char *name;		/* left out at the start of lines */
	struct dt_node node;
	const char *property;		/* NULL: what the line begins with */
};
/*
 * From here on what this thread's fail() says is kept.  NULL: no memory, it
 * goes where it always goes.
 */
struct config_capture *config_capture_begin(void);
/* Until here: each line is an error of r.  c may be NULL.  How many it was. */
unsigned config_capture_end(struct config_capture *c,
			    const struct config_capture_about *about,
			    struct guest_report *r);

/* ---- The parts of guest_config_check() ---- */

/* check_tree.c: names, references, what nobody will read. */
void check_tree(const struct check *c);
/* check_devices.c: each by its emulator; interrupts, consoles. */
void check_devices(const struct check *c);
/* check_images.c: files, and where they go. */
void check_images(const struct check *c);

#endif
