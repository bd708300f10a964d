/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses that a host's tree tells and nothing answers at.  While the guard
 * is on, a load or store of ours that the bus refuses is skipped, and counted,
 * instead of being a panic; what a load gives then is any value.  During the
 * boot alone, as long as one CPU runs.
 */
#ifndef VMM_IO_GUARD_H
#define VMM_IO_GUARD_H

#include <vmm/types.h>

struct io_guard {
	u32 on;			/* first: arch code looks at it */
	u32 skipped;		/* counted by arch handlers of faults */
};
extern struct io_guard io_guard;

static inline void io_guard_begin(void)
{
	io_guard = (struct io_guard){ .on = 1 };
	__asm__ volatile("" ::: "memory");
}

/* How many were skipped since then; the guard is off. */
static inline u32 io_guard_end(void)
{
	__asm__ volatile("" ::: "memory");
	io_guard.on = 0;
	return io_guard.skipped;
}

/* -EIO, reported with the name, if any was skipped so far. */
int io_guard_check(const char *name);

#endif
