// SPDX-License-Identifier: GPL-2.0-or-later
/* libs/printf: what C11 7.21.6.1 says of each flag, width and length. */
#include <limits.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/test.h>

static char text[100];
static const char *volatile hidden_null;	/* else the compiler objects */

PRINTF(2, 3)
static bool prints(const char *expected, const char *format, ...)
{
	va_list args;
	int length;

	memset(text, '~', sizeof(text));
	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return string_equal(text, expected) &&
	       (size_t)length == strlen(expected);
}

/* For formats that the compiler would rightly refuse. */
static bool prints_odd(const char *expected, const char *format, int arg)
{
	return snprintf(text, sizeof(text), format, arg) ==
	       (int)strlen(expected) && string_equal(text, expected);
}

static void plain(void)
{
	EXPECT(prints("", "%s", ""));
	EXPECT(prints("100%", "100%%"));
	EXPECT(prints("a b", "%c %c", 'a', 'b'));
	EXPECT(prints("  x|x  |", "%3c|%-3c|", 'x', 'x'));
}

static void strings(void)
{
	char open[3] = { 'a', 'b', 'c' };	/* no terminator */

	EXPECT(prints("guest web: up", "guest %s: %s", "web", "up"));
	EXPECT(prints("   web|web   |", "%6s|%-6s|", "web", "web"));
	EXPECT(prints("  we|abc", "%4.2s|%.*s", "web", 3, open));
	EXPECT(prints("web", "%2s", "web"));
	EXPECT(prints("||", "|%.0s|", "web"));
	EXPECT(prints("(null)", "%s", hidden_null));
}

static void decimal(void)
{
	EXPECT(prints("0 -1 42", "%d %i %u", 0, -1, 42u));
	EXPECT(prints("   42|42   |00042", "%5d|%-5d|%05d", 42, 42, 42));
	EXPECT(prints("  -42|-42  |-0042", "%5d|%-5d|%05d", -42, -42, -42));
	EXPECT(prints("+7 -7| 7|-7", "%+d %+d|% d|% d", 7, -7, 7, -7));
	EXPECT(prints("007|  007|-007|", "%.3d|%5.3d|%.3d|", 7, 7, -7));
	EXPECT(prints("||  ", "|%.0d|%2.0d", 0, 0));
	EXPECT(prints_odd("  007", "%05.3d", 7));
	EXPECT(prints_odd("7    |", "%-05d|", 7));
	EXPECT(prints("-2147483648", "%d", INT_MIN));
	EXPECT(prints("4294967295", "%u", UINT_MAX));
}

static void other_bases(void)
{
	EXPECT(prints("ff FF 377", "%x %X %o", 255u, 255u, 255u));
	EXPECT(prints("0xff 0XFF 0377", "%#x %#X %#o", 255u, 255u, 255u));
	EXPECT(prints("0 0 0", "%#x %#o %x", 0u, 0u, 0u));
	EXPECT(prints("0x00ff|  0xff|0xff  |", "%#06x|%#6x|%-#6x|", 255u, 255u,
		      255u));
	EXPECT(prints("0x00ff", "%#.4x", 255u));
	EXPECT(prints("0|0010|00010", "%#.0o|%#.4o|%#05o", 0u, 8u, 8u));
	EXPECT(prints("0x1000", "%p", (void *)0x1000));
	EXPECT(prints("0x0|  0x10", "%p|%6p", (void *)0, (void *)16));
}

static void lengths(void)
{
	EXPECT(prints_odd("-1", "%hhd", 0x1ff));
	EXPECT(prints_odd("255", "%hhu", 0x1ff));
	EXPECT(prints_odd("-1", "%hd", 0x1ffff));
	EXPECT(prints_odd("65535", "%hu", 0x1ffff));
	EXPECT(prints("ffffffffffffffff", "%llx", ~0ull));
	EXPECT(prints("-9223372036854775808", "%lld", LLONG_MIN));
	EXPECT(prints("18446744073709551615", "%" PRIu64, ~(u64)0));
	EXPECT(prints("-1 1777777777777777777777", "%" PRId64 " %llo",
		      (s64)-1, ~0ull));
	EXPECT(prints("7 -7", "%zu %td", (size_t)7, (ptrdiff_t)-7));
	EXPECT(prints("-5 5 6", "%ld %lu %jx", -5l, 5ul, (uintmax_t)6));
}

/* A 64-bit argument must not shift the ones after it. */
static void arguments_stay_aligned(void)
{
	EXPECT(prints("1 2 3 4", "%d %lld %d %llu", 1, 2ll, 3, 4ull));
}

static void stars(void)
{
	EXPECT(prints("   42|42   |", "%*d|%*d|", 5, 42, -5, 42));
	EXPECT(prints("we|web", "%.*s|%.*s", 2, "web", -1, "web"));
	EXPECT(prints("  0042", "%*.*d", 6, 4, 42));
}

static void unknown_is_printed(void)
{
	EXPECT(prints_odd("%y 7", "%y %d", 7));
	EXPECT(prints_odd("a%", "a%", 7));
	EXPECT(prints_odd("a%-5l", "a%-5l", 7));
}

static void cut(void)
{
	char small[4] = "###";

	EXPECT_EQ(snprintf(small, sizeof(small), "%d", 12345), 5);
	EXPECT(string_equal(small, "123"));
	EXPECT_EQ(snprintf(small, sizeof(small), "%s", "abc"), 3);
	EXPECT(string_equal(small, "abc"));
	EXPECT_EQ(snprintf(small, 1, "abc"), 3);
	EXPECT(small[0] == 0 && small[1] == 'b');
	EXPECT_EQ(snprintf(NULL, 0, "%08x", 1u), 8);
}

/* Widths far beyond the buffer are counted, not stored. */
static void huge_width(void)
{
	EXPECT_EQ(snprintf(text, sizeof(text), "%100000d", 1), 100000);
	EXPECT_EQ(strlen(text), sizeof(text) - 1);
	EXPECT_EQ(text[sizeof(text) - 2], ' ');
}

static void append(void)
{
	char small[8] = "";

	EXPECT(printf_append(small, sizeof(small), "%s", "web"));
	EXPECT(printf_append(small, sizeof(small), "/%d", 10));
	EXPECT(string_equal(small, "web/10"));
	EXPECT(!printf_append(small, sizeof(small), "%s", "xy"));
	EXPECT(string_equal(small, "web/10x"));
	EXPECT(!printf_append(small, sizeof(small), "%s", "z"));
	EXPECT(string_equal(small, "web/10x"));
}

SUITE(printf, TEST(plain), TEST(strings), TEST(decimal), TEST(other_bases),
      TEST(lengths), TEST(arguments_stay_aligned), TEST(stars),
      TEST(unknown_is_printed), TEST(cut), TEST(huge_width), TEST(append));
