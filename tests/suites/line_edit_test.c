// SPDX-License-Identifier: GPL-2.0-or-later
/* Line editing: keys in, a line and what the terminal shows out. */
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/line_edit.h>
#include <vmm/test.h>

#define ROWS	128
#define PROMPT	"$ "

/*
 * A terminal as VT100 has it: characters in the last column leave the cursor
 * there until the next one comes.  A cell keeps a character's first byte.
 */
static struct {
	char cells[ROWS][LINE_COLUMNS];
	size_t row, column;
	unsigned bells;
	char sequence[8];
	size_t sequence_size;
} screen;

static struct line_edit e;

static void new_row(void)
{
	screen.column = 0;
	if (++screen.row < ROWS)
		return;
	screen.row--;
	memmove(screen.cells[0], screen.cells[1], (ROWS - 1) * LINE_COLUMNS);
	memset(screen.cells[screen.row], 0, LINE_COLUMNS);
}

static void put(char c)
{
	if (((u8)c & 0xc0) == 0x80)
		return;
	if (screen.column == LINE_COLUMNS)
		new_row();
	screen.cells[screen.row][screen.column++] = c;
}

static void end_sequence(void)
{
	if (string_equal(screen.sequence, "\x1b[K"))
		memset(&screen.cells[screen.row][screen.column], 0,
		       LINE_COLUMNS - screen.column);
	else if (string_equal(screen.sequence, "\x1b[2J"))
		memset(screen.cells, 0, sizeof(screen.cells));
	else if (string_equal(screen.sequence, "\x1b[H"))
		screen.row = screen.column = 0;
	else
		screen.bells += 1000;		/* none that is known */
	screen.sequence_size = 0;
}

static void put_sequence(char c)
{
	screen.sequence[screen.sequence_size++] = c;
	screen.sequence[screen.sequence_size] = '\0';
	if ((c >= 'A' && c <= 'Z') || screen.sequence_size == 7)
		end_sequence();
}

static void show_byte(char c)
{
	if (screen.sequence_size || c == '\x1b')
		put_sequence(c);
	else if (c == '\b')
		screen.column -= screen.column > 0;
	else if (c == '\r')
		screen.column = 0;
	else if (c == '\n')
		new_row();
	else if (c == '\a')
		screen.bells++;
	else
		put(c);
}

static void show(struct line_edit *editor, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		show_byte(text[i]);
}

static void begin(void)
{
	memset(&screen, 0, sizeof(screen));
	show(&e, PROMPT, strlen(PROMPT));
	line_edit_begin(&e, PROMPT);
}

/* Somebody else made the screen's row, and printed the prompt. */
static void begin_row(void)
{
	memset(&screen, 0, sizeof(screen));
	show(&e, PROMPT, strlen(PROMPT));
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

/* The row that the cursor is in, whose column counts from its beginning. */
static bool is_row(const char *row, size_t column)
{
	size_t at = 0;

	for (const char *c = row; *c; c++)
		if (((u8)*c & 0xc0) != 0x80 &&
		    screen.cells[screen.row][at++] != *c)
			return false;
	for (; at < LINE_COLUMNS; at++)
		if (screen.cells[screen.row][at] > ' ')
			return false;
	return screen.column == column;
}

/* The line is as said, and so is the screen, behind the prompt. */
static bool is_line(const char *line, size_t column)
{
	static char row[COMMAND_LINE_MAX + sizeof(PROMPT)];

	snprintf(row, sizeof(row), PROMPT "%s", line);
	return string_equal(e.text, line) &&
	       is_row(row, column + strlen(PROMPT));
}

#define LEFT	"\x1b[D"
#define RIGHT	"\x1b[C"
#define UP	"\x1b[A"
#define DOWN	"\x1b[B"
#define META(c)	"\x1b" c
#define CTRL_R	0x12

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
	type("a\x02\x06\x07\x0c\x0e\x10\x14\x16\x18\x1c\x1d\x1e\x1f" "b");
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
	EXPECT(is_line("new", 3));
	type("\x15\x10!\r");
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
	EXPECT_EQ(e.history.count, LINE_HISTORY_COUNT);
	begin();
	for (unsigned round = 0; round < 4; round++) {
		for (unsigned i = 0; i < 3000; i++)
			line_edit_byte(&e, (u8)('a' + round));
		type("\r");
		begin();
	}
	EXPECT_EQ(e.history.count, 2);
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
	EXPECT_EQ(e.history.count, 0);
	EXPECT_EQ(type("a\r"), LINE_DONE);
}

/* ---- Words ---- */

