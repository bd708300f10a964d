// SPDX-License-Identifier: GPL-2.0-or-later
/* What guests' control functions may do to an operator's terminal. */
#include <vmm/screen_filter.h>
#include <libs/string.h>
#include <vmm/test.h>

#define E	"\x1b"

/* What comes out, live and replayed. */
static const struct { const char *name, *in, *live, *replay; } cases[] = {
	{ "text", "a\tb\r\n\a", "a\tb\r\n\a", "a\tb\r\n\a" },
	{ "colour", E "[1;31mred" E "[m", E "[1;31mred" E "[m",
	  E "[1;31mred" E "[m" },
	{ "cursor", E "[2J" E "[10;5H" E "7" E "8", E "[2J" E "[10;5H" E "7" E
	  "8", E "[2J" E "[10;5H" E "7" E "8" },
	{ "title", "a" E "]0;mine\a" "b", "ab", "ab" },
	{ "title, ST", "a" E "]2;mine" E "\\b", "ab", "ab" },
	{ "clipboard", E "]52;c;cm0gLXJm\ax", "x", "x" },
	{ "device control", E "P$q\"p" E "\\x", "x", "x" },
	{ "other strings", E "Xs" E "\\" E "^p" E "\\" E "_a" E "\\x", "x",
	  "x" },
	{ "window", E "[8;1;1tx" E "[21tx", "xx", "xx" },
	{ "printer", E "[5ix" E "[?4i", "x", "x" },
	{ "test", E "[2;1y", "", "" },
	{ "enquiry", "\x05x", "x", "x" },
	{ "where", E "[6nx", E "[6nx", "x" },
	{ "what", E "[cx" E "[>c" E "Z", E "[cx" E "[>c" E "Z", "x" },
	{ "modes", E "[?1$px" E "[>qx" E "[?u", E "[?1$px" E "[>qx" E "[?u",
	  "xx" },
	{ "cancelled", E "[3\x18" "1mx" E "]0;\x1ax", "1mxx", "1mxx" },
	{ "restarted", E "[3" E "[1mx", E "[1mx", E "[1mx" },
	{ "string, then more", E "]0;t" E "[1mx", E "[1mx", E "[1mx" },
	{ "too long", E "[1111111111111111111111111111111111111mx", "x", "x" },
	{ "sets too long", E "((((((((((((((((((((((((((((((((((((0x", "x",
	  "x" },
	{ "utf-8", "\xc3\xa9\xc2\xb5\xe2\x80", "\xc3\xa9\xc2\xb5\xe2\x80",
	  "\xc3\xa9\xc2\xb5\xe2\x80" },
	{ "c1 as utf-8", "a\xc2\x9d" "0;t", "a0;t", "a0;t" },
	{ "c1 behind half a character", "a\xc2\xc2\x9d" "0;t", "a0;t", "a0;t" },
	{ "enquiry behind one", "a\xc2\x05\x9dx", "a\x9dx", "a\x9dx" },
	{ "set", E "(0q" E "(B", E "(0q" E "(B", E "(0q" E "(B" },
};

static size_t pass(struct screen_filter *f, const char *in, size_t size,
		   char *out)
{
	return screen_filter_pass(f, (const u8 *)in, size, out);
}

/* In two pieces, cut everywhere. */
static void expect_out(const char *in, const char *wanted, bool replay)
{
	const size_t size = strlen(in);

	for (size_t cut = 0; cut <= size; cut++) {
		struct screen_filter f = { .replay = replay };
		char out[256];
		size_t used = pass(&f, in, cut, out);

		used += pass(&f, in + cut, size - cut, out + used);
		EXPECT_EQ(used, strlen(wanted));
		EXPECT(!memcmp(out, wanted, strlen(wanted)));
	}
}

static void what_passes(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		expect_out(cases[i].in, cases[i].live, false);
		expect_out(cases[i].in, cases[i].replay, true);
	}
}

/* Room for the worst: what was kept, and then all bytes. */
static void room(void)
{
	struct screen_filter f;
	char out[8 + SCREEN_SEQUENCE_MAX];
	char in[SCREEN_SEQUENCE_MAX];

	screen_filter_init(&f);
	memset(in, '1', sizeof(in));
	memcpy(in, E "[", 2);
	EXPECT_EQ(pass(&f, in, sizeof(in) - 2, out), 0);
	EXPECT_EQ(pass(&f, "mabcdefg", 8, out), 7 + SCREEN_SEQUENCE_MAX - 1);
}

static const char *end_of(const char *in)
{
	struct screen_filter f = { .replay = false };
	char out[256];

	pass(&f, in, strlen(in), out);
	return screen_filter_end(&f);
}

/* Only what was changed is put back. */
static void end(void)
{
	EXPECT(string_equal(end_of("plain\r\n"), ""));
	EXPECT(string_equal(end_of(E "[2J" E "[H"), ""));
	EXPECT(string_after(end_of(E "[1m"), E "[!p"));
	EXPECT(string_after(end_of("\x0e"), E "[!p"));
	EXPECT(string_after(end_of(E "[?1049h"), E "[?1049l"));
	EXPECT(string_after(end_of(E "[?1049h" E "[?1049l"), E "[!p"));
	EXPECT(string_after(end_of(E "[?25;1049h"), E "[?1049l"));
	EXPECT(string_after(end_of(E "[?25;;h"), E "[!p"));
}

SUITE(screen_filter, TEST(what_passes), TEST(room), TEST(end));
