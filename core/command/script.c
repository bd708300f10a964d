// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs the lines of a file until one fails. */
#include <libs/string.h>
#include <vmm/command.h>
#include <vmm/errno.h>
#include <vmm/file.h>
#include <vmm/heap.h>
#include <vmm/log.h>

struct script {
	const char *path;
	unsigned line;			/* from 1 */
	const u8 *at;
	size_t left;
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

static int run_script(struct console *con, struct script *s)
{
	int rc = 0;

	con->status = 0;
	while (s->left) {
		rc = read_line(s);
		if (rc)
			return rc;
		rc = command_run(con, s->text);
		if (rc)
			return fail(rc, "%s:%u: the script stops here: %s",
				    s->path, s->line, s->text);
	}
	return 0;
}

static int open_script(struct console *con, const char *path,
		       struct script **out)
{
	struct file file;
	int rc;

	if (con->script_depth >= COMMAND_SCRIPT_DEPTH)
		return fail(-E2BIG, "%s: more than %u scripts within scripts",
			    path, COMMAND_SCRIPT_DEPTH);
	rc = file_open(path, &file);
	if (rc)
		return fail(rc, "%s: %s", path, errno_text(rc));
	*out = heap_alloc(sizeof(**out));
	if (!*out)
		return fail(-ENOMEM, "%s: no memory to run it", path);
	(*out)->path = path;
	(*out)->at = file.data;
	(*out)->left = (size_t)file.size;
	return 0;
}

int command_run_file(struct console *con, const char *path)
{
	struct console *before = console_of_thread();
	HEAP_SCOPED struct script *s = NULL;
	int rc;

	console_set_thread(con);
	rc = open_script(con, path, &s);
	if (!rc) {
		con->script_depth++;
		rc = run_script(con, s);
		con->script_depth--;
	}
	console_set_thread(before);
	con->status = -rc;
	return rc;
}
