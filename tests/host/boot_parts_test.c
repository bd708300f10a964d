// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the boot does with the host's tree: options, the archive, CPUs that
 * come up, do not, or cannot, devices with registers and interrupts, the
 * early console.  Trees are this suite's, as are the drivers.
 */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include <arch/fake.h>
#include <arch/percpu.h>
#include <vmm/arch.h>
#include <vmm/clock.h>
#include <vmm/console.h>
#include <vmm/cpu.h>
#include <vmm/device.h>
#include <vmm/dt.h>
#include <vmm/errno.h>
#include <vmm/file.h>
#include <vmm/guest.h>
#include <vmm/hostmap.h>
#include <vmm/log.h>
#include <vmm/options.h>
#include <vmm/page.h>
#include <vmm/sched.h>
#include <vmm/test.h>
#include <vmm/timer.h>

#include "../suites/fake_platform.h"

static u8 tree[8192] ALIGNED(8);

static void tree_begin(void)
{
	fdt_create(tree, (int)sizeof(tree));
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	fdt_property_u32(tree, "#address-cells", 1);
	fdt_property_u32(tree, "#size-cells", 1);
}

static void tree_end(void)
{
	fdt_end_node(tree);
	fdt_finish(tree);
	dt_host = tree;
}

static void add_string(const char *name, const char *value)
{
	fdt_property(tree, name, value, (int)strlen(value) + 1);
}

/* ---- Options ---- */

static void chosen(const char *args)
{
	tree_begin();
	fdt_begin_node(tree, "chosen");
	if (args)
		add_string("bootargs", args);
	fdt_end_node(tree);
	tree_end();
}

static void options_of_the_tree(void)
{
	chosen(NULL);
	options_init();
	EXPECT(!option_boot() && option_mitigations());
	chosen("boot=/a.cmd mitigations=off loglevel=0");
	options_init();
	EXPECT(!strcmp(option_boot(), "/a.cmd"));
	EXPECT(!option_mitigations());
	chosen("mitigations=auto boot= loglevel=9");
	options_init();
	EXPECT(!strcmp(option_boot(), "/a.cmd"));
	EXPECT(option_mitigations());
	log_set_console_level(LOG_INFO);
}

/* ---- The archive ---- */

static int mount_between(u64 start, u64 end)
{
	tree_begin();
	fdt_begin_node(tree, "chosen");
	fdt_property_u64(tree, "linux,initrd-start", start);
	fdt_property_u64(tree, "linux,initrd-end", end);
	fdt_end_node(tree);
	tree_end();
	return file_mount_archive();
}

static void archive_of_the_tree(void)
{
	struct file f;

	chosen(NULL);
	EXPECT_EQ(file_mount_archive(), 0);
	EXPECT_EQ(mount_between(0x41000000, 0x40000000), -EINVAL);
	EXPECT_EQ(mount_between(0x41000000, 0x41000000), -EINVAL);
	memset(hpa_to_ptr(HPA(FAKE_SPARE_BASE)), 'x', 512);
	EXPECT(mount_between(FAKE_SPARE_BASE, FAKE_SPARE_BASE + 512) < 0);
	EXPECT_EQ(file_open("/nothing", &f), -ENOENT);
	file_unmount();
}

/* ---- CPUs ---- */

#define SILENT	3			/* says it starts, and does not */
#define REFUSED	4

static bool started[FAKE_CPU_MAX];
static char power[8];

static void enter(void *arg)
{
	arch_set_this_cpu(arg);
	core_secondary_main(arg);
}

static int start(struct cpu *cpu, hpa_t entry, u64 arg)
{
	if (cpu->hwid == REFUSED)
		return fail(-EIO, "cpu: %u: refused", cpu->index);
	if (cpu->hwid != SILENT) {
		started[cpu->index] = true;
		fake_cpu_start(cpu->index, enter, cpu);
	}
	return 0;
}

static void off(void)
{
	strcat(power, "o");
}

static void off_last(void)
{
	strcat(power, "l");
}

static void reset(void)
{
	strcat(power, "r");
}

static const struct cpu_ops ways[] = {
	{ .name = NULL, .off_last = true, .machine_off = off_last },
	{ .name = "test", .start = start, .machine_off = off,
	  .machine_reset = reset },
};

static void add_cpu(const char *name, int hwid, const char *method)
{
	fdt_begin_node(tree, name);
	add_string("device_type", "cpu");
	if (hwid >= 0)
		fdt_property_u32(tree, "reg", (u32)hwid);
	if (method)
		add_string("enable-method", method);
	fdt_end_node(tree);
}

