// SPDX-License-Identifier: GPL-2.0-or-later
/* What memory_init() makes of a host's tree, the good and the bad. */
#include <libfdt.h>
#include <string.h>

#include <arch/fake.h>
#include <vmm/errno.h>
#include <vmm/image.h>
#include <vmm/memory.h>
#include <vmm/test.h>

#define TREE_PA		0x48000123ull
#define IMAGE_SIZE	((u64)(image_end - image_start))

static u64 buffer[512];			/* the tree */
static void *const tree = buffer;
static struct memory_map saved;

static void begin(void)
{
	saved = memory_map;
	memset(&memory_map, 0, sizeof(memory_map));
	fdt_create(tree, sizeof(buffer));
}

static void begin_root(void)
{
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	fdt_property_u32(tree, "#address-cells", 2);
	fdt_property_u32(tree, "#size-cells", 2);
}

static void add_reg(const u64 *values, size_t count)
{
	fdt64_t bytes[8];

	for (size_t i = 0; i < count; i++)
		bytes[i] = cpu_to_fdt64(values[i]);
	fdt_property(tree, "reg", bytes, (int)(count * sizeof(bytes[0])));
}

static void add_memory(const char *name, const u64 *values, size_t count)
{
	fdt_begin_node(tree, name);
	fdt_property_string(tree, "device_type", "memory");
	add_reg(values, count);
	fdt_end_node(tree);
}

/* Runs memory_init(): its result is in *map, the machine's own map back. */
static int end(struct memory_map *map)
{
	struct boot_info boot = {
		.dtb = HPA(TREE_PA), .dtb_va = tree, .image = HPA(FAKE_IMAGE),
	};
	int rc;

	fdt_end_node(tree);
	fdt_finish(tree);
	rc = memory_init(&boot);
	*map = memory_map;
	memory_map = saved;
	return rc;
}

static bool holds(const struct memory_range *ranges, unsigned count,
		  struct memory_range wanted)
{
	for (unsigned i = 0; i < count; i++)
		if (ranges[i].base == wanted.base &&
		    ranges[i].size == wanted.size &&
		    ranges[i].no_map == wanted.no_map)
			return true;
	return false;
}

static struct memory_map map;

static bool has_bank(u64 base, u64 size)
{
	return holds(map.banks, map.bank_count,
		     (struct memory_range){ base, size, false });
}

static bool has_reserved(u64 base, u64 size, bool no_map)
{
	return holds(map.reserved, map.reserved_count,
		     (struct memory_range){ base, size, no_map });
}

static void add_reserved_node(const char *name, u64 base, bool no_map)
{
	const u64 reg[] = { base, 0x1800 };

	fdt_begin_node(tree, name);
	add_reg(reg, 2);
	if (no_map)
		fdt_property(tree, "no-map", NULL, 0);
	fdt_end_node(tree);
}

static void add_reserved_nodes(void)
{
	fdt_begin_node(tree, "reserved-memory");
	fdt_property_u32(tree, "#address-cells", 2);
	fdt_property_u32(tree, "#size-cells", 2);
	fdt_property(tree, "ranges", NULL, 0);
	add_reserved_node("firmware@44000000", 0x44000000, true);
	add_reserved_node("pool@44800000", 0x44800800, false);
	fdt_begin_node(tree, "later");
	fdt_property_u64(tree, "size", 0x10000);
	fdt_end_node(tree);
	fdt_end_node(tree);
}

static void whole_tree(void)
{
	static const u64 two[] = { 0x40000000, 0x10000000,
				   0x80000800, 0x2000 };
	static const u64 other[] = { 0x60000000, 0x100000 };

	begin();
	fdt_add_reservemap_entry(tree, 0x45000001, 1);
	begin_root();
	add_memory("memory@40000000", two, 4);
	add_memory("memory@60000000", other, 2);
	add_reserved_nodes();
	fdt_begin_node(tree, "chosen");
	fdt_property_u32(tree, "linux,initrd-start", 0x46000000);
	fdt_property_u64(tree, "linux,initrd-end", 0x46000801);
	fdt_end_node(tree);
	EXPECT_EQ(end(&map), 0);
	EXPECT_EQ(map.bank_count, 3);
	EXPECT(has_bank(0x40000000, 0x10000000));
	EXPECT(has_bank(0x60000000, 0x100000));
	EXPECT(has_bank(0x80001000, 0x1000));
	EXPECT_EQ(map.reserved_count, 6);
	EXPECT(has_reserved(0x44000000, 0x2000, true));
	EXPECT(has_reserved(0x44800000, 0x2000, false));
	EXPECT(has_reserved(0x45000000, 0x1000, false));
	EXPECT(has_reserved(0x46000000, 0x1000, false));
	EXPECT(has_reserved(FAKE_IMAGE, IMAGE_SIZE, false));
	EXPECT(has_reserved(0x48000000, 0x1000, false));
}

/* Image and tree are RAM even where no node says so. */
static void own_memory(void)
{
	static const u64 far[] = { 0x100000000, 0x100000 };

	begin();
	begin_root();
	add_memory("memory@100000000", far, 2);
	EXPECT_EQ(end(&map), 0);
	EXPECT(has_bank(FAKE_IMAGE, IMAGE_SIZE));
	EXPECT(has_bank(0x48000000, 0x1000));
}

static void nothing_usable(void)
{
	static const u64 taken[] = { FAKE_IMAGE, 0x1000 };

	begin();
	begin_root();
	EXPECT_EQ(end(&map), -ENOMEM);
	begin();
	begin_root();
	add_memory("memory@40200000", taken, 2);
	EXPECT_EQ(end(&map), -ENOMEM);
}

static void bad_nodes(void)
{
	static const u64 good[] = { 0x40000000, 0x100000 };
	static const u64 half[] = { 0x50000000, 0x100000, 0x60000000 };
	static const u64 wraps[] = { ~0ull - 0xfff, 0x2000, 0, 0 };
	static const u64 high[] = { 0xffff00000000, 0x1000000 };

	begin();
	begin_root();
	add_memory("memory@1", good, 2);
	add_memory("memory@2", half, 3);
	add_memory("memory@3", wraps, 4);
	add_memory("memory@4", high, 2);
	fdt_begin_node(tree, "memory@5");
	fdt_property(tree, "device_type", "memory", 6);
	add_reg(half, 2);
	fdt_property_string(tree, "status", "disabled");
	fdt_end_node(tree);
	fdt_begin_node(tree, "chosen");
	fdt_property_u64(tree, "linux,initrd-start", 0x46000000);
	fdt_property_u64(tree, "linux,initrd-end", 0x45000000);
	fdt_end_node(tree);
	EXPECT_EQ(end(&map), 0);
	EXPECT(has_bank(0x40000000, 0x100000));
	for (unsigned i = 0; i < map.bank_count; i++)
		EXPECT(map.banks[i].base < 0x60000000);
	EXPECT_EQ(map.reserved_count, 2);
}

SUITE(memory_tree, TEST(whole_tree), TEST(own_memory), TEST(nothing_usable),
      TEST(bad_nodes));
