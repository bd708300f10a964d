// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Chooses the slots by the host's controller, and takes their interrupt for
 * attention (the GIC's maintenance interrupt).
 */

#include <arch/vgic.h>
#include <drivers/gic.h>
#include <vmm/cpu.h>
#include <vmm/errno.h>
#include <vmm/guest.h>
#include <vmm/log.h>

static void attention(void *arg)
{
	struct vcpu *v = this_cpu()->loaded;

	if (v)
		v->guest->pic->ops->sync(v->guest->pic, v);
}

static void init_cpu(void *arg)
{
	const struct gic_host *host = arg;

	if (host->version == GIC_V3)
		vgic_v3_init_cpu();
	else
		vgic_v2_init_cpu();
	irq_enable_percpu(host->maintenance.number);
}

int vgic_init(void)
{
	const struct gic_host *host = gic_host_info();
	struct vpic_slots *found;
	int err;

	if (vpic_slots)
		return 0;
	if (!host || !host->maintenance.number)
		return fail(-ENOTSUP, "gic: no maintenance interrupt in the "
			    "host's tree");
	err = host->version == GIC_V3 ? vgic_v3_init(host, &found) :
					vgic_v2_init(host, &found);
	if (err)
		return err;
	err = irq_request(&host->maintenance, "vgic", attention, NULL);
	if (err)
		return err;
	smp_call(CPU_MASK_ALL, init_cpu, (void *)(uintptr_t)host);
	found->activate_host = irq_chip()->activate;
	found->deactivate_host = irq_chip()->deactivate;
	vpic_slots = found;
	log_info("vgic: %s: %u list registers, priority bits %02x",
		 found->name, found->count, found->priority_mask);
	return 0;
}
