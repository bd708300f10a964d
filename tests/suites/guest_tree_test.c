// SPDX-License-Identifier: GPL-2.0-or-later
/* The tree that a guest's OS gets. */
#include <libfdt.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/errno.h>
#include <vmm/guest_config.h>
#include <vmm/heap.h>
#include <vmm/test.h>

static struct guest_config config;
static void *described, *written;
static size_t written_size;

static const struct guest_boot_facts facts = {
	.initrd_base = 0x48000000, .initrd_size = 0x1234,
	.seed = { 1, 2, 3 }, .kaslr_seed = { 4, 5 },
};

static bool write_for(const struct guest_options *options,
		      const struct guest_boot_facts *f)
{
	if (guest_tree_compose(options, &described))
		return false;
	config = (struct guest_config){
		.fdt = described, .fdt_size = fdt_totalsize(described),
	};
	return !guest_tree_write(&config, f, &written, &written_size) &&
	       !dt_check(written, written_size, "written");
}

static void done(void)
{
	heap_free(described);
	heap_free(written);
	described = written = NULL;
}

static const struct guest_options rich = {
	.name = "test", .kernel = "/Image", .initrd = "/initrd",
	.append = "quiet", .cpu_count = 2, .memory_size = MIB(128),
	.priority = 7, .affinity = 1, .autostart = true,
};

static void completed(void)
{
	struct dt_node chosen;
	const u8 *seed;
	size_t size;
	u64 value;

	EXPECT(write_for(&rich, &facts));
	chosen = dt_find_path(written, "/chosen");
	EXPECT(string_equal(dt_string(chosen, "bootargs", 0), "quiet"));
	EXPECT(dt_u64(chosen, "linux,initrd-start", &value));
	EXPECT_EQ(value, 0x48000000);
	EXPECT(dt_u64(chosen, "linux,initrd-end", &value));
	EXPECT_EQ(value, 0x48001234);
	seed = dt_bytes(chosen, "rng-seed", &size);
	EXPECT(seed && size == 32 && seed[2] == 3);
	seed = dt_bytes(chosen, "kaslr-seed", &size);
	EXPECT(seed && size == 8 && seed[1] == 5);
	EXPECT(dt_string(chosen, "stdout-path", 0));
	done();
}

/* Not a byte of what is between us and the operator. */
static void nothing_private(void)
{
	const char *bytes;

	EXPECT(write_for(&rich, &facts));
	bytes = written;
	for (size_t i = 0; i + 4 <= written_size; i++)
		EXPECT(memcmp(bytes + i, "vmm,", 4) != 0);
	done();
}

static void no_initrd(void)
{
	struct guest_boot_facts f = facts;

	f.initrd_size = 0;
	EXPECT(write_for(&rich, &f));
	EXPECT(!dt_has(dt_find_path(written, "/chosen"),
		       "linux,initrd-start"));
	done();
}

/* Everything else is there, in the same order. */
static void same_nodes(void)
{
	struct dt_node a, b;

	EXPECT(write_for(&rich, &facts));
	a = dt_root(described);
	b = dt_root(written);
	while (dt_exists(a)) {
		EXPECT(dt_exists(b));
		EXPECT(string_equal(dt_name(a), dt_name(b)));
		a = dt_next(a);
		b = dt_next(b);
	}
	EXPECT(!dt_exists(b));
	b = dt_find_path(written, "/serial@9000000");
	EXPECT(dt_is_compatible(b, "arm,pl011"));
	EXPECT_EQ(dt_cell_count(b, "interrupts"), 3);
	EXPECT(dt_exists(dt_find_path(written, "/cpus/cpu@1")));
	done();
}

/* Trees without /chosen, and with stale facts in it. */
static void chosen_made_and_renewed(void)
{
	u64 value;
	int node;

	EXPECT(write_for(&rich, &facts));
	heap_free(written);
	node = fdt_path_offset(described, "/chosen");
	EXPECT_EQ(fdt_del_node(described, node), 0);
	EXPECT_EQ(guest_tree_write(&config, &facts, &written, &written_size),
		  0);
	EXPECT(dt_u64(dt_find_path(written, "/chosen"), "linux,initrd-start",
		      &value));
	heap_free(described);
	described = written;
	config.fdt = described;
	config.fdt_size = written_size;
	EXPECT_EQ(guest_tree_write(&config, &facts, &written, &written_size),
		  0);
	EXPECT_EQ(written_size, config.fdt_size);
	done();
}

SUITE(guest_tree, TEST(completed), TEST(nothing_private), TEST(no_initrd),
      TEST(same_nodes), TEST(chosen_made_and_renewed));
