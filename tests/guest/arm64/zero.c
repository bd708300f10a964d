// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All RAM but what was loaded is zero (16 MiB of it); then it is filled with a
 * word that whoever gets this memory next must not find.
 */
#include "guest.h"

#define RAM_BASE	0x40000000ul
#define RAM_END		0x41000000ul
#define SECRET		0x7365637265746d76ull

extern char _start[], guest_end[];

static bool is_loaded(uintptr_t at, uintptr_t tree, uintptr_t tree_end)
{
	return (at >= (uintptr_t)_start && at < (uintptr_t)guest_end) ||
	       (at + 8 > tree && at < tree_end);
}

void guest_main(void *tree)
{
	const uintptr_t from = (uintptr_t)tree;
	const uintptr_t to = from +
		__builtin_bswap32(mmio_read32((uintptr_t)tree + 4));

	for (uintptr_t at = RAM_BASE; at < RAM_END; at += 8) {
		volatile uint64_t *word = (volatile uint64_t *)at;

		if (is_loaded(at, from, to))
			continue;
		if (*word)
			expect_failed("zero", 0, "not zero at", at, *word);
		*word = SECRET;
	}
	pass();
}
