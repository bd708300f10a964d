// SPDX-License-Identifier: GPL-2.0-or-later
/* Trees as text: each kind of value, nodes in nodes, quoting. */
#include <libfdt.h>
#include <libs/string.h>
#include <vmm/dt.h>
#include <vmm/test.h>

#include "capture.h"

static u8 tree[2048] ALIGNED(8);

static void properties_add(void)
{
	static const u8 bytes[] = { 1, 0xfe, 0 }, empty_string[] = { 0 };

	fdt_property(tree, "flag", "", 0);
	fdt_property(tree, "word", "a \"b\" \\", 8);
	fdt_property(tree, "words", "one\0two", 8);
	fdt_property_u32(tree, "cell", 0x12345678);
	fdt_property_u64(tree, "cells", 0x100000002ull);
	fdt_property(tree, "bytes", bytes, 3);
	fdt_property(tree, "nul", empty_string, 1);
	fdt_property(tree, "open", "abc", 3);
}

static bool tree_make(void)
{
	fdt_create(tree, sizeof(tree));
	fdt_add_reservemap_entry(tree, 0x1000, 0x20);
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	properties_add();
	fdt_begin_node(tree, "a");
	fdt_begin_node(tree, "b@1");
	fdt_end_node(tree);
	fdt_end_node(tree);
	fdt_begin_node(tree, "c");
	fdt_end_node(tree);
	fdt_end_node(tree);
	return !fdt_finish(tree);
}

static const char expected[] =
	"/dts-v1/;\n"
	"/memreserve/ 0x1000 0x20;\n"
	"\n/ {\n"
	"\tflag;\n"
	"\tword = \"a \\\"b\\\" \\\\\";\n"
	"\twords = \"one\", \"two\";\n"
	"\tcell = <0x12345678>;\n"
	"\tcells = <0x00000001 0x00000002>;\n"
	"\tbytes = [01 fe 00];\n"
	"\tnul = [00];\n"
	"\topen = [61 62 63];\n"
	"\n\ta {\n"
	"\n\t\tb@1 {\n"
	"\t\t};\n"
	"\t};\n"
	"\n\tc {\n"
	"\t};\n"
	"};\n";

static void all_kinds(void)
{
	EXPECT(tree_make());
	capture_begin();
	dt_print(&capture, tree);
	capture_end();
	EXPECT(string_equal(capture_text, expected));
}

SUITE(dt_print, TEST(all_kinds));
