// SPDX-License-Identifier: GPL-2.0-or-later
/* Guest trees: composed, parsed, checked; every kind of wrong one refused. */
#include "capture.h"
#include <libfdt.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/errno.h>
#include <vmm/guest_config.h>
#include <vmm/heap.h>
#include <vmm/test.h>

/* ---- What the cases share ---- */

/* Remembers problems as lines `path:property: text`. */
struct notes {
	struct guest_report report;
	char text[8192];
};

static struct notes notes;
static struct guest_config config;
static void *tree;

static void note_problem(struct guest_report *r, const struct guest_problem *p)
{
	struct notes *n = container_of(r, struct notes, report);

	printf_append(n->text, sizeof(n->text), "%s%s:%s: %s\n",
		      p->severity == GUEST_WARNING ? "warning " : "", p->path,
		      p->property ? p->property : "", p->text);
}

static void notes_init(void)
{
	notes.report = (struct guest_report){ .problem = note_problem };
	notes.text[0] = '\0';
}

static bool noted(const char *text)
{
	return strstr(notes.text, text) != NULL;
}

static const struct guest_options plain = {
	.name = "test", .kernel = "/none", .priority = -1,
};

static const struct guest_host_facts host = {
	.free_bytes = GIB(1), .cpus = 0xf, .variants = BIT(2),
	.address_bits = 40,
};

static int compose(const struct guest_options *options)
{
	heap_free(tree);
	tree = NULL;
	return guest_tree_compose(options, &tree);
}

static int parse(void)
{
	notes_init();
	return guest_config_parse(tree, fdt_totalsize(tree), &config,
				  &notes.report);
}

/* What emulators say of nodes becomes problems, on a thread's console. */
static int check_more(void)
{
	int rc;

	capture_begin();
	rc = guest_config_check(&config, &host, &notes.report);
	capture_end();
	return rc;
}

static int check(void)
{
	notes_init();
	return check_more();
}

static void done(void)
{
	heap_free(tree);
	tree = NULL;
}

/* ---- The template ---- */

static const struct guest_device_config *device(const char *name)
{
	for (unsigned i = 0; i < config.device_count; i++)
		if (string_equal(config.devices[i].name, name))
			return &config.devices[i];
	return NULL;
}

static void template_is_right(void)
{
	const struct guest_device_config *d;

	EXPECT_EQ(compose(&plain), 0);
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(config.cpu_count, 1);
	EXPECT_EQ(config.memory_count, 1);
	EXPECT_EQ(config.memory[0].base, 0x40000000);
	EXPECT_EQ(config.memory[0].size, MIB(256));
	EXPECT_EQ(config.variant, 2);
	EXPECT_EQ(config.cpus[0].priority, GUEST_PRIORITY_DEFAULT);
	EXPECT(config.cpus[0].affinity == CPU_MASK_ALL);
	EXPECT(string_equal(config.kernel, "/none"));
	d = device("serial@9000000");
	EXPECT(d);
	EXPECT_EQ(d->regions[0].base, 0x9000000);
	EXPECT_EQ(d->irq_count, 1);
	EXPECT_EQ(d->pins[0], 33);
	done();
}

static void variants(void)
{
	struct guest_options o = plain;

	o.variant = 1;
	EXPECT_EQ(compose(&o), 0);
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(config.variant, 1);
	check();
	EXPECT(noted("cannot be shown to guests on this host: --"));
	EXPECT(noted(" is what can"));
	o.variant = 99;
	EXPECT_EQ(compose(&o), -ENOTSUP);
	done();
}

static void options_override(void)
{
	struct guest_options o = plain;

	o.cpu_count = 4;
	o.memory_size = MIB(512);
	o.append = "console=ttyAMA0";
	o.priority = 200;
	o.affinity = 5;
	o.autostart = true;
	o.initrd = "/initrd";
	EXPECT_EQ(compose(&o), 0);
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(config.cpu_count, 4);
	for (unsigned i = 0; i < 4; i++) {
		EXPECT_EQ(config.cpus[i].hwid, i);
		EXPECT_EQ(config.cpus[i].priority, 200);
		EXPECT_EQ(config.cpus[i].affinity, 5);
	}
	EXPECT_EQ(config.memory[0].size, MIB(512));
	EXPECT(config.autostart);
	EXPECT(string_equal(config.bootargs, "console=ttyAMA0"));
	EXPECT(string_equal(config.initrd, "/initrd"));
	done();
}

