// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From a guest's device tree to struct guest_config: standard bindings
 * (Devicetree Specification 0.4, chapters 2 and 3) and the properties
 * `vmm,...`.  One walk over all nodes; wrong ones are reported and left out.
 */
#include <vmm/guest_config.h>
#include <libfdt.h>
#include <libs/nearest.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/page.h>

#include "config_parse.h"

#define DEPTH_MAX	40
#define PRIORITY_MAX	255

struct parse {
	struct guest_config *out;
	struct guest_report *report;
	enum place places[DEPTH_MAX];	/* of the nodes above, by depth */
	unsigned node_count;
	bool memory_seen;		/* perhaps a wrong one */
};

/* A string property that is right, else NULL: the check has reported it. */
static const char *string_get(struct dt_node n, const char *name)
{
	size_t size;
	const char *s = dt_bytes(n, name, &size);

	return s && config_value_fits(VALUE_STRING, s, size) ? s : NULL;
}

/* ---- /, /chosen, cpus, memory ---- */

static void parse_on_crash(struct parse *p, struct dt_node n)
{
	const char *what = string_get(n, "vmm,on-crash");

	p->out->crash_dump = what && string_equal(what, "dump");
	p->out->crash_log = what && string_equal(what, "log");
	if (what && !p->out->crash_dump && !p->out->crash_log)
		guest_report_add(p->report, n, "vmm,on-crash",
				 "can be \"dump\" or \"log\"");
}

static void parse_console(struct parse *p, struct dt_node n)
{
	u32 size = GUEST_CONSOLE_RING;

	dt_u32(n, "vmm,console-size", 0, &size);
	p->out->console_size = size;
	if (size < GUEST_CONSOLE_RING_MIN || size > GUEST_CONSOLE_RING_MAX ||
	    size & (size - 1))
		guest_report_add(p->report, n, "vmm,console-size",
				 "%u: must be a power of two from %u to %u",
				 size, GUEST_CONSOLE_RING_MIN,
				 GUEST_CONSOLE_RING_MAX);
}

static void parse_root(struct parse *p, struct dt_node n)
{
	const char *clock = string_get(n, "vmm,clock");

	p->out->autostart = dt_has(n, "vmm,autostart");
	p->out->watch_given = dt_u32(n, "vmm,watch", 0, &p->out->watch_s);
	p->out->clock_host = clock && string_equal(clock, "host");
	if (clock && !p->out->clock_host)
		guest_report_add(p->report, n, "vmm,clock",
				 "can only be \"host\"");
	parse_on_crash(p, n);
	parse_console(p, n);
}

static void parse_chosen(struct parse *p, struct dt_node n)
{
	struct guest_config *out = p->out;

	out->kernel = string_get(n, "vmm,kernel");
	out->initrd = string_get(n, "vmm,initrd");
	out->firmware = string_get(n, "vmm,firmware");
	out->os_tree = string_get(n, "vmm,os-tree");
	out->bootargs = dt_string(n, "bootargs", 0);
	if (dt_has(n, "bootargs") && !out->bootargs)
		guest_report_add(p->report, n, "bootargs", "%s",
				 config_value_names[VALUE_STRING]);
}

static void parse_affinity(struct parse *p, struct dt_node n,
			   struct guest_cpu_config *cpu)
{
	u32 index;

	for (unsigned i = 0; dt_u32(n, "vmm,affinity", i, &index); i++) {
		if (index < 8 * sizeof(cpu_mask_t))
			cpu->affinity |= CPU_MASK(index);
		else
			guest_report_add(p->report, n, "vmm,affinity",
					 "%u is no index of a host CPU: see "
					 "`host cpus`", index);
	}
	if (!cpu->affinity)
		cpu->affinity = CPU_MASK_ALL;
}

static void parse_cpu_id(struct parse *p, struct dt_node n,
			 struct guest_cpu_config *cpu)
{
	if (!dt_reg_raw(n, 0, &cpu->hwid))
		guest_report_add(p->report, n, "reg",
				 "must be there, in the cells that "
				 "#address-cells of /cpus says");
	else if (cpu->hwid & ~arch_boot_protocol.cpu_id_mask)
		guest_report_add(p->report, n, "reg",
				 "%#llx cannot be the number of a CPU: count "
				 "from 0", (unsigned long long)cpu->hwid);
}

