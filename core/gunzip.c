// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Gzip files (RFC 1952), unpacked by libdeflate.  It wants a buffer for all:
 * the trailer's size is tried first, then buffers twice as large.
 */
#include <vmm/gunzip.h>
#include <libdeflate.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>

/* Deflate cannot do better (RFC 1951: 258 bytes for two bits). */
#define RATIO_MAX	1032
#define ROOM_MIN	KIB(64)
#define TRAILER_SIZE	4

/* What the last four bytes say, when that is possible. */
static u64 room_guess(const u8 *data, u64 size)
{
	const u8 *p = data + size - TRAILER_SIZE;
	u64 said;

	if (size < TRAILER_SIZE)
		return ROOM_MIN;
	said = p[0] | (u64)p[1] << 8 | (u64)p[2] << 16 | (u64)p[3] << 24;
	if (said && said <= size * RATIO_MAX)
		return said;
	return MAX(4 * size, ROOM_MIN);
}

/* One try with room bytes. */
static int unpack(struct libdeflate_decompressor *d, const u8 *data, u64 size,
		  u64 room, struct gunzip *out)
{
	enum libdeflate_result result;
	size_t consumed;

	out->data = heap_alloc(room);
	if (!out->data)
		return -ENOMEM;
	result = libdeflate_gzip_decompress_ex(d, data, size, out->data, room,
					       &consumed, &out->size);
	out->consumed = consumed;
	if (result == LIBDEFLATE_SUCCESS)
		return 0;
	heap_free(out->data);
	out->data = NULL;
	return result == LIBDEFLATE_INSUFFICIENT_SPACE ? -ENOSPC : -EBADMSG;
}

static int unpack_report(int rc, u64 limit, const char *name)
{
	if (rc == -ENOSPC)
		return fail(-E2BIG, "%s: unpacks to more than %llu bytes",
			    name, (unsigned long long)limit);
	if (rc == -ENOMEM)
		return fail(rc, "%s: no memory to unpack it", name);
	if (rc)
		return fail(rc, "%s: is a damaged gzip file", name);
	return 0;
}

int gunzip_member(const u8 *data, u64 size, u64 limit, const char *name,
		  struct gunzip *out)
{
	struct libdeflate_decompressor *d;
	u64 room = MIN(room_guess(data, size), limit);
	int rc;

	*out = (struct gunzip){ 0 };
	libdeflate_set_memory_allocator(heap_alloc, heap_free);
	d = libdeflate_alloc_decompressor();
	if (!d)
		return unpack_report(-ENOMEM, limit, name);
	rc = unpack(d, data, size, room, out);
	while (rc == -ENOSPC && room < limit) {
		room = MIN(2 * room, limit);
		rc = unpack(d, data, size, room, out);
	}
	libdeflate_free_decompressor(d);
	return unpack_report(rc, limit, name);
}
