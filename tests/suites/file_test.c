// SPDX-License-Identifier: GPL-2.0-or-later
/* The boot archive: what is found in it, and what is wrong with others. */
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/file.h>
#include <vmm/heap.h>
#include <vmm/test.h>

#define ARCHIVE_SIZE	KIB(16)
#define FILE		0100644u
#define DIRECTORY	0040755u
#define SYMLINK		0120777u

static u8 archive[ARCHIVE_SIZE];
static size_t archive_size;

/* ---- Writing archives: cpio(5), "new ASCII" ---- */

struct item {
	const char *name;
	u32 mode, inode, links;
	const char *data;
};

static void bytes_add(const void *data, size_t size)
{
	memcpy(archive + archive_size, data, size);
	archive_size += size;
	while (archive_size % 4)
		archive[archive_size++] = 0;
}

static void item_add(const struct item *it)
{
	size_t size = it->data ? strlen(it->data) : 0;
	char header[128];

	snprintf(header, sizeof(header), "070701%08x%08x%08x%08x%08x%08x%08zx"
		 "%08x%08x%08x%08x%08zx%08x", it->inode, it->mode, 0, 0,
		 it->links, 0, size, 0, 0, 0, 0, strlen(it->name) + 1, 0);
	memcpy(archive + archive_size, header, 110);
	archive_size += 110;
	bytes_add(it->name, strlen(it->name) + 1);
	if (size)
		bytes_add(it->data, size);
}

static void file_add(const char *name, const char *data)
{
	item_add(&(struct item){ name, FILE, 0, 1, data });
}

static void trailer_add(void)
{
	item_add(&(struct item){ "TRAILER!!!", 0, 0, 1, NULL });
}

static void begin(void)
{
	file_unmount();
	memset(archive, 0, sizeof(archive));
	archive_size = 0;
}

static int mount(void)
{
	return file_mount(archive, archive_size);
}

static bool has(const char *path, const char *data)
{
	struct file f;

	return !file_open(path, &f) && f.size == strlen(data) &&
	       !memcmp(f.data, data, f.size);
}

static int open_result(const char *path)
{
	struct file f;

	return file_open(path, &f);
}

/* ---- Cases ---- */

static void found(void)
{
	begin();
	item_add(&(struct item){ ".", DIRECTORY, 0, 2, NULL });
	item_add(&(struct item){ "guests", DIRECTORY, 0, 2, NULL });
	file_add("guests/Image", "kernel");
	file_add("./a//b/./c", "deep");
	file_add("empty", "");
	trailer_add();
	EXPECT_EQ(mount(), 0);
	EXPECT(has("/guests/Image", "kernel"));
	EXPECT(has("guests/Image", "kernel"));
	EXPECT(has("/guests/../a/b/c", "deep"));
	EXPECT(has("/../../empty", ""));
	EXPECT_EQ(open_result("/guests"), -EISDIR);
	EXPECT_EQ(open_result("/a/b"), -EISDIR);
	EXPECT_EQ(open_result("/"), -EISDIR);
	EXPECT_EQ(open_result("/gues"), -ENOENT);
	EXPECT_EQ(open_result("/guests/Image/x"), -ENOENT);
	EXPECT_EQ(open_result(""), -EISDIR);
	file_unmount();
	EXPECT_EQ(open_result("/guests/Image"), -ENOENT);
}

static void note_entry(const struct file_entry *e, void *arg)
{
	printf_append(arg, 256, "%s%s:%llu ", e->name,
		      e->is_directory ? "/" : "", (unsigned long long)e->size);
}

static void listed(void)
{
	char text[256] = "";

	begin();
	file_add("x-1", "1");
	file_add("x/y", "22");
	file_add("x/z/deep", "22");
	file_add("w", "333");
	trailer_add();
	EXPECT_EQ(mount(), 0);
	EXPECT_EQ(file_list("/", note_entry, text), 0);
	EXPECT(string_equal(text, "w:3 x/:0 x-1:1 "));
	text[0] = '\0';
	EXPECT_EQ(file_list("/x/", note_entry, text), 0);
	EXPECT(string_equal(text, "y:2 z/:0 "));
	EXPECT_EQ(file_list("/w", note_entry, text), -ENOTDIR);
	EXPECT_EQ(file_list("/none", note_entry, text), -ENOENT);
	file_unmount();
}

static void duplicates(void)
{
	begin();
	file_add("same", "first");
	file_add("other", "x");
	file_add("./same", "last");
	trailer_add();
	EXPECT_EQ(mount(), 0);
	EXPECT(has("/same", "last"));
	EXPECT(has("/other", "x"));
	file_unmount();
}

static void hard_links(void)
{
	begin();
	item_add(&(struct item){ "one", FILE, 7, 2, NULL });
	item_add(&(struct item){ "nothing", FILE, 8, 2, NULL });
	item_add(&(struct item){ "two", FILE, 7, 2, "data" });
	trailer_add();
	EXPECT_EQ(mount(), 0);
	EXPECT(has("/one", "data"));
	EXPECT(has("/two", "data"));
	EXPECT(has("/nothing", ""));
	file_unmount();
}