static void parse_cpu(struct parse *p, struct dt_node n)
{
	struct guest_config *out = p->out;
	struct guest_cpu_config *cpu = &out->cpus[out->cpu_count];
	u32 priority = GUEST_PRIORITY_DEFAULT;

	if (out->cpu_count == GUEST_CPU_MAX) {
		guest_report_add(p->report, n, NULL,
				 "is one CPU more than the %d a guest can "
				 "have: take it out", GUEST_CPU_MAX);
		return;
	}
	out->cpu_count++;
	parse_cpu_id(p, n, cpu);
	parse_affinity(p, n, cpu);
	dt_u32(n, "vmm,priority", 0, &priority);
	if (priority > PRIORITY_MAX)
		guest_report_add(p->report, n, "vmm,priority",
				 "%u is more than %u, the highest", priority,
				 PRIORITY_MAX);
	cpu->priority = (u8)priority;
}

static void memory_add(struct parse *p, struct dt_node n, u64 base, u64 size)
{
	struct guest_config *out = p->out;

	if (!size || ((base | size) & (PAGE_SIZE - 1)))
		guest_report_add(p->report, n, "reg", "%#llx bytes at %#llx "
				 "are not whole pages of %zu bytes: round "
				 "both",
				 (unsigned long long)size,
				 (unsigned long long)base, PAGE_SIZE);
	else if (out->memory_count == GUEST_MEMORY_MAX)
		guest_report_add(p->report, n, "reg",
				 "has more banks than the %d of a guest: join "
				 "some", GUEST_MEMORY_MAX);
	else
		out->memory[out->memory_count++] =
			(struct guest_memory_config){ base, size, n };
}

/* What is wrong with entry i of `reg`, which could not be read. */
static void reg_report(struct parse *p, struct dt_node n, u64 base, u64 size)
{
	if (size && base + (size - 1) < base)
		guest_report_add(p->report, n, "reg", "%#llx bytes at %#llx go "
				 "beyond the last address: look at the order "
				 "of cells, base then size",
				 (unsigned long long)size,
				 (unsigned long long)base);
	else
		guest_report_add(p->report, n, "reg", "does not fit "
				 "#address-cells, #size-cells and ranges of "
				 "the nodes above: count its cells");
}

static void parse_memory(struct parse *p, struct dt_node n)
{
	u64 base = 0, size = 0;
	unsigned i;
	int rc;

	p->memory_seen = true;
	for (i = 0; !(rc = dt_reg(n, i, &base, &size)); i++)
		memory_add(p, n, base, size);
	if (rc != -ENOENT || !i)
		reg_report(p, n, base, rc == -ENOENT ? 0 : size);
}

/* ---- Devices ---- */

/* What is most like any of the node's words. */
static const char *compatible_nearest(struct dt_node n, const char **wanted)
{
	unsigned best = ~0u;
	const char *word, *name = NULL;

	for (unsigned i = 0; (word = dt_string(n, "compatible", i)); i++) {
		struct nearest near;

		nearest_init(&near, word);
		set_for_each(emulator, e)
			for (const char *const *c = e->compatible; *c; c++)
				nearest_offer(&near, *c);
		if (!near.best || near.distance >= best)
			continue;
		best = near.distance;
		name = near.best;
		*wanted = word;
	}
	return name;
}

static void unknown_report(struct parse *p, struct dt_node n)
{
	const char *wanted = dt_string(n, "compatible", 0);
	const char *nearest = wanted ? compatible_nearest(n, &wanted) : NULL;

	p->out->has_unknown = true;
	if (!wanted)
		guest_report_add(p->report, n, "compatible", "is missing: "
				 "nothing can be emulated at this address; say "
				 "what it is, or take the node out");
	else if (nearest)
		guest_report_add(p->report, n, "compatible", "nothing emulates "
				 "\"%s\": did you mean \"%s\"?", wanted,
				 nearest);
	else
		guest_report_add(p->report, n, "compatible", "nothing emulates "
				 "\"%s\": remove the node or give it "
				 "status = \"disabled\"", wanted);
}

static void device_regions(struct parse *p, struct guest_device_config *d)
{
	u64 base = 0, size = 0;
	int rc;

	for (unsigned i = 0; !(rc = dt_reg(d->node, i, &base, &size)); i++) {
		if (i == GUEST_DEVICE_REGIONS) {
			guest_report_add(p->report, d->node, "reg",
					 "has more than the %d regions of a "
					 "device",
					 GUEST_DEVICE_REGIONS);
			return;
		}
		if (!size)
			guest_report_add(p->report, d->node, "reg",
					 "region %u has no size: look at "
					 "#size-cells of the node above", i);
		d->regions[i].base = base;
		d->regions[i].size = size;
		d->region_count = i + 1;
	}
	if (rc != -ENOENT)
		reg_report(p, d->node, base, size);
}

