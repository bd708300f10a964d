// SPDX-License-Identifier: GPL-2.0-or-later
/* Line editing: keys are rows of tables, see <vmm/line_edit.h>. */
#include <vmm/line_edit.h>
#include <libs/string.h>

#define CTRL(c)		((c) & 0x1f)
#define ESC		0x1b
#define DEL		0x7f

enum escape { ESCAPE_NONE, ESCAPE_BEGUN, ESCAPE_CSI, ESCAPE_SS3 };

static void show(struct line_edit *e, const char *text, size_t size)
{
	if (size)
		e->show(e, text, size);
}

static bool continues(char c)
{
	return ((u8)c & 0xc0) == 0x80;		/* UTF-8 */
}

/* Terminal cells of a stretch: one for each character. */
static size_t columns(const char *text, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < size; i++)
		count += !continues(text[i]);
	return count;
}

static void show_times(struct line_edit *e, char c, size_t count)
{
	char some[32];

	memset(some, c, sizeof(some));
	for (; count > sizeof(some); count -= sizeof(some))
		show(e, some, sizeof(some));
	show(e, some, count);
}

/* Shows what is behind the cursor, `gone` blanks, and goes back. */
static void show_tail(struct line_edit *e, size_t gone)
{
	const char *tail = e->text + e->cursor;
	size_t size = e->size - e->cursor;

	show(e, tail, size);
	show_times(e, ' ', gone);
	show_times(e, '\b', columns(tail, size) + gone);
}

static size_t before(const struct line_edit *e, size_t at)
{
	while (at && continues(e->text[--at]))
		;
	return at;
}

static size_t behind(const struct line_edit *e, size_t at)
{
	while (at < e->size && continues(e->text[++at]))
		;
	return at;
}

static void move_to(struct line_edit *e, size_t at)
{
	if (at < e->cursor)
		show_times(e, '\b', columns(e->text + at, e->cursor - at));
	else
		show(e, e->text + e->cursor, at - e->cursor);
	e->cursor = at;
}

/* Takes out [from, to), the cursor being at one of the two. */
static void cut(struct line_edit *e, size_t from, size_t to)
{
	size_t gone = columns(e->text + from, to - from);

	move_to(e, from);
	memmove(e->text + from, e->text + to, e->size - to + 1);
	e->size -= to - from;
	show_tail(e, gone);
}

void line_edit_insert(struct line_edit *e, const char *text, size_t size)
{
	char *at = e->text + e->cursor;

	if (size > COMMAND_LINE_MAX - e->size) {
		if (!e->too_long)
			show(e, "\a", 1);
		e->too_long = true;
		return;
	}
	memmove(at + size, at, e->size - e->cursor + 1);
	memcpy(at, text, size);
	e->size += size;
	e->cursor += size;
	show(e, text, size);
	if (e->cursor < e->size)
		show_tail(e, 0);
}

void line_edit_show(struct line_edit *e)
{
	show(e, e->text, e->cursor);
	show_tail(e, 0);
}

/* ---- History ---- */

static void history_forget_oldest(struct line_edit *e)
{
	size_t size = strlen(e->history) + 1;

	e->history_used -= size;
	e->history_count--;
	memmove(e->history, e->history + size, e->history_used);
}

/* The n-th newest, from 1. */
static const char *history_line(const struct line_edit *e, unsigned n)
{
	const char *line = e->history;

	for (unsigned skip = e->history_count - n; skip; skip--)
		line += strlen(line) + 1;
	return line;
}

static void history_add(struct line_edit *e)
{
	size_t size = e->size + 1;

	if (!e->size || size > LINE_HISTORY_SIZE)
		return;
	if (e->history_count && string_equal(history_line(e, 1), e->text))
		return;
	while (e->history_count == LINE_HISTORY_COUNT ||
	       e->history_used + size > LINE_HISTORY_SIZE)
		history_forget_oldest(e);
	memcpy(e->history + e->history_used, e->text, size);
	e->history_used += size;
	e->history_count++;
}

static void key_kill(struct line_edit *e);

static void recall(struct line_edit *e, unsigned n)
{
	const char *line = n ? history_line(e, n) : "";

	move_to(e, e->size);
	key_kill(e);
	e->recalled = n;
	e->too_long = false;
	line_edit_insert(e, line, strlen(line));
}

/* ---- Keys ---- */

static void key_erase(struct line_edit *e)
{
	cut(e, before(e, e->cursor), e->cursor);
}

static void key_delete(struct line_edit *e)
{
	cut(e, e->cursor, behind(e, e->cursor));
}

/* From the beginning to the cursor. */
static void key_kill(struct line_edit *e)
{
	cut(e, 0, e->cursor);
	if (!e->size)
		e->too_long = false;
}

static void key_kill_end(struct line_edit *e)
{
	cut(e, e->cursor, e->size);
}