static void cpu_tree(bool with_first)
{
	tree_begin();
	fdt_begin_node(tree, "cpus");
	fdt_property_u32(tree, "#address-cells", 1);
	fdt_property_u32(tree, "#size-cells", 0);
	if (with_first)
		add_cpu("cpu@0", 0, "test");
	add_cpu("cpu@1", 1, "test");
	add_cpu("again@1", 1, "test");
	add_cpu("nameless", -1, "test");
	add_cpu("cpu@3", SILENT, "test");
	add_cpu("cpu@4", REFUSED, "test");
	add_cpu("cpu@5", 5, "unheard-of");
	add_cpu("cpu@6", 6, NULL);
	fdt_end_node(tree);
	tree_end();
}

static int found;
static bool all_tried;

static void bring_up(void *arg)
{
	found = cpu_init(0);
	cpu_start_all();
	all_tried = true;
}

static void step(void)
{
	platform_step(10 * PLATFORM_MS);
	for (unsigned i = 1; i < FAKE_CPU_MAX; i++)
		if (started[i])
			fake_cpu_run(i);
}

static void cpus_come_up(void)
{
	struct thread *t;

	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		cpu_ops_register(&ways[i]);
	cpu_tree(true);
	platform_start(1);
	EXPECT(!thread_create("boot", bring_up, NULL, &t));
	thread_start(t);
	for (unsigned i = 0; i < 1000 && !all_tried; i++)
		step();
	EXPECT(all_tried);
	EXPECT_EQ(found, 0);
	EXPECT_EQ(cpu_count, 6);
	EXPECT_EQ(cpu_online_mask, CPU_MASK(0) | CPU_MASK(1));
	EXPECT_EQ(cpus[1].hwid, 1);
	EXPECT(cpus[1].current == cpus[1].idle);
	thread_destroy(t);
	platform_stop();
}

static void boot_cpu_is_missing(void)
{
	cpu_count = 1;
	cpu_tree(false);
	EXPECT_EQ(cpu_init(0), -EBADMSG);
	cpu_online_mask = 0;
	cpus[0].online = false;
}

static void power_off_and_reset(void)
{
	EXPECT_EQ(cpu_machine_off(), -ENOTSUP);
	EXPECT(!strcmp(power, "ol"));
	EXPECT_EQ(cpu_machine_reset(), -ENOTSUP);
	EXPECT(!strcmp(power, "olr"));
}

/* ---- Devices ---- */

static unsigned irq_count;
static void *regs;

static void handle(void *arg)
{
	irq_count++;
}

static int probe(struct device *dev)
{
	int rc = device_map(dev, 0, &regs);

	if (!rc && device_map(dev, 1, &regs) != -ERANGE)
		rc = -EINVAL;
	if (!rc && device_map(dev, 2, &regs) >= 0)
		rc = -EINVAL;
	if (!rc)
		rc = device_map(dev, 0, &regs);
	return rc ? rc : device_irq(dev, 0, handle, NULL);
}

static int early(const struct dt_match *match, struct dt_node n, void *at,
		 struct uart **out);

static const struct driver boot_driver = {
	.name = "boot", .probe = probe, .early = early,
	.phase = DRIVER_NORMAL, .match = (const struct dt_match[]){
		{ "test-boot,device", NULL }, { 0 } },
};
DRIVER(boot_driver);

static void device_tree(u32 irq, u32 controller)
{
	const fdt32_t reg[] = {
		cpu_to_fdt32(FAKE_SPARE_BASE), cpu_to_fdt32(0x1000),
		cpu_to_fdt32(FAKE_SPARE_BASE), cpu_to_fdt32(0),
	};

	tree_begin();
	fdt_property_u32(tree, "interrupt-parent", controller);
	fdt_begin_node(tree, "chosen");
	add_string("stdout-path", "/device@50000000");
	fdt_end_node(tree);
	fdt_begin_node(tree, "pic");
	fdt_property_u32(tree, "phandle", 1);
	fdt_property_u32(tree, "#interrupt-cells", 1);
	fdt_property(tree, "interrupt-controller", NULL, 0);
	fdt_end_node(tree);
	fdt_begin_node(tree, "device@50000000");
	add_string("compatible", "test-boot,device");
	fdt_property(tree, "reg", reg, (int)sizeof(reg));
	fdt_property_u32(tree, "interrupts", irq);
	fdt_end_node(tree);
	tree_end();
}

static enum device_status scan(void)
{
	struct list devices = LIST_INIT(devices);
	struct device *dev;
	enum device_status status = DEVICE_UNBOUND;

