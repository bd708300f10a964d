/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generic timer of Arm CPUs, as the architecture needs it for guests. */
#ifndef DRIVERS_ARM_TIMER_H
#define DRIVERS_ARM_TIMER_H

#include <vmm/irq.h>

struct arm_timer {
	struct irq_spec physical;	/* CNTP_* of EL1; number 0: none */
	struct irq_spec virtual;	/* CNTV_* */
};

/* From the end of the timer's probe on; NULL: none in the tree. */
const struct arm_timer *arm_timer_info(void);

#endif
