// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line: words, synopses, completion, and lines that are run. */
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/command.h>
#include <vmm/command_line.h>
#include <vmm/errno.h>
#include <vmm/test.h>

#include "capture.h"

/* ---- Words ---- */

static char text[COMMAND_TEXT_MAX];
static struct command_words words = { .text = text };

static const char *value(struct command_scope *s, const char *name,
			 size_t size)
{
	static const struct {
		const char *name, *value;
	} rows[] = {
		{ "?", "22" }, { "1", "one" }, { "x", "ex" }, { "nothing", "" },
		{ "_a1", "some  more words " },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strlen(rows[i].name) == size &&
		    !strncmp(rows[i].name, name, size))
			return rows[i].value;
	return NULL;
}

static struct command_scope scope = { .value = value };

static const char *cut(const char *line)
{
	words.text_size = command_text_size(line, strlen(line));
	return command_split(line, strlen(line), &scope, &words);
}

/* The words of a line as "[a][b]", or what is wrong with it. */
static const char *split(const char *line)
{
	static char out[1024];
	const char *problem = cut(line);

	if (problem)
		return problem;
	out[0] = '\0';
	for (unsigned i = 0; i < words.count; i++)
		printf_append(out, sizeof(out), "[%s]", words.words[i]);
	return out;
}

static bool splits(const char *line, const char *expected)
{
	return string_equal(split(line), expected);
}

static void blanks(void)
{
	EXPECT(splits("", ""));
	EXPECT(splits(" \t ", ""));
	EXPECT(splits("a", "[a]"));
	EXPECT(splits("  guest\tlist  ", "[guest][list]"));
}

static void quotes(void)
{
	EXPECT(splits("a 'b  c' d", "[a][b  c][d]"));
	EXPECT(splits("\"b  'c\"", "[b  'c]"));
	EXPECT(splits("a\"b\"'c'd", "[abcd]"));
	EXPECT(splits("'' \"\"", "[][]"));
	EXPECT(splits("'a\\'", "[a\\]"));
	EXPECT(splits("\"\\\"\\\\\\$?\\n\"", "[\"\\$?\\n]"));
}

static void backslashes(void)
{
	EXPECT(splits("a\\ b", "[a b]"));
	EXPECT(splits("\\'\\\"\\\\", "['\"\\]"));
	EXPECT(splits("\\#", "[#]"));
	EXPECT(splits("a\\", "nothing follows the backslash"));
	EXPECT(splits("\"a\\", "nothing follows the backslash"));
}

static void open_quotes(void)
{
	EXPECT(splits("a 'b", "a quote is not closed"));
	EXPECT(splits("a \"", "a quote is not closed"));
	EXPECT(splits("\"a'", "a quote is not closed"));
}

static void comments(void)
{
	EXPECT(splits("# all", ""));
	EXPECT(splits("a # b 'c", "[a]"));
	EXPECT(splits("a#b '#'", "[a#b][#]"));
}

static void variables(void)
{
	EXPECT(splits("$?", "[22]"));
	EXPECT(splits("a$?b \"$?\" '$?' \\$?", "[a22b][22][$?][$?]"));
	EXPECT(splits("$ $- a$ \"$\" $$x", "[$][$-][a$][$][$ex]"));
	EXPECT(splits("$x ${x}y $xy", "$xy is not set"));
	EXPECT(splits("$x ${x}y $1$1", "[ex][exy][oneone]"));
	EXPECT(splits("$_a1", "[some][more][words]"));
	EXPECT(splits("\"$_a1\" a$_a1", "[some  more words ]"
		      "[asome  more words ]"));
	EXPECT(splits("a $nothing \"$nothing\" b", "[a][][b]"));
	EXPECT(splits("$x# $x\\ y", "[ex#][ex y]"));
	EXPECT(splits("${x:-other} ${no:-other} \"${no:-}\" ${no:-}",
		      "[ex][other][]"));
	EXPECT(splits("$2", "$2 is not set"));
	EXPECT(splits("${x", "${x: a } is missing"));
	EXPECT(splits("${", "${ is followed by no name"));
	EXPECT(splits("${}", "${ is followed by no name"));
	EXPECT(splits("${x-y}", "${x-y} is neither ${NAME} nor "
		      "${NAME:-otherwise}"));
}

