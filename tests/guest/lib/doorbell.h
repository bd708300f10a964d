/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts for guests of all architectures: one between VCPUs, one of each
 * VCPU's timer, one when something is typed.  They stay masked but inside
 * doorbell_wait(), so that none comes between a look and the sleep.
 */
#ifndef DOORBELL_H
#define DOORBELL_H

#include "guest.h"

#define DOORBELL_RUNG	1u	/* another VCPU's doorbell_ring() */
#define DOORBELL_ALARM	2u	/* doorbell_alarm()'s time has come */
#define DOORBELL_TYPED	4u	/* VCPU 0: typed_get() has some */

/* By VCPU 0, before all else; then by each VCPU. */
void doorbell_init(void);
void doorbell_init_cpu(void);
void doorbell_ring(uint64_t index);
/* So many ticks from now, instead of what was set before. */
void doorbell_alarm(uint64_t ticks);
/* Sleeps until something came; gives what, and takes it away. */
unsigned doorbell_wait(void);
/* The next byte, or -1. */
int typed_get(void);
/* RISC-V's vector_irq(), unless the guest has its own: was it one of these? */
bool doorbell_irq(uint64_t cause);
/* A call of the firmware that tells a trace the value, and does nothing. */
void tell_trace(uint64_t value);

#endif
