// SPDX-License-Identifier: GPL-2.0-or-later
/* Scripts: where they stop, what they say, what they refuse. */
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/command.h>
#include <vmm/errno.h>
#include <vmm/file.h>
#include <vmm/test.h>

#include "capture.h"

static u8 archive[KIB(16)] ALIGNED(4);
static size_t used;

static void pad(void)
{
	while (used % 4)
		archive[used++] = 0;
}

/* cpio(5), "new ASCII" */
static void add(const char *name, const char *data, size_t size)
{
	char header[111];
	size_t name_size = strlen(name) + 1;

	snprintf(header, sizeof(header), "070701%08x%08x%08x%08x%08x%08x%08zx"
		 "%08x%08x%08x%08x%08zx%08x", 1, 0100644, 0, 0, 1, 0, size,
		 0, 0, 0, 0, name_size, 0);
	memcpy(archive + used, header, 110);
	memcpy(archive + used + 110, name, name_size);
	used += 110 + name_size;
	pad();
	memcpy(archive + used, data, size);
	used += size;
	pad();
}

/* The script's exit; what it printed is in capture_text. */
static int run(const char *data, size_t size)
{
	int rc;

	used = 0;
	memset(archive, 0, sizeof(archive));
	add("s", data, size);
	add("t", "echo inner\nrun /s\n", 18);
	add("TRAILER!!!", "", 0);
	rc = file_mount(archive, used);
	capture_begin();
	if (!rc)
		rc = command_run_file(&capture, "/s");
	capture_end();
	file_unmount();
	return rc;
}

static int run_text(const char *text)
{
	return run(text, strlen(text));
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

static void no_files(void)
{
	int rc;

	capture_begin();
	rc = command_run_file(&capture, "/nosuch");
	capture_end();
	EXPECT_EQ(rc, -ENOENT);
	EXPECT(string_equal(capture_text,
			    "error: /nosuch: nothing has that name\n"));
}

SUITE(script, TEST(good), TEST(stops), TEST(within_themselves),
      TEST(no_texts), TEST(no_files));
