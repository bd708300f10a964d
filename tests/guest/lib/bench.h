/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What exits cost, in ticks of the counter: one line "bench NAME TICKS" for
 * each kind, of 1000 rounds less those of the same loop without the
 * instruction that exits.  Under QEMU's -icount shift=0 a tick is a fixed
 * number of instructions.
 */
#ifndef BENCH_H
#define BENCH_H

#include "guest.h"

#define ROUNDS	1000

static inline void report(const char *name, uint64_t ticks)
{
	print("bench %s %u\n", name, ticks);
}

/* Ticks of ROUNDS times the statement. */
#define TICKS(statement) __extension__ ({				\
	uint64_t ticks_begin = now();					\
									\
	for (unsigned round = 0; round < ROUNDS; round++) {		\
		statement;						\
	}								\
	now() - ticks_begin;						\
})

/* The same less those of what prepares it. */
#define MEASURE(name, statement, preparation) do {			\
	uint64_t measure_all = TICKS(statement);			\
	uint64_t measure_less = TICKS(preparation);			\
									\
	report(name, measure_all > measure_less ?			\
	       measure_all - measure_less : 0);				\
} while (0)

#define LOAD(name, bits, at)						\
	MEASURE(name, (void)mmio_read##bits(at),			\
		__asm__ volatile("" :: "r"(at)))
#define STORE(name, bits, at, v)					\
	MEASURE(name, mmio_write##bits(at, v),				\
		__asm__ volatile("" :: "r"(at)))

/* Of pages that nobody had before. */
static inline void first_touch(uintptr_t at)
{
	volatile uint64_t *p = (volatile uint64_t *)at;

	MEASURE("first-touch", p[round * 512] = round, __asm__ volatile(""));
}

/*
 * KVM has no yield of a guest's: its user (tests/bench/peers) does so at a
 * store there in its UART.
 */
#define UART_YIELD	0xf00

/*
 * The one thing that a word of the boot arguments chooses, if there is one:
 * "bench-switch" measures switches to another guest, which has
 * "bench-partner"; "bench-wake" measures waking while another guest, with
 * "bench-spin", keeps the CPU busy.
 */
static inline __attribute__((always_inline)) void
bench_chosen(const char *tree, void (*yield)(void), void (*wake)(void))
{
	if (tree_has_word(tree, "bench-partner"))
		for (;;)
			yield();
	if (tree_has_word(tree, "bench-spin"))
		for (;;)
			;
	if (tree_has_word(tree, "bench-switch")) {
		for (unsigned i = 0; i < 100; i++)
			yield();
		/* There and back again: two switches a round. */
		MEASURE("yield-round", yield(), __asm__ volatile(""));
		pass();
	}
	if (tree_has_word(tree, "bench-wake")) {
		wake();
		pass();
	}
}

#endif
