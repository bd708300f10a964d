// SPDX-License-Identifier: GPL-2.0-or-later
/* Guest trees: composed, parsed, checked; every kind of wrong one refused. */
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
	char text[4096];
};

static struct notes notes;
static struct guest_config config;
static void *tree;

static void note_problem(struct guest_report *r, const struct guest_problem *p)
{
	struct notes *n = container_of(r, struct notes, report);

	printf_append(n->text, sizeof(n->text), "%s:%s: %s\n", p->path,
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
	.free_bytes = GIB(1), .cpu_count = 4, .gic = 3, .address_bits = 40,
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

static int check(void)
{
	notes_init();
	return guest_config_check(&config, &host, &notes.report);
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
	EXPECT_EQ(config.gic, 3);
	EXPECT_EQ(config.cpus[0].priority, GUEST_PRIORITY_DEFAULT);
	EXPECT(config.cpus[0].affinity == CPU_MASK_ALL);
	EXPECT(string_equal(config.kernel, "/none"));
	d = device("serial@9000000");
	EXPECT(d);
	EXPECT_EQ(d->regions[0].base, 0x9000000);
	EXPECT_EQ(d->irq_count, 1);
	EXPECT_EQ(d->irqs[0].cells[1], 1);
	done();
}

static void version_2(void)
{
	struct guest_options o = plain;

	o.gic = 2;
	EXPECT_EQ(compose(&o), 0);
	EXPECT_EQ(parse(), 0);
	EXPECT_EQ(config.gic, 2);
	check();
	EXPECT(noted("version 2 cannot be shown"));
	o.gic = 4;
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

SUITE(guest_config, TEST(template_is_right), TEST(version_2),
      TEST(options_override));
