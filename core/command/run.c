// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs steps: see <vmm/command_line.h>. */
#include "unit.h"
#include <libs/char.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>

/* ---- What is wrong, and where ---- */

static unsigned line_of(const struct command_unit *u, size_t at)
{
	unsigned line = 0;

	for (size_t i = 0; i < at; i++)
		line += u->text[i] == '\n';
	return line;
}

static size_t line_start(const struct command_unit *u, size_t at)
{
	while (at && u->text[at - 1] != '\n')
		at--;
	return at;
}

static size_t line_size(const struct command_unit *u, size_t start)
{
	const char *end = strchr(u->text + start, '\n');

	return end ? (size_t)(end - u->text) - start : u->size - start;
}

/* "/boot.cmd:3:7: ", "line 2, column 7: " or "column 7: ". */
static void describe_place(const struct command_unit *u, size_t at, char *buf,
			   size_t size)
{
	unsigned line = line_of(u, at);
	unsigned column = (unsigned)(at - line_start(u, at)) + 1;

	if (u->path)
		snprintf(buf, size, "%s:%u:%u", u->path, u->line + line,
			 column);
	else if (line)
		snprintf(buf, size, "line %u, column %u", line + 1, column);
	else
		snprintf(buf, size, "column %u", column);
}

static int fail_program(struct command_unit *u)
{
	const struct command_program *p = &u->program;
	const char *what = u->text + p->from;
	size_t size = MIN(p->size, MIN(line_size(u, p->from), 32u));
	char place[128];

	describe_place(u, p->from, place, sizeof(place));
	if (!size) {
		what = "the end of the line";
		size = strlen(what);
	}
	return fail(-EINVAL, "%s: %.*s %s", place, (int)size, what,
		    p->problem);
}

int unit_fail_unfinished(struct command_unit *u)
{
	return fail_program(u);
}

static void stop_script(struct command_unit *u)
{
	size_t at = u->program.steps[u->last].from;
	size_t start = line_start(u, at);

	fail(-u->con->status, "%s:%u: the script stops here: %.*s", u->path,
	     u->line + line_of(u, at), (int)line_size(u, start),
	     u->text + start);
	u->flow = FLOW_EXIT;
	u->status = (unsigned)u->con->status;
}

/* ---- Variables ---- */

static const char *argument(struct command_unit *u, int n)
{
	return u->args && n < u->args->count ? u->args->words[n] : NULL;
}

static const char *number(struct command_unit *u, unsigned n)
{
	snprintf(u->number, sizeof(u->number), "%u", n);
	return u->number;
}

static const char *value(struct command_scope *s, const char *name,
			 size_t size)
{
	struct command_unit *u = container_of(s, struct command_unit, scope);

	if (*name == '?')
		return number(u, (unsigned)u->con->status);
	if (*name == '#')
		return number(u, u->args ? (unsigned)u->args->count - 1 : 0);
	if (char_is_digit(*name))
		return argument(u, *name - '0');
	return command_value(u->con, name, size);
}

/* ---- Loops ---- */

static int open_loop(struct command_unit *u, const struct command_step *s)
{
	const char *text = u->text + s->from, *problem;
	size_t size = command_text_size(text, s->size);
	struct command_words *words = heap_alloc(sizeof(*words) + size);

	if (!words)
		return fail(-ENOMEM, "for: no memory for the words");
	words->text = (char *)(words + 1);
	words->text_size = size;
	problem = command_split(text, s->size, &u->scope, words);
	if (problem) {
		fail(-EINVAL, "for: %s", problem);
		heap_free(words);
		return -EINVAL;
	}
	u->loops[u->loop_depth++] = (struct loop){
		.words = words, .next = 2, .each = u->at,
	};
	return 0;
}

static void close_loop(struct command_unit *u)
{
	heap_free(u->loops[--u->loop_depth].words);
}

/* False when none is left. */
static bool next_word(struct command_unit *u)
{
	struct loop *l = &u->loops[u->loop_depth - 1];
	int rc;

	if (l->next == l->words->count)
		return false;
	rc = variable_set(u->con, l->words->words[0],
			  l->words->words[l->next++]);
	u->con->status = -rc;
	return !rc;
}

int command_leave(struct console *con, enum command_flow flow)
{
	if (!con->unit || !con->unit->loop_depth)
		return fail(-EPERM, "there is no loop here");
	con->unit->flow = flow;
	return 0;
}

void command_exit(struct console *con, unsigned status)
{
	con->unit->flow = FLOW_EXIT;
	con->unit->status = status;
}

/* ---- Steps ---- */

/* Where much may still come, Ctrl-C is looked for before each command. */
static bool is_canceled(struct command_unit *u)
{
	struct console *con = u->con;

	if (con == &host_console && !con->canceled &&
	    (u->path || u->loop_depth) && host_console_look_canceled())
		con->status = -fail(-ECANCELED, "ended by Ctrl-C");
	return con->canceled;
}

