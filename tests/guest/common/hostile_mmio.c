// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loads and stores of every kind and width to devices, ROM and nothing, from
 * all VCPUs at once, with their interrupts on.
 */
#include "hostile.h"

static void work(uint64_t index)
{
	for (;;) {
		watchdog_init();
		for (unsigned i = 0; i < 100; i++)
			attack_accesses(index);
		if (!index)
			hostile_progress("accesses");
	}
}

void guest_main(void *tree)
{
	chance_all(tree, work);
}
