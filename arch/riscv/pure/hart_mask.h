/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of harts as SBI calls name them: a mask and the hart of its bit 0. */
#ifndef HART_MASK_H
#define HART_MASK_H

#include <vmm/types.h>

struct hart_mask {
	u64 bits;
	u64 base;		/* HART_MASK_ALL: all harts, any bits */
};
#define HART_MASK_ALL	(~0ull)

/*
 * Takes the lowest hart out of a mask that is not empty.  False: its number
 * is beyond 64 bits.
 */
static ALWAYS_INLINE bool hart_mask_take(struct hart_mask *m, u64 *hart)
{
	unsigned lowest = 0;

	while (!(m->bits >> lowest & 1))
		lowest++;
	m->bits &= m->bits - 1;
	return !__builtin_add_overflow(m->base, lowest, hart);
}

/*
 * Pages of a fence: [start, start + size); size 0 from 0, and ~0: all.
 * False: the range wraps.
 */
struct fence_range {
	u64 start;
	u64 count;		/* of 4 KiB pages; 0: all there are */
};
#define FENCE_PAGES_MAX		32	/* more are as good as all */
bool fence_range_parse(u64 start, u64 size, struct fence_range *out);

#endif
