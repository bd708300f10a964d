// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All RAM but what was loaded is zero (16 MiB of it); then it is filled with a
 * word that whoever gets this memory next must not find.
 */
#include "guest.h"

#define RAM_END		(RAM_BASE + 0x1000000)
#define SECRET		0x7365637265746d76ull

/* The word itself is nowhere in what is loaded. */
static volatile uint64_t inverted = ~SECRET;

extern char _start[], guest_end[];

static bool is_loaded(uintptr_t at, uintptr_t tree, uintptr_t tree_end)
{
	return (at >= (uintptr_t)_start && at < (uintptr_t)guest_end) ||
	       (at + 8 > tree && at < tree_end);
}

void guest_main(void *tree)
{
	const uintptr_t from = (uintptr_t)tree;
	const uintptr_t to = from + tree_size(tree);

	for (uintptr_t at = RAM_BASE; at < RAM_END; at += 8) {
		volatile uint64_t *word = (volatile uint64_t *)at;

		if (is_loaded(at, from, to))
			continue;
		if (*word)
			expect_failed("zero", 0, "not zero at", at, *word);
		*word = ~inverted;
	}
	pass();
}
