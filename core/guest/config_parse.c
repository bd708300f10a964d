// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From a guest's device tree to struct guest_config: standard bindings
 * (Devicetree Specification 0.4, chapters 2 and 3) and the properties
 * `vmm,...`.  One walk over all nodes; wrong ones are reported and left out.
 */
#include <vmm/guest_config.h>
#include <libfdt.h>
#include <libs/nearest.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/page.h>

#define DEPTH_MAX	40
#define PRIORITY_MAX	255

/* What a node is; mostly decided by its parent. */
enum place {
	PLACE_ROOT, PLACE_CHOSEN, PLACE_CPUS, PLACE_CPU, PLACE_MEMORY,
	PLACE_DEVICE,		/* addresses that CPUs see */
	PLACE_INSIDE,		/* facts for the guest's OS only */
	PLACE_COUNT
};

struct parse {
	struct guest_config *out;
	struct guest_report *report;
	enum place places[DEPTH_MAX];	/* of the nodes above, by depth */
	unsigned node_count;
	bool memory_seen;		/* perhaps a wrong one */
};

/* ---- The vmm, properties ---- */

enum value { VALUE_EMPTY, VALUE_STRING, VALUE_CELL, VALUE_CELLS };

static const char *const value_names[] = {
	[VALUE_EMPTY] = "must have no value",
	[VALUE_STRING] = "must be one string",
	[VALUE_CELL] = "must be one number of 32 bits",
	[VALUE_CELLS] = "must be a list of numbers of 32 bits",
};

static const struct vmm_property {
	const char *name;
	enum place place;
	enum value value;
} vmm_properties[] = {
	{ "vmm,autostart", PLACE_ROOT, VALUE_EMPTY },
	{ "vmm,clock", PLACE_ROOT, VALUE_STRING },
	{ "vmm,watch", PLACE_ROOT, VALUE_CELL },
	{ "vmm,on-crash", PLACE_ROOT, VALUE_STRING },
	{ "vmm,console-size", PLACE_ROOT, VALUE_CELL },
	{ "vmm,kernel", PLACE_CHOSEN, VALUE_STRING },
	{ "vmm,initrd", PLACE_CHOSEN, VALUE_STRING },
	{ "vmm,firmware", PLACE_CHOSEN, VALUE_STRING },
	{ "vmm,os-tree", PLACE_CHOSEN, VALUE_STRING },
	{ "vmm,affinity", PLACE_CPU, VALUE_CELLS },
	{ "vmm,priority", PLACE_CPU, VALUE_CELL },
	{ "vmm,backend", PLACE_DEVICE, VALUE_STRING },
	{ "vmm,passthrough", PLACE_DEVICE, VALUE_STRING },
};

static const char *const place_names[PLACE_COUNT] = {
	[PLACE_ROOT] = "/", [PLACE_CHOSEN] = "/chosen", [PLACE_CPUS] = "/cpus",
	[PLACE_CPU] = "a node cpu@N", [PLACE_MEMORY] = "a memory node",
	[PLACE_DEVICE] = "a device", [PLACE_INSIDE] = "other nodes",
};

/* A property that holds exactly one string, not an empty one. */
static bool is_one_string(const char *data, size_t size)
{
	return size > 1 && memchr(data, '\0', size) == data + size - 1;
}

static bool value_fits(enum value value, const void *data, size_t size)
{
	switch (value) {
	case VALUE_EMPTY:
		return size == 0;
	case VALUE_STRING:
		return is_one_string(data, size);
	case VALUE_CELL:
		return size == sizeof(u32);
	case VALUE_CELLS:
		return size && size % sizeof(u32) == 0;
	}
	return false;
}

static const struct vmm_property *vmm_property_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(vmm_properties); i++)
		if (string_equal(vmm_properties[i].name, name))
			return &vmm_properties[i];
	return NULL;
}

static void vmm_property_check(struct parse *p, struct dt_node n,
			       enum place place, const char *name)
{
	const struct vmm_property *row = vmm_property_find(name);
	size_t size;
	const void *data = dt_bytes(n, name, &size);

