// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs the lines of a file until one fails. */
#include "unit.h"
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/file.h>
#include <vmm/heap.h>
#include <vmm/log.h>

struct script {
	const char *path;
	unsigned line;			/* from 1 */
	const u8 *at;
	size_t left;
	struct command_unit *unit;
	char text[COMMAND_LINE_MAX + 1];
};

/* The next line without its end into text. */
static int read_line(struct script *s)
{
	const u8 *end = memchr(s->at, '\n', s->left);
	size_t size = end ? (size_t)(end - s->at) : s->left;
	const u8 *line = s->at;

	s->line++;
	s->at += size + (end != NULL);
	s->left -= size + (end != NULL);
	if (size && line[size - 1] == '\r')
		size--;
	if (size > COMMAND_LINE_MAX)
		return fail(-E2BIG, "%s:%u: the line is longer than %u bytes",
			    s->path, s->line, COMMAND_LINE_MAX);
	if (memchr(line, '\0', size))
		return fail(-EBADMSG, "%s:%u: a zero byte, this is no text",
			    s->path, s->line);
	memcpy(s->text, line, size);
	s->text[size] = '\0';
	return 0;
}

/* Lines that belong together, and what they come to. */
static int run_some(struct script *s)
{
	struct command_unit *u = s->unit;
	int rc = -EAGAIN;

	u->line = s->line + 1;
	while (rc == -EAGAIN && s->left) {
		rc = read_line(s);
		if (!rc)
			rc = unit_add(u, s->text);
	}
	if (rc == -EAGAIN)
		return unit_fail_unfinished(u);
	return rc ? rc : unit_run(u);
}

static int run_script(struct console *con, struct script *s)
{
	struct command_unit *u = s->unit;
	unsigned errors;
	int rc;

	con->status = 0;
	while (s->left) {
		errors = con->error_count;
		rc = run_some(s);
		if (u->flow == FLOW_EXIT && rc && errors == con->error_count)
			fail(rc, "%s:%u: the script ends with status %u",
			     s->path, s->line, u->status);
		if (rc || u->flow == FLOW_EXIT)
			return rc;
	}
	return 0;
}

static int open_script(struct console *con, const char *path,
		       struct script **out)
{
	struct script *s;
	struct file file;
	int rc;

	if (con->script_depth >= COMMAND_SCRIPT_DEPTH)
		return fail(-E2BIG, "%s: more than %u scripts within scripts",
			    path, COMMAND_SCRIPT_DEPTH);
	rc = file_open(path, &file);
	if (rc)
		return fail(rc, "%s: %s", path, errno_text(rc));
	s = *out = heap_alloc(sizeof(*s));
	if (!s)
		return fail(-ENOMEM, "%s: no memory to run it", path);
	s->path = path;
	s->at = file.data;
	s->left = (size_t)file.size;
	s->unit = unit_create(con);
	if (!s->unit)
		return -ENOMEM;
	s->unit->path = path;
	return 0;
}

int command_run_file(struct console *con, const char *path,
		     const struct command_args *args)
{
	struct console *before = console_of_thread();
	HEAP_SCOPED struct script *s = NULL;
	int rc;

	console_set_thread(con);
	rc = open_script(con, path, &s);
	if (!rc) {
		s->unit->args = args;
		con->script_depth++;
		rc = run_script(con, s);
		con->script_depth--;
	}
	if (s)
		heap_free(s->unit);
	console_set_thread(before);
	con->status = -rc;
	return rc;
}
