// SPDX-License-Identifier: GPL-2.0-or-later
/* core/device/dt: reading trees, whole ones and broken ones. */
#include "capture.h"
#include <libfdt.h>
#include <libs/string.h>
#include <vmm/dt.h>
#include <vmm/errno.h>
#include <vmm/test.h>

static u8 tree[2048] ALIGNED(8);
static u8 broken[2048] ALIGNED(8);

/* ---- A tree with one of everything ---- */

static void cells(const char *name, const u32 *values, unsigned count)
{
	fdt32_t bytes[16];

	for (unsigned i = 0; i < count; i++)
		bytes[i] = cpu_to_fdt32(values[i]);
	fdt_property(tree, name, bytes, (int)(count * sizeof(bytes[0])));
}

#define CELLS(name, ...) do {						\
	const u32 cells_values[] = { __VA_ARGS__ };			\
	cells(name, cells_values, ARRAY_LEN(cells_values));		\
} while (0)

static void begin(u32 address_cells, u32 size_cells)
{
	fdt_create(tree, sizeof(tree));
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	CELLS("#address-cells", address_cells);
	CELLS("#size-cells", size_cells);
}

static void end(void)
{
	fdt_end_node(tree);
	fdt_finish(tree);
}

static void add_controller(void)
{
	fdt_begin_node(tree, "pic@100");
	CELLS("phandle", 7);
	/* Names itself, as some firmware does. */
	CELLS("interrupt-parent", 7);
	CELLS("#interrupt-cells", 3);
	fdt_property(tree, "status", "disabled", sizeof("disabled"));
	fdt_end_node(tree);
}

static void add_bus(void)
{
	fdt_begin_node(tree, "bus");
	CELLS("#address-cells", 1);
	CELLS("#size-cells", 1);
	CELLS("ranges", 0x1000, 1, 0x80000000, 0x1000,
	      0x4000, 0, 0x40000000, 0x100);
	fdt_begin_node(tree, "uart@1200");
	fdt_property(tree, "compatible", "a,b\0c,d", 8);
	CELLS("reg", 0x1200, 0x100, 0x4000, 0x101);
	CELLS("interrupts", 0, 1, 4, 1, 2, 3);
	CELLS("half", 1);
	fdt_end_node(tree);
	fdt_end_node(tree);
}

static void build(void)
{
	begin(2, 2);
	CELLS("interrupt-parent", 7);
	fdt_property(tree, "unended", "abc", 3);
	add_controller();
	add_bus();
	fdt_begin_node(tree, "memory@80000000");
	CELLS("reg", 0, 0x80000000, 1, 0, 2, 0, 0, 0x1000);
	CELLS("interrupts-extended", 7, 1, 2, 3, 7, 4, 5, 6);
	fdt_end_node(tree);
	end();
}

static struct dt_node uart(void)
{
	return dt_find_path(tree, "/bus/uart@1200");
}

/* ---- Reading ---- */

static void nodes(void)
{
	char path[32];

	build();
	EXPECT_EQ(dt_check(tree, sizeof(tree), "test"), 0);
	EXPECT(dt_exists(uart()));
	EXPECT(string_equal(dt_name(uart()), "uart@1200"));
	EXPECT(string_equal(dt_name(dt_parent(uart())), "bus"));
	EXPECT(!dt_exists(dt_parent(dt_root(tree))));
	EXPECT(string_equal(dt_path(uart(), path, sizeof(path)),
			    "/bus/uart@1200"));
	EXPECT(string_equal(dt_path(uart(), path, 8), "/bus/ua"));
	EXPECT(string_equal(dt_path(dt_root(tree), path, 8), "/"));
	EXPECT_EQ(dt_find_compatible(DT_NONE, tree, "c,d").offset,
		  uart().offset);
	EXPECT(!dt_exists(dt_find_compatible(uart(), tree, "c,d")));
	EXPECT(dt_exists(dt_find_phandle(tree, 7)));
	EXPECT(!dt_exists(dt_find_phandle(tree, 8)));
	EXPECT(!dt_exists(dt_child(uart(), "none")));
}

