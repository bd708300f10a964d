// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes command lines (LLVM's libFuzzer): the first line of the input is a
 * synopsis; the rest is parsed, cut into words, sorted and completed, and
 * its bytes are typed as keys.
 */
#include <libs/string.h>
#include <vmm/command_line.h>
#include <vmm/console.h>
#include <vmm/line_edit.h>
#include <vmm/log.h>

static char synopsis[256], line[COMMAND_LINE_MAX + 1];
static char text[COMMAND_TEXT_MAX];
static struct command_program program;

static void nothing(struct command_completion *c, const char *word,
		    size_t size)
{
	(void)c, (void)word, (void)size;
}

/* As its name says: names with an a are set, to some words. */
static const char *value(struct command_scope *scope, const char *name,
			 size_t size)
{
	(void)scope;
	return memchr(name, 'a', size) ? "some  words\t" : NULL;
}

static void split(const char *at, size_t size)
{
	struct command_words words = {
		.text = text, .text_size = command_text_size(at, size),
	};
	struct command_scope scope = { .value = value };
	struct command_problem problem;
	struct command_args args;

	if (!command_split(at, size, &scope, &words))
		command_sort(synopsis, words.words, words.count, &args,
			     &problem);
}

/* Steps stay within the text and the program. */
static void parse(size_t size)
{
	const struct command_step *s = program.steps;

	if (command_parse(line, size, &program)) {
		assert(program.problem);
		assert(program.from + program.size <= size);
		return;
	}
	for (; s < program.steps + program.count; s++) {
		assert(s->target <= program.count);
		assert(s->from + s->size <= size);
		split(line + s->from, s->size);
	}
}

static void run(void)
{
	struct command_completion completion = { .fn = nothing };

	split(line, strlen(line));
	parse(strlen(line));
	command_complete(line, strlen(line), &completion);
}

/* ---- Keys ---- */

static struct line_edit editor;

static void show_nothing(struct line_edit *e, const char *shown, size_t size)
{
	(void)e, (void)shown;
	assert(size);
}

static void write_nothing(struct console *con, const char *data, size_t size)
{
	(void)con, (void)data, (void)size;
}

static void type(const u8 *keys, size_t size)
{
	static struct console con = { .write = write_nothing };

	line_edit_init(&editor, show_nothing);
	for (size_t i = 0; i < size; i++) {
		enum line_event event = line_edit_byte(&editor, keys[i]);

		assert(editor.cursor <= editor.size);
		assert(strlen(editor.text) == editor.size);
		if (event == LINE_COMPLETE)
			command_tab(&con, &editor);
		else if (event != LINE_MORE)
			line_edit_begin(&editor, "> ");
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const u8 *end = memchr(data, '\n', size);
	size_t first = end ? (size_t)(end - data) : 0;
	size_t rest = end ? size - first - 1 : 0;

	if (!end || first >= sizeof(synopsis) || rest >= sizeof(line))
		return 0;
	memcpy(synopsis, data, first);
	synopsis[first] = '\0';
	memcpy(line, end + 1, rest);
	line[rest] = '\0';
	run();
	type(end + 1, rest);
	return 0;
}
