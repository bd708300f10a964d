// SPDX-License-Identifier: GPL-2.0-or-later
/* A vector table where there is no memory: faults for ever. */
#include "guest.h"

void guest_main(void *tree)
{
	print("faults\n");
	sysreg_write(vbar_el1, 0x20000000);
	(void)mmio_read32(0x20000000);
	print("FAIL: came back\n");
}
