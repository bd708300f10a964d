// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Storms of messages from all VCPUs to all, to themselves, to those that are
 * off and to those that there are not.  It says so only as long as messages
 * still arrive everywhere.
 */
#include "games.h"

#define STORM	20

static volatile uint64_t taken[MAX_VCPUS];
static uint64_t taken_before[MAX_VCPUS];

static void storm(uint64_t index)
{
	pic_begin(index);
	for (unsigned i = 0; i < STORM; i++) {
		pic_message();
		taken[index] += pic_take(index);
	}
}

static bool all_took(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		if (taken[i] == taken_before[i])
			return false;
	for (uint64_t i = 0; i < count; i++)
		taken_before[i] = taken[i];
	return true;
}

void guest_secondary(uint64_t index)
{
	do
		storm(index);
	while (below(20));
}

void guest_main(void *tree)
{
	const uint64_t count = vcpu_count();

	chance_begin(tree);
	for (;;) {
		for (uint64_t i = 1; i < count; i++)
			if (vcpu_is_off(i))
				secondary_on(i);
		storm(0);
		if (all_took(count))
			hostile_progress("messages");
	}
}
