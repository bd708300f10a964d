/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the line editor share. */
#ifndef CORE_CONSOLE_LINE_H
#define CORE_CONSOLE_LINE_H

#include <vmm/line_edit.h>

/* ---- line_view.c: what the terminal shows ---- */

void view_send(struct line_edit *e, const char *text, size_t size);
/* A prompt with nothing behind it was shown. */
void view_begin(struct line_edit *e);
/* Text was put in at the end of a line that is shown as it was. */
void view_append(struct line_edit *e, const char *text, size_t size);
/* Draws the row anew. */
void view_draw(struct line_edit *e);
/* Ends of the character that lies before, behind the byte `at`. */
size_t view_before(const struct line_edit *e, size_t at);
size_t view_behind(const struct line_edit *e, size_t at);

/* ---- line_store.c ---- */

/* The n-th newest, from 1 to count. */
const char *store_line(const struct line_store *s, unsigned n);
void store_add(struct line_store *s, unsigned max, const char *text,
	       size_t size);
/* Makes the newest one longer, at its end or its front. */
void store_extend(struct line_store *s, const char *text, size_t size,
		  bool front);

/* ---- line_search.c ---- */

void search_begin(struct line_edit *e);
/* False: the byte ends the search and is a key like any other. */
bool search_byte(struct line_edit *e, u8 byte);

/* ---- line_edit.c ---- */

/* The n-th newest line, 0: what was left for it; the cursor at its end. */
void line_recall(struct line_edit *e, unsigned n);
void line_replace(struct line_edit *e, const char *text);

#define CTRL(c)		((c) & 0x1f)
#define ESC		0x1b
#define DEL		0x7f

#endif
