/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fake architecture's counter: it stands where a test puts it. */
#ifndef ARCH_CYCLES_H
#define ARCH_CYCLES_H

#include <vmm/types.h>

extern u64 fake_cycles;

static inline u64 cycles_read(void)
{
	return fake_cycles;
}

static inline u64 cycles_read_ordered(void)
{
	return fake_cycles;
}

#endif
