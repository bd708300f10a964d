/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that gets stuck as its boot arguments say; what differs between
 * architectures is defined before this is included.
 */
#ifndef STUCK_H
#define STUCK_H

#include "guest.h"

/* Waits for ever: all that is left is what was set up before. */
static void forever(void)
{
	for (;;)
		wait();
}

static volatile uint64_t flag;

/* For one of the others, which nobody turns on. */
static void stuck_secondary(void)
{
	while (!flag)
		;
}

static void stuck_off(void)
{
	guest_cpu_off();
}

static void stuck_poll(void)
{
	while (!(POLLED() & POLLED_BIT))
		;
}

/* No memory and no device: the handler goes back and tries again. */
static void stuck_absent(void)
{
	mmio_read32(NOTHING + 0x18);
}

/* To where no code is, before there are vectors. */
static void stuck_jump(void)
{
	vectors_at(NOTHING);
	((void (*)(void))(uintptr_t)(NOTHING + 0x100))();
}

/* The vector is memory that holds no code. */
static uint64_t no_code[512] __attribute__((aligned(4096)));

static void stuck_vector(void)
{
	vectors_at((uintptr_t)no_code);
	mmio_read32(NOTHING);
}

/* Absolute addresses: right only where it was linked for. */
static const struct {
	const char *word;
	void (*stick)(void);
} ways[] = {
	{ "stuck-idle", forever },
	{ "stuck-timer-own", stuck_timer_own },
	{ "stuck-timer-off", stuck_timer_off },
	{ "stuck-masked", stuck_masked },
	{ "stuck-threshold", stuck_threshold },
	{ "stuck-secondary", stuck_secondary },
	{ "stuck-off", stuck_off },
	{ "stuck-poll", stuck_poll },
	{ "stuck-absent", stuck_absent },
	{ "stuck-jump", stuck_jump },
	{ "stuck-vector", stuck_vector },
};

/* Without a word in its arguments it computes, and then says what. */
static void compute(void)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < 500000000; i++)
		sum = sum * 6364136223846793005ull + i;
	print("computed %x\n", sum);
	pass();
}

void guest_main(void *tree)
{
	if (!tree_has_word(tree, "silent"))
		print("begins\n");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (tree_has_word(tree, ways[i].word)) {
			ways[i].stick();
			forever();
		}
	compute();
}

#endif
