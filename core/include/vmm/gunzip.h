/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unpacking gzip files (RFC 1952) into memory of our own, with limits. */
#ifndef VMM_GUNZIP_H
#define VMM_GUNZIP_H

#include <vmm/types.h>

static inline bool gunzip_is_gzip(const u8 *data, u64 size)
{
	return size >= 2 && data[0] == 0x1f && data[1] == 0x8b;
}

struct gunzip {
	u8 *data;		/* unpacked; the caller's, heap_free() */
	size_t size;
	u64 consumed;		/* of the input: one member */
};

/*
 * Unpacks the first member of data, at most limit bytes.  Thread context.
 * -E2BIG: more than limit; -EBADMSG: damaged; -ENOMEM.  Reported with name.
 */
int gunzip_member(const u8 *data, u64 size, u64 limit, const char *name,
		  struct gunzip *out);

#endif