static void fewer_cpus(void)
{
	struct guest_options o = plain;

	o.cpu_count = GUEST_CPU_MAX;
	EXPECT_EQ(compose(&o), 0);
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(config.cpu_count, GUEST_CPU_MAX);
	o.cpu_count = GUEST_CPU_MAX + 1;
	EXPECT_EQ(compose(&o), -ERANGE);
	done();
}

/* ---- Single mistakes ---- */

#define ONES	"\xff\xff\xff\xff\xff\xff\xff\xff"
#define MEMORY	"/memory@40000000"
#define SERIAL	"/serial@9000000"
#define CELL(n)	"\0\0\0" n

static const struct mistake {
	const char *path, *property;
	const char *value;		/* NULL: removed */
	int size;
	const char *expected;		/* NULL: is none */
} mistakes[] = {
	{ MEMORY, "reg", NULL, 0, "reg: does not fit" },
	{ MEMORY, "reg", "", 0, "reg: does not fit" },
	{ MEMORY, "reg", "\0\0\0\0\x40", 5, "reg: does not fit" },
	{ MEMORY, "reg", ONES ONES, 16, "go beyond the last address" },
	{ MEMORY, "reg", "\0\0\0\0\x40\0\0\0\0\0\0\0\0\0\0\1", 16,
	  "are not whole pages" },
	{ MEMORY, "reg", "\0\0\0\0\x40\0\0\0\0\0\0\0\0\0\0\0", 16,
	  "are not whole pages" },
	{ MEMORY, "device_type", NULL, 0, "no memory is there" },
	{ MEMORY, "reg", "\0\0\0\0\x40\0\0\0\0\0\0\1\0\0\0\0", 16,
	  "the guest's memory is 4096 MiB, the host has 1024 MiB free" },
	{ MEMORY, "reg", "\0\0\1\0\0\0\0\0\0\0\0\0\x10\0\0\0", 16,
	  "guests' addresses have 40 bits" },
	{ MEMORY, "reg", "\0\0\0\0\x08\0\0\0\0\0\0\0\x10\0\0\0", 16,
	  "overlaps memory@40000000 at 0x8000000 to 0x17ffffff" },
	{ SERIAL, "reg", "\0\0\0\0\x09\x01\0\0\0\0\0\0\0\0\x10\0", 16,
	  "overlaps" },
	{ SERIAL, "reg", "\0\0\0\0\x09\0\0\0\0\0\0\0\0\0\0\0", 16,
	  "region 0 has no size" },
	{ SERIAL, "interrupts", CELL("\0") CELL("\2") CELL("\4"), 12,
	  "pin 34 of the controller is" },
	{ SERIAL, "interrupts", CELL("\0") "\0\0\4\0" CELL("\4"), 12,
	  "is beyond what the controller" },
	{ SERIAL, "interrupts", CELL("\1") CELL("\2") CELL("\4"), 12,
	  "names no wire" },
	{ SERIAL, "interrupts", CELL("\0") CELL("\1"), 8, "no list of 3" },
	{ SERIAL, "compatible", "arm,pl010", 10,
	  "did you mean \"arm,pl011\"" },
	{ SERIAL, "compatible", NULL, 0, "compatible: is missing" },
	{ SERIAL, "compatible", "zzz", 4, "remove the node" },
	{ SERIAL, "status", "disabled", 9, NULL },
	{ SERIAL, "vmm,passthrough", "/uart", 6, "cannot be given" },
	{ SERIAL, "vmm,backend", "", 0, "must be one string" },
	{ SERIAL, "vmm,kernel", "/Image", 7, "belongs into /chosen" },
	{ SERIAL, "vmm,bakend", "x", 2, "did you mean vmm,backend" },
	{ SERIAL, "vmm,backend", "x", 2, "there is no backend x" },
	{ SERIAL, "interrupts", NULL, 0,
	  "warning /serial@9000000:interrupts: are missing" },
	{ SERIAL, "reg", "\0\0\0\0\x0a\0\0\0\0\0\0\0\0\0\x10\0", 16,
	  "warning /serial@9000000:reg: begins at 0xa000000" },
	{ SERIAL, "status", "enabled", 8, "is read as \"disabled\"" },
	{ SERIAL, "clocks", CELL("\x63"), 4, "handle 99 leads to no node" },
	{ "/aliases", "serial0", "/uart", 6, "/uart is not there" },
	{ "/flash@0", "bank-width", CELL("\2"), 4,
	  "/flash@0:: bank-width is 2" },
	{ "/chosen", "stdout-path", "/nobody", 8,
	  "stdout-path: leads to no node" },
	{ "/chosen", "stdout-path", "/cpus", 6, "cpus is no UART" },
	{ "/chosen", "bootargs", "console=ttyS0 x", 16,
	  "console=ttyS0 is no UART of this guest: that of serial@9000000 is "
	  "ttyAMA0" },
	{ "/chosen", "bootargs", "console=ttyS0 console=ttyAMA0", 30, NULL },
	{ SERIAL, "status", "disabled", 9, "no console: what the guest" },
	{ "/timer", "compatible", "x", 2, "no timer is there" },
	{ "/timer", "interrupts", CELL("\1") CELL("\15") CELL("\4")
	  CELL("\1") CELL("\16") CELL("\4") CELL("\0") CELL("\13")
	  CELL("\4"), 36, "the virtual timer's is <0 11>" },
	{ "/cpus/cpu@0", "compatible", "riscv", 6, "of another architecture" },
	{ "/", "interrupt-parent", NULL, 0, "leads to no controller" },
	{ "/", "interrupt-parent", ONES, 4, "leads to no controller" },
	{ SERIAL, "interrupt-parent", "\0\1", 2, "leads to no controller" },
	{ SERIAL, "phandle", ONES, 4, "0xffffffff cannot be a handle" },
	{ SERIAL, "phandle", CELL("\0"), 4, "0 cannot be a handle" },
	{ SERIAL, "phandle", "\0\1", 2, "phandle: must be one number" },
	{ "/", "#address-cells", CELL("\7"), 4, "does not fit" },
	{ "/", "#size-cells", ONES, 4, "does not fit" },
	{ "/", "vmm,autostart", "x", 2, "must have no value" },
	{ "/", "vmm,clock", "guest", 6, "can only be \"host\"" },
	{ "/", "vmm,clock", "host", 5, NULL },
	{ "/", "vmm,watch", "\0\0\0\x5", 4, NULL },
	{ "/", "vmm,watch", "5", 2, "one number of 32 bits" },
	{ "/", "vmm,console-size", "\0\0\x10", 4, NULL },
	{ "/", "vmm,console-size", "\0\0\x14", 4, "5120: must be a power" },
	{ "/", "vmm,console-size", "\0\0\x08", 4, "power of two from 4096" },
	{ "/", "vmm,console-size", "\0\x20\0", 4, "to 1048576" },
	{ "/cpus/cpu@0", "reg", NULL, 0, "reg: must be there" },
	{ "/cpus/cpu@0", "reg", ONES, 4, "cannot be the number of a CPU" },
	{ "/cpus/cpu@0", "device_type", NULL, 0, "no node cpu@N" },
	{ "/cpus/cpu@0", "vmm,priority", "\0\0\1\0", 4, "256 is more" },
	{ "/cpus/cpu@0", "vmm,priority", "\0", 1, "must be one number" },
	{ "/cpus/cpu@0", "vmm,affinity", CELL("\4"), 4, "host CPU 4 is not" },
	{ "/cpus/cpu@0", "vmm,affinity", CELL("\x7f"), 4, "127 is no index" },
	{ "/cpus/cpu@0", "vmm,affinity", CELL("\3"), 4, NULL },
	{ "/interrupt-controller@8000000", "compatible", NULL, 0,
	  "no interrupt controller is there" },
	{ "/interrupt-controller@8000000", "phandle", CELL("\2"), 4,
	  "phandle" },
	{ "/chosen", "bootargs", "", 0, "bootargs: must be one string" },
	{ "/chosen", "vmm,kernel", "", 0, "nothing is there to start" },
	{ "/chosen", "vmm,initrd", "/none", 6, "vmm,initrd: /none: nothing" },
	{ "/chosen", "vmm,firmware", "/none", 6, "exclude each other" },
};

