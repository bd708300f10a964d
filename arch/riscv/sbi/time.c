// SPDX-License-Identifier: GPL-2.0-or-later
/* Timer extension, SBI 3.0 chapter 6. */

#include "sbi.h"

#include "vcpu.h"

static sbi_answer set_timer(struct vcpu *v, const u64 *args)
{
	v->arch.events[PMU_SET_TIMER]++;
	timer_arm(v, args[0]);
	return sbi_error(SBI_SUCCESS);
}

const struct sbi_extension sbi_time = SBI_EXTENSION(SBI_TIME, set_timer);
