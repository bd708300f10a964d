/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What guests get as firmware: PSCI and the SMCCC's general calls. */
#ifndef ARCH_FIRMWARE_GUEST_H
#define ARCH_FIRMWARE_GUEST_H

#include <arch/barrier.h>
#include <vmm/types.h>

struct vcpu;

/*
 * args: x0 to x3 (r0 to r3) at the call.  The result for x0; unknown
 * functions give NOT_SUPPORTED.  On v's thread, interrupts masked; may
 * switch, and CPU_OFF does not return.
 */
s64 firmware_guest_call(struct vcpu *v, const u64 args[4]);

#endif
