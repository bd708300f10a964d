// SPDX-License-Identifier: GPL-2.0-or-later
/* Loads and stores of guests that attack by devices. */
#include "games.h"

static void game_load(uintptr_t at, uint64_t width)
{
	switch (width) {
	case 0:
		(void)TRAP_OF(mmio_read8(at));
		break;
	case 1:
		(void)TRAP_OF(mmio_read16(at));
		break;
	case 2:
		(void)TRAP_OF(mmio_read32(at));
		break;
	default:
		(void)TRAP_OF(mmio_read64(at));
	}
}

static void game_store(uintptr_t at, uint64_t width, uint64_t value)
{
	switch (width) {
	case 0:
		(void)TRAP_OF(mmio_write8(at, (uint8_t)value));
		break;
	case 1:
		(void)TRAP_OF(mmio_write16(at, (uint16_t)value));
		break;
	case 2:
		(void)TRAP_OF(mmio_write32(at, (uint32_t)value));
		break;
	default:
		(void)TRAP_OF(mmio_write64(at, value));
	}
}

void game_access(uintptr_t at, uint64_t value)
{
	const uint64_t width = below(4);

	if (below(2))
		game_load(at, width);
	else if (!game_is_end(at, value))
		game_store(at, width, value);
}
