// SPDX-License-Identifier: GPL-2.0-or-later
/* The built-in guest's address space, with a PLIC. */
#include "holes.h"

static const struct hole_present present[] = {
	{ TEST_BASE, 0x1000 }, { RTC_BASE, 0x1000 }, { PLIC_BASE, 0x600000 },
	{ UART_BASE, 0x100 }, { ROM_BASE, 0x4000000 },
	{ RAM_BASE, 0x4000000 }, { 0, 0 },
};

void holes_init(const void *tree)
{
	EXPECT(has_plic(tree));
}

const struct hole_present *holes_present(void)
{
	return present;
}
