// SPDX-License-Identifier: GPL-2.0-or-later
/* The virtual timer's interrupt, taken from the GIC without an exception. */
#include "alarm.h"
#include "gic.h"

#define VTIMER_PPI	27
#define SPURIOUS	1020

void alarm_init(void)
{
	gic_init();
	gic_init_cpu();
	gic_use(VTIMER_PPI, 0x80);
}

void alarm_set(uint64_t due)
{
	sysreg_write(cntv_cval_el0, due);
	sysreg_write(cntv_ctl_el0, 1);
}

void alarm_end(void)
{
	const uint32_t ack = gic_ack();

	sysreg_write(cntv_ctl_el0, 2);
	if ((ack & 0x3ff) < SPURIOUS)
		gic_eoi(ack);
}
