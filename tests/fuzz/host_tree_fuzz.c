// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes what the boot reads of the host's tree (LLVM's libFuzzer): memory,
 * CPUs and what they can, devices, their registers and interrupts.
 */
#include <arch/fake.h>
#include <libs/string.h>
#include <vmm/console.h>
#include <vmm/device.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>
#include <vmm/memory.h>
#include <vmm/options.h>
#include <vmm/page.h>

#include "../../arch/riscv/include/arch/isa.h"
#include "../../drivers/irqchip/imsic.h"

#define TREE_PA		0x48000000ull

/* ---- memory ---- */

static void check_ranges(const struct memory_range *r, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		assert(r[i].size && IS_ALIGNED(r[i].base | r[i].size,
					       PAGE_SIZE));
		assert(r[i].base + r[i].size > r[i].base);
		assert(!i || r[i].base >= r[i - 1].base + r[i - 1].size);
	}
}

/* What is free is RAM, and nobody's. */
static void check_free(const struct memory_map *m)
{
	struct memory_range r;
	u64 from = 0, last = 0;

	while (memory_map_next_free(m, &from, &r)) {
		assert(r.size && r.base >= last);
		last = r.base + r.size;
		for (unsigned i = 0; i < m->reserved_count; i++)
			assert(r.base >= m->reserved[i].base +
					 m->reserved[i].size ||
			       last <= m->reserved[i].base);
	}
}

static void read_memory(void *tree)
{
	const struct memory_map saved = memory_map;
	const struct boot_info boot = {
		.dtb = HPA(TREE_PA), .dtb_va = tree, .image = HPA(FAKE_IMAGE),
	};

	memory_map = (struct memory_map){ .bank_count = 0 };
	memory_init(&boot);
	check_ranges(memory_map.banks, memory_map.bank_count);
	check_ranges(memory_map.reserved, memory_map.reserved_count);
	check_free(&memory_map);
	memory_map = saved;
}

/* ---- CPUs ---- */

static void read_cpus(const void *tree)
{
	const unsigned count = cpu_count;
	const u64 hwid = cpus[0].hwid;

	cpu_count = 1;
	cpu_init(0);
	assert(cpu_count >= 1 && cpu_count <= CONFIG_CPU_MAX);
	for (unsigned i = 1; i < cpu_count; i++)
		for (unsigned k = 0; k < i; k++)
			assert(cpus[i].hwid != cpus[k].hwid);
	cpu_count = count;
	cpus[0].hwid = hwid;
	assert(!(isa_read(tree) >> ISA_COUNT) || isa_read(tree) == ~0ull);
	isa_block_size(tree, "riscv,cbom-block-size");
}

/* ---- devices ---- */

static void look(struct device *dev)
{
	struct imsic_layout layout;
	struct dt_irq irq;
	hpa_t base;
	u64 size;

	for (unsigned i = 0; i < 4; i++) {
		device_reg(dev, i, &base, &size);
		if (!dt_irq(dev->node, i, &irq))
			assert(irq.cell_count <= DT_IRQ_CELLS_MAX &&
			       dt_exists(irq.parent));
	}
	if (imsic_layout_read(dev->node, 8, &layout))
		return;
	imsic_layout_index(&layout, base.v);
	imsic_layout_file(dev->node, &layout, 7, &size);
}

static int probe(struct device *dev)
{
	void *regs;
	int rc = device_map(dev, 0, &regs);

	look(dev);
	if (!rc && dt_has(dev->node, "later"))
		return -EPROBE_LATER;
	return rc;
}

static const struct driver any = {
	.name = "any", .probe = probe, .state_size = 8,
	.match = (const struct dt_match[]){
		{ "arm,pl011", NULL }, { "arm,gic-v3", NULL },
		{ "arm,cortex-a15-gic", NULL }, { "ns16550a", NULL },
		{ "virtio,mmio", NULL }, { "riscv,imsics", NULL },
		{ "riscv,aplic", NULL }, { "sifive,plic-1.0.0", NULL },
		{ "arm,psci-1.0", NULL }, { "syscon", NULL }, { 0 },
	},
};

/* Instead of those that would keep what they find for ever. */
static void only_any(void)
{
	static const void *const members[] = { &any };

	set_head_driver.begin = members;
	set_head_driver.end = members + 1;
	set_head_driver.next = NULL;
}

static int no_map(hpa_t pa, size_t size, void **out)
{
	return -ENOMEM;
}

static void read_devices(const void *tree)
{
	struct list devices = LIST_INIT(devices);

	only_any();
	device_early_console(no_map);
	device_list_scan(&devices, tree, DRIVER_EARLY);
	device_list_scan(&devices, tree, DRIVER_NORMAL);
	device_list_free(&devices);
}

static void write_nothing(struct console *con, const char *data, size_t size)
{
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct console con = { .write = write_nothing };
	/* In pages: the fuzzer would guess how the heap marks what is free. */
	void *tree = heap_alloc(PAGE_SIZE + size);

	if (size)
		memcpy(tree, data, size);
	if (!dt_check(tree, size, "host tree")) {
		dt_host = tree;
		options_init();
		read_memory(tree);
		read_cpus(tree);
		read_devices(tree);
		dt_print(&con, tree);
		dt_host = NULL;
	}
	heap_free(tree);
	return 0;
}
