// SPDX-License-Identifier: GPL-2.0-or-later
/* What lines run: && || ; if for, variables, and what is refused. */
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/command_line.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/test.h>

#include "capture.h"

/* What the line prints, when its status is that. */
static const char *run(const char *line, int status)
{
	static char wrong[64];
	int rc;

	capture_begin();
	rc = command_run(&capture, line);
	capture_end();
	snprintf(wrong, sizeof(wrong), "status %d, %d\n", capture.status, rc);
	return rc == -status && capture.status == status ? capture_text :
							   wrong;
}

static bool prints(const char *line, const char *expected)
{
	return string_equal(run(line, 0), expected);
}

/* The one error, less "error: ". */
static bool fails(const char *line, const char *expected)
{
	const char *said = string_after(run(line, EINVAL), "error: ");

	return said && !strncmp(said, expected, strlen(expected)) &&
	       string_equal(said + strlen(expected), "\n");
}

/* A command that does nothing but have a status. */
static int be(struct console *con, const struct command_args *args)
{
	return string_equal(args->words[0], "good") ? 0 : -EPERM;
}

static const struct verb be_verbs[] = {
	{ NULL, "<what>", be, "Is good or bad." },
};
COMMAND(be, "for the tests of what lines run");

#define BAD	"error: be: the object does not allow this now\n"

static void sequences(void)
{
	capture.status = 0;
	EXPECT(prints("echo a; echo b;echo c;", "a\nb\nc\n"));
	EXPECT(prints("echo a\necho b\n\n", "a\nb\n"));
	EXPECT(prints("be good && echo a || echo b", "a\n"));
	EXPECT(prints("be good || echo a && echo b", "b\n"));
	EXPECT(prints("echo 'a;b' a\\;b \"&&\"", "a;b a;b &&\n"));
	EXPECT(prints("echo a &&\necho b # c; d", "a\nb\n"));
	EXPECT(prints("echo a \\\nb", "a b\n"));
	EXPECT(strstr(run("be bad && echo a || echo b", 0), "\nb\n"));
	EXPECT(strstr(run("be bad; echo $?", 0), "\n1\n"));
	EXPECT(string_equal(run("be bad && echo a", EPERM), BAD));
	EXPECT(string_equal(run("! be good", 1), ""));
	EXPECT(strstr(run("! be bad && echo a", 0), "\na\n"));
	EXPECT(prints("! ! be good", ""));
}

static void conditions(void)
{
	EXPECT(prints("if be good; then echo a; else echo b; fi", "a\n"));
	EXPECT(strstr(run("if be bad; then echo a; else echo b; fi", 0),
		      "\nb\n"));
	EXPECT(strstr(run("if be bad; then echo a; fi; echo $?", 0),
		      "\n0\n"));
	EXPECT(prints("if echo a\nthen\necho b\nfi", "a\nb\n"));
	EXPECT(strstr(run("if be bad; then echo a; elif be good; then echo b;"
			  " else echo c; fi", 0), "\nb\n"));
	EXPECT(strstr(run("if ! be bad && be bad; then echo a; elif be bad; "
			  "then echo b; else echo c; fi; echo d", 0),
		      "\nc\nd\n"));
	EXPECT(prints("if be good; then if be good; then echo a; fi; echo b; "
		      "fi && echo c", "a\nb\nc\n"));
	EXPECT(prints("if be good; then fi", ""));
	EXPECT(prints("echo if then fi for do done", "if then fi for do "
		      "done\n"));
}

static void loops(void)
{
	command_forget(&capture);
	EXPECT(prints("for i in a 'b c' d; do echo [$i]; done",
		      "[a]\n[b c]\n[d]\n"));
	EXPECT(prints("for i in; do echo $i; done", ""));
	EXPECT(prints("x='a b'; for i in $x \"$x\"\ndo\necho $i\ndone; echo $i",
		      "a\nb\na b\na b\n"));
	EXPECT(prints("for i in 1 2; do for j in a b; do echo $i$j; done; "
		      "done", "1a\n1b\n2a\n2b\n"));
	EXPECT(prints("for i in 1 2 3; do for j in a b; do "
		      "break; done; echo $i$j; done", "1a\n2a\n3a\n"));
	EXPECT(prints("for i in 1 2 3; do if be good; then continue; fi; "
		      "echo $i; done; echo e", "e\n"));
	EXPECT(prints("for i in 1 2; do echo $i; exit 0; done; echo e",
		      "1\n"));
	EXPECT(prints("for i in 1; do for j in 2; do break; done; done; "
		      "echo $i$j", "12\n"));
	EXPECT(strstr(run("for i in 1 2; do be bad; echo $i; done", 0),
		      "\n2\n"));
	EXPECT(strstr(run("break", EPERM), "there is no loop here"));
	EXPECT(strstr(run("for i in $zzz; do echo a; done", EINVAL),
		      "for: $zzz is not set"));
	EXPECT(!strstr(capture_text, "\na\n"));
}

