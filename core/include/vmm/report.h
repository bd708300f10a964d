/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answers of commands that read.  A verb with VERB_READS states what it knows
 * by these calls, once; the operator chooses how it is shown: as aligned text,
 * or with --json as one document.
 *
 *	report_list(con, "guests", "name:-16 vcpus:5 memory_bytes:10 state");
 *	while ((g = guest_next(g))) {
 *		report_row(con);
 *		report_text(con, "name", g->name);
 *		report_u64(con, "vcpus", g->vcpu_count);
 *		...
 *		report_end(con);
 *	}
 *	report_end(con);
 *
 * Keys are string literals in snake_case with the unit as their last word:
 * _bytes, _ns, _hz, _permille; the text shows such a number in a unit that
 * people read, and the key without it.  Everything goes out as it is stated:
 * nothing is gathered, so that answers may be of any length.
 *
 * In a document, what con_printf() prints is left out, unless it is content.
 * An error (fail()) stands alone when nothing was stated before it, else at
 * the end of the document: look for what can fail first, then begin.
 *
 * All of it is for the thread that runs the command (panic: the only one).
 */
#ifndef VMM_REPORT_H
#define VMM_REPORT_H

#include <stdarg.h>
#include <vmm/types.h>

struct console;
struct report_form;

#define REPORT_DEPTH	8		/* containers in each other */

/* A container that is open. */
struct report_level {
	u8 kind;			/* enum report_kind; 0: object */
	u8 indent;			/* text: of what is in it */
	bool inside_line;		/* text: it is part of a line */
	u8 per_line;			/* text, grid: fields in a line */
	u32 count;			/* values so far */
	const char *key;		/* NULL: a row */
	const char *columns;		/* text: of a list; of a row: left */
};

/* The answer of a session's running command. */
struct report {
	const struct report_form *form;	/* NULL: text */
	const char *command, *verb;	/* verb: may be NULL */
	u8 depth;			/* of the innermost one; 0: none */
	bool begun;			/* something was stated */
	u8 failed;			/* documents: errors, nothing follows */
	bool line_open;			/* text: the newline is still due */
	u8 pad;				/* text: blanks due before a cell */
	u8 partial_size, partial_need;	/* of a character of UTF-8 */
	u8 partial[4];
	u8 used;
	char buffer[96];		/* on its way out */
	struct report_level levels[REPORT_DEPTH];
};

/* ---- Containers; each ends with report_end() ---- */

/*
 * A table.  columns are "key:width" between blanks, negative widths stand on
 * the left, the last may have none.  A field of a row whose key is no column,
 * or comes out of order, is in documents only.
 */
void report_list(struct console *con, const char *key, const char *columns);
/* The next row of a list, or of an array. */
void report_row(struct console *con);
/* Fields that belong together; indented in text. */
void report_object(struct console *con, const char *key);
/* The same, for many short numbers: per_line of them in a line of text. */
void report_grid(struct console *con, const char *key, unsigned per_line);
/*
 * A short list within one line or cell: of values (their key is NULL) or of
 * rows of a few.
 */
void report_array(struct console *con, const char *key);
/*
 * Text of any length, as it stands: what con_write() and con_printf() print
 * until report_end() is the value.
 */
void report_content(struct console *con, const char *key);
void report_end(struct console *con);

/* ---- Values ---- */

/* NULL: there is none ("-", null).  Bytes that are no UTF-8 are replaced. */
void report_text(struct console *con, const char *key, const char *text);
/* The same, composed; cut at 255 bytes. */
PRINTF(3, 4)
void report_textf(struct console *con, const char *key, const char *fmt, ...);
/* A number that can go up and down. */
void report_u64(struct console *con, const char *key, u64 value);
/* A number that only grows: of a metric, a counter. */
void report_count(struct console *con, const char *key, u64 value);
/* An address or a register's bits: in documents a string "0x...". */
void report_hex(struct console *con, const char *key, u64 value);
void report_bool(struct console *con, const char *key, bool value);
/* What a row or object is called, among its like. */
void report_name(struct console *con, const char *key, const char *name);
PRINTF(3, 4)
void report_namef(struct console *con, const char *key, const char *fmt, ...);
void report_index(struct console *con, const char *key, u64 value);
/* A remark on the value before, in brackets behind it; none when empty. */
void report_note(struct console *con, const char *key, const char *text);

/* ---- For the framework ---- */

extern const struct report_form report_json;

/* A command begins; form NULL is text. */
void report_begin(struct console *con, const char *command, const char *verb,
		  const struct report_form *form);
/* It is over: what is open is closed, the session's form is text again. */
void report_finish(struct console *con);
/* fail()'s: an error as the form has it. */
PRINTF(3, 0)
void report_fail(struct console *con, int code, const char *fmt, va_list ap);
/* con_write()'s. */
void report_raw(struct console *con, const char *data, size_t size);

#endif
