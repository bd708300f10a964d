// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is odd in a guest's tree by itself: names given twice or misspelt,
 * references that lead nowhere, nodes that nobody will find.
 */
#include "config_check.h"
#include <libfdt.h>
#include <libs/char.h>
#include <libs/nearest.h>
#include <libs/parse.h>
#include <libs/string.h>
#include <vmm/errno.h>

/* Of one node: more are no work of a person. */
#define PROPERTIES_MAX	64

/* ---- Names ---- */

/* Properties that the guest, or this hypervisor, reads. */
static const char *const known_properties[] = {
	"compatible", "reg", "ranges", "status", "device_type", "phandle",
	"interrupts", "interrupts-extended", "interrupt-parent",
	"interrupt-controller", "#interrupt-cells", "#address-cells",
	"#size-cells", "stdout-path", "bootargs", "enable-method", "clocks",
	"clock-frequency", "reg-shift", "gpios", "msi-parent", NULL
};

static bool is_known(const char *name)
{
	for (const char *const *k = known_properties; *k; k++)
		if (string_equal(*k, name))
			return true;
	return false;
}

/* Only a slip of the pen: many good names are near to others. */
#define SLIP_MIN	6	/* letters of a word that may have one */

static void misspelt_check(const struct check *c, struct dt_node n,
			   const char *name)
{
	struct nearest near;

	if (is_known(name) || strnlen(name, SLIP_MIN) < SLIP_MIN)
		return;
	nearest_init(&near, name);
	near.distance = 3;
	for (const char *const *k = known_properties; *k; k++)
		nearest_offer(&near, *k);
	if (near.best && !dt_has(n, near.best))
		guest_report_warn(c->report, n, name, "is read by nobody: did "
				  "you mean %s?", near.best);
}

static void properties_check(const struct check *c, struct dt_node n)
{
	unsigned count = 0;
	int at;

	fdt_for_each_property_offset(at, n.fdt, n.offset) {
		const char *name = NULL;

		fdt_getprop_by_offset(n.fdt, at, &name, NULL);
		if (count++ == PROPERTIES_MAX)
			return;
		if (name && !string_after(name, "vmm,"))
			misspelt_check(c, n, name);
	}
}

static void twice_check(const struct check *c, struct dt_node n)
{
	struct dt_node other = dt_next_sibling(n);

	for (; dt_exists(other); other = dt_next_sibling(other))
		if (string_equal(dt_name(other), dt_name(n))) {
			guest_report_add(c->report, n, NULL, "has the name of "
					 "another node beside it: rename one");
			return;
		}
}

/* "uart@9000000" has its first register there. */
static void unit_check(const struct check *c, struct dt_node n)
{
	const char *unit = strchr(dt_name(n), '@');
	char hex[24] = "0x";
	u64 named, base;

	if (!unit || !dt_reg_raw(n, 0, &base) ||
	    !string_copy(hex + 2, unit + 1, sizeof(hex) - 2) ||
	    parse_u64(hex, &named) || named == base)
		return;
	guest_report_warn(c->report, n, "reg", "begins at %#llx, the node's "
			  "name says %#llx: one of them is wrong",
			  (unsigned long long)base,
			  (unsigned long long)named);
}

/* ---- References ---- */

/* Properties whose first cell is a handle. */
static const char *const handles[] = {
	"clocks", "gpios", "msi-parent", "regmap",
};

static void handles_check(const struct check *c, struct dt_node n)
{
	u32 phandle;

	for (size_t i = 0; i < ARRAY_LEN(handles); i++)
		if (dt_u32(n, handles[i], 0, &phandle) &&
		    !dt_exists(dt_find_phandle(n.fdt, phandle)))
			guest_report_warn(c->report, n, handles[i], "handle "
					  "%u leads to no node: give that of "
					  "one", phandle);
}

static void aliases_check(const struct check *c)
{
	struct dt_node aliases = dt_find_path(c->config->fdt, "/aliases");
	int at;

	if (!dt_exists(aliases))
		return;
	fdt_for_each_property_offset(at, aliases.fdt, aliases.offset) {
		const char *name = NULL, *path;

		fdt_getprop_by_offset(aliases.fdt, at, &name, NULL);
		path = name ? dt_string(aliases, name, 0) : NULL;
		if (path && path[0] == '/' &&
		    !dt_exists(dt_find_path(aliases.fdt, path)))
			guest_report_warn(c->report, aliases, name,
					  "%s is not there: name a node", path);
	}
}

/* ---- Nodes that nobody finds ---- */

/* A device that would be emulated, but for what is above it. */
static void unreachable_check(const struct check *c, struct dt_node n)
{
	struct dt_node above = dt_parent(n);

	for (; dt_exists(above) && above.offset > 0; above = dt_parent(above)) {
		if (!dt_is_available(above))
			return;
		if (dt_has(above, "ranges"))
			continue;
		guest_report_warn(c->report, n, NULL, "is not emulated: %s "
				  "above it has no ranges; add the property, "
				  "without a value when addresses are the "
				  "same", dt_name(above));
		return;
	}
}

static void status_check(const struct check *c, struct dt_node n)
{
	static const char *const words[] = {
		"okay", "ok", "disabled", "reserved", "fail", NULL
	};
	const char *status = dt_string(n, "status", 0);

	for (const char *const *w = words; status && *w; w++)
		if (string_equal(*w, status))
			return;
	if (dt_has(n, "status"))
		guest_report_warn(c->report, n, "status", "is read as "
				  "\"disabled\": say \"okay\" or \"disabled\"");
}

static void cpus_check(const struct check *c)
{
	dt_for_each_child(n, dt_find_path(c->config->fdt, "/cpus"))
		if (string_after(dt_name(n), "cpu@") &&
		    !dt_has(n, "device_type"))
			guest_report_warn(c->report, n, "device_type", "is "
					  "missing: without \"cpu\" this is "
					  "none");
}

void check_tree(const struct check *c)
{
	const struct dt_node root = dt_root(c->config->fdt);

	for (struct dt_node n = root; dt_exists(n); n = dt_next(n)) {
		properties_check(c, n);
		status_check(c, n);
		handles_check(c, n);
		if (n.offset == root.offset)
			continue;
		twice_check(c, n);
		unit_check(c, n);
		if (dt_has(n, "reg") && dt_is_available(n) && emu_find(n))
			unreachable_check(c, n);
	}
	aliases_check(c);
	cpus_check(c);
}
