// SPDX-License-Identifier: GPL-2.0-or-later
/* Ctrl-R: looks for a text in older lines while it is typed. */
#include "line.h"
#include <libs/string.h>

void search_begin(struct line_edit *e)
{
	e->searching = e->found = e->dirty = true;
	e->pattern_size = 0;
	e->pattern[0] = '\0';
	e->search_from = e->recalled;
	memcpy(e->search_text, e->text, e->size + 1);
	if (!e->recalled)
		memcpy(e->draft, e->text, e->size + 1);
}

/* From the n-th newest line on. */
static void search(struct line_edit *e, unsigned n)
{
	const char *line, *at;

	for (e->found = !e->pattern_size; !e->found; n++) {
		if (n > e->history.count) {
			view_send(e, "\a", 1);
			return;
		}
		line = store_line(&e->history, n);
		at = strstr(line, e->pattern);
		if (!at)
			continue;
		line_recall(e, n);
		e->cursor = (size_t)(at - line);
		e->found = true;
	}
}

static void add(struct line_edit *e, u8 byte)
{
	if (e->pattern_size == LINE_PATTERN_MAX) {
		view_send(e, "\a", 1);
		return;
	}
	e->pattern[e->pattern_size++] = (char)byte;
	e->pattern[e->pattern_size] = '\0';
	search(e, MAX(e->recalled, 1u));
}

static void remove(struct line_edit *e)
{
	while (e->pattern_size &&
	       ((u8)e->pattern[--e->pattern_size] & 0xc0) == 0x80)
		;
	e->pattern[e->pattern_size] = '\0';
	search(e, 1);
}

static void give_up(struct line_edit *e)
{
	e->searching = false;
	line_replace(e, e->search_text);
	e->recalled = e->search_from;
}

bool search_byte(struct line_edit *e, u8 byte)
{
	e->dirty = true;
	if (byte == CTRL('R'))
		search(e, e->recalled + 1);
	else if (byte == CTRL('G'))
		give_up(e);
	else if (byte == CTRL('H') || byte == DEL)
		remove(e);
	else if (byte >= ' ')
		add(e, byte);
	else
		e->searching = false;
	return byte == CTRL('G') || e->searching;
}