/* The template with room to change it. */
static bool template_open(void)
{
	const void *from = arch_guest_template(0);
	int room = (int)fdt_totalsize(from) + 512;
	int node;

	heap_free(tree);
	tree = heap_alloc((size_t)room);
	if (!tree || fdt_open_into(from, tree, room))
		return false;
	node = fdt_path_offset(tree, "/chosen");
	return !fdt_setprop(tree, node, "vmm,kernel", "/none", 6);
}

static bool mistake_make(const struct mistake *m)
{
	int node;

	if (!template_open())
		return false;
	node = fdt_path_offset(tree, m->path);
	if (!m->value)
		return !fdt_delprop(tree, node, m->property);
	return !fdt_setprop(tree, node, m->property, m->value, m->size);
}

static void single_mistakes(void)
{
	for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
		const struct mistake *m = &mistakes[i];
		unsigned parsed;

		EXPECT(mistake_make(m));
		notes_init();
		guest_config_parse(tree, fdt_totalsize(tree), &config,
				   &notes.report);
		parsed = notes.report.count;
		check_more();
		if (m->expected && !noted(m->expected)) {
			test_fail(__FILE__, (int)i, m->expected);
			return;
		}
		if (!m->expected)
			EXPECT_EQ(parsed, 0);
	}
	done();
}

