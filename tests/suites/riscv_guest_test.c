// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What RISC-V guests are made of: trees of every variant with any number of
 * CPUs, their controllers' wires, what CPUs can do.
 */
#include "capture.h"
#include <libfdt.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/errno.h>
#include <vmm/guest_config.h>
#include <vmm/heap.h>
#include <vmm/test.h>

static void *tree;
static struct guest_config config;
static char notes[1024];

static void note_problem(struct guest_report *r, const struct guest_problem *p)
{
	printf_append(notes, sizeof(notes), "%s:%s: %s\n", p->path,
		      p->property ? p->property : "", p->text);
}

static bool has_node(const void *fdt, const char *compatible)
{
	return fdt_node_offset_by_compatible(fdt, -1, compatible) >= 0;
}

/* The variant whose template has that node; IMSICs come with an APLIC. */
static unsigned variant_with(const char *compatible)
{
	const void *fdt;

	for (unsigned v = 1; (fdt = arch_guest_template(v)) != NULL; v++)
		if (has_node(fdt, compatible))
			return v;
	return 0;
}

static bool make(const char *compatible, unsigned count)
{
	struct guest_report report = { .problem = note_problem };
	const struct guest_options o = {
		.name = "test", .kernel = "/none", .priority = -1,
		.cpu_count = count, .variant = variant_with(compatible),
	};

	heap_free(tree);
	tree = NULL;
	notes[0] = '\0';
	return o.variant && !guest_tree_compose(&o, &tree) &&
	       !guest_config_parse(tree, fdt_totalsize(tree), &config,
				   &report) &&
	       config.variant == o.variant && config.cpu_count == count;
}

static void done(void)
{
	heap_free(tree);
	tree = NULL;
}

static struct dt_node find(const char *compatible)
{
	return dt_find_compatible(DT_NONE, tree, compatible);
}

static const struct guest_device_config *device(const char *name)
{
	for (unsigned i = 0; i < config.device_count; i++)
		if (string_equal(config.devices[i].name, name))
			return &config.devices[i];
	return NULL;
}

static const char *const controllers[] = {
	"sifive,plic-1.0.0", "riscv,aplic", "riscv,imsics",
};

static void devices(void)
{
	const struct guest_device_config *d;

	for (size_t i = 0; i < ARRAY_LEN(controllers); i++) {
		EXPECT(make(controllers[i], 1));
		EXPECT_EQ(config.memory[0].base, 0x80000000);
		d = device("serial@10000000");
		EXPECT(d && d->irq_count == 1);
		EXPECT_EQ(d->pins[0], 10);
		EXPECT_EQ(d->regions[0].base, 0x10000000);
		d = device("rtc@101000");
		EXPECT(d && d->irq_count == 1);
		EXPECT_EQ(d->pins[0], 11);
		EXPECT(device("test@100000"));
		d = device("flash@20000000");
		EXPECT(d && d->region_count == 2);
	}
	done();
}

/* Each CPU has a controller of its own, and the others lead to all. */
static void wires(void)
{
	struct dt_node n, cpu;
	struct dt_irq irq;
	u64 hwid;

	for (unsigned count = 1; count <= GUEST_CPU_MAX; count++) {
		EXPECT(make("sifive,plic-1.0.0", count));
		n = find("sifive,plic-1.0.0");
		for (unsigned i = 0; i < 2 * count; i++) {
			EXPECT_EQ(dt_irq(n, i, &irq), 0);
			EXPECT_EQ(irq.cells[0], i % 2 ? 9u : ~0u);
			EXPECT(dt_is_compatible(irq.parent, "riscv,cpu-intc"));
			cpu = dt_parent(irq.parent);
			EXPECT(dt_reg_raw(cpu, 0, &hwid));
			EXPECT_EQ(hwid, i / 2);
		}
		EXPECT_EQ(dt_irq(n, 2 * count, &irq), -ENOENT);
		EXPECT(make("riscv,imsics", count));
		EXPECT_EQ(dt_irq(find("riscv,imsics"), count - 1, &irq), 0);
		EXPECT_EQ(dt_irq(find("riscv,imsics"), count, &irq), -ENOENT);
	}
	done();
}

/* Do this host's CPUs have what they cannot hide from guests? */
static bool host_shows_aia(void)
{
	const char *isa = dt_string(dt_find_path(dt_host, "/cpus/cpu@0"),
				    "riscv,isa", 0);

	return isa && strstr(isa, "ssaia") && !strstr(isa, "smstateen");
}

/* No extension that is not virtualized; files only where there are some. */
static void extensions(void)
{
	struct dt_node cpu;
	const char *s;

	EXPECT(make("sifive,plic-1.0.0", 2));
	cpu = dt_find_path(tree, "/cpus/cpu@1");
	s = dt_string(cpu, "riscv,isa", 0);
	EXPECT(s && !strncmp(s, "rv64im", 6));
	EXPECT(!strchr(s, 'h') || strchr(s, 'h') > strchr(s, '_'));
	EXPECT(!strstr(s, "zihpm"));
	EXPECT(!strstr(s, "ssaia") || host_shows_aia());
	EXPECT(string_equal(dt_string(cpu, "riscv,isa-base", 0), "rv64i"));
	EXPECT(string_equal(dt_string(cpu, "riscv,isa-extensions", 0), "i"));
	EXPECT(string_equal(dt_string(cpu, "riscv,isa-extensions", 1), "m"));
	EXPECT(make("riscv,imsics", 1));
	cpu = dt_find_path(tree, "/cpus/cpu@0");
	EXPECT(strstr(dt_string(cpu, "riscv,isa", 0), "_ssaia"));
	done();
}

