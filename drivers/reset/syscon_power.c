// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Power-off and reset by a value in another device's register: the bindings
 * syscon-poweroff and syscon-reboot, and SiFive's test device by itself.
 */
#include <arch/io.h>
#include <vmm/cpu.h>
#include <vmm/device.h>
#include <vmm/errno.h>
#include <vmm/log.h>

#define TEST_PASS	0x5555		/* SiFive's: powers off */
#define TEST_RESET	0x7777

/* Bits of mask in the register become those of value. */
struct action {
	u8 *reg;			/* NULL: there is none */
	u32 mask, value;
};

static struct action off, again;

static void run(const struct action *a)
{
	if (a->reg)
		io_write32(a->reg, (io_read32(a->reg) & ~a->mask) |
				   (a->value & a->mask));
}

static void machine_off(void)
{
	run(&off);
}

static void machine_reset(void)
{
	run(&again);
}

static void set(struct action *a, const struct action *to)
{
	static const struct cpu_ops ops = {
		.name = "syscon_power",
		.machine_off = machine_off, .machine_reset = machine_reset,
	};

	if (!off.reg && !again.reg)
		cpu_ops_register(&ops);
	*a = *to;
}

/* The node's regmap is the device with the register. */
static int register_map(struct device *dev, u8 **out)
{
	u32 phandle = 0, offset = 0;
	u64 base, size;
	void *reg;
	int rc;

	dt_u32(dev->node, "regmap", 0, &phandle);
	dt_u32(dev->node, "offset", 0, &offset);
	rc = dt_reg(dt_find_phandle(dev->node.fdt, phandle), 0, &base, &size);
	if (rc || size < 4 || offset > size - 4)
		return fail(-EINVAL, "syscon: %s: no such register",
			    dev->path);
	rc = device_map_range(dev, HPA(base + offset), 4, &reg);
	*out = reg;
	return rc;
}

static int probe(struct device *dev)
{
	struct action *a = dev->match->data == &off ? &off : &again;
	struct action to = { .mask = ~0u };
	bool has_value = dt_u32(dev->node, "value", 0, &to.value);
	int rc;

	/* An older form of the binding has but the mask. */
	if (!dt_u32(dev->node, "mask", 0, &to.mask) && !has_value)
		return fail(-EINVAL, "syscon: %s: no value", dev->path);
	if (!has_value)
		to.value = to.mask;
	rc = register_map(dev, &to.reg);
	if (!rc)
		set(a, &to);
	return rc;
}

static int probe_test(struct device *dev)
{
	void *reg;
	int rc = device_map(dev, 0, &reg);

	if (rc)
		return rc;
	set(&off, &(struct action){ reg, ~0u, TEST_PASS });
	set(&again, &(struct action){ reg, ~0u, TEST_RESET });
	return 0;
}

static const struct driver syscon_power = {
	.name = "syscon_power",
	.match = (const struct dt_match[]){
		{ "syscon-poweroff", &off }, { "syscon-reboot", &again },
		{ 0 } },
	.probe = probe,
};
DRIVER(syscon_power);

static const struct driver sifive_test = {
	.name = "sifive_test",
	.match = (const struct dt_match[]){
		{ "sifive,test1", NULL }, { "sifive,test0", NULL }, { 0 } },
	.probe = probe_test,
};
DRIVER(sifive_test);
