// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Trees as source text (Devicetree Specification 0.4, 6).  Properties have
 * no type: what looks like strings is printed as strings, what fits into
 * cells as cells, the rest as bytes.  All three mean the same bytes.
 */
#include <libfdt.h>
#include <libs/char.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/console.h>
#include <vmm/dt.h>

#define DEPTH_MAX	32

static void indent(struct console *con, int depth)
{
	while (depth-- > 0)
		con_printf(con, "\t");
}

/* Strings, each with its end and none of them empty. */
static bool is_strings(const char *value, size_t size)
{
	if (!size || value[size - 1])
		return false;
	for (size_t i = 0; i < size; i++) {
		bool begins = !i || !value[i - 1];

		if (value[i] ? !char_is_print(value[i]) : begins)
			return false;
	}
	return true;
}

static void print_string(struct console *con, const char *s)
{
	con_printf(con, "\"");
	for (; *s; s++)
		con_printf(con, "%s%c", *s == '"' || *s == '\\' ? "\\" : "",
			   *s);
	con_printf(con, "\"");
}

static void print_strings(struct console *con, const char *value, size_t size)
{
	for (size_t at = 0; at < size; at += strlen(value + at) + 1) {
		con_printf(con, at ? ", " : "");
		print_string(con, value + at);
	}
}

static void print_cells(struct console *con, const u8 *value, size_t size)
{
	con_printf(con, "<");
	for (size_t at = 0; at < size; at += 4)
		con_printf(con, "%s0x%02x%02x%02x%02x", at ? " " : "",
			   value[at], value[at + 1], value[at + 2],
			   value[at + 3]);
	con_printf(con, ">");
}

static void print_bytes(struct console *con, const u8 *value, size_t size)
{
	con_printf(con, "[");
	for (size_t at = 0; at < size; at++)
		con_printf(con, "%s%02x", at ? " " : "", value[at]);
	con_printf(con, "]");
}

static void print_value(struct console *con, const void *value, size_t size)
{
	con_printf(con, " = ");
	if (is_strings(value, size))
		print_strings(con, value, size);
	else if (size % 4 == 0)
		print_cells(con, value, size);
	else
		print_bytes(con, value, size);
}

static void print_properties(struct console *con, const void *fdt, int node,
			     int depth)
{
	int at, size;

	fdt_for_each_property_offset(at, fdt, node) {
		const char *name;
		const void *value = fdt_getprop_by_offset(fdt, at, &name,
							  &size);

		if (!value)
			return;
		indent(con, depth);
		con_printf(con, "%s", name);
		if (size)
			print_value(con, value, (size_t)size);
		con_printf(con, ";\n");
	}
}

static void print_node_begin(struct console *con, const void *fdt, int node,
			     int depth)
{
	const char *name = fdt_get_name(fdt, node, NULL);

	con_printf(con, "\n");
	indent(con, depth);
	con_printf(con, "%s {\n", depth && name ? name : "/");
	print_properties(con, fdt, node, depth + 1);
}

/* Ends the nodes from depth `from` down to depth `to`. */
static void print_node_ends(struct console *con, int from, int to)
{
	for (; from >= to; from--) {
		indent(con, from);
		con_printf(con, "};\n");
	}
}

static void print_reserved(struct console *con, const void *fdt)
{
	uint64_t base, size;

	for (int i = 0; i < fdt_num_mem_rsv(fdt); i++)
		if (!fdt_get_mem_rsv(fdt, i, &base, &size))
			con_printf(con, "/memreserve/ %#llx %#llx;\n",
				   (unsigned long long)base,
				   (unsigned long long)size);
}

void dt_print(struct console *con, const void *fdt)
{
	int depth = 0, last = -1;

	con_printf(con, "/dts-v1/;\n");
	print_reserved(con, fdt);
	for (int node = 0; node >= 0 && depth >= 0 && depth < DEPTH_MAX;
	     node = fdt_next_node(fdt, node, &depth)) {
		print_node_ends(con, last, depth);
		print_node_begin(con, fdt, node, depth);
		last = depth;
	}
	print_node_ends(con, last, 0);
}
