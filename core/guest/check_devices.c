// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A guest's devices one by one: what their emulators say of them, what they
 * lack; and where what the guest prints will go.
 */
#include "config_check.h"
#include <libs/char.h>
#include <libs/nearest.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/errno.h>

/* ---- Each by its emulator ---- */

/* What the emulator refuses, it refuses here already. */
static void probe_check(const struct check *c,
			const struct guest_device_config *d)
{
	unsigned variant = arch_guest_pic(d->node);
	struct config_capture *capture;
	int rc;

	/* Told by check_pic(). */
	if (variant && !(arch_guest_variants() & BIT(variant)))
		return;
	capture = config_capture_begin();
	rc = emu_try(&(struct emu_config){
		.type = d->type, .node = d->node, .name = d->name });
	if (!config_capture_end(capture, &(struct config_capture_about){
		.name = d->name, .node = d->node }, c->report) && rc)
		guest_report_add(c->report, d->node, NULL, "%s cannot be "
				 "emulated so: %s", d->type->name,
				 errno_text(rc));
}

/* One that takes time or input has something to tell. */
static void irq_check(const struct check *c,
		      const struct guest_device_config *d)
{
	const struct emulator *type = d->type;

	if (d->irq_count || !d->region_count || arch_guest_pic(d->node) ||
	    !(type->input || type->alarm || type->pin))
		return;
	guest_report_warn(c->report, d->node, "interrupts", "%s: its driver "
			  "will wait for an interrupt that never comes",
			  dt_has(d->node, "interrupts") ?
			  "lead to no pin of the controller" : "are missing");
}

static void backend_check(const struct check *c,
			  const struct guest_device_config *d)
{
	if (d->backend)
		guest_report_add(c->report, d->node, "vmm,backend", "there is "
				 "no backend %s: this host has none; take the "
				 "property out", d->backend);
}

/* ---- Host devices ---- */

static const char *host_device_nearest(const void *tree, const char *path)
{
	const char *wanted = strrchr(path, '/');
	struct nearest near;

	nearest_init(&near, wanted ? wanted + 1 : path);
	for (struct dt_node n = dt_root(tree); dt_exists(n); n = dt_next(n))
		nearest_offer(&near, dt_name(n));
	return near.best;
}

/* No driver of ours confines what a device writes. */
static void passthrough_check(const struct check *c, struct dt_node n)
{
	const char *path = dt_string(n, "vmm,passthrough", 0), *best;
	const void *host = c->facts->tree;

	if (!path)
		return;
	if (!host || dt_exists(dt_find_path(host, path))) {
		guest_report_add(c->report, n, "vmm,passthrough", "%s cannot "
				 "be given to a guest: nothing isolates it, it "
				 "could write all of the host's memory; use an "
				 "emulated device", path);
		return;
	}
	best = host_device_nearest(host, path);
	guest_report_add(c->report, n, "vmm,passthrough", "the host has no "
			 "device %s%s%s%s", path,
			 best ? ": did you mean " : ": see `host devices`",
			 best ? best : "", best ? "?" : "");
}

/* ---- Consoles ---- */

/* The index-th UART. */
static const struct guest_device_config *uart(const struct check *c,
					      unsigned index)
{
	for (unsigned i = 0; i < c->config->device_count; i++) {
		const struct guest_device_config *d = &c->config->devices[i];

		if (d->type->input && !index--)
			return d;
	}
	return NULL;
}

static bool stdout_check(const struct check *c)
{
	struct dt_node chosen = check_chosen(c);
	struct dt_node n = dt_stdout(c->config->fdt);
	const struct guest_device_config *d;

	if (!dt_has(chosen, "stdout-path"))
		return false;
	if (!dt_exists(n)) {
		guest_report_warn(c->report, chosen, "stdout-path", "leads to "
				  "no node: give the path of %s",
				  uart(c, 0)->name);
		return true;
	}
	for (unsigned i = 0; (d = uart(c, i)); i++)
		if (d->node.offset == n.offset)
			return true;
	guest_report_warn(c->report, chosen, "stdout-path", "%s is no UART of "
			  "this guest: give the path of %s", dt_name(n),
			  uart(c, 0)->name);
	return true;
}

/* Does word, behind console=, name one of the UARTs as Linux does? */
static bool word_names_uart(const struct check *c, const char *word)
{
	const struct guest_device_config *d;
	const char *rest;

	for (unsigned i = 0; (d = uart(c, i)); i++) {
		rest = d->type->tty ? string_after(word, d->type->tty) : word;
		if (rest && (rest == word || char_is_digit(*rest)))
			return true;
	}
	return false;
}

/* A serial port; other consoles are none of our business. */
static bool is_serial(const char *word)
{
	const char *rest = string_after(word, "tty");

	return rest && char_is_alpha(*rest);
}

static int word_size(const char *s)
{
	int size = 0;

	while (char_is_alpha(s[size]) || char_is_digit(s[size]))
		size++;
	return size;
}

static bool bootargs_check(const struct check *c)
{
	const char *at = c->config->bootargs;
	const char *wrong = NULL;
	bool seen = false, right = false;

	while (at && (at = strstr(at, "console="))) {
		at += strlen("console=");
		seen = true;
		if (!is_serial(at) || word_names_uart(c, at))
			right = true;
		else
			wrong = at;
	}
	if (wrong && !right)
		guest_report_warn(c->report, check_chosen(c), "bootargs",
				  "console=%.*s is no UART of this guest: "
				  "that of %s is %s0",
				  word_size(wrong), wrong,
				  uart(c, 0)->name, uart(c, 0)->type->tty);
	return seen;
}

static void console_check(const struct check *c)
{
	bool told;

	if (!uart(c, 0)) {
		/* One that is misspelt was told of. */
		if (!c->config->has_unknown)
			guest_report_warn(c->report, DT_NONE, NULL, "no "
					  "console: what the guest prints is "
					  "seen by nobody; add a UART");
		return;
	}
	told = stdout_check(c);
	told = bootargs_check(c) || told;
	if (!told && !c->config->os_tree)
		guest_report_warn(c->report, check_chosen(c), NULL, "names no "
				  "console: give stdout-path = \"/%s\", or "
				  "console=%s0 in bootargs", uart(c, 0)->name,
				  uart(c, 0)->type->tty);
}

void check_devices(const struct check *c)
{
	const void *fdt = c->config->fdt;

	for (unsigned i = 0; i < c->config->device_count; i++) {
		const struct guest_device_config *d = &c->config->devices[i];

		backend_check(c, d);
		if (d->is_wrong)
			continue;
		probe_check(c, d);
		irq_check(c, d);
	}
	for (struct dt_node n = dt_root(fdt); dt_exists(n); n = dt_next(n))
		if (dt_is_available(n))
			passthrough_check(c, n);
	console_check(c);
}