static int stdout_of(const char *path, int size)
{
	begin(1, 1);
	fdt_begin_node(tree, "aliases");
	fdt_property(tree, "serial0", "/uart@1", 8);
	fdt_end_node(tree);
	fdt_begin_node(tree, "uart@1");
	fdt_end_node(tree);
	fdt_begin_node(tree, "chosen");
	fdt_property(tree, "stdout-path", path, size);
	fdt_end_node(tree);
	end();
	return dt_stdout(tree).offset;
}

static void finds_stdout(void)
{
	int wanted = stdout_of("/uart@1", 8);

	EXPECT_EQ(wanted, dt_find_path(tree, "/uart@1").offset);
	EXPECT_EQ(stdout_of("/uart@1:115200n8", 17), wanted);
	EXPECT_EQ(stdout_of("serial0:9600", 13), wanted);
	EXPECT(stdout_of("/none", 6) < 0);
	EXPECT(stdout_of("/uart@1", 3) < 0);
	EXPECT(stdout_of(":", 2) < 0);
	build();
	EXPECT(!dt_exists(dt_stdout(tree)));
}

static void walks(void)
{
	unsigned all = 0, children = 0;

	build();
	for (struct dt_node n = dt_root(tree); dt_exists(n); n = dt_next(n))
		all++;
	dt_for_each_child(n, dt_root(tree))
		children++;
	EXPECT_EQ(all, 5);
	EXPECT_EQ(children, 3);
}

static void properties(void)
{
	struct dt_node root, memory;
	u64 value = 0;
	u32 cell = 0;

	build();
	root = dt_root(tree);
	memory = dt_find_path(tree, "/memory@80000000");
	EXPECT(dt_is_compatible(uart(), "c,d"));
	EXPECT(!dt_is_compatible(uart(), "c"));
	EXPECT(!dt_string(uart(), "compatible", 2));
	EXPECT(!dt_string(root, "unended", 0));
	EXPECT(dt_is_available(uart()));
	EXPECT(!dt_is_available(dt_find_path(tree, "/pic@100")));
	EXPECT(!dt_is_available(DT_NONE));
	EXPECT(dt_u32(uart(), "reg", 3, &cell));
	EXPECT_EQ(cell, 0x101);
	EXPECT(!dt_u32(uart(), "reg", 4, &cell));
	EXPECT(!dt_u32(root, "unended", 0, &cell));
	EXPECT(dt_u64(uart(), "half", &value));
	EXPECT_EQ(value, 1);
	EXPECT(!dt_u64(memory, "reg", &value));
	EXPECT_EQ(dt_cell_count(uart(), "interrupts"), 6);
	EXPECT_EQ(dt_cell_count(uart(), "none"), 0);
}

/* ---- Addresses ---- */

static void translates(void)
{
	struct dt_node memory;
	u64 base = 0, size = 0;

	build();
	memory = dt_find_path(tree, "/memory@80000000");
	EXPECT_EQ(dt_reg(memory, 1, &base, &size), 0);
	EXPECT_EQ(base, 0x200000000);
	EXPECT_EQ(size, 0x1000);
	EXPECT_EQ(dt_reg(memory, 2, &base, &size), -ENOENT);
	EXPECT_EQ(dt_reg(uart(), 0, &base, &size), 0);
	EXPECT_EQ(base, 0x180000200);
	EXPECT_EQ(size, 0x100);
	/* Begins in a range and ends behind it. */
	EXPECT_EQ(dt_reg(uart(), 1, &base, &size), -EBADMSG);
	EXPECT(dt_reg_raw(uart(), 0, &base));
	EXPECT_EQ(base, 0x1200);
	EXPECT_EQ(dt_reg(dt_root(tree), 0, &base, &size), -ENOENT);
}

static int reg_under(u32 address_cells, u32 size_cells, bool with_ranges)
{
	u64 base, size;

	begin(1, 1);
	fdt_begin_node(tree, "bus");
	CELLS("#address-cells", address_cells);
	CELLS("#size-cells", size_cells);
	if (with_ranges)
		fdt_property(tree, "ranges", "", 0);
	fdt_begin_node(tree, "d");
	CELLS("reg", 1, 2, 3, 4, 5, 6);
	fdt_end_node(tree);
	fdt_end_node(tree);
	end();
	return dt_reg(dt_find_path(tree, "/bus/d"), 0, &base, &size);
}

