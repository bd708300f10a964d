/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two VCPUs turn the same third one on: each time that works it starts once. */
#ifndef CONTEND_H
#define CONTEND_H

#include "guest.h"

static volatile uint64_t contend_successes[MAX_VCPUS], contend_starts;

/* The guest's: may secondary_on() of one that is on, or comes on, say so? */
static bool contend_may_say(int64_t error);

static void contend_started(uint64_t arg)
{
	contend_starts++;
}

static void contend_turn_on(uint64_t index)
{
	for (int i = 0; i < 300; i++) {
		const int64_t rc = secondary_on(1);

		if (!rc)
			contend_successes[index]++;
		else
			EXPECT(contend_may_say(rc));
	}
}

/* Needs three VCPUs, of which 1 and 2 are off. */
static inline void contend(void)
{
	vcpu_run(1, contend_started, 0);	/* says what 1 shall do */
	contend_starts = 0;
	vcpu_begin(2, contend_turn_on, 2);
	contend_turn_on(0);
	vcpu_join(2);
	vcpu_join(1);
	EXPECT_EQ(contend_starts, contend_successes[0] + contend_successes[2]);
	EXPECT(contend_starts > 0);
}

#endif
