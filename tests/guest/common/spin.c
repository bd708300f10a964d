// SPDX-License-Identifier: GPL-2.0-or-later
/* All VCPUs compute for ever, without an exit after the first line. */
#include "guest.h"

static volatile uint64_t loops[MAX_VCPUS];

static void spin(uint64_t index)
{
	for (;;)
		loops[index]++;
}

void guest_main(void *tree)
{
	for (uint64_t i = vcpu_count() - 1; i; i--)
		vcpu_begin(i, spin, i);
	print("spins\n");
	spin(0);
}
