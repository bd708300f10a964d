// SPDX-License-Identifier: GPL-2.0-or-later
/* The built-in guest's address space, with either version of the GIC. */
#include "gic.h"
#include "holes.h"

static struct hole_present present[] = {
	{ ROM_BASE, 0x8000000 }, { GICD_BASE, 0x10000 },
	{ GICC_BASE, 0x10000 }, { UART_BASE, 0x1000 }, { RTC_BASE, 0x1000 },
	{ 0x09030000, 0x1000 }, { RAM_BASE, 0x4000000 }, { 0, 0 },
};

void holes_init(const void *tree)
{
	if (gic_is_v3())
		present[2] = (struct hole_present){ GICR_BASE, 0xf60000 };
}

const struct hole_present *holes_present(void)
{
	return present;
}