static void strange_names(void)
{
	static char longest[4200];

	begin();
	file_add("/etc/absolute", "a");
	file_add("../outside", "b");
	file_add("in/../../outside", "b");
	file_add("in/../inside", "c");
	item_add(&(struct item){ "link", SYMLINK, 0, 1, "inside" });
	memset(longest, 'n', sizeof(longest) - 1);
	longest[4000] = '\0';
	file_add(longest, "long");
	trailer_add();
	EXPECT_EQ(mount(), 0);
	EXPECT(has("/etc/absolute", "a"));
	EXPECT_EQ(open_result("/outside"), -ENOENT);
	EXPECT(has("/inside", "c"));
	EXPECT_EQ(open_result("/link"), -ENOENT);
	EXPECT(has(longest, "long"));
	longest[4000] = 'n';
	EXPECT_EQ(open_result(longest), -ENOENT);
	file_unmount();
}

static void concatenated(void)
{
	begin();
	file_add("first", "1");
	file_add("both", "1");
	trailer_add();
	archive_size += 512;
	file_add("second", "2");
	file_add("both", "2");
	trailer_add();
	EXPECT_EQ(mount(), 0);
	EXPECT(has("/first", "1"));
	EXPECT(has("/second", "2"));
	EXPECT(has("/both", "2"));
	file_unmount();
}

/* What comes before the cut is there, with the right bytes; nothing else. */
static void truncated_everywhere(void)
{
	size_t whole, first_end;

	begin();
	file_add("first", "one");
	first_end = archive_size;
	file_add("second", "two");
	trailer_add();
	whole = archive_size;
	for (size_t cut = 1; cut < whole; cut++) {
		u8 *copy = heap_alloc(cut);
		int rc;

		EXPECT(copy);
		memcpy(copy, archive, cut);
		rc = file_mount(copy, cut);
		EXPECT(rc == -EBADMSG || (rc == 0 && cut > whole - 4));
		EXPECT(has("/first", "one") || cut < first_end);
		EXPECT(has("/second", "two") ||
		       open_result("/second") == -ENOENT);
		file_unmount();
		heap_free(copy);
	}
}

/* One entry whose field, by number from 0, has those digits. */
static int field_result(unsigned field, const char *digits)
{
	begin();
	file_add("first", "one");
	file_add("second", "two");
	memcpy(archive + 120 + 6 + 8 * field, digits, 8);
	trailer_add();
	return mount();
}

enum { DATA_SIZE = 6, NAME_SIZE = 11 };

/* The entry is left out with what follows; what was before it is there. */
static void lying_sizes(void)
{
	static const struct { unsigned field; const char *digits; } lies[] = {
		{ DATA_SIZE, "ffffffff" }, { DATA_SIZE, "fffffffd" },
		{ DATA_SIZE, "80000000" }, { DATA_SIZE, "00004000" },
		{ NAME_SIZE, "ffffffff" }, { NAME_SIZE, "ffffff92" },
		{ NAME_SIZE, "00000000" }, { NAME_SIZE, "00000001" },
		{ NAME_SIZE, "00000006" }, { NAME_SIZE, "00000008" },
		{ NAME_SIZE, "0000000g" }, { NAME_SIZE, "       7" },
		{ NAME_SIZE, "-0000001" }, { DATA_SIZE, "0x000003" },
		/* Behind it there is no header where it should be. */
		{ DATA_SIZE, "00000000" }, { DATA_SIZE, "00000005" },
	};

	EXPECT_EQ(field_result(DATA_SIZE, "00000003"), 0);
	EXPECT(has("/first", "one") && has("/second", "two"));
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		EXPECT_EQ(field_result(lies[i].field, lies[i].digits),
			  -EBADMSG);
		EXPECT(has("/first", "one"));
		EXPECT(!has("/second", "two"));
	}
	file_unmount();
}

/* Any bytes pad; without them, what comes next is not found. */
static void odd_padding(void)
{
	size_t end;

	begin();
	file_add("a", "x");
	end = archive_size;
	memset(archive + end - 3, 0xff, 3);
	file_add("b", "y");
	trailer_add();
	EXPECT_EQ(mount(), 0);
	EXPECT(has("/a", "x") && has("/b", "y"));
	begin();
	file_add("a", "x");
	archive_size -= 3;
	memcpy(archive + archive_size, "070701", 6);
	archive_size += 120;
	EXPECT_EQ(mount(), -EBADMSG);
	EXPECT(has("/a", "x"));
	file_unmount();
}

static void not_an_archive(void)
{
	begin();
	EXPECT_EQ(mount(), 0);
	memset(archive, 'x', 512);
	archive_size = 512;
	EXPECT_EQ(mount(), -EBADMSG);
	memcpy(archive, "\x1f\x8b\x08", 3);
	EXPECT_EQ(mount(), -EBADMSG);
	file_unmount();
}

SUITE(file, TEST(found), TEST(listed), TEST(duplicates), TEST(hard_links),
      TEST(strange_names), TEST(concatenated), TEST(truncated_everywhere),
      TEST(lying_sizes), TEST(odd_padding), TEST(not_an_archive));
