// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A guest's configuration as a whole: what contradicts itself, and what this
 * host has not.
 */
#include "config_check.h"
#include <vmm/arch.h>
#include <vmm/errno.h>

/* ---- Addresses ---- */

/* A stretch of guest addresses and who has it. */
struct stretch {
	u64 base, size;
	struct dt_node node;
};

static unsigned stretch_count(const struct guest_config *config)
{
	unsigned count = config->memory_count;

	for (unsigned i = 0; i < config->device_count; i++)
		count += config->devices[i].region_count;
	return count;
}

/* The index-th of all stretches: memory first, then devices' regions. */
static struct stretch stretch_get(const struct guest_config *config,
				  unsigned index)
{
	const struct guest_device_config *d = config->devices;

	if (index < config->memory_count)
		return (struct stretch){ config->memory[index].base,
					 config->memory[index].size,
					 config->memory[index].node };
	for (index -= config->memory_count; index >= d->region_count; d++)
		index -= d->region_count;
	return (struct stretch){ d->regions[index].base,
				 d->regions[index].size, d->node };
}

static void overlap_check(const struct check *c, const struct stretch *a,
			  const struct stretch *b)
{
	if (b->base > a->base + (a->size - 1) ||
	    a->base > b->base + (b->size - 1) || !a->size || !b->size)
		return;
	guest_report_add(c->report, b->node, "reg", "%#llx to %#llx overlaps "
			 "%s at %#llx to %#llx: move or shorten one",
			 (unsigned long long)b->base,
			 (unsigned long long)(b->base + (b->size - 1)),
			 dt_name(a->node),
			 (unsigned long long)a->base,
			 (unsigned long long)(a->base + (a->size - 1)));
}

static void width_check(const struct check *c, const struct stretch *s)
{
	u8 bits = c->facts->address_bits;
	u64 last = s->base + (s->size - 1);

	if (bits < 64 && s->size && last >> bits)
		guest_report_add(c->report, s->node, "reg", "ends at %#llx: "
				 "guests' addresses have %u bits on this "
				 "host, move it below",
				 (unsigned long long)last, bits);
}

static void check_addresses(const struct check *c)
{
	unsigned count = stretch_count(c->config);

	for (unsigned i = 0; i < count; i++) {
		struct stretch s = stretch_get(c->config, i);

		width_check(c, &s);
		for (unsigned j = 0; j < i; j++) {
			struct stretch before = stretch_get(c->config, j);

			overlap_check(c, &before, &s);
		}
	}
}

static void check_memory(const struct check *c)
{
	u64 total = 0;

	for (unsigned i = 0; i < c->config->memory_count; i++)
		if (__builtin_add_overflow(total, c->config->memory[i].size,
					   &total))
			total = ~0ull;
	if (total > c->facts->free_bytes)
		guest_report_add(c->report, c->config->memory[0].node, "reg",
				 "the guest's memory is %llu MiB, the host has "
				 "%llu MiB free: ask for less, or destroy "
				 "other guests",
				 (unsigned long long)(total >> 20),
				 (unsigned long long)
				 (c->facts->free_bytes >> 20));
}

/* ---- Interrupts ---- */

/* Is pin among the interrupts of d? */
static bool device_has_pin(const struct guest_device_config *d, u32 pin)
{
	for (unsigned i = 0; i < d->irq_count; i++)
		if (d->pins[i] == pin)
			return true;
	return false;
}

static void pin_check(const struct check *c, unsigned device, u32 pin)
{
	const struct guest_device_config *d = c->config->devices;

	for (unsigned i = 0; i < device; i++)
		if (device_has_pin(&d[i], pin))
			guest_report_add(c->report, d[device].node,
					 "interrupts", "pin %u of the "
					 "controller is %s's, too: no "
					 "interrupt is shared, give each its "
					 "own", pin, d[i].name);
}

static void check_irqs(const struct check *c)
{
	for (unsigned i = 0; i < c->config->device_count; i++) {
		const struct guest_device_config *d = &c->config->devices[i];

		for (unsigned j = 0; j < d->irq_count; j++)
			pin_check(c, i, d->pins[j]);
	}
}

static void check_pic(const struct check *c)
{
	u32 have = c->facts->variants;
	unsigned wanted = c->config->variant;
	char text[GUEST_VARIANT_TEXT_MAX], other[GUEST_VARIANT_TEXT_MAX];

	if (!wanted || have & BIT(wanted))
		return;
	guest_variant_text(wanted, text, sizeof(text));
	if (have)
		guest_report_add(c->report, DT_NONE, NULL, "the interrupt "
				 "controller of %s cannot be shown to guests "
				 "on this host: %s is what can (or a tree that "
				 "has one)", text,
				 guest_variant_text((unsigned)
						    __builtin_ctz(have),
						    other, sizeof(other)));
	else
		guest_report_add(c->report, DT_NONE, NULL, "the interrupt "
				 "controller of %s cannot be shown to guests "
				 "on this host, nor any other", text);
}

/* ---- CPUs ---- */

static struct dt_node cpu_node(const struct check *c, unsigned index)
{
	dt_for_each_child(n, dt_find_path(c->config->fdt, "/cpus")) {
		const char *type = dt_string(n, "device_type", 0);

		if (type && type[0] == 'c' && dt_is_available(n) && !index--)
			return n;
	}
	return DT_NONE;
}

static void affinity_check(const struct check *c, unsigned index)
{
	cpu_mask_t online = c->facts->cpus;
	cpu_mask_t wanted = c->config->cpus[index].affinity;

	if (wanted != CPU_MASK_ALL && wanted & ~online)
		guest_report_add(c->report, cpu_node(c, index),
				 "vmm,affinity", "host CPU %d is not there, or "
				 "not online: see `host cpus`",
				 __builtin_ctzll(wanted & ~online));
}

static void hwid_check(const struct check *c, unsigned index)
{
	const struct guest_cpu_config *all = c->config->cpus;

	for (unsigned i = 0; i < index; i++)
		if (all[i].hwid == all[index].hwid)
			guest_report_add(c->report, cpu_node(c, index), "reg",
					 "%#llx is the number of CPU %u, too: "
					 "give each its own",
					 (unsigned long long)all[index].hwid,
					 i);
}

static void check_cpus(const struct check *c)
{
	for (unsigned i = 0; i < c->config->cpu_count; i++) {
		affinity_check(c, i);
		hwid_check(c, i);
	}
}

int guest_config_check(const struct guest_config *config,
		       const struct guest_host_facts *facts,
		       struct guest_report *report)
{
	const struct check c = { config, facts, report };
	unsigned before = report->count;

	check_addresses(&c);
	check_memory(&c);
	check_irqs(&c);
	check_pic(&c);
	check_cpus(&c);
	check_tree(&c);
	check_devices(&c);
	check_images(&c);
	if (config->device_count)
		arch_guest_check(config, report);
	return report->count == before ? 0 : -EINVAL;
}