static void run_simple(struct command_unit *u, const struct command_step *s)
{
	if (!is_canceled(u))
		u->con->status = -command_run_simple(u, u->text + s->from,
						     s->size);
	if (!u->con->canceled)
		return;
	if (u->path)
		stop_script(u);
	else
		command_exit(u->con, (unsigned)u->con->status);
}

static void run_for(struct command_unit *u, const struct command_step *s)
{
	u->con->status = -open_loop(u, s);
	if (u->con->status)
		u->at = s->target;
}

static void run_step(struct command_unit *u, const struct command_step *s)
{
	int status = u->con->status;

	switch ((enum command_step_kind)s->kind) {
	case STEP_RUN:
		u->last = u->at - 1;
		run_simple(u, s);
		break;
	case STEP_CHECK:
		if (status && u->path)
			stop_script(u);
		break;
	case STEP_JUMP:
		u->at = s->target;
		break;
	case STEP_JUMP_OK:
		u->at = status ? u->at : s->target;
		break;
	case STEP_JUMP_FAILED:
		u->at = status ? s->target : u->at;
		break;
	case STEP_NOT:
		u->con->status = !status;
		break;
	case STEP_CLEAR:
		u->con->status = 0;
		break;
	case STEP_FOR:
		u->last = u->at - 1;
		run_for(u, s);
		break;
	case STEP_EACH:
		if (!next_word(u))
			u->at = s->target;
		break;
	case STEP_DONE:
		close_loop(u);
		break;
	}
}

/* What a command said comes next. */
static void follow(struct command_unit *u)
{
	enum command_flow flow = u->flow;

	if (flow == FLOW_EXIT) {
		u->at = u->program.count;
		u->con->status = (int)u->status;
		return;
	}
	u->flow = FLOW_ON;
	if (flow == FLOW_ON)
		return;
	u->at = u->loops[u->loop_depth - 1].each;
	if (flow == FLOW_BREAK)
		u->at = u->program.steps[u->at].target;
}

int unit_run(struct command_unit *u)
{
	struct console *con = u->con;

	u->outer = con->unit;
	con->unit = u;
	if (!u->outer)
		con->canceled = false;
	u->flow = FLOW_ON;
	u->at = 0;
	while (u->at < u->program.count) {
		run_step(u, &u->program.steps[u->at++]);
		follow(u);
	}
	while (u->loop_depth)
		close_loop(u);
	u->size = 0;
	con->unit = u->outer;
	return -con->status;
}

/* ---- Lines ---- */

struct command_unit *unit_create(struct console *con)
{
	struct command_unit *u = heap_alloc(sizeof(*u));

	if (!u) {
		fail(-ENOMEM, "no memory to run commands");
		return NULL;
	}
	u->con = con;
	u->scope.value = value;
	u->line = 1;
	return u;
}

int unit_add(struct command_unit *u, const char *line)
{
	size_t size = strnlen(line, COMMAND_LINE_MAX + 1);
	int rc;

	if (size > COMMAND_LINE_MAX)
		return fail(-E2BIG, "the line is longer than %u bytes",
			    COMMAND_LINE_MAX);
	if (size + 1 > UNIT_TEXT_MAX - u->size) {
		u->size = 0;
		return fail(-E2BIG, "what begins with `%.*s` has more than %u "
			    "bytes", (int)MIN(line_size(u, 0), 32u), u->text,
			    UNIT_TEXT_MAX);
	}
	memcpy(u->text + u->size, line, size);
	u->size += size;
	u->text[u->size++] = '\n';
	u->text[u->size] = '\0';
	rc = command_parse(u->text, u->size, &u->program);
	if (rc == -EINVAL) {
		fail_program(u);
		u->size = 0;
	}
	return rc;
}

static int unit_forget(struct command_unit *u)
{
	u->size = 0;
	u->con->status = ECANCELED;
	return -ECANCELED;
}

/* unit_add() and, if that is all, unit_run(). */
static int run_next(struct command_unit *u, const char *line)
{
	int rc = unit_add(u, line);

	if (!rc)
		return unit_run(u);
	if (rc != -EAGAIN)
		u->con->status = -rc;
	return rc;
}

int command_run_next(struct console *con, struct command_unit **unit,
		     const char *line)
{
	struct console *before = console_of_thread();
	int rc = -ENOMEM;

	console_set_thread(con);
	if (!*unit)
		*unit = unit_create(con);
	if (*unit && !line)
		rc = unit_forget(*unit);
	else if (*unit)
		rc = run_next(*unit, line);
	console_set_thread(before);
	return rc;
}

int command_run(struct console *con, const char *line)
{
	struct console *before = console_of_thread();
	HEAP_SCOPED struct command_unit *u = NULL;
	int rc = command_run_next(con, &u, line);

	if (rc != -EAGAIN)
		return rc;
	console_set_thread(con);
	rc = unit_fail_unfinished(u);
	console_set_thread(before);
	con->status = -rc;
	return rc;
}
