// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes to its console as fast as it can, escape sequences among it. */
#include "guest.h"

void guest_main(void *tree)
{
	for (uint64_t n = 0; ; n++)
		print("flood %u \033[2J\033]0;title\007\n", n);
}
