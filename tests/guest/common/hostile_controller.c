// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Registers of the interrupt controller at any offset, of any width, with any
 * value; everything pending at once with one priority; acknowledging, ending
 * and masking in no order and by any number; messages to everybody and to
 * nobody; interrupts taken between: on all VCPUs.
 */
#include "games.h"

static void any_register(void)
{
	const struct game_device *d = &game_pic[below(game_pic_count)];
	const uintptr_t end = below(2) ? d->hot : d->size;

	game_access(d->base + (below(end) & ~(below(8) ? 3ul : 0ul)),
		    any_value());
}

static void one_game(uint64_t index)
{
	switch (below(8)) {
	case 0:
		pic_flood();
		break;
	case 1:
		pic_message();
		break;
	case 2:
		pic_take(index);
		break;
	case 3:
	case 4:
		pic_play(index);
		break;
	default:
		any_register();
	}
}

static void work(uint64_t index)
{
	for (;;) {
		pic_begin(index);
		for (unsigned i = 0; i < 50; i++)
			one_game(index);
		if (!index)
			hostile_progress("interrupts");
	}
}

void guest_main(void *tree)
{
	chance_all(tree, work);
}