static void wrong_cells(void)
{
	EXPECT_EQ(reg_under(1, 1, true), 0);
	EXPECT_EQ(reg_under(1, 0, true), 0);
	EXPECT_EQ(reg_under(2, 2, true), -EBADMSG);	/* 6 is not 4n */
	EXPECT_EQ(reg_under(0, 1, true), -EBADMSG);
	EXPECT_EQ(reg_under(3, 2, true), -EBADMSG);
	EXPECT_EQ(reg_under(1, 3, true), -EBADMSG);
	EXPECT_EQ(reg_under(0xffffffff, 1, true), -EBADMSG);
	EXPECT_EQ(reg_under(1, 1, false), -EBADMSG);	/* no way up */
}

static void wraps(void)
{
	u64 base, size;

	begin(2, 2);
	fdt_begin_node(tree, "d");
	CELLS("reg", 0xffffffff, 0xfffff000, 0, 0x2000);
	fdt_end_node(tree);
	end();
	EXPECT_EQ(dt_reg(dt_find_path(tree, "/d"), 0, &base, &size), -EBADMSG);
}

/* ---- Interrupts ---- */

static void interrupts(void)
{
	struct dt_node memory;
	struct dt_irq irq;

	build();
	memory = dt_find_path(tree, "/memory@80000000");
	EXPECT_EQ(dt_irq(uart(), 1, &irq), 0);
	EXPECT_EQ(irq.cell_count, 3);
	EXPECT_EQ(irq.cells[2], 3);
	EXPECT(string_equal(dt_name(irq.parent), "pic@100"));
	EXPECT_EQ(dt_irq(uart(), 2, &irq), -ENOENT);
	EXPECT_EQ(dt_irq(memory, 1, &irq), 0);
	EXPECT_EQ(irq.cells[0], 4);
	EXPECT_EQ(dt_irq(memory, 2, &irq), -ENOENT);
	EXPECT_EQ(dt_irq(dt_root(tree), 0, &irq), -ENOENT);
}

/* One device whose only controller is described by these two numbers. */
static int irq_under(u32 cell_count, u32 phandle)
{
	struct dt_irq irq;

	begin(1, 1);
	fdt_begin_node(tree, "pic");
	CELLS("phandle", 1);
	CELLS("interrupt-parent", 2);
	CELLS("#interrupt-cells", cell_count);
	fdt_end_node(tree);
	fdt_begin_node(tree, "pic2");
	CELLS("phandle", 2);
	CELLS("interrupt-parent", 1);
	fdt_end_node(tree);
	fdt_begin_node(tree, "d");
	CELLS("interrupt-parent", phandle);
	CELLS("interrupts", 1, 2, 3);
	CELLS("interrupts-extended", phandle, 1, 2);
	fdt_end_node(tree);
	end();
	return dt_irq(dt_find_path(tree, "/d"), 0, &irq);
}

static int irq_of_half_a_cell(void)
{
	struct dt_irq irq;

	begin(1, 1);
	fdt_begin_node(tree, "pic");
	CELLS("phandle", 1);
	CELLS("#interrupt-cells", 1);
	fdt_end_node(tree);
	fdt_begin_node(tree, "d");
	CELLS("interrupt-parent", 1);
	fdt_property(tree, "interrupts", "\0\1", 2);
	fdt_end_node(tree);
	end();
	return dt_irq(dt_find_path(tree, "/d"), 0, &irq);
}

static void wrong_interrupts(void)
{
	EXPECT_EQ(irq_of_half_a_cell(), -EBADMSG);
	EXPECT_EQ(irq_under(2, 1), 0);
	EXPECT_EQ(irq_under(3, 1), -EBADMSG);	/* is cut */
	EXPECT_EQ(irq_under(0, 1), -EBADMSG);
	EXPECT_EQ(irq_under(5, 1), -EBADMSG);
	EXPECT_EQ(irq_under(2, 9), -EBADMSG);	/* nobody's */
	EXPECT_EQ(irq_under(2, 2), -EBADMSG);	/* no controller, a circle */
	EXPECT_EQ(irq_under(2, 0xffffffff), -EBADMSG);
}

