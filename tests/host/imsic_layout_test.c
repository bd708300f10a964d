// SPDX-License-Identifier: GPL-2.0-or-later
/* drivers/irqchip/imsic_layout: whose file lies where. */
#include <libfdt.h>
#include <vmm/errno.h>
#include <vmm/test.h>

#include "../../drivers/irqchip/imsic.h"

static u8 tree[1024] ALIGNED(8);

static void begin(void)
{
	fdt_create(tree, sizeof(tree));
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	fdt_property_u32(tree, "#address-cells", 2);
	fdt_property_u32(tree, "#size-cells", 2);
	fdt_begin_node(tree, "imsics");
}

static struct dt_node end(void)
{
	fdt_end_node(tree);
	fdt_end_node(tree);
	fdt_finish(tree);
	return dt_find_path(tree, "/imsics");
}

static void regions(const u64 *pairs, int size)
{
	fdt64_t raw[4];

	for (int i = 0; i < size; i++)
		raw[i] = cpu_to_fdt64(pairs[i]);
	fdt_property(tree, "reg", raw, size * 8);
}

static void one_group(void)
{
	static const u64 reg[] = { 0x28000000, 0x4000 };
	struct imsic_layout l;
	struct dt_node n;
	u64 pa;

	begin();
	regions(reg, 2);
	n = end();
	EXPECT_EQ(imsic_layout_read(n, 4, &l), 0);
	EXPECT_EQ(l.hart_bits, 2);
	EXPECT_EQ(imsic_layout_file(n, &l, 3, &pa), 0);
	EXPECT_EQ(pa, 0x28003000);
	EXPECT_EQ(imsic_layout_index(&l, pa), 3);
	EXPECT_EQ(imsic_layout_file(n, &l, 4, &pa), -ENOENT);
	EXPECT_EQ(imsic_layout_read(n, 5, &l), 0);
	EXPECT_EQ(l.hart_bits, 3);
	EXPECT_EQ(imsic_layout_read(n, 1, &l), 0);
	EXPECT_EQ(imsic_layout_index(&l, 0x28000000), 0);
}

/* Two groups of two CPUs, four files for each CPU. */
static void groups_and_guests(void)
{
	static const u64 reg[] = { 0x28000000, 0x8000, 0x29000000, 0x8000 };
	struct imsic_layout l;
	struct dt_node n;
	u64 pa;

	begin();
	regions(reg, 4);
	fdt_property_u32(tree, "riscv,guest-index-bits", 2);
	fdt_property_u32(tree, "riscv,hart-index-bits", 1);
	fdt_property_u32(tree, "riscv,group-index-bits", 1);
	n = end();
	EXPECT_EQ(imsic_layout_read(n, 4, &l), 0);
	EXPECT_EQ(l.group_shift, 24);
	EXPECT_EQ(imsic_layout_file(n, &l, 1, &pa), 0);
	EXPECT_EQ(pa, 0x28004000);
	EXPECT_EQ(imsic_layout_index(&l, pa), 1);
	EXPECT_EQ(imsic_layout_file(n, &l, 3, &pa), 0);
	EXPECT_EQ(pa, 0x29004000);
	EXPECT_EQ(imsic_layout_index(&l, pa), 3);
}

static void refused(void)
{
	static const struct {
		const char *name;
		u32 value;
	} bad[] = {
		{ "riscv,guest-index-bits", 7 },
		{ "riscv,hart-index-bits", 17 },
		{ "riscv,group-index-bits", 15 },
		{ "riscv,group-index-shift", 56 },
		{ "riscv,group-index-shift", 12 },
	};
	struct imsic_layout l;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		begin();
		fdt_property_u32(tree, bad[i].name, bad[i].value);
		if (i == ARRAY_LEN(bad) - 1)
			fdt_property_u32(tree, "riscv,group-index-bits", 1);
		EXPECT_EQ(imsic_layout_read(end(), 4, &l), -EINVAL);
	}
}

SUITE(imsic_layout, TEST(one_group), TEST(groups_and_guests), TEST(refused));
