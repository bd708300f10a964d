// SPDX-License-Identifier: GPL-2.0-or-later
/* Answers for people: labelled fields, aligned tables, all in lines. */
#include "report_form.h"
#include <libs/char.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/errno.h>

#define LABEL_WIDTH	14
#define GRID_WIDTH	14
#define GRID_COLUMNS	3
#define COLUMN_GAP	2
#define INDENT		2
#define NOT_SHOWN	(-1000)		/* as a width */

/* ---- lines ---- */

static void end_line(struct console *con)
{
	if (con->report.line_open)
		report_put(con, "\n", 1);
	con->report.line_open = false;
	con->report.pad = 0;
}

static void begin_line(struct console *con, int indent)
{
	end_line(con);
	report_put_blanks(con, indent);
	con->report.line_open = true;
}

/* "memory_bytes" as "memory", or as "MEMORY" in a header; its length. */
static int put_label(struct console *con, const char *key, bool header)
{
	size_t size;

	report_unit_of(key, &size);
	for (size_t i = 0; i < size; i++) {
		char c = key[i] == '_' ? ' ' : key[i];

		if (header)
			c = char_to_upper(c);
		report_put(con, &c, 1);
	}
	return (int)size;
}

static void put_field_label(struct console *con, const char *key, int indent)
{
	begin_line(con, indent);
	indent += put_label(con, key, false) + 1;
	report_put(con, ":", 1);
	report_put_blanks(con, MAX(LABEL_WIDTH - indent, 1));
}

/* ---- columns ---- */

struct column {
	char key[32];
	int width;
};

/* The next column of a list; false at the end. */
static bool next_column(const char **at, struct column *c)
{
	const char *s = *at;
	size_t size = 0;
	int sign = 1;

	while (*s == ' ')
		s++;
	if (!*s)
		return false;
	for (; *s && *s != ':' && *s != ' '; s++)
		if (size + 1 < sizeof(c->key))
			c->key[size++] = *s;
	c->key[size] = '\0';
	c->width = 0;
	if (*s == ':')
		s++;
	if (*s == '-') {
		sign = -1;
		s++;
	}
	for (; char_is_digit(*s); s++)
		c->width = c->width * 10 + *s - '0';
	c->width *= sign;
	*at = s;
	return true;
}

/* Blanks due before a cell, and those that put it on the right. */
static void begin_cell(struct console *con, int width, int size)
{
	report_put_blanks(con, con->report.pad);
	if (width > 0)
		report_put_blanks(con, width - size);
	con->report.pad = COLUMN_GAP;
	if (width < 0)
		con->report.pad = (u8)(COLUMN_GAP + MAX(-width - size, 0));
}

static void put_header(struct console *con, const struct report_level *l)
{
	const char *at = l->columns;
	struct column c;

	begin_line(con, l->indent);
	while (next_column(&at, &c)) {
		size_t size;

		report_unit_of(c.key, &size);
		begin_cell(con, c.width, (int)size);
		put_label(con, c.key, true);
	}
	end_line(con);
}

static void put_empty(struct console *con, const struct column *c)
{
	begin_cell(con, c->width, 1);
	report_put(con, "-", 1);
}

/* The cells that a row leaves out. */
static void fill_row(struct console *con, struct report_level *row)
{
	struct column c;

	while (next_column(&row->columns, &c))
		put_empty(con, &c);
}

/* The width of the key's column, to which the row moves. */
static int find_column(struct console *con, struct report_level *row,
		       const char *key)
{
	const char *at = row->columns;
	struct column c;

	do
		if (!next_column(&at, &c))
			return NOT_SHOWN;
	while (!string_equal(c.key, key));
	for (at = row->columns; next_column(&at, &c);) {
		row->columns = at;
		if (string_equal(c.key, key))
			return c.width;
		put_empty(con, &c);
	}
	return NOT_SHOWN;
}

/* ---- what others chose ---- */

static bool is_harmless(u8 byte)
{
	return (byte >= ' ' && byte != 0x7f) || byte == '\t' ||
	       byte == '\n' || byte == '\r';
}

/* Of U+0080 to U+009F, controls as well, the second byte. */
static bool is_c1(u8 before, u8 byte)
{
	return before == 0xc2 && byte >= 0x80 && byte < 0xa0;
}

static void put_harmless(struct console *con, const char *data, size_t size)
{
	u8 *before = &con->report.partial[0];
	size_t from = 0;

	for (size_t i = 0; i < size; *before = (u8)data[i++]) {
		char shown[2] = { '^', (char)(data[i] ^ 0x40) };

		if (is_harmless((u8)data[i]) && !is_c1(*before, (u8)data[i]))
			continue;
		if (is_c1(*before, (u8)data[i]))
			shown[1] = (char)(data[i] & 0x1f) + '@';
		report_put(con, data + from, i - from);
		report_put(con, shown, 2);
		from = i + 1;
	}
	report_put(con, data + from, size - from);
}

/* ---- where a value goes ---- */

static void begin_grid_field(struct console *con, struct report_level *l,
			     const char *key)
{
	if (l->count++ % GRID_COLUMNS)
		report_put_blanks(con, COLUMN_GAP);
	else
		begin_line(con, l->indent);
	report_put_blanks(con, GRID_WIDTH - (int)strlen(key));
	report_puts(con, key);
	report_put(con, " ", 1);
}

static void begin_inside(struct console *con, struct report_level *l,
			 const char *key)
{
	if (l->count++)
		report_puts(con, l->kind == REPORT_ROW ? " " : ", ");
	if (l->kind != REPORT_OBJECT)
		return;
	put_label(con, key, false);
	report_put(con, " ", 1);
}