/* ---- All at once, and everything of everything ---- */

static void all_are_told(void)
{
	EXPECT(template_open());
	EXPECT_EQ(fdt_delprop(tree, fdt_path_offset(tree, MEMORY), "reg"), 0);
	EXPECT_EQ(fdt_delprop(tree, fdt_path_offset(tree, SERIAL), "reg"), 0);
	EXPECT_EQ(fdt_delprop(tree, fdt_path_offset(tree, "/cpus/cpu@0"),
			      "reg"), 0);
	EXPECT_EQ(parse(), -EINVAL);
	EXPECT(noted("/memory@40000000:reg"));
	EXPECT(noted("/cpus/cpu@0:reg"));
	done();
}

/* What is only odd is no error. */
static void warnings(void)
{
	EXPECT(template_open());
	EXPECT_EQ(fdt_setprop(tree, fdt_path_offset(tree, SERIAL), "interupts",
			      "", 0), 0);
	EXPECT_EQ(fdt_delprop(tree, fdt_path_offset(tree, SERIAL),
			      "interrupts"), 0);
	EXPECT_EQ(parse(), 0);
	check();
	EXPECT_EQ(notes.report.count, 1);	/* no file /none */
	EXPECT_EQ(notes.report.warning_count, 2);
	EXPECT(noted("warning /serial@9000000:interupts: is read by nobody: "
		     "did you mean interrupts?"));
	EXPECT_EQ(fdt_setprop(tree, fdt_path_offset(tree, SERIAL),
			      "compatible", "acme,uart", 10), 0);
	EXPECT_EQ(parse(), -EINVAL);
	done();
}

/* Names and texts of trees move nothing on the operator's terminal. */
static void control_characters(void)
{
	int node;

	EXPECT(template_open());
	EXPECT_EQ(fdt_setprop_empty(tree, 0, "vmm,\x1b[2J"), 0);
	EXPECT_EQ(fdt_setprop(tree, 0, "vmm,clock", "\x1b]0;mine\a", 10), 0);
	node = fdt_add_subnode(tree, 0, "n\x1b[2J");
	EXPECT_EQ(fdt_setprop_empty(tree, node, "vmm,clock"), 0);
	EXPECT_EQ(parse(), -EINVAL);
	EXPECT(notes.report.count > 2);
	EXPECT(noted("/n?[2J:vmm,clock: "));
	for (const char *c = notes.text; *c; c++)
		EXPECT(*c >= ' ' || *c == '\n');
	done();
}

