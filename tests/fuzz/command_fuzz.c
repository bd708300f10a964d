// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes command lines (LLVM's libFuzzer): the first line of the input is a
 * synopsis, the second is cut into words, sorted and completed.
 */
#include <libs/string.h>
#include <vmm/command_line.h>

static char synopsis[256], line[COMMAND_LINE_MAX + 1];
static char text[COMMAND_TEXT_SIZE(COMMAND_LINE_MAX)];

static void nothing(struct command_completion *c, const char *word,
		    size_t size)
{
	(void)c, (void)word, (void)size;
}

static void run(void)
{
	struct command_completion completion = { .fn = nothing };
	struct command_problem problem;
	struct command_words words;
	struct command_args args;

	if (!command_split(line, 517, text, &words))
		command_sort(synopsis, words.words, words.count, &args,
			     &problem);
	command_complete(line, strlen(line), &completion);
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
	return 0;
}
