/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hashes of short keys for tables: FNV-1a, 32 bits.  Not for input that an
 * adversary chooses to make entries collide.
 */
#ifndef LIBS_HASH_H
#define LIBS_HASH_H

#include <vmm/types.h>

#define HASH_START	2166136261u
#define HASH_PRIME	16777619u

/* Goes on from a hash, HASH_START for the first piece. */
static inline u32 hash_bytes(u32 hash, const void *data, size_t size)
{
	const u8 *p = data;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ p[i]) * HASH_PRIME;
	return hash;
}

static inline u32 hash_string(const char *s)
{
	u32 hash = HASH_START;

	for (; *s; s++)
		hash = (hash ^ (u8)*s) * HASH_PRIME;
	return hash;
}

#endif
