/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fuzzer's bytes as a story: numbers taken one after the other, then 0. */
#ifndef TESTS_FUZZ_STORY_H
#define TESTS_FUZZ_STORY_H

#include <vmm/types.h>

struct story {
	const u8 *at;
	size_t left;
};

static inline u64 story_take(struct story *s, unsigned bytes)
{
	u64 value = 0;

	for (unsigned i = 0; i < bytes && s->left; i++, s->left--)
		value |= (u64)*s->at++ << 8 * i;
	return value;
}

/* limit is 1 to 256. */
static inline u32 story_below(struct story *s, u32 limit)
{
	return (u32)story_take(s, 1) % limit;
}

/* What does not hold is a finding. */
static inline void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

#endif
