// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Building a guest from its configuration, part by part, and taking it
 * apart.  A part that fails leaves the rest empty; guest_free() takes apart
 * what there is.
 */

#include <vmm/guest.h>

#include <libs/printf.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/image_loader.h>
#include <vmm/log.h>

#include "internal.h"

/* Below, allocators say nothing: whose memory it was is known here. */
static int report(const struct guest *g, int rc, const char *what)
{
	return rc ? fail(rc, "guest: %s: %s: %s", g->name, what,
			 errno_text(rc)) : 0;
}

/* ---- VCPUs ---- */

static int vcpu_create(struct guest *g, unsigned index)
{
	const struct guest_cpu_config *c = &g->config->cpus[index];
	struct vcpu *v = heap_alloc(vcpu_tally(1 + g->config->device_count));
	char name[40];
	int rc;

	if (!v)
		return report(g, -ENOMEM, "VCPUs");
	v->guest = g;
	v->index = index;
	v->hwid = c->hwid;
	snprintf(name, sizeof(name), "%s/%u", g->name, index);
	rc = thread_init(&v->thread, name, ARCH_VCPU_STACK_RESERVE);
	if (rc) {
		heap_free(v);
		return report(g, rc, "VCPUs' stacks");
	}
	v->priority = v->thread.priority = c->priority;
	v->thread.affinity = c->affinity;
	v->thread.group = &g->group;
	thread_set_body(&v->thread, vcpu_thread, v);
	g->vcpus[g->vcpu_count++] = v;
	v->power = VCPU_OFF;
	return arch_vcpu_init(v);
}

static void vcpu_free(struct vcpu *v)
{
	struct vpic_files *f = v->guest->files;
	struct vpic *p = v->guest->pic;

	arch_vcpu_fini(v);		/* its timers drive the controller */
	if (f)
		f->ops->vcpu_fini(f, v);
	if (p)
		p->ops->vcpu_fini(p, v);
	thread_fini(&v->thread);
	heap_free(v);
}

static int vcpus_create(struct guest *g)
{
	unsigned count = g->config->cpu_count;
	int rc = 0;

	g->vcpus = heap_alloc(count * sizeof(struct vcpu *));
	if (!g->vcpus)
		return report(g, -ENOMEM, "VCPUs");
	for (unsigned i = 0; i < count && !rc; i++)
		rc = vcpu_create(g, i);
	return rc;
}

/* ---- devices ---- */

static int add_regions(struct guest *g, const struct guest_device_config *d,
		       struct emu *e)
{
	int rc = 0;

	for (unsigned i = 0; i < d->region_count && !rc; i++)
		rc = aspace_add(&g->memory, &(struct region){
			.base = GPA(d->regions[i].base),
			.size = d->regions[i].size,
			.kind = e->type->load ? REGION_ROMD : REGION_MMIO,
			.index = (u8)i, .emu = e,
			.name = d->name,
		});
	return report(g, rc, d->name);
}

static int device_create(struct guest *g, const struct guest_device_config *d)
{
	struct irq_line lines[EMU_LINE_MAX];
	unsigned line_count = g->pic ? d->irq_count : 0;
	struct emu *e;
	int rc;

	for (unsigned i = 0; i < line_count; i++)
		lines[i] = (struct irq_line){ .pic = g->pic,
					      .pin = d->pins[i] };
	rc = emu_create(&(struct emu_config){
		.type = d->type, .guest = g, .node = d->node,
		.name = d->name, .lines = lines,
		.line_count = line_count, .console = g->console,
	}, &e);
	if (rc)
		return fail(rc, "guest: %s: device %s: %s", g->name, d->name,
			    errno_text(rc));
	g->devices[g->device_count++] = e;
	e->tally = vcpu_tally(g->device_count);
	return add_regions(g, d, e);
}

/* With the controllers of its interrupts. */
static int vcpu_connect(struct guest *g, struct vcpu *v)
{
	int rc = g->pic->ops->vcpu_init(g->pic, v);

	if (!rc && g->files)
		g->files->ops->vcpu_init(g->files, v);
	return rc;
}

/* The interrupt controller first: the others' lines end there. */
static int devices_create(struct guest *g)
{
	const struct guest_config *c = g->config;
	int rc = 0;

	g->devices = heap_alloc(c->device_count * sizeof(struct emu *));
	if (!g->devices)
		return report(g, -ENOMEM, "devices");
	for (unsigned i = 0; i < c->device_count && !rc; i++)
		if (arch_guest_pic(c->devices[i].node))
			rc = device_create(g, &c->devices[i]);
	for (unsigned i = 0; i < c->device_count && !rc; i++)
		if (!arch_guest_pic(c->devices[i].node))
			rc = device_create(g, &c->devices[i]);
	if (!rc && !g->pic)
		rc = fail(-EINVAL, "guest: %s: its tree has no interrupt "
			  "controller", g->name);
	for (unsigned i = 0; i < g->vcpu_count && !rc; i++)
		rc = report(g, vcpu_connect(g, g->vcpus[i]),
			    "interrupt controller");
	for (size_t i = 0; i < g->device_count; i++)
		emu_settle(g->devices[i]);
	return rc;
}

/* ---- the whole ---- */

int guest_build(struct guest *g)
{
	struct vcpu_start start = { .arg_count = 0 };
	int rc;

	g->clock.host = g->config->clock_host;
	if ((rc = guest_console_get(g->name, g->config->console_size,
				    &g->console)) ||
	    (rc = guest_memory_init(g)) || (rc = vcpus_create(g)) ||
	    (rc = devices_create(g)) || (rc = image_load_guest(g, &start)))
		return rc;
	g->vcpus[0]->start = start;
	g->vcpus[0]->power = VCPU_STARTING;
	return 0;
}

/* Devices find each other in alarms: all are quiet before the first goes. */
static void devices_destroy(struct guest *g)
{
	for (size_t i = 0; i < g->device_count; i++)
		emu_quiet(g->devices[i]);
	for (size_t i = g->device_count; i-- > 0; )
		emu_destroy(g->devices[i]);
	heap_free(g->devices);
}

void guest_free(struct guest *g)
{
	for (unsigned i = 0; i < g->vcpu_count; i++)
		vcpu_free(g->vcpus[i]);
	heap_free(g->vcpus);
	guest_symbols_forget(g);
	timer_cancel(&g->watch);
	devices_destroy(g);
	guest_memory_fini(g);
	if (g->console)
		guest_console_end(g->console);
	guest_config_free(g->config);
	heap_free(g);
}
