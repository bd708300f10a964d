// SPDX-License-Identifier: GPL-2.0-or-later
/* core/gdb: packets as bytes come, and what they ask. */
#include <libs/string.h>
#include <vmm/gdb.h>
#include <vmm/test.h>

static struct gdb_parser parser;

/* The last event that is not GDB_MORE; how many there were. */
static enum gdb_event feed(const char *bytes, size_t size, unsigned *count)
{
	enum gdb_event last = GDB_MORE;

	*count = 0;
	while (size--) {
		enum gdb_event event = gdb_parser_feed(&parser, (u8)*bytes++);

		if (event == GDB_MORE)
			continue;
		last = event;
		++*count;
	}
	return last;
}

static enum gdb_event feed_text(const char *text)
{
	unsigned count;

	gdb_parser_reset(&parser);
	return feed(text, strlen(text), &count);
}

static void packets(void)
{
	unsigned count;

	EXPECT_EQ(feed_text("+$g#67"), GDB_PACKET);
	EXPECT(parser.size == 1 && string_equal(parser.data, "g"));
	EXPECT_EQ(feed_text("$#00"), GDB_PACKET);
	EXPECT_EQ(parser.size, 0);
	EXPECT_EQ(feed_text("$g#68"), GDB_BAD);
	EXPECT_EQ(feed_text("$g#6x"), GDB_BAD);
	EXPECT_EQ(feed_text("$m1,$g#67"), GDB_PACKET);
	EXPECT_EQ(feed_text("$g#6$?#3f"), GDB_PACKET);
	EXPECT(string_equal(parser.data, "?"));
	EXPECT_EQ(feed_text("-"), GDB_AGAIN);
	EXPECT_EQ(feed("$?#3f$?#3f\3", 11, &count), GDB_INTERRUPT);
	EXPECT_EQ(count, 3);
}

/* What ends a session between packets is data within one. */
static void escapes(void)
{
	EXPECT_EQ(feed_text("\x1d"), GDB_LEAVE);
	EXPECT_EQ(feed_text("$X\x1d}\x03#dd"), GDB_BAD);
	EXPECT_EQ(feed_text("$\x1d\x03}]}\x04#7b"), GDB_PACKET);
	EXPECT_EQ(parser.size, 4);
	EXPECT(!memcmp(parser.data, "\x1d\x03}$", 4));
	EXPECT_EQ(feed_text("$a}#de"), GDB_BAD);
	EXPECT_EQ(feed_text("$a"), GDB_MORE);
	EXPECT(gdb_parser_is_within(&parser));
}

static void too_long(void)
{
	gdb_parser_reset(&parser);
	gdb_parser_feed(&parser, '$');
	for (unsigned i = 0; i < 3 * GDB_PACKET_MAX; i++)
		EXPECT_EQ(gdb_parser_feed(&parser, 0x80), GDB_MORE);
	gdb_parser_feed(&parser, '#');
	gdb_parser_feed(&parser, '0');
	EXPECT_EQ(gdb_parser_feed(&parser, '0'), GDB_BAD);
	EXPECT_EQ(feed_text("$g#67"), GDB_PACKET);
}

static void frames(void)
{
	char out[16];

	EXPECT_EQ(gdb_frame(out, "OK", 2), 6);
	EXPECT(!memcmp(out, "$OK#9a", 6));
	EXPECT_EQ(gdb_frame(out, "", 0), 4);
	EXPECT(!memcmp(out, "$#00", 4));
}

/* ---- requests ---- */

static char text[128];
static struct gdb_request r;

static void parse(const char *packet)
{
	string_copy(text, packet, sizeof(text));
	gdb_request_parse(text, strlen(packet), &r);
}

static void numbers(void)
{
	parse("mffff800008000000,1f0");
	EXPECT_EQ(r.verb, GDB_READ_MEMORY);
	EXPECT_EQ(r.numbers[0], 0xffff800008000000);
	EXPECT_EQ(r.numbers[1], 0x1f0);
	parse("Z1,ffffffff80c008bc,4");
	EXPECT(r.verb == GDB_POINT_ADD && r.numbers[0] == 1);
	EXPECT_EQ(r.numbers[2], 4);
	parse("qXfer:features:read:target.xml:0,ffb");
	EXPECT(r.verb == GDB_FEATURES && r.numbers[1] == 0xffb);
	parse("Qqemu.PhyMemMode:1");
	EXPECT(r.verb == GDB_PHYSICAL_SET && r.numbers[0] == 1);
}

static void threads(void)
{
	parse("Hg2");
	EXPECT(r.verb == GDB_SELECT && r.numbers[0] == 'g' && r.thread == 2);
	parse("Hc-1");
	EXPECT(r.numbers[0] == 'c' && r.thread == GDB_THREAD_ALL);
	parse("T1f");
	EXPECT(r.verb == GDB_THREAD_ALIVE && r.thread == 31);
	parse("T80000000");
	EXPECT_EQ(r.verb, GDB_UNKNOWN);
}

static void bytes(void)
{
	parse("M1000,3:0aFf7e");
	EXPECT(r.verb == GDB_WRITE_MEMORY && r.size == 3);
	EXPECT(!memcmp(r.data, "\x0a\xff\x7e", 3));
	parse("X1000,3:abc");
	EXPECT(r.verb == GDB_WRITE_MEMORY && r.size == 3);
	EXPECT(!memcmp(r.data, "abc", 3));
	parse("P20=0010");
	EXPECT(r.verb == GDB_WRITE_ONE && r.numbers[0] == 0x20);
	EXPECT_EQ(r.size, 2);
	parse("qRcmd,6c73");
	EXPECT(r.verb == GDB_COMMAND && string_equal(r.text, "ls"));
	parse("G");
	EXPECT(r.verb == GDB_WRITE_ALL && !r.size);
}

static void malformed(void)
{
	static const char *const packets[] = {
		"", "mx,1", "m1", "m1,", "m1,2,3", "m11111111111111111,1",
		"M1,1:0", "M1,1:0g", "P=00", "Z1,2", "H", "Hg", "Hg-2", "gg",
		"qRcmd", "vCon", "%x", "qXfer:features:read:other.xml:0,1",
	};

	for (size_t i = 0; i < ARRAY_LEN(packets); i++) {
		parse(packets[i]);
		EXPECT_EQ(r.verb, GDB_UNKNOWN);
	}
}

static void actions(void)
{
	struct gdb_action a;
	const char *at;

	parse("vCont;s:2;C05:1;c");
	EXPECT_EQ(r.verb, GDB_RESUME);
	at = r.text;
	EXPECT(gdb_action_next(&at, &a) && a.what == 's' && a.thread == 2);
	EXPECT(gdb_action_next(&at, &a) && a.what == 'c' && a.thread == 1);
	EXPECT(gdb_action_next(&at, &a) && a.what == 'c' &&
	       a.thread == GDB_THREAD_ALL);
	EXPECT(!gdb_action_next(&at, &a) && !*at);
	at = ";C:1";
	EXPECT(!gdb_action_next(&at, &a) && *at);
	at = ";";
	EXPECT(!gdb_action_next(&at, &a) && *at);
}

SUITE(gdb_packet, TEST(packets), TEST(escapes), TEST(too_long), TEST(frames),
      TEST(numbers), TEST(threads), TEST(bytes), TEST(malformed),
      TEST(actions));
