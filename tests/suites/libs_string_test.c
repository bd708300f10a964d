// SPDX-License-Identifier: GPL-2.0-or-later
/* libs/string: every alignment and size around the word and block loops. */
#include <libs/string.h>
#include <vmm/test.h>

#define ROOM	256
#define SIZES	150

static u8 from[ROOM] ALIGNED(16), to[ROOM] ALIGNED(16), model[ROOM];

static void fill(void)
{
	for (size_t i = 0; i < ROOM; i++) {
		from[i] = (u8)(i * 7 + 1);
		to[i] = model[i] = (u8)(0xff - i);
	}
}

/* Byte by byte, not through what is being tested. */
static bool as_model(const u8 *mem)
{
	for (size_t i = 0; i < ROOM; i++)
		if (mem[i] != model[i])
			return false;
	return true;
}

static bool copy_is_right(size_t at, size_t start, size_t size)
{
	fill();
	for (size_t i = 0; i < size; i++)
		model[at + i] = from[start + i];
	return memcpy(to + at, from + start, size) == to + at && as_model(to);
}

static void copy(void)
{
	for (size_t size = 0; size < SIZES; size++)
		for (size_t at = 0; at < 9; at++)
			for (size_t start = 0; start < 9; start++)
				EXPECT(copy_is_right(at, start, size));
}

static bool move_is_right(size_t at, size_t start, size_t size)
{
	fill();
	for (size_t i = 0; i < ROOM; i++)
		model[i] = from[i];
	for (size_t i = 0; i < size; i++)
		model[at + i] = (u8)((start + i) * 7 + 1);
	return memmove(from + at, from + start, size) == from + at &&
	       as_model(from);
}

static void move_over_itself(void)
{
	for (size_t size = 0; size < SIZES; size += 1 + size / 40)
		for (size_t at = 0; at < 80; at++) {
			EXPECT(move_is_right(at, 40, size));
			EXPECT(move_is_right(at, 37, size));
		}
}

static bool set_is_right(size_t at, size_t size)
{
	fill();
	for (size_t i = 0; i < size; i++)
		model[at + i] = 0xa5;
	return memset(to + at, 0x1a5, size) == to + at && as_model(to);
}

static void set(void)
{
	for (size_t size = 0; size < SIZES; size++)
		for (size_t at = 0; at < 9; at++)
			EXPECT(set_is_right(at, size));
}

static void compare(void)
{
	for (size_t size = 1; size < 40; size++)
		for (size_t at = 0; at < size; at++) {
			memset(from, 0x80, ROOM);
			memset(to, 0x80, ROOM);
			EXPECT_EQ(memcmp(from, to, size), 0);
			from[at] = 0x7f;
			EXPECT(memcmp(from, to, size) < 0);
			EXPECT(memcmp(to, from, size) > 0);
			EXPECT_EQ(memcmp(to, from, at), 0);
			to[at + 1] = 0;		/* later bytes don't count */
			EXPECT(memcmp(to, from, size) > 0);
			EXPECT(memcmp(to + 1, from + 1, size) > 0 || !at);
		}
}

static void search_memory(void)
{
	fill();
	EXPECT(memchr(from, 8, 2) == from + 1);
	EXPECT(!memchr(from, 8, 1));
	EXPECT(memchr(from, 0x101, ROOM) == from);
}

static void length(void)
{
	EXPECT_EQ(strlen(""), 0);
	EXPECT_EQ(strlen("monovisor"), 9);
	EXPECT_EQ(strnlen("monovisor", 4), 4);
	EXPECT_EQ(strnlen("mono", 9), 4);
	EXPECT_EQ(strnlen("", 0), 0);
}

static void compare_strings(void)
{
	EXPECT_EQ(strcmp("", ""), 0);
	EXPECT(strcmp("a", "b") < 0 && strcmp("b", "a") > 0);
	EXPECT(strcmp("a", "ab") < 0 && strcmp("ab", "a") > 0);
	EXPECT(strcmp("\x80", "a") > 0);
	EXPECT_EQ(strncmp("abc", "abd", 2), 0);
	EXPECT(strncmp("abc", "abd", 3) < 0);
	EXPECT_EQ(strncmp("ab\0x", "ab\0y", 4), 0);
	EXPECT(string_equal("web", "web") && !string_equal("web", "we"));
}

static void search_strings(void)
{
	const char *s = "guest/web/0";

	EXPECT(strchr(s, '/') == s + 5);
	EXPECT(strrchr(s, '/') == s + 9);
	EXPECT(strchr(s, 0) == s + 11 && strrchr(s, 0) == s + 11);
	EXPECT(!strchr(s, 'x') && !strrchr(s, 'x'));
	EXPECT(strstr(s, "web") == s + 6);
	EXPECT(strstr(s, "") == s && strstr("", "") != NULL);
	EXPECT(strstr("aab", "ab") != NULL);
	EXPECT(!strstr(s, "web/01") && !strstr(s, "bew"));
	EXPECT(string_after(s, "guest/") == s + 6);
	EXPECT(!string_after("gues", "guest"));
}

static void copy_string(void)
{
	char small[5] = { 1, 1, 1, 1, 1 };

	EXPECT(string_copy(small, "web", sizeof(small)));
	EXPECT(string_equal(small, "web") && small[4] == 1);
	EXPECT(string_copy(small, "four", sizeof(small)));
	EXPECT(string_equal(small, "four"));
	EXPECT(!string_copy(small, "fives", sizeof(small)));
	EXPECT(string_equal(small, "five"));
	EXPECT(!string_copy(small, "x", 1));
	EXPECT(small[0] == 0 && small[1] == 'i');
	EXPECT(!string_copy(small, "x", 0));
}

static void numbers(void)
{
	const char *s = " -0x1Fz";
	char *end;

	EXPECT_EQ(strtoul(s, &end, 0), -0x1ful);
	EXPECT(end == s + 6);
	EXPECT_EQ(strtoul("0755", NULL, 0), 0755);
	EXPECT_EQ(strtoul("+42", NULL, 10), 42);
	EXPECT_EQ(strtoul("zZ", NULL, 36), 35 * 36 + 35);
	EXPECT_EQ(strtoul("0x", &end, 16), 0);
	EXPECT(*end == 'x');
	s = "  none";
	EXPECT_EQ(strtoul(s, &end, 10), 0);
	EXPECT(end == s);
	EXPECT_EQ(strtoul("99999999999999999999999", &end, 10), ~0ul);
	EXPECT(*end == 0);
}

SUITE(string, TEST(copy), TEST(move_over_itself), TEST(set), TEST(compare),
      TEST(search_memory), TEST(length), TEST(compare_strings),
      TEST(search_strings), TEST(copy_string), TEST(numbers));
