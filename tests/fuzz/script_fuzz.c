// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes scripts, as files and typed line by line (LLVM's libFuzzer): the
 * language, variables, loops, with a few commands that do no harm.
 */
#include "../suites/archive.h"
#include <libs/string.h>
#include <vmm/command.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/file.h>
#include <vmm/heap.h>
#include <vmm/log.h>

#define RUN_MAX	2000		/* commands of one input */

static unsigned runs;

static void write_nothing(struct console *con, const char *data, size_t size)
{
}

static struct console con = { .write = write_nothing };

/* Also what ends loops within loops. */
static int step(struct console *c, const struct command_args *args)
{
	if (++runs > RUN_MAX)
		c->canceled = true;
	return args->count && string_equal(args->words[0], "no") ? -EIO : 0;
}

static const struct verb step_verbs[] = {
	{ NULL, "[--x N] [words...]", step, "Goes on." },
};
static const struct command step_command = {
	.name = "s", .help = "is a step", .verbs = step_verbs, .verb_count = 1,
};

static bool is_harmless(const struct command *c)
{
	static const char *const names[] = {
		"echo", "run", "set", "unset", "break", "continue", "exit",
		"help",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (string_equal(c->name, names[i]))
			return true;
	return false;
}

static void only_harmless(void)
{
	static const void *members[64] = { &step_command };
	static size_t count = 1;

	if (count > 1)
		return;
	set_for_each(command, c)
		if (is_harmless(c) && count < ARRAY_LEN(members))
			members[count++] = c;
	set_head_command.begin = members;
	set_head_command.end = members + count;
	set_head_command.next = NULL;
}

static void as_file(const char *data, size_t size)
{
	static char *words[] = { "/s", "one", "two words", "" };
	struct command_args args = { .count = ARRAY_LEN(words) };

	memcpy(args.words, words, sizeof(words));
	archive_begin();
	archive_add("s", data, size);
	if (!archive_mount())
		command_run_file(&con, "/s", &args);
	file_unmount();
	assert(!con.script_depth && !con.unit);
}

static void as_typed(const char *data, size_t size)
{
	static char line[COMMAND_LINE_MAX + 2];
	struct command_unit *unit = NULL;

	for (size_t at = 0; at < size && !con.canceled; ) {
		const char *end = memchr(data + at, '\n', size - at);
		size_t n = end ? (size_t)(end - data) - at : size - at;

		memcpy(line, data + at, MIN(n, sizeof(line) - 1));
		line[MIN(n, sizeof(line) - 1)] = '\0';
		command_run_next(&con, &unit, line);
		at += n + 1;
	}
	command_run_next(&con, &unit, NULL);
	heap_free(unit);
	assert(!con.unit);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	if (size > 300)
		return 0;
	only_harmless();
	runs = 0;
	as_file((const char *)data, size);
	con.canceled = false;
	as_typed((const char *)data, size);
	command_forget(&con);
	con.canceled = false;
	return 0;
}