static void exits(void)
{
	EXPECT(string_equal(run("exit 7; echo a", 7), ""));
	EXPECT(prints("echo $?; exit 0", "7\n"));
	EXPECT(fails("exit 256", "exit: 256 is no status from 0 to 255"));
	EXPECT(string_equal(run("exit", EINVAL), ""));
}

static void variables(void)
{
	const char *value;

	command_forget(&capture);
	EXPECT(prints("a=1; set b='x  y' c=; echo $a \"$b\" \"$c\"",
		      "1 x  y \n"));
	EXPECT(prints("a=$a$a; echo $a", "11\n"));
	EXPECT(prints("a=$b; echo \"$a\"", "x  y\n"));
	EXPECT(prints("set", "a=x  y\nb=x  y\nc=\n"));
	EXPECT(prints("unset a b; set", "c=\n"));
	EXPECT(string_equal(command_variable(&capture, 0, &value), "c"));
	EXPECT(string_equal(run("unset a", ENOENT),
			    "error: a is not set\n"));
	EXPECT(fails("echo $a", "$a is not set"));
	EXPECT(fails("a=1 echo", "a=1: NAME=value stands alone"));
	EXPECT(fails("set 1=2", "1=2 is not as NAME=value is"));
	EXPECT(strstr(run("'a'=1", ENOENT), "unknown command"));
	command_forget(&capture);
	EXPECT(prints("set", ""));
}

static void many_variables(void)
{
	char line[64];
	struct heap_stats before, after;

	heap_stats_get(&before);
	for (unsigned i = 0; i < COMMAND_VARIABLE_MAX; i++) {
		snprintf(line, sizeof(line), "v%u=%u", i, i);
		EXPECT(prints(line, ""));
	}
	EXPECT(strstr(run("w=1", E2BIG), "w: there are 32 variables already"));
	EXPECT(prints("v1=one; echo $v1", "one\n"));
	EXPECT(prints("unset v3; w=2; echo $w", "2\n"));
	EXPECT(strstr(run("a1234567890123456789012345678901=1", E2BIG),
		      "a name has at most 31 letters"));
	EXPECT(string_equal(run("v1=0123456789abcdef; for w in 1 2 3 4 5 6; "
				"do v1=$v1$v1; done", E2BIG), "error: v1: "
			    "a value has at most 1023 bytes\n"));
	command_forget(&capture);
	heap_stats_get(&after);
	EXPECT_EQ(after.object_count, before.object_count);
}

static void refused(void)
{
	EXPECT(fails("echo 'a", "column 6: 'a is a quote that is not closed"));
	EXPECT(fails("echo a; fi",
		     "column 9: fi has no `for` or `if` before it that it "
		     "fits"));
	EXPECT(fails("; echo", "column 1: ; has no command before it"));
	EXPECT(fails("echo a && || b", "column 11: || has no command before "
		     "it"));
	EXPECT(fails("echo a | b", "column 8: | stands alone: quote it, or "
		     "write && or ||"));
	EXPECT(fails("echo a &&", "line 2, column 1: the end of the line is "
		     "where a command belongs"));
	EXPECT(fails("if be good; then echo a", "column 1: if is never "
		     "ended"));
	EXPECT(fails("for i in a; do\necho; if a; then\n done",
		     "line 3, column 2: done has no `for` or `if` before it "
		     "that it fits"));
	EXPECT(fails("if then", "column 4: then is where a command belongs"));
	EXPECT(fails("if a; then b; else c; else d; fi", "column 23: else has "
		     "no `for` or `if` before it that it fits"));
	EXPECT(fails("for 1 in a; do b; done", "column 5: 1 is no name for a "
		     "variable"));
	EXPECT(fails("for", "column 4: the end of the line is no name for a "
		     "variable"));
	EXPECT(fails("for a b c", "column 7: b is where `in` belongs"));
	EXPECT(fails("for a in b; c", "column 13: c is where `do` belongs"));
	EXPECT(fails("for a in b && c", "column 12: && is where ; and `do` "
		     "belong"));
	EXPECT(fails("for a in b; do c; done d", "column 24: d needs a ; "
		     "before it"));
	EXPECT(fails("! ; a", "column 3: ; has no command before it"));
	EXPECT(fails("if a; ! then b; fi", "column 9: then is where a command "
		     "belongs"));
	EXPECT(fails("a \\", "column 3: \\ is followed by "
		     "nothing"));
}