static void key_kill_word(struct line_edit *e)
{
	size_t at = e->cursor;

	while (at && e->text[at - 1] == ' ')
		at--;
	while (at && e->text[at - 1] != ' ')
		at--;
	cut(e, at, e->cursor);
}

static void key_left(struct line_edit *e)
{
	move_to(e, before(e, e->cursor));
}

static void key_right(struct line_edit *e)
{
	move_to(e, behind(e, e->cursor));
}

static void key_home(struct line_edit *e)
{
	move_to(e, 0);
}

static void key_end(struct line_edit *e)
{
	move_to(e, e->size);
}

static void key_up(struct line_edit *e)
{
	if (e->recalled < e->history_count)
		recall(e, e->recalled + 1);
}

static void key_down(struct line_edit *e)
{
	if (e->recalled)
		recall(e, e->recalled - 1);
}

struct key {
	u8 code;
	void (*press)(struct line_edit *e);
};

static const struct key control_keys[] = {
	{ CTRL('A'), key_home },	{ CTRL('B'), key_left },
	{ CTRL('D'), key_delete },	{ CTRL('E'), key_end },
	{ CTRL('F'), key_right },	{ CTRL('H'), key_erase },
	{ CTRL('K'), key_kill_end },	{ CTRL('N'), key_down },
	{ CTRL('P'), key_up },		{ CTRL('U'), key_kill },
	{ CTRL('W'), key_kill_word },	{ DEL, key_erase },
};

/* Final bytes of ESC [ and ESC O sequences. */
static const struct key final_keys[] = {
	{ 'A', key_up },	{ 'B', key_down },
	{ 'C', key_right },	{ 'D', key_left },
	{ 'F', key_end },	{ 'H', key_home },
};

/* The parameter of ESC [ n ~. */
static const struct key tilde_keys[] = {
	{ 1, key_home },	{ 3, key_delete },	{ 4, key_end },
	{ 7, key_home },	{ 8, key_end },
};

static void press(struct line_edit *e, const struct key *keys, size_t count,
		  u8 code)
{
	for (size_t i = 0; i < count; i++)
		if (keys[i].code == code)
			keys[i].press(e);
}

/* ---- Bytes ---- */

/* A control character ends a sequence that is not whole. */
static bool take_escape(struct line_edit *e, u8 byte)
{
	u8 state = e->escape;

	if (!state || byte < ' ' || byte > '~') {
		e->escape = ESCAPE_NONE;
		return false;
	}
	if (state == ESCAPE_BEGUN) {
		e->escape = byte == '[' ? ESCAPE_CSI :
			    byte == 'O' ? ESCAPE_SS3 : ESCAPE_NONE;
		e->parameter = 0;
		return true;
	}
	if (byte >= '0' && byte <= '9')
		e->parameter = (u8)(e->parameter * 10 + byte - '0');
	if (byte < '@' && state == ESCAPE_CSI)
		return true;
	e->escape = ESCAPE_NONE;
	if (byte == '~')
		press(e, tilde_keys, ARRAY_LEN(tilde_keys), e->parameter);
	else
		press(e, final_keys, ARRAY_LEN(final_keys), byte);
	return true;
}

static enum line_event end(struct line_edit *e, u8 byte)
{
	move_to(e, e->size);
	show(e, "\n", 1);
	e->after_cr = byte == '\r';
	if (e->too_long)
		return LINE_TOO_LONG;
	history_add(e);
	return LINE_DONE;
}

static enum line_event abandon(struct line_edit *e)
{
	move_to(e, e->size);
	show(e, "^C\n", 3);
	return LINE_ABANDONED;
}

static enum line_event take_control(struct line_edit *e, u8 byte)
{
	if (byte == '\r' || byte == '\n')
		return end(e, byte);
	if (byte == CTRL('C'))
		return abandon(e);
	if (byte == '\t')
		return LINE_COMPLETE;
	if (byte == ESC)
		e->escape = ESCAPE_BEGUN;
	else
		press(e, control_keys, ARRAY_LEN(control_keys), byte);
	return LINE_MORE;
}

enum line_event line_edit_byte(struct line_edit *e, u8 byte)
{
	bool after_cr = e->after_cr;

	e->after_cr = false;
	if (byte == '\n' && after_cr)
		return LINE_MORE;
	if (take_escape(e, byte))
		return LINE_MORE;
	if (byte < ' ' || byte == DEL)
		return take_control(e, byte);
	line_edit_insert(e, (const char *)&byte, 1);
	return LINE_MORE;
}

void line_edit_begin(struct line_edit *e)
{
	e->size = e->cursor = 0;
	e->text[0] = '\0';
	e->too_long = false;
	e->recalled = 0;
	e->escape = ESCAPE_NONE;
}

void line_edit_init(struct line_edit *e,
		    void (*show_fn)(struct line_edit *e, const char *text,
				    size_t size))
{
	e->show = show_fn;
	e->history_used = 0;
	e->history_count = 0;
	e->after_cr = false;
	line_edit_begin(e);
}
