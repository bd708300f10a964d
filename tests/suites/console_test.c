// SPDX-License-Identifier: GPL-2.0-or-later
/* core/console: sessions, and the rings of guests. */
#include "capture.h"
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/command.h>
#include <vmm/errno.h>
#include <vmm/test.h>

static u8 buf[2 * GUEST_CONSOLE_RING];

static void prints(void)
{
	static char line[300];

	memset(line, 'z', sizeof(line) - 1);
	capture_begin();
	con_printf(&capture, "%d<%s>%c", -1, line, '!');
	con_write(&capture, "end", 3);
	capture_end();
	EXPECT_EQ(strlen(capture_text), 2 + 1 + 299 + 1 + 1 + 3);
	EXPECT(string_after(capture_text, "-1<zzz"));
	EXPECT(strstr(capture_text, "z>!end"));
}

static int get(const char *name, struct guest_console **out)
{
	return guest_console_get(name, GUEST_CONSOLE_RING, out);
}

static void write_text(struct guest_console *c, const char *text)
{
	guest_console_output(c, (const u8 *)text, strlen(text));
}

static size_t read_all(struct guest_console *c, u64 *pos)
{
	size_t size = guest_console_read(c, pos, buf, sizeof(buf) - 1);

	buf[size] = '\0';
	return size;
}

static void outlives_its_guest(void)
{
	struct guest_console *c, *reader;
	u64 pos = 0;

	EXPECT_EQ(get("console-test", &c), 0);
	write_text(c, "first ");
	reader = guest_console_find("console-test");
	EXPECT(reader == c);
	guest_console_end(c);
	EXPECT(!reader->living);
	EXPECT_EQ(read_all(reader, &pos) > 0, 1);
	guest_console_put(reader);

	reader = guest_console_find("console-test");
	EXPECT(reader && !reader->living);
	pos = 0;
	read_all(reader, &pos);
	EXPECT(strstr((char *)buf, "first "));
	guest_console_put(reader);
}

static void namesake_goes_on(void)
{
	struct guest_console *c;
	u64 pos = 0;

	EXPECT_EQ(get("console-test-2", &c), 0);
	write_text(c, "one,");
	guest_console_end(c);
	EXPECT_EQ(get("console-test-2", &c), 0);
	write_text(c, "two");
	read_all(c, &pos);
	guest_console_end(c);
	EXPECT(strstr((char *)buf, "one,two"));
}

/* A larger ring leaves its newest bytes, a smaller one takes what it can. */
static void sizes(void)
{
	struct guest_console *c;
	u64 pos = 0;

	EXPECT_EQ(guest_console_get("console-test-s", 4 * GUEST_CONSOLE_RING,
				    &c), 0);
	memset(buf, 'a', sizeof(buf));
	guest_console_output(c, buf, sizeof(buf));
	write_text(c, "end");
	EXPECT_EQ(guest_console_read(c, &pos, buf, sizeof(buf)), sizeof(buf));
	EXPECT_EQ(pos, sizeof(buf));
	guest_console_end(c);
	EXPECT_EQ(guest_console_get("console-test-s", GUEST_CONSOLE_RING_MIN,
				    &c), 0);
	pos = 0;
	EXPECT_EQ(read_all(c, &pos), GUEST_CONSOLE_RING_MIN);
	guest_console_end(c);
	EXPECT_EQ(pos, 2 * GUEST_CONSOLE_RING + 3);
	EXPECT(string_equal((char *)buf + GUEST_CONSOLE_RING_MIN - 3, "end"));
}

static void one_of_a_name(void)
{
	struct guest_console *c, *other;
	int rc;

	EXPECT_EQ(get("console-test", &c), 0);
	capture_begin();
	rc = get("console-test", &other);
	capture_end();
	guest_console_end(c);
	EXPECT_EQ(rc, -EEXIST);
	EXPECT(!guest_console_find("no-such-guest"));
	EXPECT(!guest_console_find(""));
}

