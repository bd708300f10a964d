// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the terminal shows of a line.  Characters take the cells that
 * UAX #11 (East Asian Width) gives them, as terminals have it.
 */
#include "line.h"
#include <libs/printf.h>
#include <libs/string.h>

#define ERASE_TO_END	"\x1b[K"	/* ECMA-48 8.3.41 */

void view_send(struct line_edit *e, const char *text, size_t size)
{
	if (size)
		e->show(e, text, size);
}

/* ---- Characters ---- */

static bool continues(char c)
{
	return ((u8)c & 0xc0) == 0x80;		/* UTF-8 */
}

/* Characters without a cell and with two; the others have one. */
static const struct {
	u32 first, last;
	unsigned cells;
} widths[] = {
	{ 0x300, 0x36f, 0 },	{ 0x1100, 0x115f, 2 },	{ 0x200b, 0x200f, 0 },
	{ 0x20d0, 0x20ff, 0 },	{ 0x2e80, 0xa4cf, 2 },	{ 0xac00, 0xd7a3, 2 },
	{ 0xf900, 0xfaff, 2 },	{ 0xfe00, 0xfe0f, 0 },	{ 0xfe30, 0xfe6f, 2 },
	{ 0xff00, 0xff60, 2 },	{ 0xffe0, 0xffe6, 2 },
	{ 0x1f300, 0x1faff, 2 },	{ 0x20000, 0x3fffd, 2 },
};

/* The character that begins at text, of size bytes. */
static u32 code_of(const char *text, size_t size)
{
	u32 code = (u8)*text;

	if (code >= 0xc0)
		code &= 0x7fu >> MIN(size, 4u);
	for (size_t i = 1; i < MIN(size, 4u); i++)
		code = code << 6 | ((u8)text[i] & 0x3f);
	return code;
}

static unsigned cells_of(const char *text, size_t size)
{
	u32 code = code_of(text, size);

	for (size_t i = 0; code >= 0x300 && i < ARRAY_LEN(widths); i++)
		if (code >= widths[i].first && code <= widths[i].last)
			return widths[i].cells;
	return 1;
}

static size_t character_size(const char *text, size_t size)
{
	size_t at = 1;

	while (at < size && continues(text[at]))
		at++;
	return at;
}

static size_t columns(const char *text, size_t size)
{
	size_t count = 0, at = 0, next;

	for (; at < size; at += next) {
		next = character_size(text + at, size - at);
		count += cells_of(text + at, next);
	}
	return count;
}

/* At least the cells of a part, which may end within a character. */
static size_t columns_most(const char *text, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < size; i++)
		if (!continues(text[i]))
			count += (u8)text[i] >= 0xe0 ? 2 : 1;
	return count;
}

static bool is_mark(const struct line_edit *e, size_t at)
{
	return at < e->size && !cells_of(e->text + at, character_size(
				e->text + at, e->size - at));
}

size_t view_before(const struct line_edit *e, size_t at)
{
	do {
		while (at && continues(e->text[--at]))
			;
	} while (at && is_mark(e, at));
	return at;
}

size_t view_behind(const struct line_edit *e, size_t at)
{
	do {
		while (at < e->size && continues(e->text[++at]))
			;
	} while (is_mark(e, at));
	return at;
}

/* ---- The row ---- */

void view_append(struct line_edit *e, const char *text, size_t size)
{
	e->dirty |= e->one_row;
	e->shown += columns_most(text, size);
	if (!e->dirty)
		view_send(e, text, size);
}

void view_begin(struct line_edit *e)
{
	e->dirty = e->one_row = false;
	e->shown = columns(e->prompt, strlen(e->prompt));
}

void line_edit_show(struct line_edit *e)
{
	view_begin(e);
	if (e->cursor < e->size ||
	    e->shown + columns_most(e->text, e->size) >= LINE_COLUMNS)
		view_draw(e);
	else
		view_append(e, e->text, e->size);
}

static void send_backspaces(struct line_edit *e, size_t count)
{
	char some[LINE_COLUMNS];

	memset(some, '\b', sizeof(some));
	view_send(e, some, MIN(count, sizeof(some)));
}

static size_t send_prompt(struct line_edit *e)
{
	char text[LINE_PATTERN_MAX + 16];
	const char *prompt = e->prompt;

	if (e->searching) {
		snprintf(text, sizeof(text), "%s `%s': ",
			 e->found ? "search" : "no such", e->pattern);
		prompt = text;
	}
	view_send(e, "\r", 1);
	view_send(e, prompt, strlen(prompt));
	return columns(prompt, strlen(prompt));
}

/* Moves the part that is shown so far that the cursor is in it. */
static void scroll(struct line_edit *e, size_t width)
{
	size_t at = e->cursor;

	if (e->view <= at && columns(e->text + e->view, at - e->view) < width)
		return;
	while (at && columns(e->text + at, e->cursor - at) < width / 2)
		at = view_before(e, at);
	e->view = at;
}

/* Where the part ends that begins at view and has so many cells. */
static size_t part_end(const struct line_edit *e, size_t width)
{
	size_t at = e->view, next;

	while (at < e->size) {
		next = view_behind(e, at);
		if (columns(e->text + e->view, next - e->view) > width)
			break;
		at = next;
	}
	return at;
}

/* < and > say that there is more. */
static void send_part(struct line_edit *e, size_t width)
{
	size_t end;

	scroll(e, width - 2);
	end = part_end(e, width - 2);
	view_send(e, "<", e->view > 0);
	view_send(e, e->text + e->view, end - e->view);
	view_send(e, ">", end < e->size);
	view_send(e, ERASE_TO_END, strlen(ERASE_TO_END));
	send_backspaces(e, columns(e->text + e->cursor, end - e->cursor) +
			   (end < e->size));
}

void view_draw(struct line_edit *e)
{
	size_t width;

	e->dirty = false;
	if (!e->one_row && e->shown >= LINE_COLUMNS)
		view_send(e, "\n", 1);
	e->shown = send_prompt(e);
	width = LINE_COLUMNS - 1 - e->shown;
	e->one_row = columns_most(e->text, e->size) > width;
	if (e->one_row) {
		send_part(e, width);
		return;
	}
	e->view = 0;
	e->shown += columns_most(e->text, e->size);
	view_send(e, e->text, e->size);
	view_send(e, ERASE_TO_END, strlen(ERASE_TO_END));
	send_backspaces(e, columns(e->text + e->cursor, e->size - e->cursor));
}
