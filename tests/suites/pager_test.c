// SPDX-License-Identifier: GPL-2.0-or-later
/* Long answers page by page, for a terminal whose keys are a string. */
#include <libs/string.h>
#include <vmm/command.h>
#include <vmm/errno.h>
#include <vmm/test.h>

#include "capture.h"

#define QUESTION	"\0337\033[999;999H\033[6n\0338\033[c"
#define MORE		"-- space, Enter, q, G --"
#define ERASE		"\r\033[K"

static char keys[128];
static struct console typist;

static int read_key(struct console *con, u8 *byte, u64 deadline_ns)
{
	/* Keys behind a dot are typed once somebody waits for them. */
	if (keys[0] == '.' && deadline_ns)
		return -ETIMEDOUT;
	if (keys[0] == '.')
		memmove(keys, keys + 1, sizeof(keys) - 1);
	if (!keys[0])
		return -ETIMEDOUT;
	*byte = (u8)keys[0];
	memmove(keys, keys + 1, sizeof(keys) - 1);
	return 0;
}

static void unread_keys(struct console *con, const u8 *data, size_t size)
{
	memmove(keys + size, keys, sizeof(keys) - size);
	memcpy(keys, data, size);
}

static int lines(struct console *con, const struct command_args *args)
{
	for (unsigned i = 0; i < 40; i++)
		con_printf(con, "%s\n", args->count ? args->words[0] : "l");
	return 0;
}

static const struct verb lines_verbs[] = {
	{ NULL, "[word] " VERB_READS, lines, "Forty lines." },
};
COMMAND(lines, "for the test of pages");

static void type(const char *text)
{
	memset(keys, 0, sizeof(keys));
	memcpy(keys, text, strlen(text));
}

static void begin(void)
{
	typist = capture;
	typist.read = read_key;
	typist.unread = unread_keys;
}

/* What one command prints; how many of its lines. */
static unsigned run(const char *line, const char *typed)
{
	unsigned count = 0;

	type(typed);
	capture_begin();
	command_run(&typist, line);
	capture_end();
	for (const char *at = capture_text; (at = strstr(at, "l\n")); at++)
		count++;
	return count;
}

static unsigned times(const char *what)
{
	unsigned count = 0;

	for (const char *at = capture_text; (at = strstr(at, what)); at++)
		count++;
	return count;
}

static void asks_once(void)
{
	begin();
	EXPECT_EQ(run("lines", ""), 40);
	EXPECT_EQ(times(QUESTION), 1);
	EXPECT_EQ(times(MORE), 0);
	EXPECT_EQ(run("lines", ""), 40);
	EXPECT_EQ(times(QUESTION), 0);
	EXPECT(!typist.rows && !typist.colour);
}

static void asks_only_long_answers(void)
{
	begin();
	run("version", "");
	run("lines --json", "");
	typist.script_depth = 1;
	run("lines", "");
	EXPECT(!typist.asked);
}

static void takes_answers(void)
{
	begin();
	type("ab\033[A\033[30;100R\033[1;5Dc\033[?62;4cd");
	capture_begin();
	console_ask(&typist);
	capture_end();
	EXPECT_EQ(typist.rows, 30);
	EXPECT_EQ(typist.columns, 100);
	EXPECT(typist.colour);
	EXPECT(string_equal(keys, "ab\033[A\033[1;5Dcd"));
}

static void takes_no_nonsense(void)
{
	static const char *const nonsense[] = {
		"\033[R", "\033[;R", "\033[2;80R", "\033[24;0R", "\033[24R",
		"\033[99999999999999999R", "\033[c", "\033[?", "\033", "\033[",
		"0123456789012345678901234567890123456789012345678901234567890",
	};

	for (size_t i = 0; i < ARRAY_LEN(nonsense); i++) {
		begin();
		type(nonsense[i]);
		capture_begin();
		console_ask(&typist);
		capture_end();
		EXPECT(!typist.rows && !typist.colour);
		EXPECT(string_equal(keys, nonsense[i]));
	}
}

static void pages(void)
{
	begin();
	typist.asked = true;
	typist.rows = 11;
	EXPECT_EQ(run("lines", ". . . "), 40);
	EXPECT_EQ(times(MORE ERASE), 3);
	EXPECT_EQ(run("lines", ".G"), 40);
	EXPECT_EQ(times(MORE), 1);
	EXPECT_EQ(run("lines", ".x.q"), 10);
	EXPECT_EQ(run("lines", ".\r.\r.\003"), 12);
	EXPECT_EQ(times(MORE), 3);
	/* Ctrl-C ends a loop around it, q does not. */
	EXPECT_EQ(run("for i in 1 2; do lines; done", ".q.q"), 20);
	EXPECT_EQ(run("for i in 1 2; do lines; done", ".\003.q"), 10);
	/* The command goes on; only what it prints is not shown. */
	EXPECT_EQ(typist.status, 0);
	EXPECT_EQ(run("echo l", ""), 1);
}

static void leaves_what_is_typed_ahead(void)
{
	begin();
	typist.asked = true;
	typist.rows = 11;
	EXPECT_EQ(run("lines", "\nguest list\r"), 40);
	EXPECT_EQ(times(MORE), 0);
	EXPECT(string_equal(keys, "guest list\r"));
}

static void counts_wrapped_lines(void)
{
	begin();
	typist.asked = true;
	typist.rows = 11;
	typist.columns = 10;
	EXPECT_EQ(run("lines 12345678901234567l", ".q"), 5);
	EXPECT_EQ(run("lines 1234567l", ".q"), 10);
}

static void colours_errors(void)
{
	begin();
	typist.colour = true;
	run("nosuch", "");
	EXPECT(string_after(capture_text, "\033[31merror:\033[m nosuch: "));
}

SUITE(pager, TEST(asks_once), TEST(asks_only_long_answers),
      TEST(takes_answers), TEST(takes_no_nonsense), TEST(pages),
      TEST(leaves_what_is_typed_ahead), TEST(counts_wrapped_lines),
      TEST(colours_errors));
