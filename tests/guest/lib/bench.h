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

#endif