static void word_motions(void)
{
	fresh();
	type("one two-3  \xc3\xa4.");
	type(META("b"));
	EXPECT(is_line("one two-3  \xc3\xa4.", 11));
	type(META("b") META("b"));
	EXPECT(is_line("one two-3  \xc3\xa4.", 4));
	type("\x1b[1;5D\x1b[1;5D" "x");
	EXPECT(is_line("xone two-3  \xc3\xa4.", 1));
	type(META("f") "\x1b[1;5C" "\x1bOc" "y");
	EXPECT(is_line("xone two-3y  \xc3\xa4.", 11));
	type(META("f") META("f") META("f") "\x1b[1;3D\x1bOd" "z");
	EXPECT(is_line("xone two-z3y  \xc3\xa4.", 10));
}

static void kills(void)
{
	fresh();
	type("one two three\x17\x17" "x\x19");
	EXPECT(is_line("one xtwo three", 14));
	type("\x15\x19\x19");
	EXPECT(is_line("one xtwo threeone xtwo three", 28));
	type("\x01" META("d") META("d") "\x05 \x19");
	EXPECT(is_line(" threeone xtwo three one xtwo", 29));
	type("\x01\x0b\x19\x19");
	EXPECT_EQ(e.size, 58);
	type("\x15" "a-b c" META("\x7f") META("\b") "." "\x19");
	EXPECT(is_line("a-.b c", 6));
}

static void older_kills(void)
{
	fresh();
	type("\x19" META("y"));
	EXPECT(is_line("", 0));
	EXPECT_EQ(screen.bells, 2);
	type("one\x15two\x15three\x15.\x19");
	EXPECT(is_line(".three", 6));
	type(META("y"));
	EXPECT(is_line(".two", 4));
	type(META("y"));
	EXPECT(is_line(".one", 4));
	type(META("y"));
	EXPECT(is_line(".three", 6));
	type(LEFT META("y"));
	EXPECT(is_line(".three", 5));
	for (char c[] = "a\x15"; *c <= 'z'; ++*c)
		type(c);
	EXPECT_EQ(e.kills.count, LINE_KILL_COUNT);
	type("\x19");
	EXPECT(is_line("ze", 1));
}

/* The oldest make room; one kill of all is as long as a line. */
static void long_kills(void)
{
	fresh();
	for (unsigned round = 0; round < 4; round++) {
		for (unsigned i = 0; i < COMMAND_LINE_MAX; i++)
			line_edit_byte(&e, i % 8 ? 'x' : ' ');
		type(round % 2 ? "\x15" : "\x17\x17\x17\x15");
	}
	EXPECT_EQ(e.kills.count, 1);
	type("\x19");
	EXPECT_EQ(e.size, COMMAND_LINE_MAX);
	type("\x19");
	EXPECT_EQ(type("\r"), LINE_TOO_LONG);
}

static void transposing(void)
{
	fresh();
	type("\x14" "a\x14");
	EXPECT(is_line("a", 1));
	type("b\xc3\xa4\x14");
	EXPECT(is_line("a\xc3\xa4" "b", 3));
	type("\x01\x14");
	EXPECT(is_line("a\xc3\xa4" "b", 0));
	type(RIGHT "\x14");
	EXPECT(is_line("\xc3\xa4" "ab", 2));
}

/* ---- History, further ---- */

static void lines(const char *const *text)
{
	fresh();
	for (; *text; text++) {
		type(*text);
		type("\r");
		begin();
	}
}

static const char *const some[] = {
	"guest kick web", "host info", "guest list", "echo kick", NULL,
};

static void old_lines(void)
{
	lines(some);
	type("new" UP UP LEFT "!");
	EXPECT(is_line("guest lis!t", 10));
	type(DOWN);
	EXPECT(is_line("echo kick", 9));
	type(DOWN);
	EXPECT(is_line("new", 3));
	type(UP UP "2\r");
	EXPECT(string_equal(e.text, "guest list2"));
	begin();
	type(UP UP UP);
	EXPECT(is_line("guest list", 10));
}

static void searching(void)
{
	lines(some);
	type("x\x12");
	EXPECT(is_row("search `': x", 12));
	type("ki");
	EXPECT(is_row("search `ki': echo kick", 18));
	type("\x12");
	EXPECT(is_row("search `ki': guest kick web", 19));
	type("\x12");
	EXPECT(is_row("no such `ki': guest kick web", 20));
	EXPECT_EQ(screen.bells, 1);
	type("\x7f");
	EXPECT(is_row("search `k': echo kick", 17));
	type("\x07");
	EXPECT(is_line("x", 1));
	type("\x12guest l\x1b");
	EXPECT_EQ(type(LEFT "!"), LINE_MORE);
	EXPECT(string_equal(e.text, "!guest list"));
	type(DOWN DOWN);
	EXPECT(is_line("x", 1));
	EXPECT_EQ(type("\x12info\r"), LINE_DONE);
	EXPECT(string_equal(e.text, "host info"));
	begin();
	EXPECT_EQ(type("\x12zz\x03"), LINE_ABANDONED);
	begin();
	type("\x12" "ec\x05!");
	EXPECT(is_line("echo kick!", 10));
	for (unsigned i = 0; i < 100; i++)
		line_edit_byte(&e, i ? 'p' : CTRL_R);
	EXPECT_EQ(e.pattern_size, LINE_PATTERN_MAX);
}

