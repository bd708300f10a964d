/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fake architecture keeps in core's objects. */
#ifndef ARCH_STATE_H
#define ARCH_STATE_H

#include <vmm/types.h>

/* context is the host's: registers and bounds of the stack. */
struct arch_thread {
	u8 context[5120] ALIGNED(16);
};

struct arch_cpu {
	u64 idle_count;
	bool traces_exits;
};

struct arch_guest {
	u64 flush_count;
};

#define ARCH_VCPU_STACK_RESERVE	0

enum arch_exit {
	EXIT_NONE, EXIT_OTHER,
	ARCH_EXIT_COUNT
};

struct arch_vcpu {
	u64 pc;
	u64 args[4];
	bool loaded;
	bool debug_on, debug_step;
	unsigned debug_count;
};

#endif