static void joined_lines(void)
{
	EXPECT(splits("a \\\n b c\\\nd", "[a][b][cd]"));
}

static void many_words(void)
{
	char line[2 * COMMAND_ARG_MAX + 3];

	memset(line, ' ', sizeof(line));
	for (size_t i = 0; i < COMMAND_ARG_MAX; i++)
		line[2 * i] = 'a';
	line[sizeof(line) - 1] = '\0';
	EXPECT(!cut(line));
	EXPECT_EQ(words.count, COMMAND_ARG_MAX);
	line[sizeof(line) - 3] = 'a';
	EXPECT(splits(line, "there are more than 64 words"));
}

static void long_words(void)
{
	static char line[COMMAND_LINE_MAX + 1];

	for (size_t i = 0; i < COMMAND_LINE_MAX; i += 4)
		memcpy(line + i, "$_a1", 4);
	EXPECT(splits(line, "the words take more than 8192 bytes"));
	memset(line, 'x', COMMAND_LINE_MAX);
	EXPECT(!cut(line));
	EXPECT_EQ(strlen(words.words[0]), COMMAND_LINE_MAX);
}

/* ---- Synopses ---- */

static struct command_args args;
static struct command_problem problem;

static int sort(const char *synopsis, const char *line)
{
	if (cut(line))
		return -EBADMSG;
	return command_sort(synopsis, words.words, words.count, &args,
			    &problem);
}

static bool is_refused(const char *synopsis, const char *line,
		       const char *word, const char *why)
{
	return sort(synopsis, line) == -EINVAL &&
	       problem.word_size == strlen(word) &&
	       !strncmp(problem.word, word, problem.word_size) &&
	       string_equal(problem.text, why);
}

static void arguments(void)
{
	EXPECT_EQ(sort("<a> [b]", "x"), 0);
	EXPECT_EQ(args.count, 1);
	EXPECT_EQ(sort("<a> [b]", "x y"), 0);
	EXPECT_EQ(args.count, 2);
	EXPECT(string_equal(args.words[1], "y"));
	EXPECT(is_refused("<a> [b]", "", "<a>", "is missing"));
	EXPECT(is_refused("<a> <b>", "x", "<b>", "is missing"));
	EXPECT(is_refused("<a> [b]", "x y z", "z",
			  "is one argument too many"));
	EXPECT(is_refused("", "x", "x", "is one argument too many"));
	EXPECT_EQ(sort("", ""), 0);
}

static void options(void)
{
	static const char synopsis[] = "<name> [--cpus N] [--autostart]";

	EXPECT_EQ(sort(synopsis, "web --cpus 2"), 0);
	EXPECT(string_equal(command_option(&args, "cpus"), "2"));
	EXPECT(!command_option(&args, "autostart"));
	EXPECT_EQ(sort(synopsis, "--autostart --cpus=3 web"), 0);
	EXPECT(string_equal(command_option(&args, "cpus"), "3"));
	EXPECT(string_equal(command_option(&args, "autostart"), ""));
	EXPECT(string_equal(args.words[0], "web"));
	EXPECT_EQ(sort(synopsis, "--cpus --x -- --web"), 0);
	EXPECT(string_equal(command_option(&args, "cpus"), "--x"));
	EXPECT(string_equal(args.words[0], "--web"));
	EXPECT_EQ(sort(synopsis, "-1"), 0);
}

