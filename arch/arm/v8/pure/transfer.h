/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads and stores that devices take, by their encoding (Arm ARM C4.1.94).
 * Exclusives and atomics have no meaning for a device.
 */
#ifndef TRANSFER_H
#define TRANSFER_H

#include <vmm/types.h>

/* A decoded instruction: element i goes from or to register rt[i]. */
struct transfer {
	u8 rt[2];
	u8 rn;			/* base, 31: the stack pointer */
	u8 count;		/* elements */
	u8 size;		/* bytes of an element: 1 to 16 */
	bool load, simd, writeback;
	bool sign, wide;	/* sign-extend; to 64 bits */
	s64 step;		/* added to the base by writeback */
};

/* Of `width` bits, which are 1 to 64. */
static inline s64 transfer_sign_extend(u64 value, unsigned width)
{
	return (s64)(value << (64 - width)) >> (64 - width);
}

/*
 * An instruction that was executed and faulted: false if it is none of those.
 * Pure.
 */
bool transfer_decode(u32 insn, struct transfer *t);

#endif
