// SPDX-License-Identifier: GPL-2.0-or-later
/* Line editing: keys are rows of tables, see <vmm/line_edit.h>. */
#include "line.h"
#include <libs/char.h>
#include <libs/string.h>

enum escape { ESCAPE_NONE, ESCAPE_BEGUN, ESCAPE_CSI, ESCAPE_SS3 };

static void bell(struct line_edit *e)
{
	view_send(e, "\a", 1);
}

static void move_to(struct line_edit *e, size_t at)
{
	e->dirty |= at != e->cursor;
	e->cursor = at;
}

static void cut(struct line_edit *e, size_t from, size_t to)
{
	e->dirty |= from != to;
	memmove(e->text + from, e->text + to, e->size - to + 1);
	e->size -= to - from;
	e->cursor = from;
	if (!e->size)
		e->too_long = false;
}

static void insert(struct line_edit *e, const char *text, size_t size)
{
	char *at = e->text + e->cursor;

	if (size > COMMAND_LINE_MAX - e->size) {
		if (!e->too_long)
			bell(e);
		e->too_long = true;
		return;
	}
	memmove(at + size, at, e->size - e->cursor + 1);
	memcpy(at, text, size);
	e->size += size;
	e->cursor += size;
	if (e->cursor < e->size)
		e->dirty = true;
	else
		view_append(e, text, size);
}

void line_edit_insert(struct line_edit *e, const char *text, size_t size)
{
	insert(e, text, size);
	if (e->dirty)
		view_draw(e);
}

/* ---- History ---- */

void line_replace(struct line_edit *e, const char *text)
{
	e->size = e->cursor = strlen(text);
	memcpy(e->text, text, e->size + 1);
	e->dirty = true;
	e->too_long = false;
}

static void history_add(struct line_edit *e)
{
	struct line_store *s = &e->history;

	if (e->size && !(s->count && string_equal(store_line(s, 1), e->text)))
		store_add(s, LINE_HISTORY_COUNT, e->text, e->size);
}

void line_recall(struct line_edit *e, unsigned n)
{
	if (!e->recalled)
		memcpy(e->draft, e->text, e->size + 1);
	e->recalled = n;
	line_replace(e, n ? store_line(&e->history, n) : e->draft);
}

static void key_up(struct line_edit *e)
{
	if (e->recalled < e->history.count)
		line_recall(e, e->recalled + 1);
	else
		bell(e);
}

static void key_down(struct line_edit *e)
{
	if (e->recalled)
		line_recall(e, e->recalled - 1);
	else
		bell(e);
}

/* ---- Words ---- */

static bool is_word(char c)
{
	return char_is_alpha(c) || char_is_digit(c) || (u8)c >= 0x80;
}

static size_t word_before(const struct line_edit *e)
{
	size_t at = e->cursor;

	while (at && !is_word(e->text[at - 1]))
		at--;
	while (at && is_word(e->text[at - 1]))
		at--;
	return at;
}

static size_t word_behind(const struct line_edit *e)
{
	size_t at = e->cursor;

	while (at < e->size && !is_word(e->text[at]))
		at++;
	while (at < e->size && is_word(e->text[at]))
		at++;
	return at;
}

/* ---- Kill and yank ---- */

/* Kills one after the other come back as one. */
static void kill(struct line_edit *e, size_t from, size_t to)
{
	const char *text = e->text + from;
	bool front = from < e->cursor;

	if (from == to)
		return;
	if (e->last_key == LINE_KEY_KILL)
		store_extend(&e->kills, text, to - from, front);
	else
		store_add(&e->kills, LINE_KILL_COUNT, text, to - from);
	e->key = LINE_KEY_KILL;
	cut(e, from, to);
}

static void key_kill_line(struct line_edit *e)
{
	kill(e, 0, e->cursor);
}

static void key_kill_end(struct line_edit *e)
{
	kill(e, e->cursor, e->size);
}

/* Back to a blank. */
static void key_kill_blank(struct line_edit *e)
{
	size_t at = e->cursor;

	while (at && e->text[at - 1] == ' ')
		at--;
	while (at && e->text[at - 1] != ' ')
		at--;
	kill(e, at, e->cursor);
}

static void key_kill_word(struct line_edit *e)
{
	kill(e, e->cursor, word_behind(e));
}

static void key_kill_word_before(struct line_edit *e)
{
	kill(e, word_before(e), e->cursor);
}

