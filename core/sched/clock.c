// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counter values to nanoseconds and back.  Reading the clock is one product
 * with an integer and a 32-bit binary fraction, no division; rates that divide
 * 1 GHz, or are 2 or 4 GHz, are exact.  The way back is always exact.
 */
#include <arch/barrier.h>
#include <arch/cycles.h>
#include <vmm/clock.h>
#include <vmm/log.h>

#define NS_PER_S	1000000000ull
#define HZ_MAX		4000000000ull
#define LOW_32		0xffffffffull
#define LOOKS_MAX	2000000u	/* at a clock that stands still */

/* Nanoseconds in a cycle; c: set by clock_init() */
static struct {
	u64 whole;
	u64 fraction;			/* of 2^32 */
	u64 limit;			/* more cycles saturate */
} ratio;
static u64 counter_hz;

static u64 wall_offset;			/* a: ns from boot's to 1970's */

void clock_init(u64 hz)
{
	assert(hz >= 1 && hz <= HZ_MAX);
	counter_hz = hz;
	ratio.whole = NS_PER_S / hz;
	ratio.fraction = (NS_PER_S % hz << 32) / hz;
	ratio.limit = ~0ull / (ratio.whole + !!ratio.fraction);
}

u64 clock_hz(void)
{
	return counter_hz;
}

u64 clock_cycles_to_ns(u64 cycles)
{
	if (unlikely(cycles > ratio.limit))
		return ~0ull;
	return cycles * ratio.whole + (cycles >> 32) * ratio.fraction +
	       ((cycles & LOW_32) * ratio.fraction >> 32);
}

u64 clock_ns_to_cycles(u64 ns)
{
	u64 rest = ns % NS_PER_S * counter_hz, cycles;

	if (__builtin_mul_overflow(ns / NS_PER_S, counter_hz, &cycles) ||
	    __builtin_add_overflow(cycles, (rest + NS_PER_S - 1) / NS_PER_S,
				   &cycles))
		return ~0ull;
	return cycles;
}

u64 clock_now(void)
{
	return clock_cycles_to_ns(cycles_read_ordered());
}

u64 clock_wall(void)
{
	return __atomic_load_n(&wall_offset, __ATOMIC_RELAXED) + clock_now();
}

void clock_set_wall(u64 ns)
{
	__atomic_store_n(&wall_offset, ns - clock_now(), __ATOMIC_RELAXED);
}

struct clock_limit clock_limit(u64 ns)
{
	const u64 now = clock_now();

	return (struct clock_limit){ .begin = now, .ns = ns, .seen = now };
}

bool clock_limit_is_over(struct clock_limit *l)
{
	const u64 now = clock_now();

	if (now != l->seen)
		l->looks = 0;
	l->seen = now;
	return now - l->begin > l->ns || ++l->looks > LOOKS_MAX;
}

void clock_delay(u64 ns)
{
	struct clock_limit limit = clock_limit(ns);

	while (!clock_limit_is_over(&limit))
		cpu_relax();
}
