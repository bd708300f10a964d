// SPDX-License-Identifier: GPL-2.0-or-later
/* The properties `vmm,...` of guest trees: which, where, of what form. */
#include "config_parse.h"
#include <libfdt.h>
#include <libs/nearest.h>
#include <libs/string.h>

const char *const config_value_names[] = {
	[VALUE_EMPTY] = "must have no value",
	[VALUE_STRING] = "must be one string, as \"text\"",
	[VALUE_CELL] = "must be one number of 32 bits, as <1>",
	[VALUE_CELLS] = "must be a list of numbers of 32 bits, as <0 1>",
};

static const struct vmm_property {
	const char *name;
	enum place place;
	enum config_value value;
} vmm_properties[] = {
	{ "vmm,autostart", PLACE_ROOT, VALUE_EMPTY },
	{ "vmm,clock", PLACE_ROOT, VALUE_STRING },
	{ "vmm,watch", PLACE_ROOT, VALUE_CELL },
	{ "vmm,on-crash", PLACE_ROOT, VALUE_STRING },
	{ "vmm,console-size", PLACE_ROOT, VALUE_CELL },
	{ "vmm,kernel", PLACE_CHOSEN, VALUE_STRING },
	{ "vmm,initrd", PLACE_CHOSEN, VALUE_STRING },
	{ "vmm,firmware", PLACE_CHOSEN, VALUE_STRING },
	{ "vmm,os-tree", PLACE_CHOSEN, VALUE_STRING },
	{ "vmm,affinity", PLACE_CPU, VALUE_CELLS },
	{ "vmm,priority", PLACE_CPU, VALUE_CELL },
	{ "vmm,backend", PLACE_DEVICE, VALUE_STRING },
	{ "vmm,passthrough", PLACE_DEVICE, VALUE_STRING },
};

static const char *const place_names[PLACE_COUNT] = {
	[PLACE_ROOT] = "/", [PLACE_CHOSEN] = "/chosen", [PLACE_CPUS] = "/cpus",
	[PLACE_CPU] = "a node cpu@N", [PLACE_MEMORY] = "a memory node",
	[PLACE_DEVICE] = "a device", [PLACE_INSIDE] = "other nodes",
};

/* A property that holds exactly one string, not an empty one. */
static bool is_one_string(const char *data, size_t size)
{
	return size > 1 && memchr(data, '\0', size) == data + size - 1;
}

bool config_value_fits(enum config_value value, const void *data, size_t size)
{
	switch (value) {
	case VALUE_EMPTY:
		return size == 0;
	case VALUE_STRING:
		return is_one_string(data, size);
	case VALUE_CELL:
		return size == sizeof(u32);
	case VALUE_CELLS:
		return size && size % sizeof(u32) == 0;
	}
	return false;
}

static const struct vmm_property *vmm_property_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(vmm_properties); i++)
		if (string_equal(vmm_properties[i].name, name))
			return &vmm_properties[i];
	return NULL;
}

static void vmm_property_unknown(struct guest_report *r, struct dt_node n,
				 const char *name)
{
	struct nearest near;

	nearest_init(&near, name);
	for (size_t i = 0; i < ARRAY_LEN(vmm_properties); i++)
		nearest_offer(&near, vmm_properties[i].name);
	if (near.best)
		guest_report_add(r, n, name, "is no property that is "
				 "known here: did you mean %s?", near.best);
	else
		guest_report_add(r, n, name, "is no property that is "
				 "known here: take it out");
}

static void vmm_property_check(struct guest_report *r, struct dt_node n,
			       enum place place, const char *name)
{
	const struct vmm_property *row = vmm_property_find(name);
	size_t size;
	const void *data = dt_bytes(n, name, &size);

	if (!row)
		vmm_property_unknown(r, n, name);
	else if (row->place != place)
		guest_report_add(r, n, name, "belongs into %s: move "
				 "it there",
				 place_names[row->place]);
	else if (!config_value_fits(row->value, data, size))
		guest_report_add(r, n, name, "%s",
				 config_value_names[row->value]);
}

void config_vmm_check(struct guest_report *r, struct dt_node n,
		      enum place place)
{
	int at;

	fdt_for_each_property_offset(at, n.fdt, n.offset) {
		const char *name = NULL;

		fdt_getprop_by_offset(n.fdt, at, &name, NULL);
		if (name && string_after(name, "vmm,"))
			vmm_property_check(r, n, place, name);
	}
}
