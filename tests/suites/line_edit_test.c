// SPDX-License-Identifier: GPL-2.0-or-later
/* Line editing: keys in, a line and what the terminal shows out. */
#include <libs/string.h>
#include <vmm/line_edit.h>
#include <vmm/test.h>

/* A terminal of one endless row, cells of one character each. */
static struct {
	char cells[COMMAND_LINE_MAX + 2];
	size_t at, end;
	unsigned bells;
} screen;

static struct line_edit e;

static void put(char c)
{
	if (((u8)c & 0xc0) == 0x80)
		return;
	screen.cells[screen.at++] = c;
	screen.end = MAX(screen.end, screen.at);
}

static void show(struct line_edit *editor, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] == '\b')
			screen.at--;
		else if (text[i] == '\a')
			screen.bells++;
		else if (text[i] != '\n')
			put(text[i]);
}

static void begin(void)
{
	memset(&screen, 0, sizeof(screen));
	line_edit_begin(&e);
}

static void fresh(void)
{
	line_edit_init(&e, show);
	begin();
}

static enum line_event type(const char *keys)
{
	enum line_event event = LINE_MORE;

	while (*keys && event == LINE_MORE)
		event = line_edit_byte(&e, (u8)*keys++);
	return event;
}

/* The line is as said, and so is the screen, but for blanks at its end. */
static bool is_line(const char *line, size_t cursor)
{
	size_t cells = 0;

	for (const char *c = line; *c; c++)
		if (((u8)*c & 0xc0) != 0x80 && screen.cells[cells++] != *c)
			return false;
	for (; cells < screen.end; cells++)
		if (screen.cells[cells] != ' ')
			return false;
	return string_equal(e.text, line) && screen.at == cursor;
}

#define LEFT	"\x1b[D"
#define RIGHT	"\x1b[C"
#define UP	"\x1b[A"
#define DOWN	"\x1b[B"

static void typing(void)
{
	fresh();
	EXPECT_EQ(type("guest list"), LINE_MORE);
	EXPECT(is_line("guest list", 10));
	EXPECT_EQ(type("\r"), LINE_DONE);
	EXPECT(string_equal(e.text, "guest list"));
}

static void line_ends(void)
{
	fresh();
	EXPECT_EQ(type("a\r"), LINE_DONE);
	begin();
	EXPECT_EQ(type("\nb"), LINE_MORE);
	EXPECT(is_line("b", 1));
	EXPECT_EQ(type("\n"), LINE_DONE);
	begin();
	EXPECT_EQ(type("\n"), LINE_DONE);
	EXPECT_EQ(e.size, 0);
}

static void erasing(void)
{
	fresh();
	type("abc\x7f\b");
	EXPECT(is_line("a", 1));
	type("\x7f\x7f\x7f");
	EXPECT(is_line("", 0));
	type("one two  \x17");
	EXPECT(is_line("one ", 4));
	type("\x15");
	EXPECT(is_line("", 0));
	type("abcd" LEFT LEFT "\x0b");
	EXPECT(is_line("ab", 2));
	type(LEFT "\x1b[3~");
	EXPECT(is_line("a", 1));
	type("\x1b[3~\x04");
	EXPECT(is_line("a", 1));
}

static void moving(void)
{
	fresh();
	type("bd" LEFT "c" "\x01" "a");
	EXPECT(is_line("abcd", 1));
	type("\x05" "e" RIGHT RIGHT);
	EXPECT(is_line("abcde", 5));
	type("\x1b[H" LEFT "_\x1b[4~-\x1bOH=\x1bOF");
	EXPECT(is_line("=_abcde-", 8));
	type(LEFT LEFT "\x7f");
	EXPECT(is_line("=_abce-", 5));
	type("\x15");
	EXPECT(is_line("e-", 0));
}

static void utf8(void)
{
	fresh();
	type("a\xc3\xa4\xe2\x82\xac");
	EXPECT(is_line("a\xc3\xa4\xe2\x82\xac", 3));
	type(LEFT "b");
	EXPECT(is_line("a\xc3\xa4" "b\xe2\x82\xac", 3));
	type("\x1b[3~\x7f\x7f");
	EXPECT(is_line("a", 1));
	/* Not UTF-8 at all: bytes stay what they are. */
	type("\x80\xff");
	EXPECT(string_equal(e.text, "a\x80\xff"));
	type("\x01\x7f\x1b[3~\x1b[3~\x1b[3~");
	EXPECT_EQ(e.size, 0);
}

