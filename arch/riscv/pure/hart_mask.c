// SPDX-License-Identifier: GPL-2.0-or-later
/* Arguments of SBI calls: ranges of fences (SBI 3.0, chapter 8). */

#include "hart_mask.h"

#define PAGE		4096ull

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
