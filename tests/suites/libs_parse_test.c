// SPDX-License-Identifier: GPL-2.0-or-later
/* libs/parse and libs/nearest: what people type, rightly and wrongly. */
#include <libs/bitmap.h>
#include <libs/nearest.h>
#include <libs/parse.h>
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/test.h>

#define UNTOUCHED	0x5555

typedef int parse_fn(const char *s, u64 *out);

static bool gives(parse_fn *parse, const char *s, u64 expected)
{
	u64 value = UNTOUCHED;

	return !parse(s, &value) && value == expected;
}

static bool refuses(parse_fn *parse, const char *s, int err)
{
	u64 value = UNTOUCHED;

	return parse(s, &value) == err && value == UNTOUCHED;
}

static void numbers(void)
{
	EXPECT(gives(parse_u64, "0", 0));
	EXPECT(gives(parse_u64, "0042", 42));
	EXPECT(gives(parse_u64, "0xfF", 255));
	EXPECT(gives(parse_u64, "18446744073709551615", ~0ull));
	EXPECT(gives(parse_u64, "0xffffffffffffffff", ~0ull));
	EXPECT(refuses(parse_u64, "18446744073709551616", -ERANGE));
	EXPECT(refuses(parse_u64, "99999999999999999999", -ERANGE));
	EXPECT(refuses(parse_u64, "0x10000000000000000", -ERANGE));
}

static void not_numbers(void)
{
	static const char *const bad[] = {
		"", "-1", "+1", " 1", "1 ", "0x", "x", "12a", "0xg", "1K",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		EXPECT(refuses(parse_u64, bad[i], -EINVAL));
}

static void small_numbers(void)
{
	u32 value = UNTOUCHED;

	EXPECT_EQ(parse_u32("4294967296", &value), -ERANGE);
	EXPECT_EQ(parse_u32("4g", &value), -EINVAL);
	EXPECT_EQ(value, UNTOUCHED);
	EXPECT_EQ(parse_u32("4294967295", &value), 0);
	EXPECT_EQ(value, ~0u);
}

static void sizes(void)
{
	EXPECT(gives(parse_size, "4096", 4096));
	EXPECT(gives(parse_size, "16K", 16384));
	EXPECT(gives(parse_size, "256M", 256ull << 20));
	EXPECT(gives(parse_size, "0x2g", 2ull << 30));
	EXPECT(gives(parse_size, "17179869183G", ~0ull << 30));
	EXPECT(refuses(parse_size, "17179869184G", -ERANGE));
	EXPECT(refuses(parse_size, "1KB", -EINVAL));
	EXPECT(refuses(parse_size, "K", -EINVAL));
	EXPECT(refuses(parse_size, "1T", -EINVAL));
}

static void times(void)
{
	EXPECT(gives(parse_time_ns, "7ns", 7));
	EXPECT(gives(parse_time_ns, "7us", 7000));
	EXPECT(gives(parse_time_ns, "7ms", 7000000));
	EXPECT(gives(parse_time_ns, "7s", 7000000000));
	EXPECT(gives(parse_time_ns, "0", 0));
	EXPECT(refuses(parse_time_ns, "7", -EINVAL));
	EXPECT(refuses(parse_time_ns, "7m", -EINVAL));
	EXPECT(refuses(parse_time_ns, "18446744074s", -ERANGE));
}

#define CPUS	70
static unsigned long map[BITMAP_WORDS(CPUS)];

static int list_of(const char *s)
{
	bitmap_set_range(map, 0, CPUS);
	return parse_list(s, map, CPUS);
}

static void lists(void)
{
	EXPECT_EQ(list_of("0-2,5"), 0);
	EXPECT_EQ(bitmap_weight(map, CPUS), 4);
	EXPECT(bitmap_test(map, 0) && bitmap_test(map, 1));
	EXPECT(bitmap_test(map, 2) && bitmap_test(map, 5));
	EXPECT_EQ(list_of("69,0-69"), 0);
	EXPECT_EQ(bitmap_weight(map, CPUS), 70);
	EXPECT_EQ(list_of("3-3"), 0);
	EXPECT_EQ(bitmap_weight(map, CPUS), 1);
}

static void bad_lists(void)
{
	static const char *const bad[] = {
		"", ",", "1,", ",1", "1-", "-1", "2-1", "1;2", "0-2-3", "a",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		EXPECT_EQ(list_of(bad[i]), -EINVAL);
		EXPECT_EQ(bitmap_weight(map, CPUS), 0);
	}
	EXPECT_EQ(list_of("1,70"), -ERANGE);
	EXPECT_EQ(list_of("0-18446744073709551615"), -ERANGE);
	EXPECT_EQ(list_of("0-18446744073709551616"), -ERANGE);
	EXPECT_EQ(bitmap_weight(map, CPUS), 0);
}

static const char *nearest_to(const char *word)
{
	static const char *const names[] = {
		"guest", "vcpu", "host", "reset", "ls", "log", "version",
	};
	struct nearest n;

	nearest_init(&n, word);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		nearest_offer(&n, names[i]);
	return n.best ? n.best : "";
}

static void did_you_mean(void)
{
	EXPECT(string_equal(nearest_to("gest"), "guest"));	/* lost */
	EXPECT(string_equal(nearest_to("guesst"), "guest"));	/* added */
	EXPECT(string_equal(nearest_to("guast"), "guest"));	/* changed */
	EXPECT(string_equal(nearest_to("lgo"), "log"));		/* swapped */
	EXPECT(string_equal(nearest_to("hsot"), "host"));
	EXPECT(string_equal(nearest_to("vresino"), "version"));
	EXPECT(string_equal(nearest_to("guest"), "guest"));
}

static void nothing_is_like_it(void)
{
	struct nearest n;
	char word[100];

	EXPECT(string_equal(nearest_to(""), ""));
	EXPECT(string_equal(nearest_to("x"), ""));
	EXPECT(string_equal(nearest_to("quit"), ""));
	EXPECT(string_equal(nearest_to("migration"), ""));
	memset(word, 'g', sizeof(word));
	word[99] = 0;
	EXPECT(string_equal(nearest_to(word), ""));
	nearest_init(&n, "guest");
	nearest_offer(&n, word);
	EXPECT(!n.best);
}

SUITE(parse, TEST(numbers), TEST(not_numbers), TEST(small_numbers),
      TEST(sizes), TEST(times), TEST(lists), TEST(bad_lists),
      TEST(did_you_mean), TEST(nothing_is_like_it));