static void limits(void)
{
	static char line[COMMAND_LINE_MAX + 1];
	size_t used;

	command_forget(&capture);
	line[0] = '\0';
	for (unsigned i = 0; i < COMMAND_NEST_MAX; i++)
		printf_append(line, sizeof(line), "for v%u in a b; do ", i);
	printf_append(line, sizeof(line), "echo x");
	for (unsigned i = 0; i < COMMAND_NEST_MAX; i++)
		printf_append(line, sizeof(line), "; done");
	used = strlen(run(line, 0));
	EXPECT_EQ(used, 2 << COMMAND_NEST_MAX);
	EXPECT(fails("if a; then if a; then if a; then if a; then if a; then "
		     "if a; then if a; then if a; then if a; then b",
		     "column 89: if is more than 8 deep in others"));
	line[0] = '\0';
	for (unsigned i = 0; i < COMMAND_STEP_MAX; i++)
		printf_append(line, sizeof(line), "b;");
	EXPECT(strstr(run(line, EINVAL), "256 steps"));
	command_forget(&capture);
}

/* Line by line, as people type. */
static void unfinished(void)
{
	HEAP_SCOPED struct command_unit *u = NULL;

	command_forget(&capture);
	capture_begin();
	EXPECT_EQ(command_run_next(&capture, &u, "for i in a b"), -EAGAIN);
	EXPECT_EQ(command_run_next(&capture, &u, ""), -EAGAIN);
	EXPECT_EQ(command_run_next(&capture, &u, "do echo $i"), -EAGAIN);
	EXPECT_EQ(command_run_next(&capture, &u, "done"), 0);
	EXPECT_EQ(command_run_next(&capture, &u, "echo c \\"), -EAGAIN);
	EXPECT_EQ(command_run_next(&capture, &u, "d"), 0);
	EXPECT_EQ(command_run_next(&capture, &u, "if a"), -EAGAIN);
	EXPECT_EQ(command_run_next(&capture, &u, NULL), -ECANCELED);
	EXPECT_EQ(command_run_next(&capture, &u, "echo $?"), 0);
	EXPECT_EQ(command_run_next(&capture, &u, "if a"), -EAGAIN);
	EXPECT_EQ(command_run_next(&capture, &u, "done"), -EINVAL);
	EXPECT_EQ(command_run_next(&capture, &u, "echo $?"), 0);
	capture_end();
	EXPECT(!strncmp(capture_text, "a\nb\nc d\n", 8));
	EXPECT(strstr(capture_text, "error: line 2, column 1: done has no "));
	command_forget(&capture);
}

/* A text of too many lines is refused, and the next line is a new one. */
static void too_much(void)
{
	HEAP_SCOPED struct command_unit *u = NULL;
	static char line[3001];
	int rc;

	memset(line, '#', sizeof(line) - 1);
	capture_begin();
	rc = command_run_next(&capture, &u, "if a");
	for (unsigned i = 0; rc == -EAGAIN && i < 4; i++)
		rc = command_run_next(&capture, &u, line);
	EXPECT_EQ(rc, -E2BIG);
	EXPECT_EQ(command_run_next(&capture, &u, "echo a"), 0);
	capture_end();
	EXPECT(strstr(capture_text, "what begins with `if a` has more than "
		      "8192 bytes"));
}

static void helps(void)
{
	EXPECT(strstr(run("help", 0), "guest"));
	EXPECT(strstr(run("help be", 0), "be <what>\n\tIs good or bad."));
	EXPECT(strstr(run("be --help", 0), "be <what>\n\tIs good or bad."));
	EXPECT(strstr(run("guest --help", 0), "guest create <name>"));
	EXPECT(strstr(run("guest create --help", 0), "guest create <name>"));
	EXPECT(!strstr(capture_text, "guest kick"));
	EXPECT(strstr(run("help for", 0), "for NAME in WORDS; do ...; done"));
	EXPECT(prints("echo --help", "--help\n"));
	EXPECT(strstr(run("guest create x --help", EINVAL),
		      "--help is an unknown option"));
}

SUITE(language, TEST(sequences), TEST(conditions), TEST(loops), TEST(exits),
      TEST(variables), TEST(many_variables), TEST(refused), TEST(limits),
      TEST(unfinished), TEST(too_much), TEST(helps));
