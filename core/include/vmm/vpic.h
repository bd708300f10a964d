/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's interrupt controller: between its model (emulators/pic: state,
 * register rows, priorities) and the architecture (how a CPU is told).
 */
#ifndef VMM_VPIC_H
#define VMM_VPIC_H

#include <vmm/types.h>

struct emu;
struct guest;
struct console;
struct vcpu;
struct vpic;
struct dt_irq;

struct vpic_ops {
	const char *name;

	/* ---- from devices ---- */

	/* Drives a wire.  Any CPU, device lock held, interrupts masked. */
	void (*set_line)(struct vpic *p, u32 pin, bool level);
	/* A private wire of one VCPU (timers), any CPU, interrupts masked. */
	void (*set_private)(struct vpic *p, struct vcpu *v, u32 pin,
			    bool level);
	/* Binding cells to a pin; -EINVAL, -ERANGE: reported. */
	int (*translate)(struct vpic *p, const struct dt_irq *irq,
			 u32 *pin);

	/* ---- from VCPUs; interrupts masked ---- */

	int (*vcpu_init)(struct vpic *p, struct vcpu *v);
	void (*vcpu_fini)(struct vpic *p, struct vcpu *v);
	void (*vcpu_reset)(struct vpic *p, struct vcpu *v);
	/* v's state goes into this CPU, or out of it. */
	void (*load)(struct vpic *p, struct vcpu *v);
	void (*put)(struct vpic *p, struct vcpu *v);
	/*
	 * v has VCPU_REQUEST_IRQ and is loaded here: bring what changed into
	 * the hardware before v goes on.
	 */
	void (*sync)(struct vpic *p, struct vcpu *v);
	/* Would v take an interrupt now?  v is loaded on this CPU or put. */
	bool (*pending)(struct vpic *p, struct vcpu *v);

	/* For people: guest info, vcpu regs. */
	void (*dump)(struct vpic *p, struct vcpu *v, struct console *con);
};

/* First in the model's state after struct emu; the model owns it. */
struct vpic {
	const struct vpic_ops *ops;
	struct guest *guest;
	unsigned pin_count;
};

#endif
