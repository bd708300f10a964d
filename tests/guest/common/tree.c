// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints how long its tree is, and a sum of all its bytes (FNV-1a, 64 bits). */
#include "guest.h"

void guest_main(void *tree)
{
	const uintptr_t base = (uintptr_t)tree;
	const uint32_t size = tree_size(tree);
	uint64_t sum = 0xcbf29ce484222325ull;

	for (uint32_t i = 0; i < size; i++)
		sum = (sum ^ mmio_read8(base + i)) * 0x100000001b3ull;
	print("tree %u %x\n", (uint64_t)size, sum);
	pass();
}