static void bad_options(void)
{
	static const char synopsis[] = "<name> [--cpus N] [--autostart]";

	EXPECT(is_refused(synopsis, "a --cpus", "--cpus", "needs a value"));
	EXPECT(is_refused(synopsis, "a --autostart=1", "--autostart",
			  "takes no value"));
	EXPECT(is_refused(synopsis, "--cpus 1 --cpus 2", "--cpus",
			  "is given twice"));
	EXPECT(is_refused(synopsis, "--cpus 1", "<name>", "is missing"));
	EXPECT(is_refused(synopsis, "a --zzz", "--zzz",
			  "is an unknown option"));
	EXPECT(!problem.nearest);
	EXPECT(is_refused(synopsis, "a --cpu 1", "--cpu",
			  "is an unknown option"));
	EXPECT_EQ(problem.nearest_size, 6);
	EXPECT(!strncmp(problem.nearest, "--cpus", 6));
	EXPECT(is_refused("[--c]", "--c --", "", "") ||
	       !sort("[--c]", "--c --"));
}

/* By one letter, where it is the only one. */
static void short_options(void)
{
	EXPECT_EQ(sort("<a> [--follow] [--size N]", "x -f -s 3"), 0);
	EXPECT_EQ(args.count, 1);
	EXPECT(command_option(&args, "follow"));
	EXPECT(string_equal(command_option(&args, "size"), "3"));
	EXPECT(!command_option(&args, "fol"));
	EXPECT(is_refused("<a> [--follow]", "x -f --follow", "--follow",
			  "is given twice"));
	EXPECT(is_refused("<a> [--size N]", "x -s", "-s", "needs a value"));
	EXPECT_EQ(sort("<a> <b> [--far] [--follow]", "x -f"), 0);
	EXPECT_EQ(args.count, 2);
	EXPECT_EQ(sort("<a> <b> [--far]", "-- -f x"), 0);
	EXPECT_EQ(args.count, 2);
}

static void rests(void)
{
	EXPECT_EQ(sort("[words...]", ""), 0);
	EXPECT_EQ(sort("[words...]", "a --b -- c"), 0);
	EXPECT_EQ(args.count, 4);
	EXPECT(is_refused("<words...>", "", "<words...>", "is missing"));
	EXPECT_EQ(sort("<words...>", "a b"), 0);
	EXPECT_EQ(sort("<a> <b...> [--c]", "x --c y --c"), 0);
	EXPECT_EQ(args.count, 3);
	EXPECT_EQ(args.option_count, 1);
}

/* Those of all commands of this image. */
static void synopses_of_commands(void)
{
	unsigned count = 0;

	set_for_each(command, c) {
		for (size_t i = 0; i < c->verb_count; i++) {
			const char *at = c->verbs[i].synopsis;
			struct synopsis_item item;

			while (synopsis_next(&at, &item))
				;
			EXPECT(!*at);
			EXPECT(*c->verbs[i].help);
			EXPECT(c->verbs[i].name || c->verb_count == 1);
		}
		count++;
	}
	EXPECT(count > 10);
}

static void bad_synopses(void)
{
	static const char *const bad[] = {
		"a", "<a", "<>", "[]", "<a]", "[--]", "[--a N M]", "<a> b",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const char *at = bad[i];
		struct synopsis_item item;

		while (synopsis_next(&at, &item))
			;
		EXPECT(*at);
	}
}

/* ---- Completion ---- */

static char offered[256];

static void offer(struct command_completion *c, const char *word, size_t size)
{
	printf_append(offered, sizeof(offered), "%.*s,", (int)size, word);
}

static size_t complete(const char *line)
{
	struct command_completion c = { .fn = offer };

	offered[0] = '\0';
	command_complete(line, strlen(line), &c);
	return c.start;
}

static void completion(void)
{
	EXPECT_EQ(complete("vers"), 0);
	EXPECT(string_equal(offered, "version,"));
	EXPECT_EQ(complete("host  mem"), 6);
	EXPECT(string_equal(offered, "memory,"));
	EXPECT_EQ(complete("guest k"), 6);
	EXPECT(string_equal(offered, "kick,"));
	EXPECT_EQ(complete("guest create web --me"), 17);
	EXPECT(string_equal(offered, "--memory,"));
	EXPECT_EQ(complete("nosuch "), 7);
	EXPECT(string_equal(offered, ""));
	complete("host ");
	EXPECT(strstr(offered, "info,") && strstr(offered, "devices,"));
	complete("");
	EXPECT(strstr(offered, "guest,") && strstr(offered, "help,"));
}