static void controls(void)
{
	fresh();
	type("a\x02\x06\x07\x0c\x0e\x10\x12\x14\x16\x18\x1c\x1d\x1e\x1f" "b");
	EXPECT(string_equal(e.text, "ab"));
	EXPECT_EQ(line_edit_byte(&e, 0), LINE_MORE);
	EXPECT_EQ(type("\x03"), LINE_ABANDONED);
	begin();
	EXPECT_EQ(type("\t"), LINE_COMPLETE);
}

static void escapes(void)
{
	fresh();
	type("a\x1b[1;5Cb\x1b[200~c\x1b[?25hd\x1bxe\x1b[Zf");
	EXPECT(is_line("abcdef", 6));
	/* Half a sequence ends at a control character, which counts. */
	EXPECT_EQ(type("\x1b[12\r"), LINE_DONE);
	EXPECT(string_equal(e.text, "abcdef"));
	begin();
	type("\x1b");
	type("[");
	type("D");
	type("x\x1b\x1b[Dy\x1b[\x7f");
	EXPECT(is_line("x", 0));
}

static void history(void)
{
	fresh();
	type("one\r");
	begin();
	type("two\r");
	begin();
	type("two\r");
	begin();
	type("new" UP);
	EXPECT(is_line("two", 3));
	type(UP UP UP);
	EXPECT(is_line("one", 3));
	type(DOWN);
	EXPECT(is_line("two", 3));
	type(DOWN DOWN);
	EXPECT(is_line("", 0));
	type("\x10!\r");
	EXPECT(string_equal(e.text, "two!"));
}

static void history_limits(void)
{
	char line[] = "line 00";

	fresh();
	for (unsigned i = 0; i < 40; i++) {
		line[5] = (char)('0' + i / 10);
		line[6] = (char)('0' + i % 10);
		type(line);
		type("\r");
		begin();
	}
	for (unsigned i = 0; i < 50; i++)
		type(UP);
	EXPECT(is_line("line 08", 7));
	EXPECT_EQ(e.history_count, LINE_HISTORY_COUNT);
	begin();
	for (unsigned round = 0; round < 4; round++) {
		for (unsigned i = 0; i < 3000; i++)
			line_edit_byte(&e, (u8)('a' + round));
		type("\r");
		begin();
	}
	EXPECT_EQ(e.history_count, 2);
	type(UP UP UP);
	EXPECT_EQ(e.size, 3000);
	EXPECT_EQ(e.text[2999], 'c');
}

static void too_long(void)
{
	fresh();
	for (unsigned i = 0; i < COMMAND_LINE_MAX; i++)
		line_edit_byte(&e, 'x');
	EXPECT_EQ(screen.bells, 0);
	type("yy");
	EXPECT_EQ(screen.bells, 1);
	EXPECT_EQ(e.size, COMMAND_LINE_MAX);
	EXPECT_EQ(type("\r"), LINE_TOO_LONG);
	begin();
	EXPECT_EQ(e.history_count, 0);
	EXPECT_EQ(type("a\r"), LINE_DONE);
}

/* Any bytes: sizes and ends stay right, the screen shows the line. */
static void any_bytes(void)
{
	u32 seed = 1;

	fresh();
	for (unsigned i = 0; i < 200000; i++) {
		enum line_event event;

		seed = seed * 1664525 + 1013904223;
		event = line_edit_byte(&e, seed >> 30 ? (u8)(seed >> 8) & 0x1f :
				       (u8)(seed >> 8) | 0x20);
		EXPECT(e.cursor <= e.size && e.size <= COMMAND_LINE_MAX);
		EXPECT_EQ(e.text[e.size], 0);
		if (event != LINE_MORE && event != LINE_COMPLETE)
			begin();
	}
}

SUITE(line_edit, TEST(typing), TEST(line_ends), TEST(erasing), TEST(moving),
      TEST(utf8), TEST(controls), TEST(escapes), TEST(history),
      TEST(history_limits), TEST(too_long), TEST(any_bytes));
