// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All RAM (mb=MEGABYTES) is zero but for what was loaded; then each VCPU keeps
 * words of its own in its part, and finds nothing else there, for ever.
 */
#include "chance.h"

extern char _start[], guest_end[];

static uintptr_t ram_end, tree_from, tree_to;
static uint64_t count;
static volatile uint64_t sung[MAX_VCPUS];

static bool is_loaded(uintptr_t at)
{
	return (at >= (uintptr_t)_start && at < (uintptr_t)guest_end) ||
	       (at + 8 > tree_from && at < tree_to);
}

/* Each sixteenth word is as good as all of them, but for the first time. */
static void sweep(uint64_t index, uint64_t was, uint64_t is, uintptr_t step)
{
	for (uintptr_t at = RAM_BASE + 4096 * index; at < ram_end;
	     at += 4096 * count) {
		for (uintptr_t i = 0; i < 4096; i += step) {
			volatile uint64_t *word = (uint64_t *)(at + i);

			if (is_loaded(at + i))
				continue;
			if (*word != (was ? was + at + i : 0))
				expect_failed("canary", (int)index, "found at",
					      at + i, *word);
			*word = is + at + i;
		}
	}
}

static void sing(uint64_t index)
{
	uint64_t song = now() << 8 | 1;

	sweep(index, 0, song, 8);
	for (;;) {
		sweep(index, song, song + 2, 128);
		song += 2;
		sung[index]++;
	}
}

/* The first has the others' beginning to tell. */
static void sing_first(void)
{
	uint64_t song = now() << 8 | 1;
	bool told = false;

	sweep(0, 0, song, 8);
	for (;;) {
		uint64_t others = 0;

		sweep(0, song, song + 2, 128);
		song += 2;
		for (uint64_t i = 1; i < count; i++)
			others += sung[i] > 0;
		if (others == count - 1 && !told) {
			print("canaries sing\n");
			told = true;
		}
	}
}

void guest_main(void *tree)
{
	count = vcpu_count();
	ram_end = RAM_BASE + (chance_number(tree, "mb=", 16) << 20);
	tree_from = (uintptr_t)tree;
	tree_to = tree_from + tree_size(tree);
	for (uint64_t i = 1; i < count; i++)
		vcpu_begin(i, sing, i);
	sing_first();
}
