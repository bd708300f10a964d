/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happens next, in tests that do anything in any order: decided by bytes
 * (a fuzzer's, until there are none left), or by a seed, without an end.
 */
#ifndef TESTS_SUITES_STORY_H
#define TESTS_SUITES_STORY_H

#include <vmm/types.h>

struct story {
	const u8 *at;
	size_t left;
	u64 seed;			/* not 0: instead of bytes */
};

static inline u8 story_byte(struct story *s)
{
	if (s->seed) {
		s->seed = s->seed * 6364136223846793005ull +
			  1442695040888963407ull;
		return (u8)(s->seed >> 40);
	}
	if (!s->left)
		return 0;
	s->left--;
	return *s->at++;
}

static inline u64 story_take(struct story *s, unsigned bytes)
{
	u64 value = 0;

	for (unsigned i = 0; i < bytes; i++)
		value |= (u64)story_byte(s) << 8 * i;
	return value;
}

/* A number below n, which is at least 1. */
static inline u32 story_below(struct story *s, u32 n)
{
	return (u32)(story_take(s, n <= 256 ? 1 : n <= 65536 ? 2 : 4) % n);
}

static inline bool story_goes_on(const struct story *s)
{
	return s->seed || s->left;
}

#endif