static const struct {
	const char *controller;
	unsigned cell_count;
	u32 cell;
	int rc;
} numbers[] = {
	{ "sifive,plic-1.0.0", 1, 0, -EINVAL },
	{ "sifive,plic-1.0.0", 1, 1, 0 },
	{ "sifive,plic-1.0.0", 1, 95, 0 },
	{ "sifive,plic-1.0.0", 1, 96, -ERANGE },
	{ "sifive,plic-1.0.0", 2, 1, -EINVAL },
	{ "riscv,aplic", 2, 0, -EINVAL },
	{ "riscv,aplic", 2, 96, 0 },
	{ "riscv,aplic", 2, 97, -ERANGE },
	{ "riscv,aplic", 1, 1, -EINVAL },
};

static void pins(void)
{
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		struct dt_irq irq = {
			.cells = { numbers[i].cell },
			.cell_count = numbers[i].cell_count,
		};
		u32 pin = 0;

		EXPECT(make(numbers[i].controller, 1));
		irq.parent = find(numbers[i].controller);
		EXPECT_EQ(arch_guest_irq(&irq, &pin), numbers[i].rc);
		if (!numbers[i].rc)
			EXPECT_EQ(pin, numbers[i].cell);
	}
	done();
}

/* ---- Trees with a mistake ---- */

#define SERIAL	"/soc/serial@10000000"
#define CELL(n)	"\0\0\0" n

static const struct mistake {
	const char *controller;
	const char *path, *property;
	const char *value;		/* NULL: removed */
	int size;
	const char *expected;		/* NULL: is none */
} mistakes[] = {
	{ "sifive,plic-1.0.0", SERIAL, "interrupts", CELL("\0"), 4,
	  "names no wire" },
	{ "sifive,plic-1.0.0", SERIAL, "interrupts", CELL("\x60"), 4,
	  "is beyond what the controller" },
	{ "sifive,plic-1.0.0", SERIAL, "interrupts", CELL("\x0b"), 4,
	  "pin 11 of the controller is rtc@101000's, too" },
	{ "sifive,plic-1.0.0", "/soc/plic@c000000", "riscv,ndev", NULL, 0,
	  "is beyond what the controller" },
	{ "sifive,plic-1.0.0", "/soc/plic@c000000", "riscv,ndev", CELL("\x0c"),
	  4, NULL },
	{ "sifive,plic-1.0.0", "/soc/plic@c000000", "compatible", "zzz", 4,
	  "no interrupt controller is there" },
	{ "sifive,plic-1.0.0", "/soc/plic@c000000", "interrupts-extended",
	  CELL("\x7f") CELL("\x09"), 8, NULL },
	{ "sifive,plic-1.0.0", SERIAL, "compatible", "ns16550b", 9,
	  "did you mean \"ns16550" },
	{ "riscv,aplic", SERIAL, "interrupts", CELL("\x0a"), 4,
	  "no list of 2 cells" },
	{ "riscv,aplic", "/soc", "ranges", NULL, 0,
	  "no interrupt controller is there" },
	{ "riscv,imsics", "/soc/interrupt-controller@28000000",
	  "interrupts-extended", CELL("\x7f") CELL("\x09"), 8,
	  "interrupt" },
};

static bool mistake_make(const struct mistake *m)
{
	const void *from = arch_guest_template(variant_with(m->controller));
	int room = (int)fdt_totalsize(from) + 512;
	int node;

	heap_free(tree);
	tree = heap_alloc((size_t)room);
	if (!tree || fdt_open_into(from, tree, room))
		return false;
	node = fdt_path_offset(tree, m->path);
	return m->value ? !fdt_setprop(tree, node, m->property, m->value,
				       m->size) :
			  !fdt_delprop(tree, node, m->property);
}

static void single_mistakes(void)
{
	struct guest_report report = { .problem = note_problem };
	static const struct guest_host_facts host = {
		.free_bytes = GIB(1), .cpus = 1, .variants = ~0u,
		.address_bits = 40,
	};

	for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
		const struct mistake *m = &mistakes[i];

		EXPECT(mistake_make(m));
		notes[0] = '\0';
		report.count = 0;
		guest_config_parse(tree, fdt_totalsize(tree), &config,
				   &report);
		if (!m->expected)
			EXPECT_EQ(report.count, 0);
		capture_begin();
		guest_config_check(&config, &host, &report);
		capture_end();
		if (m->expected && !strstr(notes, m->expected)) {
			test_fail(__FILE__, (int)i, m->expected);
			return;
		}
	}
	done();
}

SUITE(riscv_guest, TEST(devices), TEST(wires), TEST(extensions), TEST(pins),
      TEST(single_mistakes));
