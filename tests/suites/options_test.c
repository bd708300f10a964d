// SPDX-License-Identifier: GPL-2.0-or-later
/* core/options: words of the boot arguments. */
#include "capture.h"
#include <libs/string.h>
#include <vmm/log.h>
#include <vmm/options.h>
#include <vmm/test.h>

static char got[64];
static unsigned count;

static bool parse(const char *value)
{
	count++;
	return string_copy(got, value, sizeof(got)) &&
	       !string_equal(value, "bad");
}
OPTION(test_option, parse);

/* What the parser reported, in capture_text. */
static void give(const char *args)
{
	count = 0;
	got[0] = '\0';
	capture_begin();
	options_parse(args);
	log_dump(&capture);
	capture_end();
}

static void known(void)
{
	give("  test_option=one  ");
	EXPECT_EQ(count, 1);
	EXPECT(string_equal(got, "one"));
	give("test_option=a=b test_option=");
	EXPECT_EQ(count, 2);
	EXPECT(string_equal(got, ""));
	give("");
	EXPECT_EQ(count, 0);
}

/* Names that begin like one, and words without a value. */
static void unknown(void)
{
	options_parse("test_options=1 test_option no_such=2 test_option=bad");
	give("");
	EXPECT_EQ(count, 0);
	EXPECT(strstr(capture_text, "W options: not understood: test_options=1"
		      " test_option no_such=2 test_option=bad\n"));
}

static void long_word(void)
{
	static char args[400];

	memset(args, 'y', sizeof(args) - 1);
	memcpy(args, "test_option=", 12);
	give(args);
	EXPECT_EQ(count, 1);
	EXPECT_EQ(strlen(got), sizeof(got) - 1);
}

SUITE(options, TEST(known), TEST(unknown), TEST(long_word));
