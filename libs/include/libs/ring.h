/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rings of bytes over a buffer of the caller's.  Positions are 64-bit counts
 * of all bytes that ever went through, so they never wrap and tell a reader
 * what it missed.  A ring is used in one of two ways: as a queue, where
 * writers stop when it is full (ring_write, ring_read), or as a record of
 * the newest bytes (ring_write_over, ring_read_at).  Locking is the caller's.
 */
#ifndef LIBS_RING_H
#define LIBS_RING_H

#include <vmm/types.h>

struct ring {
	u8 *buffer;
	size_t size;		/* of the buffer, a power of two */
	u64 head;		/* bytes written since ever */
	u64 tail;		/* bytes read, or overwritten */
};

/* For an array in static storage whose size is a power of two. */
#define RING_INIT(array)	{ .buffer = (array), .size = sizeof(array) }

static inline void ring_init(struct ring *r, u8 *buffer, size_t size)
{
	*r = (struct ring){ .buffer = buffer, .size = size };
}

/* Bytes in it, and bytes it has room for. */
static inline size_t ring_fill(const struct ring *r)
{
	return (size_t)(r->head - r->tail);
}

static inline size_t ring_room(const struct ring *r)
{
	return r->size - ring_fill(r);
}

static inline bool ring_is_empty(const struct ring *r)
{
	return r->head == r->tail;
}

static inline void ring_clear(struct ring *r)
{
	r->tail = r->head;
}

/* One byte in or out; false when the ring is full or empty. */
static inline bool ring_put(struct ring *r, u8 byte)
{
	if (!ring_room(r))
		return false;
	r->buffer[(size_t)r->head++ & (r->size - 1)] = byte;
	return true;
}

static inline bool ring_get(struct ring *r, u8 *byte)
{
	if (ring_is_empty(r))
		return false;
	*byte = r->buffer[(size_t)r->tail++ & (r->size - 1)];
	return true;
}

/* As many bytes as there is room for; how many that were. */
size_t ring_write(struct ring *r, const void *data, size_t size);

/* At most size of the oldest bytes; how many there were. */
size_t ring_read(struct ring *r, void *data, size_t size);

/* All bytes; the oldest in the ring make way. */
void ring_write_over(struct ring *r, const void *data, size_t size);

/*
 * Bytes from position *at on, which stay in the ring; moves *at behind
 * them, and first over those that are there no more.  0 at the end.
 */
size_t ring_read_at(const struct ring *r, u64 *at, void *data, size_t size);
/* The bytes from position at on that lie in one piece; 0 at the end. */
size_t ring_look(const struct ring *r, u64 at, const u8 **data);

/*
 * In place: where the oldest bytes lie, and where room for new ones is, and
 * how many of them lie in one piece.  Then ring_skip() takes bytes out and
 * ring_added() makes those that were put there part of the ring.
 */
size_t ring_peek(const struct ring *r, const u8 **data);
size_t ring_space(const struct ring *r, u8 **data);

static inline void ring_skip(struct ring *r, size_t size)
{
	r->tail += size;
}

static inline void ring_added(struct ring *r, size_t size)
{
	r->head += size;
}

#endif