/* "<0 987 4>" */
static const char *irq_text(const struct dt_irq *irq, char *buf, size_t size)
{
	snprintf(buf, size, "<");
	for (unsigned i = 0; i < irq->cell_count; i++)
		printf_append(buf, size, "%s%u", i ? " " : "", irq->cells[i]);
	printf_append(buf, size, ">");
	return buf;
}

static bool irq_fits(struct parse *p, struct dt_node n,
		     const struct dt_irq *irq, u32 *pin)
{
	int rc = arch_guest_irq(irq, pin);
	char text[64];

	if (rc == -ENODEV)
		return false;
	irq_text(irq, text, sizeof(text));
	if (rc == -ERANGE)
		guest_report_add(p->report, n, "interrupts", "%s is beyond "
				 "what the controller %s has: choose a lower "
				 "number", text, dt_name(irq->parent));
	else if (rc)
		guest_report_add(p->report, n, "interrupts", "%s of %s names "
				 "no wire that a device can drive: it is of "
				 "another kind, or of another controller than "
				 "the guest's", text, dt_name(irq->parent));
	return !rc;
}

static void irq_report(struct parse *p, struct dt_node n,
		       const struct dt_irq *irq)
{
	if (dt_exists(irq->parent))
		guest_report_add(p->report, n, "interrupts", "is no list of "
				 "%u cells for each, as #interrupt-cells of "
				 "%s says", irq->cell_count,
				 dt_name(irq->parent));
	else
		guest_report_add(p->report, n, "interrupt-parent", "leads to "
				 "no controller with #interrupt-cells: give "
				 "the handle of the guest's, here or in a node "
				 "above");
}

static void device_irqs(struct parse *p, struct guest_device_config *d)
{
	struct dt_irq irq = { .parent = DT_NONE };
	u32 pin;
	int rc;

	for (unsigned i = 0; !(rc = dt_irq(d->node, i, &irq)); i++) {
		bool fits = irq_fits(p, d->node, &irq, &pin);

		if (fits && d->irq_count == EMU_LINE_MAX) {
			guest_report_add(p->report, d->node, "interrupts",
					 "has more than the %d of a device",
					 EMU_LINE_MAX);
			return;
		}
		if (fits)
			d->pins[d->irq_count++] = pin;
		irq.parent = DT_NONE;
	}
	if (rc != -ENOENT)
		irq_report(p, d->node, &irq);
}

static void parse_pic(struct parse *p, struct dt_node n, unsigned variant)
{
	if (p->out->variant)
		guest_report_add(p->report, n, NULL,
				 "is a second interrupt controller: a guest "
				 "has one; give the other status = "
				 "\"disabled\"");
	p->out->variant = variant;
}

static void device_add(struct parse *p, struct dt_node n,
		       const struct emulator *type)
{
	struct guest_config *out = p->out;
	struct guest_device_config *d = &out->devices[out->device_count];
	unsigned variant = arch_guest_pic(n), before = p->report->count;

	if (out->device_count == GUEST_DEVICE_MAX) {
		guest_report_add(p->report, n, NULL, "is one device more than "
				 "the %d a guest can have", GUEST_DEVICE_MAX);
		return;
	}
	out->device_count++;
	d->type = type;
	d->node = n;
	d->backend = string_get(n, "vmm,backend");
	if (!string_copy(d->name, dt_name(n), sizeof(d->name)))
		guest_report_add(p->report, n, NULL,
				 "has a name of more than %zu characters: "
				 "shorten it", sizeof(d->name) - 1);
	device_regions(p, d);
	if (variant)
		parse_pic(p, n, variant);
	else
		device_irqs(p, d);
	d->is_wrong = p->report->count != before;
}

static bool is_memory_by_name(struct dt_node n)
{
	const char *rest = string_after(dt_name(n), "memory");

	return rest && (!*rest || *rest == '@') && !dt_has(n, "compatible");
}

static void parse_device(struct parse *p, struct dt_node n)
{
	const struct emulator *type = emu_find(n);

	if (is_memory_by_name(n))
		guest_report_add(p->report, n, "device_type", "must be "
				 "\"memory\" in a node of that name");
	else if (type && !dt_has(n, "vmm,passthrough"))
		device_add(p, n, type);
	else if (dt_has(n, "reg") && !dt_has(n, "vmm,passthrough"))
		unknown_report(p, n);
}

/* ---- The walk ---- */

static const struct {
	const char *name;
	enum place place;
} root_nodes[] = {
	{ "chosen", PLACE_CHOSEN },
	{ "cpus", PLACE_CPUS },
	{ "aliases", PLACE_INSIDE },
	{ "reserved-memory", PLACE_INSIDE },
};

