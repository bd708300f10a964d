// SPDX-License-Identifier: GPL-2.0-or-later
/* Tab: what it puts in and what it lists, by keys. */
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/command_line.h>
#include <vmm/file.h>
#include <vmm/line_edit.h>
#include <vmm/test.h>

#include "archive.h"
#include "capture.h"

static struct line_edit e;
static unsigned bells;

static void show(struct line_edit *editor, const char *text, size_t size)
{
	bells += memchr(text, '\a', size) != NULL;
}

static void add_empty(const char *name)
{
	archive_add(name, "", 0);
}

/* The line when keys were typed; lists are in capture_text. */
static const char *type(const char *keys)
{
	line_edit_init(&e, show);
	bells = 0;
	archive_begin();
	add_empty("guests/web.dtb");
	add_empty("guests/web.cmd");
	add_empty("guests/database.dtb");
	add_empty("guests/Image");
	add_empty("boot.cmd");
	add_empty("my file.txt");
	add_empty("a\x1b[2J");
	add_empty("it's $5 \"x\"");
	if (archive_mount())
		return "no archive";
	capture_begin();
	for (; *keys; keys++)
		if (line_edit_byte(&e, (u8)*keys) == LINE_COMPLETE)
			command_tab(&capture, &e);
	capture_end();
	file_unmount();
	return e.text;
}

static bool becomes(const char *keys, const char *line)
{
	return string_equal(type(keys), line);
}

/* What is listed has these words in a row, and no others. */
static bool lists(const char *keys, const char *words)
{
	char said[256] = "";
	const char *at = capture_text;

	type(keys);
	for (; *at; at++) {
		size_t size = strlen(said);

		if (*at == '\n' || (*at == ' ' && (!size ||
						  said[size - 1] == ' ')))
			continue;
		printf_append(said, sizeof(said), "%c", *at);
	}
	return string_equal(said, words);
}

static void commands(void)
{
	EXPECT(becomes("vers\t", "version "));
	EXPECT(becomes("guest ki\t", "guest kick "));
	EXPECT(becomes("  version ; gue\tki\t", "  version ; guest kick "));
	EXPECT(becomes("version&&vers\t", "version&&version "));
	EXPECT(becomes("if ! vers\t", "if ! version "));
	EXPECT(becomes("for i in a; do vers\t", "for i in a; do version "));
	EXPECT(becomes("nosuch vers\t", "nosuch vers"));
	EXPECT_EQ(bells, 1);
	EXPECT(becomes("gue\x01\t", "gue"));
	EXPECT(becomes("elif\t", "elif "));
	EXPECT(becomes("help gu\tcrea\t", "help guest create "));
	EXPECT(becomes("\"gue\t", "\"guest\" "));
	EXPECT(becomes("gu\"e\"\t", "gu\"e\"st "));
}

static void options(void)
{
	EXPECT(becomes("guest create x --mem\t", "guest create x --memory "));
	EXPECT(becomes("guest create x --mem\t1G --auto\t",
		       "guest create x --memory 1G --autostart "));
	EXPECT(lists("run /boot.cmd x\t\t", ""));
}

static void files(void)
{
	EXPECT(becomes("cat /bo\t", "cat /boot.cmd "));
	EXPECT(becomes("cat /gu\tIm\t", "cat /guests/Image "));
	EXPECT(becomes("cat gu\tIm\t", "cat guests/Image "));
	EXPECT(becomes("ls /gu\t", "ls /guests/"));
	EXPECT(becomes("guest create x --tree /guests/w\t",
		       "guest create x --tree /guests/web.dtb "));
	EXPECT(becomes("guest create x --tree=/g\tw\t",
		       "guest create x --tree=/guests/web.dtb "));
	EXPECT(becomes("guest create x --kernel /guests/w\t",
		       "guest create x --kernel /guests/web."));
	EXPECT(becomes("cat /nosuch/x\t", "cat /nosuch/x"));
}

static void quoting(void)
{
	EXPECT(becomes("cat /my\t", "cat /my\\ file.txt "));
	EXPECT(becomes("cat \"/my\t", "cat \"/my file.txt\" "));
	EXPECT(becomes("cat '/my\t", "cat '/my file.txt' "));
	EXPECT(becomes("cat /my\\ f\t", "cat /my\\ file.txt "));
	EXPECT(becomes("cat /my' 'f\t", "cat /my' 'file.txt "));
	EXPECT(becomes("cat it\t", "cat it\\'s\\ \\$5\\ \\\"x\\\" "));
	EXPECT(becomes("cat \"it\t", "cat \"it's \\$5 \\\"x\\\"\" "));
	EXPECT(becomes("cat 'it\t", "cat 'it'\\''s $5 \"x\"' "));
	EXPECT(becomes("cat 'it'\\''s\t", "cat 'it'\\''s $5 \"x\"' "));
	EXPECT(becomes("cat 'it'\\'s\t",
		       "cat 'it'\\'s\\ \\$5\\ \\\"x\\\" "));
}

static void listing(void)
{
	EXPECT(lists("cat /guests/\t", ""));
	EXPECT_EQ(bells, 1);
	EXPECT(lists("cat /guests/\t\t", "/guests/Image /guests/database.dtb "
		     "/guests/web.cmd /guests/web.dtb "));
	EXPECT(lists("guest create x --tree /gue\t\t",
		     "/guests/database.dtb /guests/web.dtb "));
	EXPECT(lists("guest create x --kernel /guests/w\t\t",
		     "/guests/web.cmd /guests/web.dtb "));
	EXPECT(lists("cat /guests/w\t \t", ""));
	/* A name that would do something to the terminal is left out. */
	EXPECT(lists("cat /\t\t", "/boot.cmd /guests/ /it's $5 \"x\" "
		     "/my file.txt "));
	type("\t\t");
	EXPECT(strstr(capture_text, "break ") &&
	       strstr(capture_text, "version "));
}

static void variables(void)
{
	capture_begin();
	command_run(&capture, "set image=/guests/Image info=b");
	capture_end();
	EXPECT(becomes("cat $im\t", "cat $image "));
	EXPECT(becomes("cat ${im\t", "cat ${image "));
	EXPECT(becomes("cat \"a$im\t", "cat \"a$image\" "));
	EXPECT(becomes("unset im\t", "unset image "));
	EXPECT(lists("echo $i\t\t", "image info "));
	EXPECT(becomes("cat '$im\t", "cat '$im"));
	command_forget(&capture);
}

/* More than can be listed; words longer than any. */
static void many(void)
{
	char keys[COMMAND_TYPED_MAX + 16] = "cat /";

	memset(keys + 5, 'x', sizeof(keys) - 7);
	keys[sizeof(keys) - 2] = '\t';
	type(keys);
	EXPECT_EQ(e.size, sizeof(keys) - 2);
}

SUITE(tab, TEST(commands), TEST(options), TEST(files), TEST(quoting),
      TEST(listing), TEST(variables), TEST(many));
