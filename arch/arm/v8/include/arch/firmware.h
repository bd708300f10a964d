/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls into the firmware below us: SMC Calling Convention, DEN 0028.  At
 * EL2 the conduit is SMC, unless a tree says HVC (a hypervisor below us).
 */
#ifndef ARCH_FIRMWARE_H
#define ARCH_FIRMWARE_H

#include <vmm/types.h>

enum firmware_conduit { FIRMWARE_SMC, FIRMWARE_HVC };

struct firmware_call {
	u64 function;
	u64 args[3];
};

/* x0 as the firmware left it: a result, or a negative error. */
static inline s64 firmware_call(enum firmware_conduit conduit,
				const struct firmware_call *call)
{
	register u64 x0 __asm__("x0") = call->function;
	register u64 x1 __asm__("x1") = call->args[0];
	register u64 x2 __asm__("x2") = call->args[1];
	register u64 x3 __asm__("x3") = call->args[2];

	/* The convention lets firmware change x4 to x17. */
#define FIRMWARE_CLOBBERS						\
	"x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",	\
	"x14", "x15", "x16", "x17", "memory"
	if (conduit == FIRMWARE_SMC)
		__asm__ volatile("smc #0"
				 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
				 :: FIRMWARE_CLOBBERS);
	else
		__asm__ volatile("hvc #0"
				 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
				 :: FIRMWARE_CLOBBERS);
#undef FIRMWARE_CLOBBERS
	return (s64)x0;
}

#endif
