// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timers of all VCPUs set to the past, to 0, to never, to just before the
 * counter wraps; and due again at once, so that interrupts come at full rate.
 * The counter never goes back.
 */
#include "hostile.h"

static uint64_t any_time(void)
{
	const uint64_t t = now();
	const uint64_t times[] = {
		0, 1, t - 1, t, t + 1, t + below(64), ~0ull, ~0ull - 1,
		1ull << 63, (1ull << 63) - 1, t + (1ull << 63),
		t - (1ull << 48), COUNTER_START, COUNTER_START - 1,
		1ull << 56, any_value(),
	};

	return times[below(sizeof(times) / sizeof(times[0]))];
}

static void work(uint64_t index)
{
	static const uint32_t spin = SPIN_WORD;
	static const uint64_t regs[REG_COUNT];
	uint64_t before = now();

	for (;;) {
		watchdog_init();
		for (unsigned i = 0; i < 50; i++) {
			const uint64_t t = now();

			EXPECT(t >= before);
			before = t;
			for (unsigned k = below(8); k; k--)
				hostile_timer(any_time());
			EXPECT(IS_INTERRUPT(attack(&spin, 1, regs,
						   STATE_KERNEL)));
		}
		if (!index)
			hostile_progress("clocks");
	}
}

void guest_main(void *tree)
{
	attack_ticks = 0;
	chance_all(tree, work);
}
