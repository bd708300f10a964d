// SPDX-License-Identifier: GPL-2.0-or-later
/* Stores to its ROM and touches memory that it does not have, for ever. */
#include "guest.h"

void guest_main(void *tree)
{
	print("wild\n");
	for (uint64_t n = 0; ; n++) {
		mmio_write32(n % 1024 * 4, 0xffffffff);
		EXPECT_EQ(ESR_FSC(TRAP_OF(mmio_read32(0x20000000 + 4 * n))),
			  FSC_EXTERNAL);
		if (n == 100000)
			print("still wild\n");
	}
}
