// SPDX-License-Identifier: GPL-2.0-or-later
/* Stores to its ROM and touches memory that it does not have, for ever. */
#include "guest.h"

void guest_main(void *tree)
{
	print("wild\n");
	for (uint64_t n = 0; ; n++) {
		mmio_write32(ROM_BASE + n % 1024 * 4, 0xffffffff);
		EXPECT(nothing_at(NOTHING + 4 * n % 0x1000000));
		if (n == 100000)
			print("still wild\n");
	}
}