static bool has_device_type(struct dt_node n, const char *type)
{
	const char *s = dt_string(n, "device_type", 0);

	return s && string_equal(s, type);
}

static enum place place_below_root(struct dt_node n)
{
	const char *name = dt_name(n);

	for (size_t i = 0; i < ARRAY_LEN(root_nodes); i++)
		if (string_equal(root_nodes[i].name, name))
			return root_nodes[i].place;
	return has_device_type(n, "memory") ? PLACE_MEMORY : PLACE_DEVICE;
}

static enum place place_of(struct dt_node n, enum place above)
{
	if (!dt_is_available(n))
		return PLACE_INSIDE;
	switch (above) {
	case PLACE_ROOT:
		return place_below_root(n);
	case PLACE_CPUS:
		return has_device_type(n, "cpu") ? PLACE_CPU : PLACE_INSIDE;
	case PLACE_DEVICE:
		return dt_has(dt_parent(n), "ranges") ? PLACE_DEVICE
						      : PLACE_INSIDE;
	case PLACE_CHOSEN:
	case PLACE_CPU:
	case PLACE_MEMORY:
	case PLACE_INSIDE:
	case PLACE_COUNT:
		break;
	}
	return PLACE_INSIDE;
}

static void (*const parsers[PLACE_COUNT])(struct parse *p, struct dt_node n) = {
	[PLACE_ROOT] = parse_root,
	[PLACE_CHOSEN] = parse_chosen,
	[PLACE_CPU] = parse_cpu,
	[PLACE_MEMORY] = parse_memory,
	[PLACE_DEVICE] = parse_device,
};

static void phandle_check(struct parse *p, struct dt_node n)
{
	u32 phandle;

	if (!dt_has(n, "phandle"))
		return;
	if (!dt_u32(n, "phandle", 0, &phandle))
		guest_report_add(p->report, n, "phandle", "%s",
				 config_value_names[VALUE_CELL]);
	else if (!phandle || phandle == ~0u)
		guest_report_add(p->report, n, "phandle",
				 "%#x cannot be a handle: count from 1",
				 phandle);
	else if (dt_find_phandle(n.fdt, phandle).offset != n.offset)
		guest_report_add(p->report, n, "phandle",
				 "%u is the handle of another node or none: "
				 "give each its own", phandle);
}

static void parse_node(struct parse *p, struct dt_node n, int depth)
{
	enum place place = depth ? place_of(n, p->places[depth - 1])
				 : PLACE_ROOT;

	p->places[depth] = place;
	config_vmm_check(p->report, n, place);
	phandle_check(p, n);
	if (parsers[place])
		parsers[place](p, n);
}

static void walk(struct parse *p, const void *fdt)
{
	int offset = 0, depth = 0;

	while (offset >= 0 && depth >= 0 && depth < DEPTH_MAX) {
		struct dt_node n = { fdt, offset };

		if (++p->node_count > GUEST_TREE_NODES_MAX) {
			guest_report_add(p->report, DT_NONE, NULL,
					 "the tree has more than %d nodes: "
					 "leave out what the guest does not "
					 "need", GUEST_TREE_NODES_MAX);
			return;
		}
		parse_node(p, n, depth);
		offset = fdt_next_node(fdt, offset, &depth);
	}
}

/* What every guest needs. */
static void parse_finish(struct parse *p)
{
	struct guest_report *report = p->report;

	if (!p->out->cpu_count)
		guest_report_add(report, DT_NONE, "/cpus", "no node cpu@N "
				 "with device_type = \"cpu\" is there: add "
				 "one for each");
	if (!p->memory_seen)
		guest_report_add(report, DT_NONE, NULL, "no memory is there: a "
				 "node memory@ADDRESS with device_type = "
				 "\"memory\" says where it is");
	if (!p->out->variant)
		guest_report_add(report, DT_NONE, NULL,
				 "no interrupt controller is there: add one "
				 "that this host can show to guests");
}

int guest_config_parse(void *fdt, size_t size, struct guest_config *out,
		       struct guest_report *report)
{
	struct parse p = { .out = out, .report = report };
	unsigned before = report->count;
	int rc = dt_check(fdt, size, "guest tree");

	memset(out, 0, sizeof(*out));
	out->fdt = fdt;
	out->fdt_size = size;
	if (rc) {
		report->count++;
		return rc;
	}
	walk(&p, fdt);
	parse_finish(&p);
	return report->count == before ? 0 : -EINVAL;
}
