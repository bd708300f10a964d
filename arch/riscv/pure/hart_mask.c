// SPDX-License-Identifier: GPL-2.0-or-later
/* Arguments of SBI calls: hart masks (SBI 3.0, 3.3) and ranges of fences. */

#include "hart_mask.h"

#define PAGE		4096ull

bool hart_mask_take(struct hart_mask *m, u64 *hart)
{
	unsigned lowest = 0;

	while (!(m->bits >> lowest & 1))
		lowest++;
	m->bits &= m->bits - 1;
	return !__builtin_add_overflow(m->base, lowest, hart);
}

bool fence_range_parse(u64 start, u64 size, struct fence_range *out)
{
	u64 first = ALIGN_DOWN(start, PAGE), last;

	*out = (struct fence_range){ .start = first };
	if (!(start | size) || size == ~0ull)
		return true;
	if (!size)
		size = 1;
	if (__builtin_add_overflow(start, size - 1, &last))
		return false;
	out->count = (last - first) / PAGE + 1;
	if (out->count > FENCE_PAGES_MAX)
		out->count = 0;
	return true;
}
