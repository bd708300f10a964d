// SPDX-License-Identifier: GPL-2.0-or-later
/* core/log and core/errno: what is kept, what is reported where. */
#include "capture.h"
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/test.h>

static const char *dump(void)
{
	capture_begin();
	log_dump(&capture);
	capture_end();
	return capture_text;
}

static void keeps_lines(void)
{
	log_debug("log: test: %d and %s", 42, "words");
	EXPECT(strstr(dump(), " D log: test: 42 and words\n"));
}

static void cuts_long_lines(void)
{
	static char line[600];
	const char *cut;

	memset(line, 'x', sizeof(line) - 1);
	log_debug("%s", line);
	log_debug("log: test: next");
	cut = strstr(dump(), "xxx");
	EXPECT(cut);
	EXPECT(strchr(cut, '\n') - cut < 256);
	EXPECT(strstr(cut, "\n["));
	EXPECT(strstr(cut, "log: test: next\n"));
}

static void keeps_the_newest(void)
{
	for (unsigned i = 0; i < 1000; i++)
		log_debug("log: test: line %u of a thousand", i);
	EXPECT(strstr(dump(), "line 999 of"));
	EXPECT(!strstr(capture_text, "line 1 of"));
	EXPECT(strlen(capture_text) > 15 * 1024);
	EXPECT_EQ(capture_text[0], '[');
}

/* Others log while the terminal takes the lines that there were. */
static void write_busy(struct console *con, const char *data, size_t size)
{
	con_write(&capture, data, size);
	for (unsigned i = 0; i < 4; i++)
		log_debug("log: test: a line too late");
}

static void dumps_what_was_there(void)
{
	struct console busy = { .write = write_busy };

	for (unsigned i = 0; i < 99; i++)
		log_debug("log: test: line %u", i);
	log_debug("log: test: the end");
	capture_begin();
	log_dump(&busy);
	capture_end();
	EXPECT(string_equal(strstr(capture_text, "log: test: the end"),
			    "log: test: the end\n"));
}

static void reports_to_the_session(void)
{
	int rc;

	capture_begin();
	rc = fail(-ERANGE, "test: %u is more than %u", 9, 3);
	capture_end();
	EXPECT_EQ(rc, -ERANGE);
	EXPECT(string_equal(capture_text, "error: test: 9 is more than 3\n"));
	EXPECT(!strstr(dump(), "9 is more than 3"));
}

static void reports_to_the_log(void)
{
	capture_begin();
	console_set_thread(NULL);
	fail(-EINVAL, "test: nobody asked");
	capture_end();
	EXPECT(string_equal(capture_text, ""));
	EXPECT(strstr(dump(), " E test: nobody asked\n"));
}

/* What a panic prints: whole lines, the newest, the end of the whole. */
static void tells_the_last(void)
{
	size_t size;

	for (unsigned i = 0; i < 100; i++)
		log_at(LOG_DEBUG, "test: line %u of the last", i);
	capture_begin();
	log_dump_last(&capture, 1024);
	capture_end();
	size = strlen(capture_text);
	EXPECT(size > 900 && size <= 1024);
	EXPECT_EQ(capture_text[0], '[');
	EXPECT(strstr(capture_text, " D test: line 99 of the last\n"));
	EXPECT(!strstr(capture_text, " D test: line 9 of the last\n"));
}

static void throttles(void)
{
	struct log_throttle t = { 0 };
	unsigned passed = 0;
	u32 dropped = 0;

	for (unsigned i = 0; i < 100; i++)
		passed += log_throttle_ok(&t, &dropped);
	/* A second may have passed in between, hardly two. */
	EXPECT(passed >= 1 && passed <= 3);
	EXPECT_EQ(t.dropped + dropped, 100 - passed);
	t.next_ns = 0;
	EXPECT(log_throttle_ok(&t, &dropped));
	EXPECT(dropped > 0);
	EXPECT_EQ(t.dropped, 0);
}

/* Two debuggers: the line is free when the second has left it, too. */
static void held_by_two(void)
{
	const char *at;

	log_hold(true);
	log_hold(true);
	log_warning("log: test: for the first");
	log_hold(false);
	log_warning("log: test: for the second");
	at = strstr(dump(), "for the first\n");
	EXPECT(at);
	EXPECT(!strstr(at, "came meanwhile"));
	log_hold(false);
	at = strstr(dump(), "for the second\n");
	EXPECT(at);
	EXPECT(strstr(at, " lines came meanwhile\n"));
}

static void names_errors(void)
{
	EXPECT(string_equal(errno_name(-EINVAL), "EINVAL"));
	EXPECT(string_equal(errno_name(ENOMEM), "ENOMEM"));
	EXPECT(string_equal(errno_text(-EPROBE_LATER),
		"something this device needs is not there yet"));
	EXPECT(string_equal(errno_name(0), "OK"));
	EXPECT(string_equal(errno_name(-9999), "E?"));
}

SUITE(log, TEST(keeps_lines), TEST(cuts_long_lines), TEST(keeps_the_newest),
      TEST(dumps_what_was_there), TEST(reports_to_the_session),
      TEST(reports_to_the_log), TEST(tells_the_last), TEST(throttles),
      TEST(held_by_two), TEST(names_errors));
