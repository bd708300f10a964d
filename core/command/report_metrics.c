// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Answers as metrics: Prometheus' text exposition format 0.0.4.  Its samples
 * of one metric stand together, while an answer goes row by row.  So that
 * nothing has to be gathered the command runs once for each metric, and all
 * other ones are left out.
 */
#include "report_form.h"
#include <libs/hash.h>
#include <libs/printf.h>
#include <libs/string.h>

#define NAME_SIZE	128

/* ---- names ---- */

/* Without the s of a list's name, whose rows are meant. */
static int singular(const char *key)
{
	int size = (int)strlen(key);

	return size > 1 && key[size - 1] == 's' ? size - 1 : size;
}

static bool is_singular_of(const char *word, const char *key)
{
	return strlen(word) == (size_t)singular(key) &&
	       !strncmp(word, key, strlen(word));
}

/*
 * monovisor_guest_exit_time_seconds_total: the command, unless the outermost
 * list has its name, lists and objects, the key with its unit.  A key that
 * is just "count" adds nothing.
 */
static void build_name(const struct report *r, const struct report_value *v,
		       char *name)
{
	bool counts = string_equal(v->key, "count");
	const struct report_unit *u;
	const char *outer = NULL;
	size_t size;

	for (unsigned i = r->depth; i; i--)
		outer = r->levels[i].key ? r->levels[i].key : outer;
	snprintf(name, NAME_SIZE, "monovisor");
	if (!outer || !is_singular_of(r->command, outer))
		printf_append(name, NAME_SIZE, "_%s", r->command);
	for (unsigned i = 1; i <= r->depth; i++) {
		const char *key = r->levels[i].key;

		if (key)
			printf_append(name, NAME_SIZE, "_%.*s", counts &&
				      i + 1u >= r->depth ? NAME_SIZE :
				      singular(key), key);
	}
	u = report_unit_of(v->key, &size);
	if (!counts)
		printf_append(name, NAME_SIZE, "_%.*s", (int)size, v->key);
	printf_append(name, NAME_SIZE, "%s%s", u ? u->metric : "",
		      v->role == REPORT_COUNTER ? "_total" : "");
}

/* ---- labels: of the rows and objects that are open ---- */

static void add_label(struct console *con, const struct report_value *v)
{
	struct report_metrics *m = con->report.metrics;
	const struct report_level *l = report_top(con);
	const char *key = v->key;
	char *to = m->labels;

	if (string_equal(key, "name"))
		key = l == con->report.levels ? con->report.command :
		      l->key ? l->key : l[-1].key;
	printf_append(to, sizeof(m->labels), "%s%.*s=\"", *to ? "," : "",
		      key == v->key ? NAME_SIZE : singular(key), key);
	if (v->type == REPORT_NUMBER)
		printf_append(to, sizeof(m->labels), "%" PRIu64, v->number);
	for (const char *s = v->text; s && *s; s++)
		printf_append(to, sizeof(m->labels) - 1, "%s%c",
			      strchr("\"\\\n", *s) ? "\\" : "",
			      *s == '\n' ? 'n' : *s);
	printf_append(to, sizeof(m->labels), "\"");
}

/* ---- samples ---- */

static void put_value(struct console *con, const struct report_value *v)
{
	const struct report_unit *u;
	char text[REPORT_NUMBER_SIZE];
	u64 scale = 1;
	size_t size;

	u = report_unit_of(v->key, &size);
	for (unsigned i = 0; u && i < u->digits; i++)
		scale *= 10;
	if (scale == 1)
		snprintf(text, sizeof(text), " %" PRIu64 "\n", v->number);
	else
		snprintf(text, sizeof(text), " %" PRIu64 ".%0*" PRIu64 "\n",
			 v->number / scale, u->digits, v->number % scale);
	report_puts(con, text);
}

static bool is_done(const struct report_metrics *m, u32 name)
{
	for (unsigned i = 0; i < m->done_count; i++)
		if (m->done[i] == name)
			return true;
	return false;
}

static void put_head(struct console *con, const struct report_value *v,
		     const char *name)
{
	const struct report *r = &con->report;

	report_puts(con, "# HELP ");
	report_puts(con, name);
	report_puts(con, " ");
	report_puts(con, v->key);
	report_puts(con, " of ");
	report_puts(con, r->command);
	report_puts(con, r->verb ? " " : "");
	report_puts(con, r->verb ? r->verb : "");
	report_puts(con, "\n# TYPE ");
	report_puts(con, name);
	report_puts(con, v->role == REPORT_COUNTER ? " counter\n" :
						     " gauge\n");
}

static void metrics_value(struct console *con, const struct report_value *v)
{
	struct report_metrics *m = con->report.metrics;
	char name[NAME_SIZE];
	u32 hash;

	if (!v->key || (v->type != REPORT_NUMBER && v->type != REPORT_BOOL &&
			v->role != REPORT_NAME))
		return;
	if (v->role == REPORT_NAME) {
		add_label(con, v);
		return;
	}
	build_name(&con->report, v, name);
	hash = hash_string(name);
	if (is_done(m, hash) || (m->chosen && m->current != hash))
		return;
	if (!m->chosen)
		put_head(con, v, name);
	m->chosen = true;
	m->current = hash;
	report_puts(con, name);
	if (*m->labels) {
		report_puts(con, "{");
		report_puts(con, m->labels);
		report_puts(con, "}");
	}
	put_value(con, v);
}

/* ---- the rest ---- */

static void metrics_open(struct console *con, struct report_level *l)
{
	l->start = (u32)strlen(con->report.metrics->labels);
}

static void metrics_close(struct console *con, struct report_level *l)
{
	con->report.metrics->labels[l->start] = '\0';
}

static void metrics_raw(struct console *con, const char *data, size_t size)
{
}

/* A comment, for whoever looks. */
static void metrics_fail(struct console *con, int code, const char *fmt,
			 va_list ap)
{
	report_puts(con, "# ");
	report_plain.fail(con, code, fmt, ap);
}

static void metrics_finish(struct console *con)
{
}

const struct report_form report_prometheus = {
	.open = metrics_open, .close = metrics_close, .value = metrics_value,
	.raw = metrics_raw, .fail = metrics_fail, .finish = metrics_finish,
};

bool report_metrics_next(struct report_metrics *m)
{
	if (!m->chosen || m->done_count == ARRAY_LEN(m->done))
		return false;
	m->done[m->done_count++] = m->current;
	m->chosen = false;
	m->labels[0] = '\0';
	return true;
}
