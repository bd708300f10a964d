// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Exceptions inside exceptions, for ever, on each VCPU another way: vectors
 * where nothing is, in memory without code, in a device, in ROM, at the end of
 * memory; and a stack in a device.
 */
#include "hostile.h"

static uint64_t no_code[512] __attribute__((aligned(4096)));

static void work(uint64_t index)
{
	const uint64_t vectors[] = {
		(uintptr_t)no_code, NOTHING, UART_BASE, ROM_BASE,
		RAM_BASE + RAM_SIZE - 0x800, 1ull << 40, ~0x7ffull,
	};

	if (index && index <= sizeof(vectors) / sizeof(vectors[0]))
		hostile_vectors(vectors[index - 1]);
	hostile_stack(UART_BASE + 0x100);
	for (;;)
		mmio_read32(NOTHING);
}

void guest_main(void *tree)
{
	for (uint64_t i = 1; i < vcpu_count(); i++)
		vcpu_begin(i, work, i);
	print("faults go on\n");
	work(0);
}