/* ---- Trees that are not whole ---- */

static void truncated(void)
{
	size_t size, at, bad = 0;

	build();
	size = fdt_totalsize(tree);
	capture_begin();
	for (at = 0; at < size; at++)
		bad += dt_check(tree, at, "test") == -EBADMSG;
	capture_end();
	EXPECT_EQ(bad, size);
	EXPECT_EQ(dt_check(tree, size, "test"), 0);
}

static void misaligned(void)
{
	int rc;

	build();
	memcpy(broken + 4, tree, fdt_totalsize(tree));
	capture_begin();
	rc = dt_check(broken + 4, sizeof(broken) - 4, "test");
	capture_end();
	EXPECT_EQ(rc, -EBADMSG);
	EXPECT(strstr(capture_text, "test: tree is not 8-byte aligned"));
}

/* What is said of the tree when its first bytes are others. */
static const char *complaint(size_t at, const void *bytes, size_t size)
{
	int rc;

	build();
	memcpy((u8 *)tree + at, bytes, size);
	capture_begin();
	rc = dt_check(tree, sizeof(tree), "test");
	capture_end();
	return rc == -EBADMSG ? capture_text : "nothing";
}

static void no_tree(void)
{
	const char *said = complaint(0, "\xff\xff\xff\xff\xff\xff\xff\xff"
				     "\xff\xff\xff\xff\xff\xff\xff", 15);

	EXPECT(strstr(said, "test: is no device tree"));
	/* Nothing but the end of the structure. */
	build();
	said = complaint(fdt_off_dt_struct(tree), "\0\0\0\x09", 4);
	EXPECT(strstr(said, "test: bad tree"));
}

static void deep(void)
{
	int rc;

	begin(1, 1);
	for (unsigned i = 0; i < 40; i++)
		fdt_begin_node(tree, "n");
	for (unsigned i = 0; i < 40; i++)
		fdt_end_node(tree);
	end();
	capture_begin();
	rc = dt_check(tree, sizeof(tree), "test");
	capture_end();
	EXPECT_EQ(rc, -EBADMSG);
	EXPECT(strstr(capture_text, "deep"));
}

/* Everything that there is to ask of a node; how much was answered. */
static u64 ask_all(const void *fdt)
{
	struct dt_irq irq;
	u64 base, size, sum = 0;
	char path[DT_PATH_MAX];

	for (struct dt_node n = dt_root(fdt); dt_exists(n); n = dt_next(n)) {
		for (unsigned i = 0; i < 4; i++) {
			sum += dt_reg(n, i, &base, &size) == 0;
			sum += dt_irq(n, i, &irq) == 0;
			sum += dt_string(n, "compatible", i) != NULL;
		}
		sum += strlen(dt_path(n, path, sizeof(path)));
		sum += dt_is_available(n);
	}
	return sum;
}

/* Bytes that are wrong: refused, or read without a step outside. */
static void flipped(void)
{
	size_t size, refused = 0;
	u64 whole;

	build();
	size = fdt_totalsize(tree);
	whole = ask_all(tree);
	capture_begin();
	for (size_t i = 0; i < 8 * size; i++) {
		memcpy(broken, tree, size);
		broken[i / 8] ^= (u8)BIT(i % 8);
		if (dt_check(broken, size, "test"))
			refused++;
		else
			ask_all(broken);
	}
	capture_end();
	EXPECT(refused > 0);
	EXPECT_EQ(ask_all(tree), whole);
}

SUITE(dt, TEST(nodes), TEST(finds_stdout), TEST(walks), TEST(properties),
      TEST(translates),
      TEST(wrong_cells), TEST(wraps), TEST(interrupts),
      TEST(wrong_interrupts), TEST(truncated), TEST(misaligned),
      TEST(no_tree), TEST(deep),
      TEST(flipped));