static void offer_colours(struct command_completion *c)
{
	command_offer(c, "red", 3);
	command_offer(c, "rose", 4);
	command_offer(c, "blue", 4);
}
COMPLETER(colour, offer_colours);

static int paint(struct console *con, const struct command_args *a)
{
	return 0;
}

static const struct verb paint_verbs[] = {
	{ "wall", "<room> <colour> [--coats N] [--matt]", paint, "Paints." },
	{ "all", "[--coats N] <colour...>", paint, "Paints everything." },
};
COMMAND(paint, "for the test of completion");

/* What is offered at the end of line; empty when it begins elsewhere. */
static const char *offers(const char *line, size_t start)
{
	return complete(line) == start ? offered : "";
}

static void completion_of_arguments(void)
{
	EXPECT(string_equal(offers("paint wall kitchen r", 19), "red,rose,"));
	EXPECT(string_equal(offers("paint wall kitchen bl", 19), "blue,"));
	EXPECT(string_equal(offers("paint wall r", 11), ""));
	EXPECT(string_equal(offers("paint wall kitchen red r", 23), ""));
	EXPECT(string_equal(offers("paint wall --coats 2 hall b", 26),
			    "blue,"));
	EXPECT(string_equal(offers("paint wall --coats=2 hall b", 26),
			    "blue,"));
	EXPECT(string_equal(offers("paint wall --matt hall b", 23), "blue,"));
	/* The value of an option is none of them. */
	EXPECT(string_equal(offers("paint all --coats r", 18), ""));
	EXPECT(string_equal(offers("paint all red blue r", 19), "red,rose,"));
	EXPECT(string_equal(offers("paint wall hall ", 16),
			    "red,rose,blue,"));
	EXPECT(string_equal(offers("paint wall hall -", 16),
			    "--coats,--matt,"));
}

/* ---- Lines ---- */

static int run(const char *line)
{
	int rc;

	capture_begin();
	rc = command_run(&capture, line);
	capture_end();
	return rc;
}

static void lines(void)
{
	capture.status = 0;
	EXPECT_EQ(run("echo a 'b  c'"), 0);
	EXPECT(string_equal(capture_text, "a b  c\n"));
	EXPECT_EQ(run("ehco"), -ENOENT);
	EXPECT(string_equal(capture_text, "error: ehco: unknown command, "
			    "did you mean echo?\n"));
	EXPECT_EQ(capture.status, ENOENT);
	EXPECT_EQ(run("  # nothing"), -ENOENT);
	EXPECT_EQ(run("echo $?"), 0);
	EXPECT(string_equal(capture_text, "2\n"));
	EXPECT_EQ(run("version x"), -EINVAL);
	EXPECT(string_equal(capture_text, "error: version: x is one argument "
			    "too many\nusage: version [--json]\n"));
	EXPECT_EQ(run("host nosuch"), -EINVAL);
	EXPECT_EQ(run("host"), -EINVAL);
	EXPECT_EQ(run("echo 'a"), -EINVAL);
}

static void long_lines(void)
{
	static char line[COMMAND_LINE_MAX + 2];

	memset(line, 'a', sizeof(line) - 1);
	EXPECT_EQ(run(line), -E2BIG);
	EXPECT(strstr(capture_text, "4096"));
	line[COMMAND_LINE_MAX] = '\0';
	EXPECT_EQ(run(line), -ENOENT);
	line[4] = line[5] = ' ';
	memcpy(line, "echo", 4);
	EXPECT_EQ(run(line), 0);
}

SUITE(command, TEST(blanks), TEST(quotes), TEST(backslashes),
      TEST(open_quotes), TEST(comments), TEST(variables),
      TEST(joined_lines), TEST(many_words), TEST(long_words),
      TEST(arguments), TEST(options), TEST(bad_options),
      TEST(short_options), TEST(rests),
      TEST(synopses_of_commands), TEST(bad_synopses), TEST(completion),
      TEST(completion_of_arguments), TEST(lines), TEST(long_lines));