	if (!row)
		guest_report_add(p->report, n, name,
				 "is no property that is known here");
	else if (row->place != place)
		guest_report_add(p->report, n, name, "belongs into %s",
				 place_names[row->place]);
	else if (!value_fits(row->value, data, size))
		guest_report_add(p->report, n, name, "%s",
				 value_names[row->value]);
}

static void vmm_properties_check(struct parse *p, struct dt_node n,
				 enum place place)
{
	int at;

	fdt_for_each_property_offset(at, n.fdt, n.offset) {
		const char *name = NULL;

		fdt_getprop_by_offset(n.fdt, at, &name, NULL);
		if (name && string_after(name, "vmm,"))
			vmm_property_check(p, n, place, name);
	}
}

/* A string property that is right, else NULL: the check has reported it. */
static const char *string_get(struct dt_node n, const char *name)
{
	size_t size;
	const char *s = dt_bytes(n, name, &size);

	return s && is_one_string(s, size) ? s : NULL;
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
				 value_names[VALUE_STRING]);
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
					 "%u is no index of a host CPU",
					 index);
	}
	if (!cpu->affinity)
		cpu->affinity = CPU_MASK_ALL;
}

static void parse_cpu_id(struct parse *p, struct dt_node n,
			 struct guest_cpu_config *cpu)
{
	if (!dt_reg_raw(n, 0, &cpu->hwid))
		guest_report_add(p->report, n, "reg",
				 "must be there, in the cells that /cpus says");
	else if (cpu->hwid & ~arch_boot_protocol.cpu_id_mask)
		guest_report_add(p->report, n, "reg",
				 "%#llx cannot be the number of a CPU",
				 (unsigned long long)cpu->hwid);
}

static void parse_cpu(struct parse *p, struct dt_node n)
{
	struct guest_config *out = p->out;
	struct guest_cpu_config *cpu = &out->cpus[out->cpu_count];
	u32 priority = GUEST_PRIORITY_DEFAULT;

	if (out->cpu_count == GUEST_CPU_MAX) {
		guest_report_add(p->report, n, NULL,
				 "is one CPU more than the %d a guest can have",
				 GUEST_CPU_MAX);
		return;
	}
	out->cpu_count++;
	parse_cpu_id(p, n, cpu);
	parse_affinity(p, n, cpu);
	dt_u32(n, "vmm,priority", 0, &priority);
	if (priority > PRIORITY_MAX)
		guest_report_add(p->report, n, "vmm,priority",
				 "%u is more than %u", priority, PRIORITY_MAX);
	cpu->priority = (u8)priority;
}

static void memory_add(struct parse *p, struct dt_node n, u64 base, u64 size)
{
	struct guest_config *out = p->out;

	if (!size || ((base | size) & (PAGE_SIZE - 1)))
		guest_report_add(p->report, n, "reg", "%#llx bytes at %#llx "
				 "are not whole pages of %zu bytes",
				 (unsigned long long)size,
				 (unsigned long long)base, PAGE_SIZE);
	else if (out->memory_count == GUEST_MEMORY_MAX)
		guest_report_add(p->report, n, "reg",
				 "has more banks than the %d of a guest",
				 GUEST_MEMORY_MAX);
	else
		out->memory[out->memory_count++] =
			(struct guest_memory_config){ base, size, n };
}

/* What is wrong with `reg`, when it could not be read. */
static void reg_report(struct parse *p, struct dt_node n)
{
	guest_report_add(p->report, n, "reg", "does not fit #address-cells, "
			 "#size-cells and ranges of the nodes above, or goes "
			 "beyond the last address");
}

static void parse_memory(struct parse *p, struct dt_node n)
{
	u64 base, size;
	unsigned i;
	int rc;

	p->memory_seen = true;
	for (i = 0; !(rc = dt_reg(n, i, &base, &size)); i++)
		memory_add(p, n, base, size);
	if (rc != -ENOENT || !i)
		reg_report(p, n);
}

/* ---- Devices ---- */

