// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Commands of both flash banks in any order and number, more sectors than may
 * be programmed, while other VCPUs read the array and run what is in it: what
 * the hypervisor maps for them comes and goes under their hands.
 */
#include "games.h"

#define SECTOR		0x40000ul

static const uint8_t commands[] = {
	0xff, 0xff, 0x90, 0x98, 0x70, 0x50, 0x10, 0x40, 0x20, 0xe8, 0x60, 0xd0,
};

static uintptr_t any_place(void)
{
	const uintptr_t bank = game_flash[below(2)];

	switch (below(8)) {
	case 0:
		return bank + below(game_flash_size);
	case 1:
		return bank + game_flash_size - 1 - below(16);
	case 2:
		return bank + below(64) * SECTOR;
	}
	return bank + (below(4) * SECTOR + below(0x1000) * 4);
}

static void store(uintptr_t at, uint64_t value)
{
	(void)TRAP_OF(mmio_write32(at & ~3ul, (uint32_t)value));
}

static void command(uintptr_t at, uint8_t c)
{
	store(at, c | (uint32_t)c << 16);
}

/* As a driver does it, up to a point. */
static void program_buffer(void)
{
	const uintptr_t at = any_place() & ~0x3fful;
	const uint64_t count = below(300);

	command(at, 0xe8);
	store(at, below(4) ? count * 0x10001 : any_value());
	for (uint64_t i = 0; i < count + below(3); i++)
		store(at + 4 * i, any_value());
	if (below(8))
		command(at, 0xd0);
}

static void erase(void)
{
	const uintptr_t at = any_place();

	command(at, 0x20);
	command(below(8) ? at : any_place(), below(8) ? 0xd0 : 0);
}

static void any_step(void)
{
	switch (below(8)) {
	case 0:
		program_buffer();
		break;
	case 1:
		erase();
		break;
	case 2:
	case 3:
		command(any_place(), commands[below(sizeof(commands))]);
		break;
	case 4:
		game_access(any_place(), any_value());
		break;
	case 5:
		game_run(any_place() & ~3ul);
		break;
	default:
		(void)TRAP_OF(mmio_read32(any_place() & ~3ul));
	}
}

static void work(uint64_t index)
{
	for (;;) {
		watchdog_init();
		for (unsigned i = 0; i < 20; i++)
			any_step();
		if (!index)
			hostile_progress("flash");
	}
}

void guest_main(void *tree)
{
	chance_all(tree, work);
}
