// SPDX-License-Identifier: GPL-2.0-or-later
/* A vector where there is no memory: faults for ever. */
#include "guest.h"

void guest_main(void *tree)
{
	print("faults\n");
	csr_write(stvec, NOTHING);
	(void)mmio_read32(NOTHING);
	print("FAIL: came back\n");
}