/* What stands before it; the width of its cell, or NOT_SHOWN. */
static int begin_value(struct console *con, const char *key)
{
	struct report_level *l = report_top(con);

	if (l->inside_line) {
		begin_inside(con, l, key);
		return 0;
	}
	if (l->kind == REPORT_ROW)
		return find_column(con, l, key);
	if (l->kind == REPORT_GRID)
		begin_grid_field(con, l, key);
	else
		put_field_label(con, key, l->indent);
	return 0;
}

static bool is_cell(const struct report_level *l)
{
	return l->kind == REPORT_ROW && !l->inside_line;
}

static const char *text_of(const struct report_value *v, bool grid, char *buf)
{
	size_t size;

	if (v->type == REPORT_TEXT)
		return v->text && *v->text ? v->text : "-";
	if (v->type == REPORT_BOOL)
		return v->number ? "yes" : "no";
	if (v->type == REPORT_HEX)
		snprintf(buf, REPORT_NUMBER_SIZE, grid ? "%016" PRIx64 :
			 "0x%" PRIx64, v->number);
	else
		report_unit_format(v->key ? report_unit_of(v->key, &size) :
					    NULL, v->number, buf);
	return buf;
}

/* A name may be a guest's choice: a symbol's, say. */
static void put_text(struct console *con, const char *text)
{
	con->report.partial[0] = 0;
	put_harmless(con, text, strlen(text));
}

static void put_note(struct console *con, const char *text)
{
	if (!text || !con->report.line_open)
		return;
	report_put(con, "(", 1);
	put_text(con, text);
	report_put(con, ")", 1);
}

static void plain_value(struct console *con, const struct report_value *v)
{
	struct report_level *l = report_top(con);
	char buf[REPORT_NUMBER_SIZE];
	const char *text = text_of(v, l->kind == REPORT_GRID, buf);
	int width;

	if (v->role == REPORT_NOTE) {
		put_note(con, v->text);
		return;
	}
	width = begin_value(con, v->key);
	if (width == NOT_SHOWN)
		return;
	if (is_cell(l))
		begin_cell(con, width, (int)strlen(text));
	put_text(con, text);
}

/* ---- containers ---- */

static void open_row(struct console *con, struct report_level *l)
{
	struct report_level *list = l - 1;

	if (list->kind == REPORT_ARRAY) {
		if (list->count++)
			report_puts(con, ", ");
		l->inside_line = true;
		return;
	}
	begin_line(con, l->indent);
	l->columns = list->columns;
}

/* In a row that has no column for it, it takes a line of its own. */
static void open_inside(struct console *con, struct report_level *l)
{
	struct report_level *parent = l - 1;
	int width;

	con->report.depth--;
	width = begin_value(con, l->key);
	con->report.depth++;
	if (width == NOT_SHOWN) {
		fill_row(con, parent);
		put_field_label(con, l->key, l->indent + INDENT);
	} else if (is_cell(parent)) {
		begin_cell(con, width, 0);
	}
	l->inside_line = true;
	l->start = con->report.bytes;
}

/* What comes first in an answer needs no title. */
static void open_lines(struct console *con, struct report_level *l)
{
	struct report_level *parent = l - 1;

	if (parent->kind == REPORT_ROW) {
		fill_row(con, parent);
		l->indent = (u8)(l->indent + INDENT);
	}
	end_line(con);
	if (con->report.begun) {
		report_put_blanks(con, l->indent);
		put_label(con, l->key, false);
		report_puts(con, ":\n");
		l->indent = (u8)(l->indent + INDENT);
	}
	if (l->kind == REPORT_LIST)
		put_header(con, l);
}

static void plain_open(struct console *con, struct report_level *l)
{
	l->indent = l[-1].indent;
	if (l->kind == REPORT_ROW)
		open_row(con, l);
	else if (l->kind == REPORT_ARRAY ||
		 (l->kind == REPORT_OBJECT && l[-1].kind == REPORT_ROW))
		open_inside(con, l);
	else
		open_lines(con, l);
}

static void close_inside(struct console *con, struct report_level *l)
{
	struct report *r = &con->report;

	if (!l->count)
		report_put(con, "-", 1);
	r->pad = (u8)MAX(r->pad - (int)(r->bytes - l->start), COLUMN_GAP);
}

static void plain_close(struct console *con, struct report_level *l)
{
	if (is_cell(l))
		fill_row(con, l);
	if (l->inside_line && l->kind != REPORT_ROW)
		close_inside(con, l);
	if (l->kind == REPORT_LIST)
		end_line(con);
}

/* ---- the rest ---- */

static void plain_raw(struct console *con, const char *data, size_t size)
{
	if (!size)
		return;
	if (report_top(con)->kind == REPORT_CONTENT) {
		put_harmless(con, data, size);
		con->report.line_open = data[size - 1] != '\n';
		return;
	}
	end_line(con);
	report_flush(con);
	console_page_write(con, data, size);
}

struct plain_sink {
	struct printf_sink sink;
	struct console *con;
};

static void sink_write(struct printf_sink *sink, const char *text, size_t size)
{
	put_harmless(container_of(sink, struct plain_sink, sink)->con, text,
		     size);
}

static void plain_fail(struct console *con, int code, const char *fmt,
		       va_list ap)
{
	struct plain_sink sink = { .sink.write = sink_write, .con = con };

	end_line(con);
	report_puts(con, con->colour ? "\033[31merror:\033[m " : "error: ");
	con->report.partial[0] = 0;
	printf_to(&sink.sink, fmt, ap);
	report_put(con, "\n", 1);
}

static void plain_finish(struct console *con)
{
	end_line(con);
}

const struct report_form report_plain = {
	.open = plain_open, .close = plain_close, .value = plain_value,
	.raw = plain_raw, .fail = plain_fail, .finish = plain_finish,
};
