/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers of our own code at an exception. */
#ifndef ARCH_FRAME_H
#define ARCH_FRAME_H

#include <vmm/types.h>

struct arch_frame {
	u64 x[32];			/* x[0] is not used */
	u64 sepc, sstatus, scause, stval;
};

#endif
