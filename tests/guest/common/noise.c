// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The worst of neighbours: thrashes its memory, faults, stores to the registers
 * of its devices, turns its VCPUs on and off and floods its console, for ever.
 */
#include "hostile.h"

#define THRASHED	(1u << 20)	/* words */
#define LINES		20

static uint64_t *const memory = (uint64_t *)(RAM_BASE + 0x1000000);

static void thrash(void)
{
	for (unsigned i = 0; i < 4096; i++)
		memory[below(THRASHED)] += i;
}

static void flood(void)
{
	hostile_console();
	for (uint64_t i = 0; i < LINES; i++)
		print("noise %u \033[2J\033]0;title\007\n", i);
}

static void nothing(uint64_t arg)
{
}

void guest_main(void *tree)
{
	const uint64_t count = vcpu_count();

	chance_begin(tree);
	for (;;) {
		thrash();
		flood();
		for (unsigned i = 0; i < 20; i++) {
			watchdog_init();
			attack_accesses(0);
		}
		for (uint64_t i = 1; i < count; i++)
			vcpu_run(i, nothing, 0);
	}
}
