// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds and runs the command that words name. */
#include "report_form.h"
#include "unit.h"
#include <libs/nearest.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>

SET_DEFINE(command);

/* A simple command being run. */
struct invocation {
	struct command_words words;
	struct command_args args;
	char text[];
};

/*
 * Operators get on when memory is full: one command at a time runs in what is
 * set aside for that.
 */
static struct {
	u32 taken;			/* a */
	u8 bytes[sizeof(struct invocation) + COMMAND_TEXT_MAX] ALIGNED(16);
} spare;

static struct invocation *invocation_create(size_t text_size)
{
	struct invocation *i = heap_alloc(sizeof(*i) + text_size);

	if (i || __atomic_exchange_n(&spare.taken, 1, __ATOMIC_ACQUIRE))
		return i;
	memset(spare.bytes, 0, sizeof(*i));
	return (void *)spare.bytes;
}

static void invocation_destroy(struct invocation *i)
{
	if ((void *)i != spare.bytes)
		heap_free(i);
	else
		__atomic_store_n(&spare.taken, 0, __ATOMIC_RELEASE);
}

static const char *suggestion(const struct nearest *n, char *buf, size_t size)
{
	if (!n->best)
		return ", see help";
	snprintf(buf, size, ", did you mean %s?", n->best);
	return buf;
}

const struct command *command_find(const char *name)
{
	char buf[64];
	struct nearest n;

	set_for_each(command, c)
		if (string_equal(c->name, name))
			return c;
	nearest_init(&n, name);
	set_for_each(command, c)
		nearest_offer(&n, c->name);
	fail(-ENOENT, "%s: unknown command%s", name,
	     suggestion(&n, buf, sizeof(buf)));
	return NULL;
}

void command_print_usage(struct console *con, const struct command *c,
			 const struct verb *v)
{
	con_printf(con, "%s%s%s%s%s\n", c->name, v->name ? " " : "",
		   v->name ? v->name : "", *v->synopsis ? " " : "",
		   v->synopsis);
}

static const struct verb *missing_verb(struct console *con,
				       const struct command *c)
{
	fail(-EINVAL, "%s: what of it? One of:", c->name);
	for (size_t i = 0; i < c->verb_count; i++) {
		con_printf(con, "  ");
		command_print_usage(con, c, &c->verbs[i]);
	}
	return NULL;
}

const struct verb *command_find_verb(const struct command *c, const char *name)
{
	char buf[64];
	struct nearest n;

	for (size_t i = 0; i < c->verb_count; i++)
		if (c->verbs[i].name && string_equal(c->verbs[i].name, name))
			return &c->verbs[i];
	nearest_init(&n, name);
	for (size_t i = 0; i < c->verb_count; i++)
		if (c->verbs[i].name)
			nearest_offer(&n, c->verbs[i].name);
	fail(-ENOENT, "%s: %s is unknown%s", c->name, name,
	     suggestion(&n, buf, sizeof(buf)));
	return NULL;
}

static int wrong_usage(struct console *con, const struct command *c,
		       const struct verb *v, const struct command_problem *p)
{
	fail(-EINVAL, "%s%s%s: %.*s %s%s%.*s%s", c->name, v->name ? " " : "",
	     v->name ? v->name : "", (int)p->word_size, p->word, p->text,
	     p->nearest ? ", did you mean " : "",
	     p->nearest ? (int)p->nearest_size : 0,
	     p->nearest ? p->nearest : "", p->nearest ? "?" : "");
	con_printf(con, "usage: ");
	command_print_usage(con, c, v);
	return -EINVAL;
}

/* Asked for even where the line goes wrong before its options are sorted. */
static const struct report_form *form_of(const struct invocation *i)
{
	for (unsigned n = 1; n < i->words.count; n++)
		if (string_equal(i->words.words[n], "--json"))
			return &report_json;
	return NULL;
}

/* Once for each metric, see report_metrics.c. */
static int run_metrics(struct console *con, const struct command *c,
		       const struct verb *v, struct invocation *i)
{
	HEAP_SCOPED struct report_metrics *m = heap_alloc(sizeof(*m));
	int rc;

	if (!m)
		return -ENOMEM;
	do {
		report_begin(con, c->name, v->name, &report_prometheus);
		con->report.metrics = m;
		rc = v->run(con, &i->args);
	} while (!rc && report_metrics_next(m));
	return rc;
}

static int run_verb(struct console *con, const struct command *c,
		    const struct verb *v, struct invocation *i)
{
	bool reads = strstr(v->synopsis, VERB_READS);
	unsigned skip = v->name ? 2 : 1;
	unsigned errors = con->error_count;
	struct command_problem problem;
	int rc;

	report_begin(con, c->name, v->name, reads ? form_of(i) : NULL);
	if (reads && !con->report.form)
		console_page_begin(con);
	rc = command_sort(v->synopsis, i->words.words + skip,
			  i->words.count - skip, &i->args, &problem);
	if (rc)
		return wrong_usage(con, c, v, &problem);
	if (!command_option(&i->args, "prometheus"))
		rc = v->run(con, &i->args);
	else if (con->report.form)
		rc = fail(-EINVAL, "%s: --json and --prometheus are two "
			  "forms: choose one", c->name);
	else
		rc = run_metrics(con, c, v, i);
	if (rc && con->error_count == errors)
		fail(rc, "%s: %s", c->name, errno_text(rc));
	return rc;
}

/* COMMAND --help, COMMAND VERB --help, but where it may be any word. */
static bool is_help(const struct command *c, const struct command_words *w)
{
	const struct verb *v = c->verbs;
	unsigned last = w->count - 1;

	if (!last || last > (v->name ? 2 : 1) ||
	    !string_equal(w->words[last], "--help"))
		return false;
	return v->name || strncmp(v->synopsis, "[words...]", 10);
}

static int run_words(struct console *con, struct invocation *i)
{
	const struct command *c = command_find(i->words.words[0]);
	const struct verb *v;

	if (!c)
		return -ENOENT;
	if (is_help(c, &i->words))
		return command_help(con, i->words.words,
				    (int)i->words.count - 1);
	v = c->verbs;
	if (!v->name)
		return run_verb(con, c, v, i);
	if (i->words.count < 2)
		v = missing_verb(con, c);
	else
		v = command_find_verb(c, i->words.words[1]);
	return v ? run_verb(con, c, v, i) : -EINVAL;
}

static int assign(struct console *con, const struct command_words *w)
{
	if (w->count > 1)
		return fail(-EINVAL, "%s: NAME=value stands alone",
			    w->words[0]);
	return command_set(con, w->words[0]);
}

static int run_invocation(struct command_unit *u, struct invocation *i,
			  const char *text, size_t size)
{
	const char *problem;
	int rc;

	problem = command_split(text, size, &u->scope, &i->words);
	if (problem)
		return fail(-EINVAL, "%s", problem);
	if (!i->words.count)
		return 0;
	if (command_assignment_size(text, size))
		return assign(u->con, &i->words);
	report_begin(u->con, i->words.words[0], NULL, form_of(i));
	rc = run_words(u->con, i);
	report_finish(u->con);
	return rc;
}

int command_run_simple(struct command_unit *u, const char *text, size_t size)
{
	const size_t text_size = command_text_size(text, size);
	struct invocation *i = invocation_create(text_size);
	int rc;

	if (!i)
		return fail(-ENOMEM, "no memory for the command line");
	i->words.text = i->text;
	i->words.text_size = text_size;
	rc = run_invocation(u, i, text, size);
	invocation_destroy(i);
	return rc;
}
