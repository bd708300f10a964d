// SPDX-License-Identifier: GPL-2.0-or-later
/* Rings of bytes. */
#include <libs/ring.h>
#include <libs/string.h>

static u8 *place(const struct ring *r, u64 at)
{
	return r->buffer + ((size_t)at & (r->size - 1));
}

/* Bytes from position at to the end of the buffer. */
static size_t piece(const struct ring *r, u64 at)
{
	return r->size - ((size_t)at & (r->size - 1));
}

static void copy_in(struct ring *r, const u8 *data, size_t size)
{
	size_t first = MIN(size, piece(r, r->head));

	if (size == 1) {			/* what UARTs send */
		*place(r, r->head++) = *data;
		return;
	}
	memcpy(place(r, r->head), data, first);
	memcpy(r->buffer, data + first, size - first);
	r->head += size;
}

static void copy_out(const struct ring *r, u64 at, u8 *data, size_t size)
{
	size_t first = MIN(size, piece(r, at));

	memcpy(data, place(r, at), first);
	memcpy(data + first, r->buffer, size - first);
}

size_t ring_write(struct ring *r, const void *data, size_t size)
{
	size = MIN(size, ring_room(r));
	copy_in(r, data, size);
	return size;
}

size_t ring_read(struct ring *r, void *data, size_t size)
{
	size = MIN(size, ring_fill(r));
	copy_out(r, r->tail, data, size);
	r->tail += size;
	return size;
}

void ring_write_over(struct ring *r, const void *data, size_t size)
{
	const u8 *bytes = data;

	if (size > r->size) {
		r->head += size - r->size;
		bytes += size - r->size;
		size = r->size;
	}
	copy_in(r, bytes, size);
	if (r->head - r->tail > r->size)
		r->tail = r->head - r->size;
}

size_t ring_read_at(const struct ring *r, u64 *at, void *data, size_t size)
{
	*at = MIN(MAX(*at, r->tail), r->head);
	size = (size_t)MIN((u64)size, r->head - *at);
	copy_out(r, *at, data, size);
	*at += size;
	return size;
}

size_t ring_look(const struct ring *r, u64 at, const u8 **data)
{
	*data = place(r, at);
	return (size_t)MIN(r->head - at, (u64)piece(r, at));
}

size_t ring_peek(const struct ring *r, const u8 **data)
{
	return ring_look(r, r->tail, data);
}

size_t ring_space(const struct ring *r, u8 **data)
{
	*data = place(r, r->head);
	return MIN(ring_room(r), piece(r, r->head));
}
