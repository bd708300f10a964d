// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tells its pvpanic device, which a tree of the tests puts there, that it has
 * panicked; words in memory and registers say how far it came.
 */
#include "guest.h"

#define PVPANIC		0x9070000
#define PANICKED	1
#define CRASH_LOADED	2

static volatile uint64_t words[2] = { 0x0123456789abcdef, 0 };

void guest_main(void *tree)
{
	print("words at %x\n", (uint64_t)(uintptr_t)words);
	EXPECT_EQ(mmio_read8(PVPANIC), PANICKED | CRASH_LOADED);
	mmio_write8(PVPANIC, CRASH_LOADED);
	mmio_write8(PVPANIC, 0x80);
	words[1] = 0xfedcba9876543210;
	print("panics\n");
	mmio_write8(PVPANIC, PANICKED);
	print("goes on\n");
	pass();
}
