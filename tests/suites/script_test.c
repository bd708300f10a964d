// SPDX-License-Identifier: GPL-2.0-or-later
/* Scripts: where they stop, what they say, what they refuse. */
#include <libs/string.h>
#include <vmm/command.h>
#include <vmm/errno.h>
#include <vmm/file.h>
#include <vmm/test.h>

#include "archive.h"
#include "capture.h"

static int is_one(struct console *con, const struct command_args *args)
{
	return string_equal(args->words[0], "1") ? 0 : -ENOENT;
}

static const struct verb is_one_verbs[] = {
	{ NULL, "<word>", is_one, "Is the word 1?" },
};
COMMAND(is_one, "for the tests of scripts");

static const char inner[] =
	"x=$1\nfor one in 1; do break; done\n"
	"if is_one $1; then break; fi\necho $1-two\n";

/* The script's exit; what it printed is in capture_text. */
static const struct command_args *args_of_run;

static int run(const char *data, size_t size)
{
	int rc;

	archive_begin();
	archive_add("s", data, size);
	archive_add("t", "echo inner\nrun /s\n", 18);
	archive_add("u", inner, strlen(inner));
	rc = archive_mount();
	capture_begin();
	if (!rc)
		rc = command_run_file(&capture, "/s", args_of_run);
	capture_end();
	file_unmount();
	return rc;
}

static int run_text(const char *text)
{
	return run(text, strlen(text));
}

static int run_with(const char *text, const struct command_args *args)
{
	int rc;

	args_of_run = args;
	rc = run_text(text);
	args_of_run = NULL;
	return rc;
}

static void good(void)
{
	EXPECT_EQ(run_text("echo a\r\n\n# no\n  echo b $?"), 0);
	EXPECT(string_equal(capture_text, "a\nb 0\n"));
	EXPECT_EQ(capture.status, 0);
	EXPECT_EQ(run_text(""), 0);
}

static void stops(void)
{
	EXPECT_EQ(run_text("echo a\nnosuch x\necho b\n"), -ENOENT);
	EXPECT(string_equal(capture_text, "a\nerror: nosuch: unknown command, "
			    "see help\n"
			    "error: /s:2: the script stops here: nosuch x\n"));
	EXPECT_EQ(capture.status, ENOENT);
}

static void within_themselves(void)
{
	EXPECT_EQ(run_text("run /t\n"), -E2BIG);
	EXPECT(strstr(capture_text, "inner\ninner\nerror: "));
	EXPECT_EQ(capture.script_depth, 0);
}

static void no_texts(void)
{
	static char line[COMMAND_LINE_MAX + 1];

	EXPECT_EQ(run("echo\0b\n", 7), -EBADMSG);
	memset(line, '#', sizeof(line));
	EXPECT_EQ(run(line, sizeof(line)), -E2BIG);
	EXPECT(strstr(capture_text, "/s:1: the line is longer"));
	EXPECT_EQ(run(line, sizeof(line) - 1), 0);
}

static void tested_errors(void)
{
	EXPECT_EQ(run_text("nosuch || echo a\nif nosuch; then echo b\nfi\n"
			   "! nosuch\necho c\n"), 0);
	EXPECT(strstr(capture_text, "\na\n") && strstr(capture_text, "\nc\n"));
	EXPECT(!strstr(capture_text, "stops"));
	EXPECT_EQ(run_text("if echo a; then\n  nosuch && echo b\nfi\n"),
		  -ENOENT);
	EXPECT(strstr(capture_text, "error: /s:2: the script stops here:   "
		      "nosuch && echo b\n"));
	EXPECT_EQ(run_text("\nfor i in 1 2\ndo\necho $i; nosuch; echo c\n"
			   "done\n"), -ENOENT);
	EXPECT(strstr(capture_text, "error: /s:4: the script stops here: "
		      "echo $i; nosuch; echo c\n"));
	EXPECT(!strstr(capture_text, "2\n"));
	EXPECT_EQ(run_text("echo a\nfor i in $none\ndo b\ndone\n"), -EINVAL);
	EXPECT(strstr(capture_text, "/s:2: the script stops here: for i in"));
	EXPECT_EQ(run_text("nosuch; nosuch2 || echo a"), -ENOENT);
	EXPECT(!strstr(capture_text, "\na\n"));
	command_forget(&capture);
}

static void no_syntax(void)
{
	EXPECT_EQ(run_text("echo a\n\nif echo b\ndone\n"), -EINVAL);
	EXPECT(string_equal(capture_text, "a\nerror: /s:4:1: done has no "
			    "`for` or `if` before it that it fits\n"));
	EXPECT_EQ(run_text("echo a\nfor i in b; do\necho c\n"), -EINVAL);
	EXPECT(string_equal(capture_text,
			    "a\nerror: /s:2:1: for is never ended\n"));
	EXPECT_EQ(run_text("break\n"), -EPERM);
}

static void ends(void)
{
	EXPECT_EQ(run_text("echo a\nexit\necho b\n"), 0);
	EXPECT(string_equal(capture_text, "a\n"));
	EXPECT_EQ(run_text("for i in 1 2; do\nexit 3; done\necho b\n"), -3);
	EXPECT(string_equal(capture_text,
			    "error: /s:2: the script ends with status 3\n"));
	EXPECT_EQ(capture.status, 3);
	EXPECT_EQ(run_text("nosuch || exit\necho b\n"), -ENOENT);
	EXPECT(!strstr(capture_text, "b\n"));
	command_forget(&capture);
}

static void arguments(void)
{
	static char *words[] = { "/s", "one", "two words" };
	struct command_args args = { .count = 3 };

	memcpy(args.words, words, sizeof(words));
	EXPECT_EQ(run_with("echo $# $1; for i in $2 \"$2\"; do echo $i; done\n"
			   "echo ${3:-none} $0\n", &args), 0);
	EXPECT(string_equal(capture_text,
			    "2 one\ntwo\nwords\ntwo words\nnone /s\n"));
	EXPECT_EQ(run_with("echo $3\n", &args), -EINVAL);
	EXPECT(strstr(capture_text, "error: $3 is not set\n"));
	EXPECT_EQ(run_text("echo ${1:-none}\n"), 0);
	EXPECT(string_equal(capture_text, "none\n"));
	command_forget(&capture);
}

/* A script's loops are its own; what it sets is the session's. */
static void loops_around(void)
{
	EXPECT_EQ(run_text("for i in 1 2; do run /u $i || echo no; done\n"
			   "echo $x $i\n"), 0);
	EXPECT(strstr(capture_text, "there is no loop here"));
	EXPECT(strstr(capture_text, "\nno\n"));
	EXPECT(strstr(capture_text, "\n2-two\n2 2\n"));
	command_forget(&capture);
}

static void no_files(void)
{
	int rc;

	capture_begin();
	rc = command_run_file(&capture, "/nosuch", NULL);
	capture_end();
	EXPECT_EQ(rc, -ENOENT);
	EXPECT(string_equal(capture_text,
			    "error: /nosuch: nothing has that name\n"));
}

SUITE(script, TEST(good), TEST(stops), TEST(within_themselves),
      TEST(no_texts), TEST(tested_errors), TEST(no_syntax), TEST(ends),
      TEST(arguments), TEST(loops_around), TEST(no_files));
