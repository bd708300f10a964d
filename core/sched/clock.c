// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counter values to nanoseconds and back, without division and without 128-bit
 * products: a ratio is an integer and a 32-bit binary fraction.  Rates that
 * divide 1 GHz, or that it divides by a power of two, are exact.
 */
#include <arch/barrier.h>
#include <arch/cycles.h>
#include <vmm/clock.h>
#include <vmm/log.h>

#define NS_PER_S	1000000000ull
#define HZ_MAX		4000000000ull
#define LOW_32		0xffffffffull

struct ratio {
	u64 whole;
	u64 fraction;			/* of 2^32 */
	u64 limit;			/* larger factors saturate */
};

/* c: set by clock_init() */
static struct ratio to_ns, to_cycles;
static u64 counter_hz;

static u64 wall_offset;			/* a: seconds from boot's to 1970's */

static void ratio_set(struct ratio *r, u64 numerator, u64 denominator,
		      bool up)
{
	u64 rest = (numerator % denominator) << 32;

	r->whole = numerator / denominator;
	r->fraction = (rest + (up ? denominator - 1 : 0)) / denominator;
	r->limit = ~0ull / (r->whole + !!r->fraction);
}

/* x times r; low is added to the 32 bits that are cut off. */
static ALWAYS_INLINE u64 ratio_apply(const struct ratio *r, u64 x, u64 low)
{
	if (unlikely(x > r->limit))
		return ~0ull;
	return x * r->whole + (x >> 32) * r->fraction +
	       (((x & LOW_32) * r->fraction + low) >> 32);
}

void clock_init(u64 hz)
{
	assert(hz >= 1 && hz <= HZ_MAX);
	counter_hz = hz;
	ratio_set(&to_ns, NS_PER_S, hz, false);
	ratio_set(&to_cycles, hz, NS_PER_S, true);
}

u64 clock_hz(void)
{
	return counter_hz;
}

u64 clock_cycles_to_ns(u64 cycles)
{
	return ratio_apply(&to_ns, cycles, 0);
}

u64 clock_ns_to_cycles(u64 ns)
{
	return ratio_apply(&to_cycles, ns, LOW_32);
}

u64 clock_now(void)
{
	return clock_cycles_to_ns(cycles_read_ordered());
}

u64 clock_wall_seconds(void)
{
	return __atomic_load_n(&wall_offset, __ATOMIC_RELAXED) +
	       clock_now() / NS_PER_S;
}

void clock_set_wall(u64 seconds)
{
	__atomic_store_n(&wall_offset, seconds - clock_now() / NS_PER_S,
			 __ATOMIC_RELAXED);
}

void clock_delay(u64 ns)
{
	u64 end = clock_now() + ns;

	while (clock_now() < end)
		cpu_relax();
}
