/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's clock: nanoseconds since the counter started, derived from
 * cycles_read().  The counter's rate comes from a timer driver.
 */
#ifndef VMM_CLOCK_H
#define VMM_CLOCK_H

#include <vmm/types.h>

/* 1 Hz to 4 GHz; before anything uses the clock. */
void clock_init(u64 hz);
u64 clock_hz(void);

u64 clock_now(void);			/* nanoseconds */

/* Both saturate instead of wrapping; the first rounds down, the other up. */
u64 clock_cycles_to_ns(u64 cycles);
u64 clock_ns_to_cycles(u64 ns);

/* Nanoseconds since 1970 if the host has a real-time clock, else since boot. */
u64 clock_wall(void);
/* A host RTC driver tells the time of day in nanoseconds, once. */
void clock_set_wall(u64 ns);

/*
 * A limit for loops that look at something again and again: ns from its
 * beginning, or a clock that goes back, or that was seen to stand still.
 */
struct clock_limit {
	u64 begin, ns, seen;
	u32 looks;			/* since the clock moved */
};
struct clock_limit clock_limit(u64 ns);
bool clock_limit_is_over(struct clock_limit *l);

/* Spins; for hardware polls only, at most a few microseconds. */
void clock_delay(u64 ns);

#endif
