// SPDX-License-Identifier: GPL-2.0-or-later
/* Answers of commands: what is open, and on to the form that shows it. */
#include "report_form.h"
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/log.h>

#define TEXTF_SIZE	256

/* ---- bytes ---- */

void report_flush(struct console *con)
{
	struct report *r = &con->report;
	size_t size = r->used;

	r->used = 0;
	if (size)
		console_page_write(con, r->buffer, size);
}

void report_put(struct console *con, const char *text, size_t size)
{
	struct report *r = &con->report;

	r->bytes += (u32)size;
	if (size > sizeof(r->buffer) - r->used)
		report_flush(con);
	if (size > sizeof(r->buffer)) {
		console_page_write(con, text, size);
		return;
	}
	memcpy(r->buffer + r->used, text, size);
	r->used = (u8)(r->used + size);
}

void report_puts(struct console *con, const char *text)
{
	report_put(con, text, strlen(text));
}

void report_put_blanks(struct console *con, int count)
{
	while (count-- > 0)
		report_put(con, " ", 1);
}

/* ---- containers ---- */

static const struct report_form *form_of(const struct console *con)
{
	return con->report.form ? con->report.form : &report_plain;
}

static void open(struct console *con, enum report_kind kind,
		 const char *key, const char *columns)
{
	struct report *r = &con->report;
	struct report_level *l;

	if (r->failed)
		return;
	assert(r->depth + 1u < REPORT_DEPTH);
	l = &r->levels[++r->depth];
	*l = (struct report_level){
		.kind = (u8)kind, .key = key, .columns = columns,
	};
	form_of(con)->open(con, l);
	r->begun = true;
	report_flush(con);
}

void report_list(struct console *con, const char *key, const char *columns)
{
	open(con, REPORT_LIST, key, columns);
}

void report_row(struct console *con)
{
	open(con, REPORT_ROW, NULL, NULL);
}

void report_object(struct console *con, const char *key)
{
	open(con, REPORT_OBJECT, key, NULL);
}

void report_grid(struct console *con, const char *key)
{
	open(con, REPORT_GRID, key, NULL);
}

void report_array(struct console *con, const char *key)
{
	open(con, REPORT_ARRAY, key, NULL);
}

void report_content(struct console *con, const char *key)
{
	open(con, REPORT_CONTENT, key, NULL);
}

static void close(struct console *con)
{
	form_of(con)->close(con, report_top(con));
	con->report.depth--;
}

void report_end(struct console *con)
{
	if (con->report.failed)
		return;
	assert(con->report.depth);
	close(con);
	report_flush(con);
}

/* ---- values ---- */

void report_value(struct console *con, const struct report_value *v)
{
	if (con->report.failed)
		return;
	form_of(con)->value(con, v);
	con->report.begun = true;
	report_flush(con);
}

void report_string(struct console *con, const char *key, const char *text,
		   enum report_role role)
{
	report_value(con, &(struct report_value){
		.key = key, .text = text, .role = role });
}

void report_format(struct console *con, const char *key,
		   enum report_role role, const char *fmt, ...)
{
	char text[TEXTF_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	report_string(con, key, text, role);
}

void report_number(struct console *con, const char *key, u64 n,
		   enum report_role role)
{
	report_value(con, &(struct report_value){
		.key = key, .number = n, .type = REPORT_NUMBER,
		.role = role });
}

void report_hex(struct console *con, const char *key, u64 n)
{
	report_value(con, &(struct report_value){
		.key = key, .number = n, .type = REPORT_HEX });
}

void report_bool(struct console *con, const char *key, bool b)
{
	report_value(con, &(struct report_value){
		.key = key, .number = b, .type = REPORT_BOOL });
}

/* ---- the framework ---- */

void report_begin(struct console *con, const char *command, const char *verb,
		  const struct report_form *form)
{
	con->report = (struct report){
		.form = form, .command = command, .verb = verb,
	};
}

void report_finish(struct console *con)
{
	while (con->report.depth)
		close(con);
	form_of(con)->finish(con);
	report_flush(con);
	con->report = (struct report){ .form = NULL };
	con->page.on = false;
}

void report_fail(struct console *con, int code, const char *fmt, va_list ap)
{
	form_of(con)->fail(con, code, fmt, ap);
	report_flush(con);
}

void report_raw(struct console *con, const char *data, size_t size)
{
	form_of(con)->raw(con, data, size);
	report_flush(con);
}
