// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Probes of host devices for want of memory: of what maps registers and takes
 * an interrupt; and of drivers as they are, whose interrupt cannot be had in
 * the end, so that all they took goes back.
 */
#include "fake_platform.h"
#include "starve.h"
#include <arch/fake.h>
#include <libfdt.h>
#include <libs/string.h>
#include <vmm/device.h>
#include <vmm/errno.h>
#include <vmm/page.h>
#include <vmm/test.h>

#define GOOD	40
#define BEYOND	(PLATFORM_IRQS + 1)

/* Registers are RAM that core does not know. */
#define VIRTIO	FAKE_SPARE_BASE
#define SERIAL	(FAKE_SPARE_BASE + 0x1000)
#define PLAIN	(FAKE_SPARE_BASE + 0x2000)

static u8 tree[2048] ALIGNED(8);
static struct list devices = LIST_INIT(devices);

/* ---- A driver that takes whatever there is ---- */

static void nothing(void *arg)
{
}

static int probe(struct device *dev)
{
	void *regs;
	int rc = device_map(dev, 0, &regs);

	return rc ? rc : device_irq(dev, 0, nothing, dev);
}

static const struct driver takes_all = {
	.name = "takes_all", .state_size = 100, .probe = probe,
	.match = (const struct dt_match[]){ { "test-suite,all", NULL }, { 0 } },
};
DRIVER(takes_all);

/* ---- Trees ---- */

static void begin_tree(void)
{
	fdt_create(tree, sizeof(tree));
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	fdt_property_u32(tree, "#address-cells", 2);
	fdt_property_u32(tree, "#size-cells", 2);
	fdt_property_u32(tree, "interrupt-parent", 1);
	fdt_begin_node(tree, "pic");
	fdt_property(tree, "interrupt-controller", "", 0);
	fdt_property_u32(tree, "#interrupt-cells", 1);
	fdt_property_u32(tree, "phandle", 1);
	fdt_end_node(tree);
}

static void add(const char *compatible, u64 base, u32 irq)
{
	const fdt64_t reg[] = { cpu_to_fdt64(base), cpu_to_fdt64(0x1000) };

	fdt_begin_node(tree, compatible);
	fdt_property(tree, "compatible", compatible,
		     (int)strlen(compatible) + 1);
	fdt_property(tree, "reg", reg, sizeof(reg));
	fdt_property_u32(tree, "interrupts", irq);
	fdt_end_node(tree);
}

static void end_tree(void)
{
	fdt_end_node(tree);
	fdt_finish(tree);
}

/* ---- What is done to them ---- */

/* 0 when each of them is bound. */
static int scan(void *arg)
{
	const unsigned *wanted = arg;
	struct device *dev;
	unsigned bound = 0;

	device_list_scan(&devices, tree, DRIVER_NORMAL);
	list_for_each(dev, &devices, entry)
		bound += dev->status == DEVICE_BOUND;
	if (bound == *wanted)
		return 0;
	device_list_free(&devices);
	return -ENOMEM;
}

static void release(void *arg)
{
	device_list_free(&devices);
}

static int sweep(unsigned wanted, bool refused)
{
	return starve(&(struct starving){
		.what = "probe", .run = scan, .undo = release,
		.refused = refused, .words = "", .arg = &wanted });
}

static void resources(void)
{
	begin_tree();
	add("test-suite,all", PLAIN, GOOD);
	end_tree();
	EXPECT(sweep(1, false) >= 5);
}

/* A virtio console of version 1 or before it, that answers as memory does. */
static void set_registers(u32 version)
{
	u32 *regs = hpa_to_ptr(HPA(VIRTIO));

	memset(regs, 0, 0x1000);
	regs[0x00 / 4] = 0x74726976;
	regs[0x04 / 4] = version;
	regs[0x08 / 4] = 3;
	regs[0x34 / 4] = 64;
	memset(hpa_to_ptr(HPA(SERIAL)), 0, 0x1000);
}

static void drivers_give_all_back(void)
{
	for (u32 version = 1; version <= 2; version++) {
		begin_tree();
		add("virtio,mmio", VIRTIO, BEYOND);
		end_tree();
		set_registers(version);
		EXPECT(sweep(1, true) >= 7);
	}
	begin_tree();
	add("ns16550a", SERIAL, BEYOND);
	end_tree();
	EXPECT(sweep(1, true) >= 4);
}

SUITE(device_starved, TEST(resources), TEST(drivers_give_all_back));
