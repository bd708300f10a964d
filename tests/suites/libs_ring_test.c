// SPDX-License-Identifier: GPL-2.0-or-later
/* libs/ring: queues and records, across the end of the buffer. */
#include <libs/ring.h>
#include <libs/string.h>
#include <vmm/test.h>

static u8 buf[16];
static struct ring ring;

/* The byte that stands at each position. */
static u8 byte_at(u64 position)
{
	return (u8)(position * 5 + 3);
}

static void make(u8 *to, u64 position, size_t size)
{
	for (size_t i = 0; i < size; i++)
		to[i] = byte_at(position + i);
}

static bool is_made(const u8 *data, u64 position, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (data[i] != byte_at(position + i))
			return false;
	return true;
}

/* Empty, but begun at any place of the buffer. */
static void start_at(u64 position)
{
	ring_init(&ring, buf, sizeof(buf));
	ring.head = ring.tail = position;
}

static void bytes(void)
{
	u8 byte = 0;

	start_at(13);
	EXPECT(!ring_get(&ring, &byte));
	for (u8 i = 0; i < 16; i++)
		EXPECT(ring_put(&ring, i));
	EXPECT(!ring_put(&ring, 99));
	EXPECT_EQ(ring_room(&ring), 0);
	for (u8 i = 0; i < 16; i++)
		EXPECT(ring_get(&ring, &byte) && byte == i);
	EXPECT(ring_is_empty(&ring));
	EXPECT_EQ(ring_room(&ring), 16);
}

static void blocks(void)
{
	u8 data[20];

	for (u64 at = 0; at < 40; at++)
		for (size_t size = 0; size <= 20; size++) {
			size_t fits = MIN(size, sizeof(buf));

			start_at(at);
			make(data, at, size);
			EXPECT_EQ(ring_write(&ring, data, size), fits);
			EXPECT_EQ(ring_fill(&ring), fits);
			memset(data, 0, sizeof(data));
			EXPECT_EQ(ring_read(&ring, data, sizeof(data)), fits);
			EXPECT(is_made(data, at, fits));
			EXPECT(ring_is_empty(&ring));
		}
}

static void part_of_a_block(void)
{
	u8 data[16];

	start_at(0);
	make(data, 0, 10);
	EXPECT_EQ(ring_write(&ring, data, 10), 10);
	EXPECT_EQ(ring_read(&ring, data, 4), 4);
	make(data, 10, 12);
	EXPECT_EQ(ring_write(&ring, data, 12), 10);
	EXPECT_EQ(ring_read(&ring, data, 16), 16);
	EXPECT(is_made(data, 4, 16));
}

static void spans(void)
{
	const u8 *data;
	u8 source[12];

	start_at(10);
	EXPECT_EQ(ring_peek(&ring, &data), 0);
	make(source, 10, 12);
	ring_write(&ring, source, 12);
	EXPECT_EQ(ring_peek(&ring, &data), 6);
	EXPECT(data == buf + 10 && is_made(data, 10, 6));
	ring_skip(&ring, 2);
	EXPECT_EQ(ring_peek(&ring, &data), 4);
	ring_skip(&ring, 4);
	EXPECT_EQ(ring_peek(&ring, &data), 6);
	EXPECT(data == buf && is_made(data, 16, 6));
	ring_skip(&ring, 6);
	EXPECT(ring_is_empty(&ring));
	EXPECT_EQ(ring.tail, 22);
}

static void space_in_place(void)
{
	u8 data[16], *to;

	start_at(10);
	EXPECT_EQ(ring_space(&ring, &to), 6);
	EXPECT(to == buf + 10);
	make(to, 10, 5);
	ring_added(&ring, 5);
	EXPECT_EQ(ring_space(&ring, &to), 1);
	make(to, 15, 1);
	ring_added(&ring, 1);
	EXPECT_EQ(ring_space(&ring, &to), 10);
	EXPECT(to == buf);
	make(to, 16, 10);
	ring_added(&ring, 10);
	EXPECT_EQ(ring_space(&ring, &to), 0);
	EXPECT_EQ(ring_read(&ring, data, 16), 16);
	EXPECT(is_made(data, 10, 16));
}

/* A record holds the newest bytes, whatever the pieces they came in. */
static void record(void)
{
	u8 data[50];

	for (size_t piece = 1; piece <= sizeof(data); piece++) {
		start_at(0);
		for (u64 at = 0; at < 200; at += piece) {
			u64 end = at + piece;
			u64 from = 0;

			make(data, at, piece);
			ring_write_over(&ring, data, piece);
			EXPECT_EQ(ring.head, end);
			EXPECT_EQ(ring_fill(&ring), MIN(end, sizeof(buf)));
			EXPECT_EQ(ring_read_at(&ring, &from, data, 50),
				  MIN(end, sizeof(buf)));
			EXPECT_EQ(from, end);
			EXPECT(is_made(data, end - ring_fill(&ring),
				       ring_fill(&ring)));
		}
	}
	ring_write_over(&ring, data, 0);
	EXPECT_EQ(ring_fill(&ring), 16);
}

static void readers_learn_of_losses(void)
{
	u8 data[20];
	u64 at = 2;

	start_at(0);
	make(data, 0, 20);
	ring_write_over(&ring, data, 20);
	EXPECT_EQ(ring_read_at(&ring, &at, data, 5), 5);
	EXPECT(is_made(data, 4, 5));	/* 2 and 3 were lost */
	EXPECT_EQ(at, 9);
	EXPECT_EQ(ring_read_at(&ring, &at, data, 5), 5);
	EXPECT(is_made(data, 9, 5));
	EXPECT_EQ(ring_fill(&ring), 16);
	at = 1000;			/* nothing is there yet */
	EXPECT_EQ(ring_read_at(&ring, &at, data, 5), 0);
	EXPECT_EQ(at, 20);
}

static void forgotten(void)
{
	u64 at = 0;
	u8 data[8];

	start_at(0);
	ring_write_over(&ring, "abc", 3);
	ring_clear(&ring);
	EXPECT(ring_is_empty(&ring));
	ring_write_over(&ring, "d", 1);
	EXPECT_EQ(ring_read_at(&ring, &at, data, 8), 1);
	EXPECT_EQ(data[0], 'd');
	EXPECT_EQ(at, 4);
}

SUITE(ring, TEST(bytes), TEST(blocks), TEST(part_of_a_block), TEST(spans),
      TEST(space_in_place), TEST(record), TEST(readers_learn_of_losses),
      TEST(forgotten));
