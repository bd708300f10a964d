// SPDX-License-Identifier: GPL-2.0-or-later
/* Waits for an interrupt that never comes, with no timer running. */
#include "guest.h"

void guest_main(void *tree)
{
	print("idles\n");
	for (;;)
		wait();
}
