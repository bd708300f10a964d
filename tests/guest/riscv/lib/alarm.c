// SPDX-License-Identifier: GPL-2.0-or-later
/* The timer of the SBI, whose interrupt is enabled but masked in sstatus. */
#include "alarm.h"

void alarm_init(void)
{
	alarm_end();
	csr_write(sie, SIP_TIMER);
}

void alarm_set(uint64_t due)
{
	sbi(SBI_TIME, 0, due);
}

void alarm_end(void)
{
	sbi(SBI_TIME, 0, ~0ul);
}