static void yank(struct line_edit *e, unsigned n)
{
	const char *text = store_line(&e->kills, n);

	e->key = LINE_KEY_YANK;
	e->yanked = n;
	e->yank_at = e->cursor;
	insert(e, text, strlen(text));
}

static void key_yank(struct line_edit *e)
{
	if (e->kills.count)
		yank(e, 1);
	else
		bell(e);
}

/* Takes an older one instead. */
static void key_yank_older(struct line_edit *e)
{
	if (e->last_key != LINE_KEY_YANK) {
		bell(e);
		return;
	}
	cut(e, e->yank_at, e->cursor);
	yank(e, e->yanked % e->kills.count + 1);
}

/* ---- Keys ---- */

static void key_erase(struct line_edit *e)
{
	cut(e, view_before(e, e->cursor), e->cursor);
}

static void key_delete(struct line_edit *e)
{
	cut(e, e->cursor, view_behind(e, e->cursor));
}

static void key_left(struct line_edit *e)
{
	move_to(e, view_before(e, e->cursor));
}

static void key_right(struct line_edit *e)
{
	move_to(e, view_behind(e, e->cursor));
}

static void key_word_left(struct line_edit *e)
{
	move_to(e, word_before(e));
}

static void key_word_right(struct line_edit *e)
{
	move_to(e, word_behind(e));
}

static void key_home(struct line_edit *e)
{
	move_to(e, 0);
}

static void key_end(struct line_edit *e)
{
	move_to(e, e->size);
}

/* The characters before and at the cursor change places. */
static void key_transpose(struct line_edit *e)
{
	size_t middle = e->cursor < e->size ? e->cursor :
			view_before(e, e->cursor);
	size_t from = view_before(e, middle), end = view_behind(e, middle);
	char first[16];
	size_t size = middle - from;

	if (!size || size > sizeof(first)) {
		bell(e);
		return;
	}
	memcpy(first, e->text + from, size);
	memmove(e->text + from, e->text + middle, end - middle);
	memcpy(e->text + from + (end - middle), first, size);
	e->cursor = end;
	e->dirty = true;
}

/* ECMA-48 8.3.21 CUP, 8.3.39 ED */
static void key_clear(struct line_edit *e)
{
	view_send(e, "\x1b[H\x1b[2J", 7);
	view_begin(e);
	e->dirty = true;
}

struct key {
	u8 code;
	void (*press)(struct line_edit *e);
};

static const struct key control_keys[] = {
	{ CTRL('A'), key_home },	{ CTRL('B'), key_left },
	{ CTRL('D'), key_delete },	{ CTRL('E'), key_end },
	{ CTRL('F'), key_right },	{ CTRL('H'), key_erase },
	{ CTRL('K'), key_kill_end },	{ CTRL('L'), key_clear },
	{ CTRL('N'), key_down },	{ CTRL('P'), key_up },
	{ CTRL('R'), search_begin },	{ CTRL('T'), key_transpose },
	{ CTRL('U'), key_kill_line },	{ CTRL('W'), key_kill_blank },
	{ CTRL('Y'), key_yank },	{ DEL, key_erase },
};

/* Behind ESC, or with Alt held. */
static const struct key meta_keys[] = {
	{ 'b', key_word_left },		{ 'd', key_kill_word },
	{ 'f', key_word_right },	{ 'y', key_yank_older },
	{ CTRL('H'), key_kill_word_before },
	{ DEL, key_kill_word_before },
};

/* Final bytes of ESC [ and ESC O sequences. */
static const struct key final_keys[] = {
	{ 'A', key_up },	{ 'B', key_down },
	{ 'C', key_right },	{ 'D', key_left },
	{ 'F', key_end },	{ 'H', key_home },
	{ 'c', key_word_right }, { 'd', key_word_left },	/* rxvt */
};

/* The same with a modifier, ESC [ 1 ; n. */
static const struct key modified_keys[] = {
	{ 'C', key_word_right },	{ 'D', key_word_left },
	{ 'F', key_end },		{ 'H', key_home },
};

/* The parameter of ESC [ n ~. */
static const struct key tilde_keys[] = {
	{ 1, key_home },	{ 3, key_delete },	{ 4, key_end },
	{ 7, key_home },	{ 8, key_end },
};

