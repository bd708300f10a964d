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
		con->write(con, r->buffer, size);
}

void report_put(struct console *con, const char *text, size_t size)
{
	struct report *r = &con->report;

	if (size > sizeof(r->buffer) - r->used)
		report_flush(con);
	if (size > sizeof(r->buffer)) {
		con->write(con, text, size);
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

static void open(struct console *con, const struct report_level *what)
{
	struct report *r = &con->report;

	if (r->failed)
		return;
	assert(r->depth + 1u < REPORT_DEPTH);
	r->levels[++r->depth] = *what;
	form_of(con)->open(con, &r->levels[r->depth]);
	r->begun = true;
	report_flush(con);
}

void report_list(struct console *con, const char *key, const char *columns)
{
	open(con, &(struct report_level){
		.kind = REPORT_LIST, .key = key, .columns = columns });
}

void report_row(struct console *con)
{
	open(con, &(struct report_level){ .kind = REPORT_ROW });
}

void report_object(struct console *con, const char *key)
{
	open(con, &(struct report_level){ .kind = REPORT_OBJECT, .key = key });
}

void report_grid(struct console *con, const char *key, unsigned per_line)
{
	open(con, &(struct report_level){
		.kind = REPORT_GRID, .key = key, .per_line = (u8)per_line });
}

void report_array(struct console *con, const char *key)
{
	open(con, &(struct report_level){ .kind = REPORT_ARRAY, .key = key });
}

void report_content(struct console *con, const char *key)
{
	open(con, &(struct report_level){ .kind = REPORT_CONTENT, .key = key });
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

static void value(struct console *con, const struct report_value *v)
{
	if (con->report.failed)
		return;
	form_of(con)->value(con, v);
	con->report.begun = true;
	report_flush(con);
}

static void number(struct console *con, const char *key, u64 n,
		   enum report_role role)
{
	value(con, &(struct report_value){
		.key = key, .number = n, .type = REPORT_NUMBER,
		.role = (u8)role });
}

void report_text(struct console *con, const char *key, const char *text)
{
	value(con, &(struct report_value){ .key = key, .text = text });
}

void report_name(struct console *con, const char *key, const char *name)
{
	value(con, &(struct report_value){
		.key = key, .text = name, .role = REPORT_NAME });
}

void report_note(struct console *con, const char *key, const char *text)
{
	value(con, &(struct report_value){
		.key = key, .text = text && *text ? text : NULL,
		.role = REPORT_NOTE });
}

void report_textf(struct console *con, const char *key, const char *fmt, ...)
{
	char text[TEXTF_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	report_text(con, key, text);
}

void report_namef(struct console *con, const char *key, const char *fmt, ...)
{
	char text[TEXTF_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	report_name(con, key, text);
}

void report_u64(struct console *con, const char *key, u64 n)
{
	number(con, key, n, REPORT_PLAIN);
}

void report_count(struct console *con, const char *key, u64 n)
{
	number(con, key, n, REPORT_COUNTER);
}

void report_index(struct console *con, const char *key, u64 n)
{
	number(con, key, n, REPORT_NAME);
}

void report_hex(struct console *con, const char *key, u64 n)
{
	value(con, &(struct report_value){
		.key = key, .number = n, .type = REPORT_HEX });
}

void report_bool(struct console *con, const char *key, bool b)
{
	value(con, &(struct report_value){
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
