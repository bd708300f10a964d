/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * List registers of the host's GIC, behind the slots of <vmm/vpic.h>.
 */
#ifndef ARCH_VGIC_H
#define ARCH_VGIC_H

#include <vmm/irq.h>
#include <vmm/vpic.h>

struct gic_host;

/*
 * Sets vpic_slots for the host's controller and makes all CPUs that are
 * online ready.  Thread context, before the first guest; once it succeeded,
 * it does nothing.  -ENOTSUP, reported: this machine cannot host guests'
 * interrupts.
 */
int vgic_init(void);

/*
 * One for each version of the hardware: fills in what this CPU shows, or
 * -ENODEV when it is not of that version.  The host's interrupts, for linked
 * words, are vgic_init()'s.
 */
int vgic_v2_init(const struct gic_host *host, struct vpic_slots **out);
int vgic_v3_init(const struct gic_host *host, struct vpic_slots **out);

/* On each CPU: the interface as no guest has it. */
void vgic_v2_init_cpu(void);
void vgic_v3_init_cpu(void);

#endif