	device_list_scan(&devices, tree, DRIVER_NORMAL);
	list_for_each(dev, &devices, entry)
		if (dev->driver == &boot_driver)
			status = dev->status;
	if (status == DEVICE_BOUND)
		platform_raise(FAKE_CPU_MAX, 40);
	device_list_free(&devices);
	return status;
}

static void devices_get_what_they_name(void)
{
	fake_irq_handler = irq_dispatch;
	device_tree(40, 1);
	EXPECT_EQ(scan(), DEVICE_BOUND);
	EXPECT_EQ(irq_count, 1);
	EXPECT(platform_masked & BIT64(40));	/* given back */
	device_tree(PLATFORM_IRQS, 1);
	EXPECT_EQ(scan(), DEVICE_FAILED);
	device_tree(40, 7);
	EXPECT_EQ(scan(), DEVICE_FAILED);
	EXPECT_EQ(irq_count, 1);
}

static unsigned device_count;

static void count_device(const struct device *dev, void *arg)
{
	device_count += dev->driver == &boot_driver;
}

static void the_hosts_own(void)
{
	device_tree(41, 1);
	device_scan(DRIVER_NORMAL);
	device_for_each(count_device, NULL);
	EXPECT_EQ(device_count, 1);
}

/* ---- The console before all that ---- */

static char said[64];
static size_t said_size;

static size_t send(struct uart *u, const u8 *data, size_t size)
{
	size = MIN(size, sizeof(said) - 1 - said_size);
	memcpy(said + said_size, data, size);
	said_size += size;
	return size;
}

static size_t receive(struct uart *u, u8 *data, size_t size)
{
	*data = 'k';
	return 1;
}

static void irqs(struct uart *u, bool on)
{
}

static const struct uart_ops uart_ops = {
	.send = send, .receive = receive, .send_irq = irqs,
	.receive_irq = irqs,
};
static struct uart early_uart = { .ops = &uart_ops, .name = "/early" };
static hpa_t mapped;

static int early(const struct dt_match *match, struct dt_node n, void *at,
		 struct uart **out)
{
	*out = &early_uart;
	return at ? 0 : -EINVAL;
}

static int map_early(hpa_t pa, size_t size, void **out)
{
	mapped = pa;
	*out = tree;
	return 0;
}

static void early_console(void)
{
	u8 key;

	EXPECT(!host_console_poll(&key));
	chosen(NULL);
	EXPECT_EQ(device_early_console(map_early), -ENODEV);
	device_tree(40, 1);
	EXPECT_EQ(device_early_console(map_early), 0);
	EXPECT_EQ(mapped.v, FAKE_SPARE_BASE);
	said_size = 0;
	host_console_write("up\n", 3);
	EXPECT(host_console_at_line_start());
	host_console_write("x", 1);
	EXPECT(!host_console_at_line_start());
	EXPECT(!memcmp(said, "up\r\nx", 5));
	EXPECT(host_console_poll(&key) && key == 'k');
}

/* ---- The rest of the boot ---- */

static void waits_a_while(void *arg)
{
	u64 before = clock_now();

	clock_delay(3 * PLATFORM_MS);
	found = clock_now() - before >= 3 * PLATFORM_MS;
}

static void managed(void)
{
	struct thread *t;

	platform_start(1);
	found = 0;
	EXPECT_EQ(guest_init(), 0);
	EXPECT(!thread_create("waits", waits_a_while, NULL, &t));
	thread_start(t);
	for (unsigned i = 0; i < 20; i++)
		platform_step(PLATFORM_MS);
	EXPECT_EQ(found, 1);
	EXPECT_EQ(t->state, THREAD_DEAD);
	thread_destroy(t);
	platform_stop();
}

static void memory_is_known(void)
{
	void *io;

	hostmap_load();
	EXPECT(hostmap_is_memory(hpa_to_ptr(HPA(FAKE_RAM_BASE + 0x800000))));
	EXPECT_EQ(hostmap_io(HPA(FAKE_SPARE_BASE), 0x1000, &io), 0);
	EXPECT(!hostmap_is_memory(io));
	hostmap_io_unmap(io, 0x1000);
	EXPECT(!hostmap_is_memory(io));
	EXPECT(!hostmap_is_memory((void *)1));
}

SUITE(boot_parts, TEST(options_of_the_tree), TEST(archive_of_the_tree),
      TEST(cpus_come_up), TEST(boot_cpu_is_missing),
      TEST(power_off_and_reset), TEST(devices_get_what_they_name),
      TEST(the_hosts_own), TEST(early_console), TEST(managed),
      TEST(memory_is_known));
