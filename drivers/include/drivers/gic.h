/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the architecture must know of the host's Arm interrupt controller to
 * run guests on its virtualization extensions (IHI 0048 5, IHI 0069 12.4).
 */
#ifndef DRIVERS_GIC_H
#define DRIVERS_GIC_H

#include <vmm/irq.h>
#include <vmm/types.h>

enum gic_version { GIC_V2 = 2, GIC_V3 = 3 };

struct gic_host {
	enum gic_version version;
	struct irq_spec maintenance;	/* number 0: none */
	/* GICv2 only; on GICv3 all is in system registers. */
	void *gich;			/* virtual interface control, mapped */
	u64 gicv;			/* virtual CPU interface, physical */
	u64 gicv_size;			/* bytes */
};

/* From the end of the controller's probe on; NULL: no GIC in the tree. */
const struct gic_host *gic_host_info(void);

/* For the GIC drivers: their part of the above, copied. */
void gic_host_register(const struct gic_host *info);

#endif
