/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Line editing for terminal sessions: bytes that were typed go in, what the
 * terminal is to show comes out.  Pure; knows no device and no command.
 *
 * Keys are those of ECMA-48 / DEC VT100 terminals and GNU readline; escape
 * sequences are read whole, also when they come in pieces, and unknown ones
 * are ignored.  Text that is typed at the end of the line goes out as it is,
 * over as many rows as it takes; anything else draws the line's row anew by
 * means that any terminal of LINE_COLUMNS has, and if it is too long for one
 * row, only the part around the cursor.
 */
#ifndef VMM_LINE_EDIT_H
#define VMM_LINE_EDIT_H

#include <vmm/command.h>
#include <vmm/types.h>

#define LINE_COLUMNS		80	/* that a terminal has at least */
#define LINE_HISTORY_COUNT	32
#define LINE_KILL_COUNT		8
#define LINE_STORE_SIZE		8192	/* bytes, all lines together */
#define LINE_PATTERN_MAX	31	/* bytes that Ctrl-R looks for */

enum line_event {
	LINE_MORE,		/* goes on */
	LINE_DONE,		/* text is the line; "\n" was shown */
	LINE_TOO_LONG,		/* the same, but bytes were left out */
	LINE_ABANDONED,		/* Ctrl-C */
	LINE_COMPLETE,		/* Tab: the session may insert words */
};

/* Lines, each NUL-ended, newest last; the oldest make room. */
struct line_store {
	char text[LINE_STORE_SIZE];
	size_t used;
	unsigned count;
};

/* What the key before was, where that matters. */
enum line_key { LINE_KEY_OTHER, LINE_KEY_KILL, LINE_KEY_YANK, LINE_KEY_TAB };

struct line_edit {
	void (*show)(struct line_edit *e, const char *text, size_t size);
	const char *prompt;
	char text[COMMAND_LINE_MAX + 1];	/* NUL-ended */
	size_t size, cursor;			/* bytes */
	bool too_long, after_cr;
	/* What the screen shows. */
	bool dirty;			/* not the line as it is */
	bool one_row;			/* a part of it, from view on */
	size_t shown;			/* cells in the row, at most */
	size_t view;
	/* The escape sequence that is being read. */
	u8 escape;
	u8 parameters[2], parameter_at;
	enum line_key key, last_key;
	struct line_store history, kills;
	unsigned recalled;		/* 0: none, 1: the newest, ... */
	char draft[COMMAND_LINE_MAX + 1];	/* what was left for it */
	unsigned yanked;		/* of kills, from 1 */
	size_t yank_at;
	/* Ctrl-R */
	bool searching, found;
	char pattern[LINE_PATTERN_MAX + 1];
	size_t pattern_size;
	unsigned search_from;		/* recalled when it began */
	char search_text[COMMAND_LINE_MAX + 1];	/* the line at that time */
};

/* All but show is zero. */
void line_edit_init(struct line_edit *e,
		    void (*show)(struct line_edit *e, const char *text,
				 size_t size));
/*
 * Takes one byte.  After a line ended or was abandoned, line_edit_begin().
 */
enum line_event line_edit_byte(struct line_edit *e, u8 byte);
/* An empty line; the session has shown the prompt. */
void line_edit_begin(struct line_edit *e, const char *prompt);
/* Puts text in at the cursor, as if it had been typed. */
void line_edit_insert(struct line_edit *e, const char *text, size_t size);
/* Shows the line again behind a fresh prompt, which the session has shown. */
void line_edit_show(struct line_edit *e);

#endif