static bool press(struct line_edit *e, const struct key *keys, size_t count,
		  u8 code)
{
	e->last_key = e->key;
	e->key = LINE_KEY_OTHER;
	for (size_t i = 0; i < count; i++) {
		if (keys[i].code != code)
			continue;
		keys[i].press(e);
		return true;
	}
	return false;
}

/* ---- Bytes ---- */

static void end_sequence(struct line_edit *e, u8 byte)
{
	e->escape = ESCAPE_NONE;
	if (byte == '~')
		press(e, tilde_keys, ARRAY_LEN(tilde_keys), e->parameters[0]);
	else if (e->parameters[1] > 1)
		press(e, modified_keys, ARRAY_LEN(modified_keys), byte);
	else
		press(e, final_keys, ARRAY_LEN(final_keys), byte);
}

static void take_parameter(struct line_edit *e, u8 byte)
{
	u8 *p = &e->parameters[e->parameter_at];

	if (byte == ';')
		e->parameter_at = 1;
	else if (char_is_digit((char)byte))
		*p = (u8)(*p * 10 + byte - '0');
}

static bool begin_sequence(struct line_edit *e, u8 byte)
{
	e->escape = byte == '[' ? ESCAPE_CSI :
		    byte == 'O' ? ESCAPE_SS3 : ESCAPE_NONE;
	e->parameters[0] = e->parameters[1] = e->parameter_at = 0;
	if (e->escape != ESCAPE_NONE)
		return true;
	return press(e, meta_keys, ARRAY_LEN(meta_keys), byte) ||
	       (byte >= ' ' && byte <= '~');
}

/* A control character ends a sequence that is not whole. */
static bool take_escape(struct line_edit *e, u8 byte)
{
	if (e->escape == ESCAPE_BEGUN)
		return begin_sequence(e, byte);
	if (!e->escape || byte < ' ' || byte > '~') {
		e->escape = ESCAPE_NONE;
		return false;
	}
	if (byte < '@' && e->escape == ESCAPE_CSI)
		take_parameter(e, byte);
	else
		end_sequence(e, byte);
	return true;
}

static enum line_event end(struct line_edit *e, u8 byte)
{
	if (e->dirty)
		view_draw(e);
	view_send(e, "\n", 1);
	e->after_cr = byte == '\r';
	if (e->too_long)
		return LINE_TOO_LONG;
	history_add(e);
	return LINE_DONE;
}

static enum line_event abandon(struct line_edit *e)
{
	view_send(e, "^C\n", 3);
	return LINE_ABANDONED;
}

static enum line_event take_control(struct line_edit *e, u8 byte)
{
	if (byte == '\r' || byte == '\n')
		return end(e, byte);
	if (byte == CTRL('C'))
		return abandon(e);
	if (byte == ESC) {
		e->escape = ESCAPE_BEGUN;
		return LINE_MORE;
	}
	press(e, control_keys, ARRAY_LEN(control_keys), byte);
	if (byte != '\t')
		return LINE_MORE;
	e->key = LINE_KEY_TAB;
	return LINE_COMPLETE;
}

static enum line_event take_byte(struct line_edit *e, u8 byte)
{
	if (e->searching && search_byte(e, byte))
		return LINE_MORE;
	if (take_escape(e, byte))
		return LINE_MORE;
	if (byte < ' ' || byte == DEL)
		return take_control(e, byte);
	e->key = LINE_KEY_OTHER;
	insert(e, (const char *)&byte, 1);
	return LINE_MORE;
}

enum line_event line_edit_byte(struct line_edit *e, u8 byte)
{
	bool after_cr = e->after_cr;
	enum line_event event;

	e->after_cr = false;
	if (byte == '\n' && after_cr)
		return LINE_MORE;
	event = take_byte(e, byte);
	if (e->dirty && (event == LINE_MORE || event == LINE_COMPLETE))
		view_draw(e);
	return event;
}

void line_edit_begin(struct line_edit *e, const char *prompt)
{
	e->prompt = prompt;
	e->size = e->cursor = 0;
	e->text[0] = '\0';
	e->too_long = e->searching = false;
	e->recalled = 0;
	e->escape = ESCAPE_NONE;
	e->key = LINE_KEY_OTHER;
	view_begin(e);
}

void line_edit_init(struct line_edit *e,
		    void (*show_fn)(struct line_edit *e, const char *text,
				    size_t size))
{
	e->show = show_fn;
	e->history.used = e->kills.used = 0;
	e->history.count = e->kills.count = 0;
	e->after_cr = false;
	line_edit_begin(e, "");
}