/* ---- Rows ---- */

static void clearing(void)
{
	fresh();
	type("abc" LEFT "\x0c");
	EXPECT(is_line("abc", 2));
	EXPECT_EQ(screen.row, 0);
}

/* Typed at its end, a line takes rows; anything else shows a part in one. */
static void long_lines(void)
{
	char row[LINE_COLUMNS + 1];

	fresh();
	for (unsigned i = 0; i < 200; i++)
		line_edit_byte(&e, (u8)('a' + i % 26));
	EXPECT_EQ(screen.row, 2);
	EXPECT_EQ(screen.column, 42);
	EXPECT_EQ(screen.cells[1][0], e.text[78]);
	type(LEFT);
	EXPECT_EQ(screen.row, 3);
	snprintf(row, sizeof(row), PROMPT "<%s", e.text + e.view);
	EXPECT(is_row(row, strlen(row) - 1));
	type("\x01");
	snprintf(row, sizeof(row), PROMPT "%.75s>", e.text);
	EXPECT(is_row(row, 2));
	for (unsigned i = 0; i < 74; i++)
		type(RIGHT);
	EXPECT(is_row(row, 76));
	type(RIGHT);
	EXPECT_EQ(screen.cells[screen.row][screen.column], e.text[75]);
	EXPECT_EQ(screen.cells[screen.row][2], '<');
	type("\x05!?");
	snprintf(row, sizeof(row), PROMPT "<%s", e.text + e.view);
	EXPECT(is_row(row, strlen(row)));
	EXPECT_EQ(e.size, 202);
	type("\x15short");
	EXPECT(is_line("short", 5));
	EXPECT_EQ(screen.row, 3);
}

/* Characters of two cells, and of none. */
static void wide(void)
{
	fresh();
	type("\xe4\xb8\xad" "a\xcc\x88" "b" LEFT);
	EXPECT_EQ(screen.column, 2 + 3);
	type(LEFT);
	EXPECT_EQ(e.cursor, 3);
	EXPECT_EQ(screen.column, 2 + 2);
	type("\x1b[3~");
	EXPECT(string_equal(e.text, "\xe4\xb8\xad" "b"));
	type("\x7f");
	EXPECT(string_equal(e.text, "b"));
	type("\xf0\x9f\x98\x80" LEFT);
	EXPECT_EQ(e.cursor, 0);
}

/*
 * Any bytes: sizes and ends stay right, and whenever the line fits the row
 * shows it.
 */
static void any_bytes(void)
{
	static const char *const keys[] = {
		LEFT, RIGHT, UP, DOWN, META("b"), META("f"), META("d"),
		META("y"), "\x19", "\x17", "\x15", "\x12", "\x07", "\x1b[3~",
		"some words ", "\r",
	};
	u32 seed = 1;

	fresh();
	for (unsigned i = 0; i < 60000; i++) {
		char one[2] = { (char)(seed >> 8 & 0x7f), '\0' };
		enum line_event event;

		event = type(seed >> 30 ? keys[(seed >> 12) % 16] : one);
		seed = seed * 1664525 + 1013904223;
		EXPECT(e.cursor <= e.size && e.size <= COMMAND_LINE_MAX);
		EXPECT_EQ(e.text[e.size], 0);
		EXPECT_EQ(screen.bells / 1000, 0);
		if (event != LINE_MORE && event != LINE_COMPLETE)
			begin();
		else if (!e.searching && e.size < 70)
			EXPECT(is_line(e.text, e.cursor));
		screen.bells = 0;
	}
}

static void any_garbage(void)
{
	u32 seed = 1;

	fresh();
	for (unsigned i = 0; i < 100000; i++) {
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

/* On a screen that something else was printed to. */
static void shown_again(void)
{
	fresh();
	EXPECT_EQ(type("guest list"), LINE_MORE);
	EXPECT_EQ(type(LEFT LEFT), LINE_MORE);
	begin_row();
	line_edit_show(&e);
	EXPECT(is_line("guest list", 8));
	EXPECT_EQ(type(RIGHT RIGHT), LINE_MORE);
	begin_row();
	line_edit_show(&e);
	EXPECT_EQ(type("s"), LINE_MORE);
	EXPECT(is_line("guest lists", 11));
}

SUITE(line_edit, TEST(typing), TEST(line_ends), TEST(erasing), TEST(moving),
      TEST(utf8), TEST(controls), TEST(escapes), TEST(history),
      TEST(history_limits), TEST(too_long),
      TEST(word_motions), TEST(kills), TEST(older_kills), TEST(long_kills),
      TEST(transposing), TEST(old_lines), TEST(searching), TEST(clearing),
      TEST(long_lines), TEST(wide), TEST(any_bytes), TEST(any_garbage),
      TEST(shown_again));
