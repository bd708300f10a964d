// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of functions: found in a table made by hand. */
#include "capture.h"
#include <libs/string.h>
#include <vmm/symbols.h>
#include <vmm/test.h>

/*
 * 33 functions, so two blocks: a00 to a31 of 4 bytes, then one whose name must
 * be cut.  129 is a token for "a31", by one for "a3".
 */
#define LONG		"b123456789012345678901234567890123456789" \
			"012345678901234567890123456789"

static u64 memory[96];

static void put_name(u8 **at, u8 distance, u8 shared, const char *rest)
{
	size_t length = strlen(rest);

	*(*at)++ = distance;
	*(*at)++ = (u8)((size_t)shared << 4 | MIN(length, (size_t)15));
	if (length >= 15)
		*(*at)++ = (u8)(length - 15);
	memcpy(*at, rest, length);
	*at += length;
}

static const struct symbols_table *by_hand(void)
{
	struct symbols_table *t = (void *)memory;
	u8 *stream = (u8 *)&t->blocks[2], *at = stream;
	char digits[3] = "00";

	put_name(&at, 0, 0, "a00");
	for (unsigned i = 1; i < 31; i++) {
		digits[0] = (char)('0' + i / 10);
		digits[1] = (char)('0' + i % 10);
		if (i % 10)
			put_name(&at, 4, 2, digits + 1);
		else
			put_name(&at, 4, 1, digits);
	}
	put_name(&at, 4, 0, "\x81");
	*t = (struct symbols_table){ .base = 0x1000, .end = 0x1100,
				     .count = 33, .block_count = 2 };
	memcpy(t->tokens[0], "a3", 2);
	memcpy(t->tokens[1], "\x80" "1", 2);
	t->blocks[0] = (struct symbols_block){ 0, 0 };
	t->blocks[1].address = 0x80;
	t->blocks[1].at = (u32)(at - stream);
	put_name(&at, 0, 0, LONG);
	return t;
}

static void finds(void)
{
	const struct symbols_table *t = by_hand();
	char name[SYMBOLS_NAME_SIZE];
	u64 offset;

	EXPECT(string_equal(symbols_find(t, 0x1000, &offset, name), "a00"));
	EXPECT_EQ(offset, 0);
	EXPECT(string_equal(symbols_find(t, 0x1007, &offset, name), "a01"));
	EXPECT_EQ(offset, 3);
	EXPECT(string_equal(symbols_find(t, 0x107f, &offset, name), "a31"));
	EXPECT_EQ(offset, 3);
}

static void finds_last_and_cuts(void)
{
	const struct symbols_table *t = by_hand();
	char name[SYMBOLS_NAME_SIZE];
	u64 offset;

	EXPECT(symbols_find(t, 0x10ff, &offset, name));
	EXPECT_EQ(offset, 0x7f);
	EXPECT_EQ(strlen(name), SYMBOLS_NAME_SIZE - 1);
	EXPECT(memcmp(name, LONG, SYMBOLS_NAME_SIZE - 1) == 0);
}

static void knows_its_limits(void)
{
	const struct symbols_table *t = by_hand();
	char name[SYMBOLS_NAME_SIZE];
	u64 offset;

	EXPECT(!symbols_find(t, 0xfff, &offset, name));
	EXPECT(!symbols_find(t, 0x1100, &offset, name));
	EXPECT(!symbols_lookup(0, &offset, name));
}

/* A return address belongs to the call before it. */
static void prints(void)
{
	capture_begin();
	symbols_print(0x10, &capture);
	symbols_print_return(0x20, &capture);
	capture_end();
	EXPECT(string_equal(capture_text, "  0000000000000010\n"
			    "  0000000000000020\n"));
}

SUITE(symbols, TEST(finds), TEST(finds_last_and_cuts),
      TEST(knows_its_limits), TEST(prints));
