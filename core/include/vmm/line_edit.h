/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Line editing for terminal sessions: bytes that were typed go in, what the
 * terminal is to show comes out.  Pure; knows no device and no command.
 *
 * Keys are those of ECMA-48 / DEC VT100 terminals; escape sequences are read
 * whole, also when they come in pieces, and unknown ones are ignored.
 */
#ifndef VMM_LINE_EDIT_H
#define VMM_LINE_EDIT_H

#include <vmm/command.h>
#include <vmm/types.h>

#define LINE_HISTORY_COUNT	32
#define LINE_HISTORY_SIZE	8192	/* bytes, all lines together */

enum line_event {
	LINE_MORE,		/* goes on */
	LINE_DONE,		/* text is the line; "\n" was shown */
	LINE_TOO_LONG,		/* the same, but bytes were left out */
	LINE_ABANDONED,		/* Ctrl-C */
	LINE_COMPLETE,		/* Tab: the session may insert words */
};

struct line_edit {
	void (*show)(struct line_edit *e, const char *text, size_t size);
	char text[COMMAND_LINE_MAX + 1];	/* NUL-ended */
	size_t size, cursor;			/* bytes */
	bool too_long, after_cr;
	u8 escape;				/* state of a sequence */
	u8 parameter;
	/* Older lines, each NUL-ended, newest last. */
	char history[LINE_HISTORY_SIZE];
	size_t history_used;
	unsigned history_count;
	unsigned recalled;		/* 0: none, 1: the newest, ... */
};

void line_edit_init(struct line_edit *e,
		    void (*show)(struct line_edit *e, const char *text,
				 size_t size));
/*
 * Takes one byte.  After a line ended or was abandoned, line_edit_begin().
 */
enum line_event line_edit_byte(struct line_edit *e, u8 byte);
/* An empty line; the session has shown its prompt. */
void line_edit_begin(struct line_edit *e);
/* Puts text in at the cursor, as if it had been typed. */
void line_edit_insert(struct line_edit *e, const char *text, size_t size);
/* Shows the line again behind a fresh prompt. */
void line_edit_show(struct line_edit *e);

#endif
