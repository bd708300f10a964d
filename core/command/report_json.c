// SPDX-License-Identifier: GPL-2.0-or-later
/* Answers as one JSON document (RFC 8259), also when they end by an error. */
#include "report_form.h"
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/errno.h>

#define DOCUMENT	"{\"schema\": 1, "

/* ---- strings: RFC 8259, 7; UTF-8 as in RFC 3629, 4 ---- */

static void put_u16(struct console *con, unsigned c)
{
	char text[8];

	snprintf(text, sizeof(text), "\\u%04x", c);
	report_puts(con, text);
}

static void put_ascii(struct console *con, u8 c)
{
	static const char escapes[] = "\"\"\\\\\nn\rr\tt\bb\ff";
	char pair[2] = { '\\', 0 };

	for (const char *e = escapes; *e; e += 2)
		if ((u8)*e == c)
			pair[1] = e[1];
	if (pair[1])
		report_put(con, pair, sizeof(pair));
	else if (c < ' ' || c == 0x7f)
		put_u16(con, c);
	else
		report_put(con, (const char *)&c, 1);
}

/* What was begun is no character. */
static void drop_partial(struct report *r, struct console *con)
{
	if (r->partial_size)
		put_u16(con, 0xfffd);
	r->partial_size = 0;
}

/* Whether it can follow: the second byte has its own limits. */
static bool continues(const struct report *r, u8 c)
{
	u8 first = r->partial[0], low = 0x80, high = 0xbf;

	if (r->partial_size == 1 && first == 0xe0)
		low = 0xa0;
	if (r->partial_size == 1 && first == 0xed)
		high = 0x9f;
	if (r->partial_size == 1 && first == 0xf0)
		low = 0x90;
	if (r->partial_size == 1 && first == 0xf4)
		high = 0x8f;
	return c >= low && c <= high;
}

static void put_partial(struct report *r, struct console *con)
{
	/* U+0080 to U+009F control terminals. */
	if (r->partial[0] == 0xc2 && r->partial[1] < 0xa0)
		put_u16(con, r->partial[1]);
	else
		report_put(con, (const char *)r->partial, r->partial_size);
	r->partial_size = 0;
}

static void put_byte(struct console *con, u8 c)
{
	struct report *r = &con->report;

	if (r->partial_size && continues(r, c)) {
		r->partial[r->partial_size++] = c;
		if (r->partial_size == r->partial_need)
			put_partial(r, con);
		return;
	}
	drop_partial(r, con);
	if (c < 0x80) {
		put_ascii(con, c);
		return;
	}
	r->partial[0] = c;
	r->partial_size = 1;
	r->partial_need = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	if (c < 0xc2 || c > 0xf4)
		drop_partial(r, con);
}

static void put_bytes(struct console *con, const char *text, size_t size)
{
	while (size--)
		put_byte(con, (u8)*text++);
}

static void put_string(struct console *con, const char *text)
{
	report_put(con, "\"", 1);
	put_bytes(con, text, strlen(text));
	drop_partial(&con->report, con);
	report_put(con, "\"", 1);
}

/* ---- the document ---- */

static void put_name(struct console *con)
{
	const struct report *r = &con->report;

	report_put(con, "\"", 1);
	put_bytes(con, r->command, strlen(r->command));
	if (r->verb) {
		report_put(con, " ", 1);
		put_bytes(con, r->verb, strlen(r->verb));
	}
	report_put(con, "\"", 1);
}

static void begin(struct console *con)
{
	if (con->report.begun)
		return;
	report_puts(con, DOCUMENT "\"command\": ");
	put_name(con);
	con->report.begun = true;
}

/* Comma and key before a value or container in level l, and new lines. */
static void put_before(struct console *con, struct report_level *l,
		       const char *key)
{
	bool first = !l->count++;

	if (l == con->report.levels)
		report_puts(con, ",\n ");
	else if (l == con->report.levels + 1 && l->kind == REPORT_LIST)
		report_puts(con, first ? "\n  " : ",\n  ");
	else if (!first)
		report_puts(con, ", ");
	if (key && (l->kind != REPORT_ARRAY && l->kind != REPORT_LIST)) {
		put_string(con, key);
		report_puts(con, ": ");
	}
}

static const char brackets[][3] = {
	[REPORT_OBJECT] = "{}", [REPORT_GRID] = "{}", [REPORT_LIST] = "[]",
	[REPORT_ROW] = "{}", [REPORT_ARRAY] = "[]", [REPORT_CONTENT] = "\"\"",
};

static void json_open(struct console *con, struct report_level *l)
{
	begin(con);
	put_before(con, l - 1, l->key);
	report_put(con, &brackets[l->kind][0], 1);
}

static void json_close(struct console *con, struct report_level *l)
{
	drop_partial(&con->report, con);
	report_put(con, &brackets[l->kind][1], 1);
}

static void json_value(struct console *con, const struct report_value *v)
{
	char buf[24];

	begin(con);
	put_before(con, report_top(con), v->key);
	if (v->type == REPORT_TEXT && v->text) {
		put_string(con, v->text);
	} else if (v->type == REPORT_TEXT) {
		report_puts(con, "null");
	} else if (v->type == REPORT_BOOL) {
		report_puts(con, v->number ? "true" : "false");
	} else {
		snprintf(buf, sizeof(buf), v->type == REPORT_HEX ?
			 "\"0x%" PRIx64 "\"" : "%" PRIu64, v->number);
		report_puts(con, buf);
	}
}

/* What is no content is for people. */
static void json_raw(struct console *con, const char *data, size_t size)
{
	if (report_top(con)->kind == REPORT_CONTENT)
		put_bytes(con, data, size);
}

/* ---- errors ---- */

struct json_sink {
	struct printf_sink sink;
	struct console *con;
};

static void sink_write(struct printf_sink *sink, const char *text, size_t size)
{
	put_bytes(container_of(sink, struct json_sink, sink)->con, text, size);
}

static void close_all(struct console *con)
{
	for (; con->report.depth; con->report.depth--)
		json_close(con, report_top(con));
}

/* The first is "error", those that it leads to are elements of "also". */
static void json_fail(struct console *con, int code, const char *fmt,
		      va_list ap)
{
	struct json_sink sink = { .sink.write = sink_write, .con = con };
	struct report *r = &con->report;

	close_all(con);
	if (!r->failed)
		report_puts(con, r->begun ? ",\n \"error\": {" :
					    DOCUMENT "\"error\": {");
	else
		report_puts(con, r->failed == 1 ? ",\n \"also\": [{" : ", {");
	report_puts(con, "\"code\": ");
	put_string(con, errno_name(code));
	report_puts(con, ", \"message\": \"");
	printf_to(&sink.sink, fmt, ap);
	drop_partial(r, con);
	report_puts(con, "\", \"where\": ");
	put_name(con);
	report_put(con, "}", 1);
	r->failed = (u8)MIN(r->failed + 1, 2);
}

static void json_finish(struct console *con)
{
	if (!con->report.failed)
		begin(con);
	report_puts(con, con->report.failed > 1 ? "]}\n" : "}\n");
}

const struct report_form report_json = {
	.open = json_open, .close = json_close, .value = json_value,
	.raw = json_raw, .fail = json_fail, .finish = json_finish,
};