static const char *compatible_nearest(const char *wanted)
{
	struct nearest n;

	nearest_init(&n, wanted);
	set_for_each(emulator, e)
		for (const char *const *c = e->compatible; *c; c++)
			nearest_offer(&n, *c);
	return n.best;
}

static void unknown_report(struct parse *p, struct dt_node n)
{
	const char *wanted = dt_string(n, "compatible", 0);
	const char *nearest = wanted ? compatible_nearest(wanted) : NULL;

	if (!wanted)
		guest_report_add(p->report, n, "compatible", "is missing: "
				 "nothing can be emulated at this address");
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
	u64 base, size;
	int rc;

	for (unsigned i = 0; !(rc = dt_reg(d->node, i, &base, &size)); i++) {
		if (i == GUEST_DEVICE_REGIONS) {
			guest_report_add(p->report, d->node, "reg",
					 "has more than %d regions",
					 GUEST_DEVICE_REGIONS);
			return;
		}
		if (!size)
			guest_report_add(p->report, d->node, "reg",
					 "region %u has no size", i);
		d->regions[i].base = base;
		d->regions[i].size = size;
		d->region_count = i + 1;
	}
	if (rc != -ENOENT)
		reg_report(p, d->node);
}

static bool irq_fits(struct parse *p, struct dt_node n,
		     const struct dt_irq *irq, u32 *pin)
{
	int rc = arch_guest_irq(irq, pin);

	if (rc == -ENODEV)
		return false;
	if (rc == -ERANGE)
		guest_report_add(p->report, n, "interrupts",
				 "is beyond what the controller has");
	else if (rc)
		guest_report_add(p->report, n, "interrupts",
				 "names no wire that a device can drive");
	return !rc;
}

static void irq_report(struct parse *p, struct dt_node n,
		       const struct dt_irq *irq)
{
	if (dt_exists(irq->parent))
		guest_report_add(p->report, n, "interrupts", "is no list of "
				 "%u cells for each", irq->cell_count);
	else
		guest_report_add(p->report, n, "interrupt-parent", "leads to "
				 "no controller with #interrupt-cells");
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
					 "has more than %d", EMU_LINE_MAX);
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
				 "is a second interrupt controller");
	p->out->variant = variant;
}

static void device_add(struct parse *p, struct dt_node n,
		       const struct emulator *type)
{
	struct guest_config *out = p->out;
	struct guest_device_config *d = &out->devices[out->device_count];
	unsigned variant = arch_guest_pic(n);

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
				 "has a name of more than %zu characters",
				 sizeof(d->name) - 1);
	device_regions(p, d);
	if (variant)
		parse_pic(p, n, variant);
	else
		device_irqs(p, d);
}

static void parse_device(struct parse *p, struct dt_node n)
{
	const struct emulator *type = emu_find(n);

	if (dt_has(n, "vmm,passthrough"))
		guest_report_add(p->report, n, "vmm,passthrough",
				 "host devices cannot be given to guests yet");
	else if (type)
		device_add(p, n, type);
	else if (dt_has(n, "reg"))
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
				 value_names[VALUE_CELL]);
	else if (!phandle || phandle == ~0u)
		guest_report_add(p->report, n, "phandle",
				 "%#x cannot be a handle", phandle);
	else if (dt_find_phandle(n.fdt, phandle).offset != n.offset)
		guest_report_add(p->report, n, "phandle",
				 "%u is the handle of another node or none",
				 phandle);
}

static void parse_node(struct parse *p, struct dt_node n, int depth)
{
	enum place place = depth ? place_of(n, p->places[depth - 1])
				 : PLACE_ROOT;

	p->places[depth] = place;
	vmm_properties_check(p, n, place);
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
					 "the tree has more than %d nodes",
					 GUEST_TREE_NODES_MAX);
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
				 "with device_type = \"cpu\" is there");
	if (!p->memory_seen)
		guest_report_add(report, DT_NONE, NULL, "no memory is there: a "
				 "node memory@ADDRESS with device_type = "
				 "\"memory\" says where it is");
	if (!p->out->variant)
		guest_report_add(report, DT_NONE, NULL,
				 "no interrupt controller is there");
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