/* Two of a name; a device below a node that hides it; a kernel's place. */
static void nodes(void)
{
	int node;

	EXPECT(template_open());
	node = fdt_add_subnode(tree, 0, "bus");
	node = fdt_add_subnode(tree, node, "serial@9900000");
	EXPECT_EQ(fdt_setprop(tree, node, "compatible", "arm,pl011", 10), 0);
	EXPECT_EQ(fdt_setprop(tree, node, "reg", "\0\0\0\1", 4), 0);
	node = fdt_path_offset(tree, SERIAL);
	EXPECT_EQ(fdt_set_name(tree, node, "flash@0"), 0);
	parse();
	check();
	EXPECT(noted("/flash@0:: has the name of another node"));
	EXPECT(noted("warning /bus/serial@9900000:: is not emulated: bus"));
	done();
}

/* One property of the tree, by number over all nodes; false: no more. */
static bool property_at(unsigned number, int *node, const char **name,
			int *size)
{
	int at;

	for (*node = 0; *node >= 0; *node = fdt_next_node(tree, *node, NULL))
		fdt_for_each_property_offset(at, tree, *node)
			if (!number--) {
				fdt_getprop_by_offset(tree, at, name, size);
				return true;
			}
	return false;
}

enum damage { MISSING, EMPTY, ONE_BYTE, LONG, FULL, DAMAGE_COUNT };

static bool damage_do(unsigned number, enum damage damage)
{
	static const char ones[64] = { [0 ... 63] = '\xff' };
	const int sizes[] = { [EMPTY] = 0, [ONE_BYTE] = 1, [LONG] = 40 };
	const char *name;
	int node, size;
	char copy[64];

	if (!template_open() || !property_at(number, &node, &name, &size))
		return false;
	string_copy(copy, name, sizeof(copy));
	if (damage == MISSING)
		return !fdt_delprop(tree, node, copy);
	if (damage != FULL)
		size = sizes[damage];
	size = MIN(size, (int)sizeof(ones));
	return !fdt_setprop(tree, node, copy, ones, size);
}

static void every_property_damaged(void)
{
	unsigned number = 0;

	for (; damage_do(number, MISSING); number++)
		for (int d = MISSING; d < DAMAGE_COUNT; d++) {
			EXPECT(damage_do(number, (enum damage)d));
			notes_init();
			guest_config_parse(tree, fdt_totalsize(tree), &config,
					   &notes.report);
			check_more();
			EXPECT(config.cpu_count <= GUEST_CPU_MAX);
			EXPECT(notes.report.count);
		}
	EXPECT(number > 50);
	done();
}

static void truncated_everywhere(void)
{
	const u8 *from = arch_guest_template(0);
	size_t size = fdt_totalsize(from);

	for (size_t cut = 0; cut < size; cut++) {
		heap_free(tree);
		tree = heap_alloc(cut ? cut : 1);
		EXPECT(tree);
		memcpy(tree, from, cut);
		notes_init();
		EXPECT(guest_config_parse(tree, cut, &config, &notes.report));
		EXPECT_EQ(notes.report.count, 1);
	}
	done();
}

/* A tree of count nodes, each below the last one or all below the root. */
static bool big_tree(unsigned count, bool deep)
{
	size_t room = 256 + 48 * (size_t)count;
	char name[16];
	int rc;

	heap_free(tree);
	tree = heap_alloc(room);
	if (!tree)
		return false;
	rc = fdt_create(tree, (int)room) | fdt_finish_reservemap(tree) |
	     fdt_begin_node(tree, "");
	for (unsigned i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		rc |= fdt_begin_node(tree, name);
		if (!deep)
			rc |= fdt_end_node(tree);
	}
	for (unsigned i = 0; deep && i < count; i++)
		rc |= fdt_end_node(tree);
	return !(rc | fdt_end_node(tree) | fdt_finish(tree));
}

static void huge_and_deep(void)
{
	EXPECT(big_tree(10000, false));
	EXPECT_EQ(parse(), -EINVAL);
	EXPECT(noted("more than 1024 nodes"));
	EXPECT(big_tree(1000, true));
	EXPECT_EQ(parse(), -EBADMSG);
	done();
}

SUITE(guest_config, TEST(template_is_right), TEST(variants),
      TEST(options_override), TEST(fewer_cpus), TEST(single_mistakes),
      TEST(all_are_told), TEST(warnings), TEST(nodes),
      TEST(control_characters),
      TEST(every_property_damaged),
      TEST(truncated_everywhere), TEST(huge_and_deep));
