// SPDX-License-Identifier: GPL-2.0-or-later
/* arch/riscv/pure/isa: extensions as trees of machines and boards name them. */
#include <arch/isa.h>
#include <libfdt.h>
#include <libs/string.h>
#include <vmm/dt.h>
#include <vmm/test.h>

#define BASE	(BIT64(ISA_I) | BIT64(ISA_M) | BIT64(ISA_A) | BIT64(ISA_C))

static u8 tree[2048];

struct cpu_node {
	const char *name, *isa;
	const char *list;		/* NULL: no such property */
	size_t list_size;
	u32 block_size;
	bool off;
};

static void add_string(const char *property, const char *s)
{
	fdt_property(tree, property, s, (int)strlen(s) + 1);
}

static void add_cpu(const struct cpu_node *c)
{
	fdt_begin_node(tree, c->name);
	fdt_property_u32(tree, "reg", 0);
	if (c->isa)
		add_string("riscv,isa", c->isa);
	if (c->list)
		fdt_property(tree, "riscv,isa-extensions", c->list,
			     (int)c->list_size);
	if (c->block_size)
		fdt_property_u32(tree, "riscv,cbom-block-size",
				 c->block_size);
	if (c->off)
		add_string("status", "disabled");
	fdt_end_node(tree);
}

static void build(const struct cpu_node *nodes, size_t count)
{
	fdt_create(tree, sizeof(tree));
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	fdt_begin_node(tree, "cpus");
	for (size_t i = 0; i < count; i++)
		add_cpu(&nodes[i]);
	fdt_begin_node(tree, "cpu-map");
	fdt_end_node(tree);
	fdt_end_node(tree);
	fdt_end_node(tree);
	fdt_finish(tree);
}

static u64 of_string(const char *isa)
{
	build(&(struct cpu_node){ .name = "cpu@0", .isa = isa }, 1);
	return isa_read(tree);
}

static void strings(void)
{
	EXPECT_EQ(of_string("rv64imac"), BASE);
	EXPECT_EQ(of_string("RV64IMAC_Zicbom"), BASE | BIT64(ISA_ZICBOM));
	EXPECT_EQ(of_string("rv64gc"), BASE | BIT64(ISA_F) | BIT64(ISA_D) |
		  BIT64(ISA_ZICSR) | BIT64(ISA_ZIFENCEI));
	EXPECT_EQ(of_string("rv64imach_sstc_svpbmt"), BASE | BIT64(ISA_H) |
		  BIT64(ISA_SSTC) | BIT64(ISA_SVPBMT));
	EXPECT_EQ(of_string("rv64i2p1m2a2p1c2_zicsr2p0_sstc1p0_svinval"),
		  BASE | BIT64(ISA_ZICSR) | BIT64(ISA_SSTC) |
		  BIT64(ISA_SVINVAL));
	EXPECT_EQ(of_string("rv64imacsstc"), BASE | BIT64(ISA_SSTC));
}

/* A word that begins as another one is another one. */
static void unknown(void)
{
	EXPECT_EQ(of_string("rv64imac_zicbomx_xvendor_zvl128b_zfhm"), BASE);
	EXPECT_EQ(of_string("rv64imac_zfhmin"), BASE | BIT64(ISA_ZFHMIN));
	EXPECT_EQ(of_string("rv32imac_sstc"), 0);
	EXPECT_EQ(of_string(""), 0);
}

static void lists(void)
{
	static const char list[] = "i\0m\0a\0c\0h\0sstc\0nonsense\0zicboz";

	build(&(struct cpu_node){ .name = "cpu@0", .isa = "rv64imafdc",
				  .list = list, .list_size = sizeof(list) },
	      1);
	EXPECT_EQ(isa_read(tree), BASE | BIT64(ISA_H) | BIT64(ISA_SSTC) |
		  BIT64(ISA_ZICBOZ));
}

/* Only what all CPUs have, but for those that are off. */
static void all_cpus(void)
{
	const struct cpu_node nodes[] = {
		{ "cpu@0", "rv64imac_sstc_svpbmt", .block_size = 128 },
		{ "cpu@1", "rv64imac_sstc_svnapot", .block_size = 64 },
		{ "cpu@2", "rv64i", .off = true },
	};

	build(nodes, ARRAY_LEN(nodes));
	EXPECT_EQ(isa_read(tree), BASE | BIT64(ISA_SSTC));
	EXPECT_EQ(isa_block_size(tree, "riscv,cbom-block-size"), 64);
	EXPECT_EQ(isa_block_size(tree, "riscv,cboz-block-size"), 0);
}

SUITE(riscv_isa, TEST(strings), TEST(unknown), TEST(lists), TEST(all_cpus));
