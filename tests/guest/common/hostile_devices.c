// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Registers of all devices at every offset, of every width, at any alignment,
 * from all VCPUs at once: FIFOs overrun both ways, loop-back, rates of 0,
 * interrupts on and off, clocks and alarms at their ends.
 */
#include "games.h"

static volatile bool quiet;		/* somebody prints */

static void touch(uintptr_t at)
{
	while (quiet && vcpu_index())
		;
	game_access(at, any_value());
}

static void any_register(void)
{
	const struct game_device *d = &game_devices[below(game_device_count)];

	touch(d->base + (below(8) ? below(d->hot) : below(d->size)));
}

/* One register again and again, so that FIFOs fill and lines toggle. */
static void hammer(void)
{
	const struct game_device *d = &game_devices[below(game_device_count)];
	const uintptr_t at = d->base + (below(d->hot) & ~3ul);

	for (uint64_t n = below(64); n; n--)
		touch(at);
}

/* All of a device, from anywhere in it. */
static void whole_device(void)
{
	const struct game_device *d = &game_devices[below(game_device_count)];
	const uintptr_t from = below(d->size);

	for (uintptr_t i = 0; i < d->size && i < 0x100; i++)
		touch(d->base + (from + i) % d->size);
}

static void work(uint64_t index)
{
	for (;;) {
		for (unsigned i = 0; i < 100; i++)
			any_register();
		for (unsigned i = 0; i < 4; i++)
			hammer();
		whole_device();
		if (index)
			continue;
		quiet = true;
		hostile_progress("devices");
		quiet = false;
	}
}

void guest_main(void *tree)
{
	chance_all(tree, work);
}
