// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stores that flash drops, as often as a test counts, to pages that are mapped
 * as they can be read; what is read stays the same.
 */
#include "guest.h"

#define STORES	5000
#define PAGES	16

void guest_main(void *tree)
{
	for (uint32_t i = 0; i < PAGES; i++)
		EXPECT_EQ(mmio_read32(ROM_BASE + 4096 * i), 0xffffffff);
	for (uint32_t i = 0; i < STORES; i++) {
		const uintptr_t at = ROM_BASE + i % PAGES * 4096 + i % 1024 * 4;

		mmio_write32(at, i % 2 ? 0x00ff00ff : 0x12121212);
		EXPECT_EQ(mmio_read32(at), 0xffffffff);
	}
	print("stored\n");
	for (;;)
		wait();
}