/* More guests end than the pool has places; readers keep theirs. */
static void pool_is_bounded(void)
{
	struct guest_console *c, *first;
	char name[32];

	for (unsigned i = 0; i < 12; i++) {
		snprintf(name, sizeof(name), "console-test-%u", i);
		EXPECT_EQ(get(name, &c), 0);
		write_text(c, name);
		guest_console_end(c);
	}
	EXPECT(!guest_console_find("console-test-0"));
	first = guest_console_find("console-test-4");
	EXPECT(first);
	EXPECT_EQ(get("console-test-x", &c), 0);
	guest_console_end(c);
	EXPECT(string_equal(first->name, "console-test-4"));
	guest_console_put(first);
	EXPECT(get("console-test-y", &c) == 0);
	guest_console_end(c);
	EXPECT(!guest_console_find("console-test-4"));
}

static void keeps_the_newest(void)
{
	struct guest_console *c;
	u64 pos = 3;

	EXPECT_EQ(get("console-test-n", &c), 0);
	memset(buf, 'a', sizeof(buf));
	guest_console_output(c, buf, sizeof(buf));
	write_text(c, "b");
	EXPECT_EQ(read_all(c, &pos), GUEST_CONSOLE_RING);
	EXPECT_EQ(buf[0], 'a');
	EXPECT_EQ(buf[GUEST_CONSOLE_RING - 1], 'b');
	EXPECT_EQ(pos, sizeof(buf) + 1);
	EXPECT_EQ(read_all(c, &pos), 0);
	guest_console_end(c);
}

/* Its guest prints on while the terminal takes what there was. */
static void write_busy(struct console *con, const char *data, size_t size)
{
	struct guest_console *c = guest_console_find("console-test-b");

	con_write(&capture, data, size);
	for (unsigned i = 0; i < 300; i++)
		write_text(c, "more\n");
	guest_console_put(c);
}

static void shows_what_was_there(void)
{
	struct console busy = { .write = write_busy };
	static char text[601];
	struct guest_console *c;
	int rc;

	memset(text, 'a', sizeof(text) - 2);
	text[sizeof(text) - 2] = '\n';
	EXPECT_EQ(get("console-test-b", &c), 0);
	write_text(c, text);
	capture_begin();
	rc = command_run(&busy, "guest log console-test-b");
	capture_end();
	guest_console_end(c);
	EXPECT_EQ(rc, 0);
	EXPECT(string_equal(capture_text, text));
}

static void count(void *device)
{
	++*(unsigned *)device;
}

/* Waits for the device, as much as there is room for, in order. */
static void input(void)
{
	struct guest_console *c;
	unsigned notified = 0;
	u8 got[8];

	EXPECT_EQ(get("console-test-i", &c), 0);
	EXPECT_EQ(guest_console_input(c, (const u8 *)"hello", 5), 0);
	guest_console_set_input(c, &notified, count);
	EXPECT_EQ(guest_console_input(c, (const u8 *)"hello", 5), 5);
	EXPECT_EQ(notified, 1);
	EXPECT_EQ(guest_console_input_peek(c, got, 3), 3);
	EXPECT_EQ(got[0], 'h');
	guest_console_input_skip(c, 2);
	EXPECT_EQ(guest_console_input_peek(c, got, sizeof(got)), 3);
	EXPECT_EQ(got[0], 'l');
	memset(buf, 'x', sizeof(buf));
	EXPECT_EQ(guest_console_input(c, buf, GUEST_CONSOLE_INPUT),
		  GUEST_CONSOLE_INPUT - 3);
	guest_console_end(c);
}

SUITE(console, TEST(prints), TEST(outlives_its_guest), TEST(namesake_goes_on),
      TEST(sizes), TEST(one_of_a_name), TEST(pool_is_bounded),
      TEST(keeps_the_newest), TEST(shows_what_was_there), TEST(input));
