/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answers of commands that read.  A verb with VERB_READS in its synopsis
 * states what it knows by these calls, once; the operator chooses how it is
 * shown: as aligned text, or with --json as one document.  VERB_METRICS has
 * --prometheus, too: numbers as metrics, for which the verb runs repeatedly.
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
 * _bytes, _ns, _boot_ns (since then), _hz, _permille; the text shows such a
 * number in a unit that people read, and the key without it.  Everything goes
 * out as it is stated: nothing is gathered, so answers may have any length.
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
	u32 count;			/* values so far */
	u32 start;			/* text: of an array, bytes before */
	const char *key;		/* NULL: a row */
	const char *columns;		/* text: of a list; of a row: left */
};

/* The answer of a session's running command. */
struct report {
	const struct report_form *form;	/* NULL: text */
	const char *command, *verb;	/* verb: may be NULL */
	struct report_metrics *metrics;	/* with --prometheus */
	u8 depth;			/* of the innermost one; 0: none */
	bool begun;			/* something was stated */
	u8 failed;			/* documents: errors, nothing follows */
	bool line_open;			/* text: the newline is still due */
	u8 pad;				/* text: blanks due before a cell */
	u8 partial_size, partial_need;	/* of a character of UTF-8 */
	u8 partial[4];
	u8 used;
	u32 bytes;			/* that were put out */
	char buffer[64];		/* on its way out */
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
/*
 * Fields that belong together: indented in text; in a row they are one cell,
 * or a line, with their labels.
 */
void report_object(struct console *con, const char *key);
/* The same, for many registers: three of them in a line of text. */
void report_grid(struct console *con, const char *key);
/*
 * A short list within one line or cell: of values (their key is NULL) or of
 * rows of a few.
 */
void report_array(struct console *con, const char *key);
/*
 * Text of any length: what con_write() and con_printf() print until
 * report_end() is the value.  As text, control characters that could reach
 * the operator's terminal are shown as ^X.
 */
void report_content(struct console *con, const char *key);
void report_end(struct console *con);

/* ---- Values ---- */

/* How it is shown, and what it is among the values of a row or object. */
enum report_type { REPORT_TEXT, REPORT_NUMBER, REPORT_HEX, REPORT_BOOL };
enum report_role { REPORT_PLAIN, REPORT_COUNTER, REPORT_NAME, REPORT_NOTE };
struct report_value {
	const char *key;		/* NULL: of an array */
	const char *text;		/* NULL: there is none */
	u64 number;			/* of the other types */
	enum report_type type;
	enum report_role role;
};
void report_value(struct console *con, const struct report_value *v);

void report_string(struct console *con, const char *key, const char *text,
		   enum report_role role);
PRINTF(4, 5)
void report_format(struct console *con, const char *key,
		   enum report_role role, const char *fmt, ...);
void report_number(struct console *con, const char *key, u64 value,
		   enum report_role role);

/* NULL: there is none ("-", null).  Bytes that are no UTF-8 are replaced. */
static inline void report_text(struct console *con, const char *key,
			       const char *text)
{
	report_string(con, key, text, REPORT_PLAIN);
}

/* What a row or object is called, among its like: a metric's label. */
static inline void report_name(struct console *con, const char *key,
			       const char *name)
{
	report_string(con, key, name, REPORT_NAME);
}

/* A remark on the value before, in brackets behind it; none when empty. */
static inline void report_note(struct console *con, const char *key,
			       const char *text)
{
	report_string(con, key, text && *text ? text : NULL, REPORT_NOTE);
}

/* Composed texts and names are cut at 255 bytes. */
#define report_textf(con, key, ...)					\
	report_format(con, key, REPORT_PLAIN, __VA_ARGS__)
#define report_namef(con, key, ...)					\
	report_format(con, key, REPORT_NAME, __VA_ARGS__)

/* A number that can go up and down. */
static inline void report_u64(struct console *con, const char *key, u64 value)
{
	report_number(con, key, value, REPORT_PLAIN);
}

/* A number that only grows: a counter.  "count" adds nothing to its name. */
static inline void report_count(struct console *con, const char *key,
				u64 value)
{
	report_number(con, key, value, REPORT_COUNTER);
}

/* A number that names, as a CPU's does: a label. */
static inline void report_index(struct console *con, const char *key,
				u64 value)
{
	report_number(con, key, value, REPORT_NAME);
}

/* An address or a register's bits: in documents a string "0x...". */
void report_hex(struct console *con, const char *key, u64 value);
void report_bool(struct console *con, const char *key, bool value);

/* ---- For the framework ---- */

extern const struct report_form report_json, report_prometheus;

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
