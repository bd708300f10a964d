// SPDX-License-Identifier: GPL-2.0-or-later
/* Answers of commands: the same statements as text and as a document. */
#include <libs/char.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/command.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/report.h>
#include <vmm/test.h>

#include "capture.h"

/* ---- A strict reader of documents: RFC 8259, no more ---- */

static const char *at;
static unsigned nesting;

static bool is_value(void);

static void skip_blanks(void)
{
	while (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')
		at++;
}

static bool take(const char *text)
{
	const char *rest = string_after(at, text);

	if (rest)
		at = rest;
	return rest;
}

static bool is_escape(void)
{
	if (strchr("\"\\/bfnrt", *at))
		return *at++;
	if (*at++ != 'u')
		return false;
	for (unsigned i = 0; i < 4; i++)
		if (char_digit(*at++) > 15)
			return false;
	return true;
}

/* The suites' characters of more than a byte are checked by their bytes. */
static bool is_string(void)
{
	if (!take("\""))
		return false;
	while (*at != '"') {
		if ((u8)*at < ' ')
			return false;
		if (*at++ == '\\' && !is_escape())
			return false;
	}
	return *at++;
}

static bool is_number(void)
{
	const char *start = at;

	while (char_is_digit(*at))
		at++;
	return at > start && (*start != '0' || at == start + 1);
}

static bool is_list(const char *end, bool keys)
{
	skip_blanks();
	if (take(end))
		return true;
	do {
		skip_blanks();
		if (keys && (!is_string() || !take(": ")))
			return false;
		if (!is_value())
			return false;
		skip_blanks();
	} while (take(","));
	return take(end);
}

static bool is_value(void)
{
	bool ok;

	skip_blanks();
	if (++nesting > 20)
		return false;
	if (take("{"))
		ok = is_list("}", true);
	else if (take("["))
		ok = is_list("]", false);
	else
		ok = take("true") || take("false") || take("null") ||
		     is_string() || is_number();
	nesting--;
	return ok;
}

static bool is_document(const char *text)
{
	at = text;
	nesting = 0;
	return take("{\"schema\": 1, ") && (at = text, is_value()) &&
	       string_equal(at, "\n");
}

/* ---- Answers ---- */

static int table(struct console *con, const struct command_args *args)
{
	report_list(con, "guests", "name:-8 vcpus:5 memory_bytes:10 state");
	for (unsigned i = 0; i < 2; i++) {
		report_row(con);
		report_namef(con, "name", "web%u", i);
		report_hex(con, "address", 0x1000);
		report_u64(con, "vcpus", i);
		report_u64(con, "memory_bytes", MIB(16) << (10 * i));
		report_text(con, "state", i ? "crashed" : "running");
		report_note(con, "reason", i ? "too hot" : "");
		report_end(con);
	}
	report_end(con);
	return 0;
}

static void histogram(struct console *con, bool some)
{
	report_array(con, "times");
	for (u64 i = 0; some && i < 2; i++) {
		report_row(con);
		report_u64(con, "below_ns", 1500ull << i);
		report_count(con, "count", i);
		report_end(con);
	}
	report_end(con);
}

static void lists(struct console *con)
{
	report_list(con, "exits", "reason:-6 count:6 irqs");
	for (u64 i = 0; i < 2; i++) {
		report_row(con);
		report_text(con, "reason", i ? NULL : "mmio");
		if (i) {
			report_array(con, "irqs");
			report_index(con, NULL, 3);
			report_index(con, NULL, 4);
			report_end(con);
		}
		histogram(con, !i);
		report_end(con);
	}
	report_end(con);
}

static int fields(struct console *con, const struct command_args *args)
{
	static const char *const names[] = { "x0", "x1", "x2", "pc" };

	report_text(con, "name", "a");
	report_u64(con, "run_ns", 2345678901);
	report_object(con, "memory");
	report_u64(con, "free_bytes", 1000);
	report_bool(con, "online", true);
	report_array(con, "words");
	report_end(con);
	report_end(con);
	report_grid(con, "registers");
	for (u64 i = 0; i < 4; i++)
		report_hex(con, names[i], ~0ull << i);
	report_end(con);
	lists(con);
	report_content(con, "log");
	con_printf(con, "a line\nand %s", "\"half\"");
	report_end(con);
	report_u64(con, "clock_hz", 62500000);
	report_u64(con, "idle_permille", 987);
	return 0;
}

static int words(struct console *con, const struct command_args *args)
{
	con_printf(con, "for people\n");
	report_text(con, "first", args->words[0]);
	if (args->count > 1)
		return fail(-ERANGE, "%s is too much", args->words[1]);
	return args->words[0][0] ? 0 : -ENOENT;
}

static int nothing(struct console *con, const struct command_args *args)
{
	return args->count ? fail(-EINVAL, "no %s", args->words[0]) : 0;
}

static int metrics(struct console *con, const struct command_args *args)
{
	report_list(con, "answers", "name vcpus run_ns");
	for (u64 i = 0; i < 2; i++) {
		report_row(con);
		report_name(con, "name", i ? "b \"\\\n" : "a");
		report_u64(con, "vcpus", 2 + i);
		report_count(con, "run_ns", 1500000001ull << i);
		report_list(con, "exits", "reason count");
		for (u64 n = 0; n <= i; n++) {
			report_row(con);
			report_name(con, "reason", n ? "hvc" : "irq");
			report_count(con, "count", 7 + i + n);
			report_end(con);
		}
		report_end(con);
		report_end(con);
	}
	report_end(con);
	report_object(con, "host");
	report_index(con, "cpu", 3);
	report_u64(con, "idle_permille", 5);
	report_bool(con, "online", true);
	report_text(con, "said", "nothing");
	report_end(con);
	return args->count ? fail(-EIO, "too late") : 0;
}

static const struct verb answer_verbs[] = {
	{ "metrics", "[a] " VERB_METRICS, metrics, "Metrics." },
	{ "table", VERB_READS, table, "A table." },
	{ "fields", VERB_READS, fields, "Fields." },
	{ "words", "<a> [b] " VERB_READS, words, "What it is given." },
	{ "nothing", "[a] " VERB_READS, nothing, "Nothing." },
	{ "acts", "", nothing, "Has no answer." },
};
COMMAND(answer, "for the test of reports");

static int run(const char *line)
{
	int rc;

	capture_begin();
	rc = command_run(&capture, line);
	capture_end();
	return rc;
}

static bool says(const char *line, const char *expected)
{
	run(line);
	return string_equal(capture_text, expected);
}

static void tables(void)
{
	EXPECT(says("answer table",
		    "NAME      VCPUS      MEMORY  STATE\n"
		    "web0          0      16 MiB  running\n"
		    "web1          1      16 GiB  crashed(too hot)\n"));
	EXPECT(says("answer table --json",
		    "{\"schema\": 1, \"command\": \"answer table\",\n"
		    " \"guests\": [\n"
		    "  {\"name\": \"web0\", \"address\": \"0x1000\", "
		    "\"vcpus\": 0, \"memory_bytes\": 16777216, "
		    "\"state\": \"running\", \"reason\": null},\n"
		    "  {\"name\": \"web1\", \"address\": \"0x1000\", "
		    "\"vcpus\": 1, \"memory_bytes\": 17179869184, "
		    "\"state\": \"crashed\", \"reason\": \"too hot\"}]}\n"));
	EXPECT(is_document(capture_text));
}

static void objects(void)
{
	EXPECT(says("answer fields",
		    "name:         a\n"
		    "run:          2.345 s\n"
		    "memory:\n"
		    "  free:       1000 B\n"
		    "  online:     yes\n"
		    "  words:      -\n"
		    "registers:\n"
		    "              x0 ffffffffffffffff  "
		    "            x1 fffffffffffffffe  "
		    "            x2 fffffffffffffffc\n"
		    "              pc fffffffffffffff8\n"
		    "exits:\n"
		    "  REASON   COUNT  IRQS\n"
		    "  mmio         -  -\n"
		    "    times:    1.500 us 0, 3 us 1\n"
		    "  -            -  3, 4\n"
		    "    times:    -\n"
		    "log:\n"
		    "a line\nand \"half\"\n"
		    "clock:        62.50 MHz\n"
		    "idle:         98.7%\n"));
	EXPECT(says("answer fields --json",
		    "{\"schema\": 1, \"command\": \"answer fields\",\n"
		    " \"name\": \"a\",\n \"run_ns\": 2345678901,\n"
		    " \"memory\": {\"free_bytes\": 1000, \"online\": true, "
		    "\"words\": []},\n"
		    " \"registers\": {\"x0\": \"0xffffffffffffffff\", "
		    "\"x1\": \"0xfffffffffffffffe\", "
		    "\"x2\": \"0xfffffffffffffffc\", "
		    "\"pc\": \"0xfffffffffffffff8\"},\n"
		    " \"exits\": [\n"
		    "  {\"reason\": \"mmio\", \"times\": "
		    "[{\"below_ns\": 1500, \"count\": 0}, "
		    "{\"below_ns\": 3000, \"count\": 1}]},\n"
		    "  {\"reason\": null, \"irqs\": [3, 4], "
		    "\"times\": []}],\n"
		    " \"log\": \"a line\\nand \\\"half\\\"\",\n"
		    " \"clock_hz\": 62500000,\n \"idle_permille\": 987}\n"));
	EXPECT(is_document(capture_text));
}

/* ---- Strings ---- */

static bool escapes(const char *word, const char *expected)
{
	char line[64] = "answer words --json '";
	const char *s;

	memcpy(line + strlen(line), word, strlen(word) + 1);
	memcpy(line + strlen(line), "'", 2);
	if (run(line) || !is_document(capture_text))
		return false;
	s = strstr(capture_text, "\"first\": \"");
	s = s ? string_after(s + 10, expected) : NULL;
	return s && string_equal(s, "\"}\n");
}

static void strings(void)
{
	EXPECT(escapes("a \"b\" \\ /", "a \\\"b\\\" \\\\ /"));
	EXPECT(escapes("\n\r\t\b\f\x1b\x7f\x01",
		       "\\n\\r\\t\\b\\f\\u001b\\u007f\\u0001"));
	EXPECT(escapes("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
		       "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80"));
	EXPECT(escapes("\xc2\x9b", "\\u009b"));
}

static void bad_utf8(void)
{
	EXPECT(escapes("\xff\x80z", "\\ufffd\\ufffdz"));
	EXPECT(escapes("a\xc3", "a\\ufffd"));
	EXPECT(escapes("\xc3(", "\\ufffd("));
	EXPECT(escapes("\xc0\xaf", "\\ufffd\\ufffd"));
	EXPECT(escapes("\xe0\x80\x80", "\\ufffd\\ufffd\\ufffd"));
	EXPECT(escapes("\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd"));
	EXPECT(escapes("\xf4\x90\x80\x80",
		       "\\ufffd\\ufffd\\ufffd\\ufffd"));
	EXPECT(escapes("\xe2\x82\xc3\xbc", "\\ufffd\xc3\xbc"));
	EXPECT(escapes("\xf0\x9f\x98\n", "\\ufffd\\n"));
}

/* Names that guests chose: none gets at the operator's terminal. */
static void controls(void)
{
	EXPECT(says("answer words 'a\x1b[2Jb\xc2\x9bm'",
		    "for people\nfirst:        a^[[2Jb\xc2^[m\n"));
	EXPECT(says("nosuch\x1b[2J", "error: nosuch^[[2J: unknown command, "
		    "see help\n"));
}

/* What is written piece by piece is one text. */
static void pieces(void)
{
	static const char euro[] = "\xe2\x82\xac";

	capture_begin();
	report_begin(&capture, "a", NULL, &report_json);
	report_content(&capture, "text");
	for (unsigned i = 0; i < 3; i++)
		con_write(&capture, &euro[i], 1);
	con_write(&capture, euro, 2);
	report_end(&capture);
	report_finish(&capture);
	capture_end();
	EXPECT(string_equal(capture_text, "{\"schema\": 1, \"command\": "
			    "\"a\",\n \"text\": \"\xe2\x82\xac\\ufffd\"}\n"));
}

/* ---- Metrics ---- */

#define HEAD(name, key, type)						\
	"# HELP " name " " key " of answer metrics\n# TYPE " name " " type "\n"

static void all_metrics(void)
{
	static char text[2048];
	static const char b[] = "{answer=\"b \\\"\\\\\\n\"";

	snprintf(text, sizeof(text),
		 HEAD("monovisor_answer_vcpus", "vcpus", "gauge")
		 "monovisor_answer_vcpus{answer=\"a\"} 2\n"
		 "monovisor_answer_vcpus%s} 3\n"
		 HEAD("monovisor_answer_run_seconds_total", "run_ns",
		      "counter")
		 "monovisor_answer_run_seconds_total{answer=\"a\"} "
		 "1.500000001\n"
		 "monovisor_answer_run_seconds_total%s} 3.000000002\n", b, b);
	printf_append(text, sizeof(text),
		      HEAD("monovisor_answer_exits_total", "count", "counter")
		      "monovisor_answer_exits_total{answer=\"a\","
		      "reason=\"irq\"} 7\n"
		      "monovisor_answer_exits_total%s,reason=\"irq\"} 8\n"
		      "monovisor_answer_exits_total%s,reason=\"hvc\"} 9\n"
		      HEAD("monovisor_answer_host_idle_ratio",
			   "idle_permille", "gauge")
		      "monovisor_answer_host_idle_ratio{cpu=\"3\"} 0.005\n"
		      HEAD("monovisor_answer_host_online", "online", "gauge")
		      "monovisor_answer_host_online{cpu=\"3\"} 1\n", b, b);
	EXPECT(says("answer metrics --prometheus", text));
	EXPECT_EQ(capture.status, 0);
	EXPECT_EQ(run("answer metrics x --prometheus"), -EIO);
	EXPECT(strstr(capture_text, "# error: too late\n"));
	EXPECT_EQ(run("answer metrics --json"), 0);
	EXPECT(is_document(capture_text));
	EXPECT_EQ(run("answer table --prometheus"), -EINVAL);
}

/* ---- Errors ---- */

static void errors(void)
{
	EXPECT(says("answer nothing", ""));
	EXPECT(says("answer nothing --json",
		    "{\"schema\": 1, \"command\": \"answer nothing\"}\n"));
	EXPECT(says("answer nothing --json \"'q'\"",
		    "{\"schema\": 1, \"error\": {\"code\": \"EINVAL\", "
		    "\"message\": \"no 'q'\", "
		    "\"where\": \"answer nothing\"}}\n"));
	EXPECT(is_document(capture_text));
	EXPECT_EQ(capture.status, EINVAL);
	EXPECT(says("answer words --json 1 2",
		    "{\"schema\": 1, \"command\": \"answer words\",\n"
		    " \"first\": \"1\",\n"
		    " \"error\": {\"code\": \"ERANGE\", "
		    "\"message\": \"2 is too much\", "
		    "\"where\": \"answer words\"}}\n"));
	EXPECT(says("answer words 1 2", "for people\nfirst:        1\n"
		    "error: 2 is too much\n"));
	EXPECT(says("answer words ''", "for people\nfirst:        -\n"
		    "error: answer: nothing has that name\n"));
}

/* Also those that the framework finds. */
static void wrong_lines(void)
{
	static const char *const lines[] = {
		"answer words --json", "answer table --jsn --json",
		"answer table x --json", "answer nosuch --json",
		"answer --json", "asnwer --json",
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		EXPECT(run(lines[i]));
		EXPECT(is_document(capture_text));
		EXPECT(string_after(capture_text, "{\"schema\": 1, \"error\": "
				    "{\"code\": \"E"));
	}
	EXPECT(says("answer table --jsn", "error: answer table: --jsn is an "
		    "unknown option, did you mean --json?\n"
		    "usage: answer table [--json]\n"));
	EXPECT(says("answer acts --json", "error: answer acts: --json is an "
		    "unknown option\nusage: answer acts\n"));
}

static void several_errors(void)
{
	capture_begin();
	report_begin(&capture, "a", NULL, &report_json);
	report_list(&capture, "rows", "x");
	for (unsigned i = 0; i < 3; i++)
		(void)fail(-EIO, "%u", i);
	report_row(&capture);
	report_u64(&capture, "x", 1);
	report_end(&capture);
	report_end(&capture);
	report_finish(&capture);
	capture_end();
	EXPECT(is_document(capture_text));
	EXPECT(strstr(capture_text, "\"rows\": [],\n \"error\": {") &&
	       strstr(capture_text, "\"also\": [{\"code\": \"EIO\", "
		      "\"message\": \"1\"") && strstr(capture_text, "\"2\""));
	EXPECT(!strstr(capture_text, "\"x\""));
}

/* ---- Units ---- */

static void units(void)
{
	capture_begin();
	report_u64(&capture, "a_bytes", 1023);
	report_u64(&capture, "a_bytes", 1024);
	report_u64(&capture, "a_bytes", GIB(1) - 1);
	report_u64(&capture, "a_bytes", ~0ull);
	report_u64(&capture, "a_ns", 0);
	report_u64(&capture, "a_ns", 1001);
	report_u64(&capture, "a_ns", 12345678);
	report_u64(&capture, "a_ns", 3600ull * 1000000000);
	report_u64(&capture, "_ns", 1000);
	report_finish(&capture);
	capture_end();
	EXPECT(string_equal(capture_text,
			    "a:            1023 B\na:            1 KiB\n"
			    "a:            1023.9 MiB\n"
			    "a:            16777215.9 TiB\na:            0 ns\n"
			    "a:            1.001 us\na:            12.34 ms\n"
			    "a:            3600 s\n ns:          1000\n"));
}

SUITE(report, TEST(tables), TEST(objects), TEST(strings), TEST(bad_utf8),
      TEST(controls), TEST(pieces), TEST(all_metrics), TEST(errors),
      TEST(wrong_lines), TEST(several_errors), TEST(units));
