/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions that exit to the hypervisor, each with all integer registers
 * set before and looked at afterwards.
 */
#ifndef AROUND_H
#define AROUND_H

#include "guest.h"

#define AROUND_REGS	32

struct around {
	const char *name;
	/* Registers by their numbers, in and out. */
	void (*run)(uint64_t regs[AROUND_REGS]);
	/* Those that the instruction needs; n 0 and v 0: no more of them. */
	struct { uint8_t n; uint64_t v; } in[3];
	uint32_t results;		/* registers that it may change, */
	uint64_t result_bits;		/* to a value of these bits */
	bool traps;
	void (*before)(void);
};

/* The architecture's: */
extern const struct around around_all[];
extern const uint64_t around_count;
/* Registers that around.S neither sets nor looks at. */
extern const uint32_t around_ignored;

#endif
