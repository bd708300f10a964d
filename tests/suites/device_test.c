// SPDX-License-Identifier: GPL-2.0-or-later
/* core/device/device: binding in order, asking again, undoing. */
#include <libfdt.h>
#include <libs/string.h>
#include <vmm/device.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/test.h>

static u8 tree[2048] ALIGNED(8);
static char order[32];			/* a letter for each probe */
static struct list devices = LIST_INIT(devices);

static void note(char letter)
{
	size_t used = strlen(order);

	if (used < sizeof(order) - 1)
		order[used] = letter;
}

/* ---- Drivers that are bound by this suite's trees alone ---- */

static bool clock_is_there;

static int probe_clock(struct device *dev)
{
	note('c');
	clock_is_there = true;
	return 0;
}

static int probe_user(struct device *dev)
{
	u64 *state = device_state(dev);

	note('u');
	if (*state)
		return -EINVAL;
	*state = 1;
	return clock_is_there ? 0 : -EPROBE_LATER;
}

static int probe_never(struct device *dev)
{
	note('n');
	return -EPROBE_LATER;
}

static int probe_broken(struct device *dev)
{
	note('b');
	return -EIO;
}

static int probe_early(struct device *dev)
{
	note('e');
	return 0;
}

static int probe_foreign(struct device *dev)
{
	note('f');
	return -ENODEV;
}

#define TEST_DRIVER(n, ...)						\
	static const struct driver test_##n = {				\
		.name = "test-" #n, .probe = probe_##n,			\
		.match = (const struct dt_match[]){			\
			{ "test-suite," #n, #n }, { 0 } },		\
		__VA_ARGS__ };						\
	DRIVER(test_##n)

TEST_DRIVER(user, .state_size = sizeof(u64));
TEST_DRIVER(clock, .phase = DRIVER_NORMAL);
TEST_DRIVER(never, .phase = DRIVER_NORMAL);
TEST_DRIVER(broken, .phase = DRIVER_NORMAL);
TEST_DRIVER(foreign, .phase = DRIVER_NORMAL);
TEST_DRIVER(early, .phase = DRIVER_EARLY);

/* Of no node; inside the hypervisor it also meets the host's tree. */
static int probe_cpus(struct device *dev)
{
	if (dev->node.fdt != tree)
		return -ENODEV;
	note('p');
	return 0;
}

static const struct driver test_cpus = {
	.name = "test-cpus", .probe = probe_cpus, .phase = DRIVER_EARLY,
};
DRIVER(test_cpus);

/* ---- Trees ---- */

static void begin(void)
{
	memset(order, 0, sizeof(order));
	clock_is_there = false;
	fdt_create(tree, sizeof(tree));
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
}

static void add(const char *name, const char *compatible, int size)
{
	fdt_begin_node(tree, name);
	fdt_property(tree, "compatible", compatible, size);
	fdt_end_node(tree);
}
#define ADD(name, compatible)	add(name, compatible, sizeof(compatible))

static void end(void)
{
	fdt_end_node(tree);
	fdt_finish(tree);
}

static void scan(void)
{
	device_list_scan(&devices, tree, DRIVER_EARLY);
	note('.');
	device_list_scan(&devices, tree, DRIVER_NORMAL);
}

static const struct device *find(const char *path)
{
	struct device *dev;

	list_for_each(dev, &devices, entry)
		if (string_equal(dev->path, path))
			return dev;
	return NULL;
}

static enum device_status status(const char *path)
{
	const struct device *dev = find(path);

	return dev ? dev->status : DEVICE_UNBOUND;
}

/* ---- Cases ---- */

static void phases(void)
{
	begin();
	ADD("c", "test-suite,clock");
	ADD("e", "test-suite,early");
	end();
	scan();
	EXPECT(string_equal(order, "e.c"));
	EXPECT_EQ(status("/e"), DEVICE_BOUND);
	device_list_free(&devices);
}

static void asks_again(void)
{
	begin();
	ADD("u", "test-suite,user");
	ADD("c", "test-suite,clock");
	ADD("n", "test-suite,never");
	end();
	scan();
	/* Again as long as anything was bound, then no more. */
	EXPECT(string_equal(order, ".ucnunn"));
	EXPECT_EQ(status("/u"), DEVICE_BOUND);
	EXPECT_EQ(status("/n"), DEVICE_LATER);
	device_list_free(&devices);
}

static void most_specific_wins(void)
{
	begin();
	ADD("d", "unknown\0test-suite,clock\0test-suite,early");
	end();
	scan();
	EXPECT(string_equal(order, ".c"));
	EXPECT(find("/d")->match->data);
	EXPECT(string_equal(find("/d")->match->data, "clock"));
	device_list_free(&devices);
}

static void failures(void)
{
	begin();
	ADD("b", "test-suite,broken");
	ADD("f", "test-suite,foreign");
	ADD("x", "test-suite,nobody");
	end();
	scan();
	EXPECT(string_equal(order, ".bf"));
	EXPECT_EQ(status("/b"), DEVICE_FAILED);
	EXPECT_EQ(find("/b")->error, -EIO);
	EXPECT(!find("/b")->state);
	EXPECT_EQ(status("/f"), DEVICE_UNBOUND);
	EXPECT(find("/x") && !find("/x")->driver);
	device_list_free(&devices);
}

static void nested_and_disabled(void)
{
	begin();
	fdt_begin_node(tree, "bus");
	fdt_property(tree, "compatible", "simple-bus", 11);
	ADD("c@1", "test-suite,clock");
	fdt_end_node(tree);
	fdt_begin_node(tree, "off");
	fdt_property(tree, "compatible", "test-suite,early", 17);
	fdt_property(tree, "status", "disabled", 9);
	ADD("below", "test-suite,early");
	fdt_end_node(tree);
	end();
	scan();
	EXPECT(string_equal(order, ".c"));
	EXPECT_EQ(status("/bus/c@1"), DEVICE_BOUND);
	EXPECT(!find("/off"));
	EXPECT(!find("/off/below"));
	device_list_free(&devices);
}

static void without_node(void)
{
	begin();
	fdt_begin_node(tree, "cpus");
	fdt_end_node(tree);
	ADD("e", "test-suite,early");
	end();
	scan();
	EXPECT(string_equal(order, "ep."));
	EXPECT_EQ(status("/cpus"), DEVICE_BOUND);
	device_list_free(&devices);
}

static void gives_all_back(void)
{
	struct heap_stats before, after;

	heap_stats_get(&before);
	failures();
	asks_again();
	heap_stats_get(&after);
	EXPECT_EQ(before.object_count, after.object_count);
}

SUITE(device, TEST(phases), TEST(asks_again), TEST(most_specific_wins),
      TEST(failures), TEST(nested_and_disabled), TEST(without_node),
      TEST(gives_all_back));
