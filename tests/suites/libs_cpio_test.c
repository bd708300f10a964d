// SPDX-License-Identifier: GPL-2.0-or-later
/* libs/cpio: good archives, and bad ones at each byte. */
#include <libs/cpio.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/test.h>

#define HEADER		110
#define FIELD(n)	(6 + 8 * (n))
#define DATA_SIZE	6
#define NAME_SIZE	11

static u8 archive[1024];
static size_t used;
static struct cpio cpio;
static struct cpio_entry entry;

static void pad(size_t start)
{
	while ((used - start) % 4)
		archive[used++] = 0;
}

static void add(size_t start, const char *name, u32 mode, const char *data)
{
	size_t name_size = strlen(name) + 1;
	size_t size = strlen(data);

	/* inode, mode, owner, group, links, time, size, devices, name size */
	snprintf((char *)archive + used, HEADER + 1,
		 "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zX%08x",
		 7u, mode, 0u, 0u, 2u, 0x6000u, size, 8u, 1u, 0u, 0u,
		 name_size, 0u);
	used += HEADER;
	memcpy(archive + used, name, name_size);
	used += name_size;
	pad(start);
	memcpy(archive + used, data, size);
	used += size;
	pad(start);
}

static void build(void)
{
	used = 0;
	add(0, "guests", 040755, "");
	add(0, "guests/Image", 0100644, "kernel");
	add(0, "link", 0120777, "guests");
	add(0, "TRAILER!!!", 0, "");
}

static enum cpio_result next(void)
{
	return cpio_next(&cpio, &entry);
}

/* Walks to the end; how it ended, and how many entries there were. */
static enum cpio_result walk(size_t size, size_t *count)
{
	enum cpio_result result;

	cpio_init(&cpio, archive, size);
	for (*count = 0; (result = next()) == CPIO_ENTRY; ++*count)
		if (strlen(entry.name) + entry.size > size)
			return CPIO_END;
	return result;
}

/* Is the archive refused there, for that reason, and once more? */
static bool is_refused(size_t offset, const char *reason)
{
	size_t count;

	return walk(used, &count) == CPIO_MALFORMED &&
	       cpio.offset == offset && strstr(cpio.reason, reason) &&
	       next() == CPIO_MALFORMED && cpio.offset == offset;
}

static void entries(void)
{
	build();
	cpio_init(&cpio, archive, used);
	EXPECT_EQ(next(), CPIO_ENTRY);
	EXPECT(string_equal(entry.name, "guests") && !entry.size);
	EXPECT_EQ(entry.mode & CPIO_MODE_KIND, CPIO_MODE_DIRECTORY);
	EXPECT_EQ(next(), CPIO_ENTRY);
	EXPECT(string_equal(entry.name, "guests/Image"));
	EXPECT(entry.size == 6 && !memcmp(entry.data, "kernel", 6));
	EXPECT_EQ(entry.mode, 0100644);
	EXPECT_EQ(entry.inode, 7);
	EXPECT_EQ(entry.device, 0x800000001);
	EXPECT(entry.link_count == 2 && entry.time == 0x6000);
	EXPECT_EQ(next(), CPIO_ENTRY);
	EXPECT_EQ(entry.mode & CPIO_MODE_KIND, CPIO_MODE_SYMLINK);
	EXPECT(entry.size == 6 && !memcmp(entry.data, "guests", 6));
	EXPECT_EQ(next(), CPIO_END);
	EXPECT_EQ(next(), CPIO_END);
}

static void nothing(void)
{
	size_t count;

	EXPECT_EQ(walk(0, &count), CPIO_END);
	memset(archive, 0, 512);
	EXPECT_EQ(walk(511, &count), CPIO_END);
	EXPECT_EQ(count, 0);
}

/* The second archive may begin anywhere; it is padded from its own start. */
static void several_archives(void)
{
	for (size_t gap = 0; gap < 9; gap++) {
		size_t start, count;

		build();
		memset(archive + used, 0, sizeof(archive) - used);
		start = used += gap;
		add(start, "a", 0100644, "1");
		add(start, "bc", 0100644, "22");
		add(start, "TRAILER!!!", 0, "");
		EXPECT_EQ(walk(used + 50, &count), CPIO_END);
		EXPECT_EQ(count, 5);
	}
}

static void garbage_behind(void)
{
	build();
	memcpy(archive + used, "\0\0garbage", 9);
	used += 9;
	EXPECT(is_refused(used - 7, "no header"));
	build();
	archive[used++] = 0x1f;
	EXPECT(is_refused(used - 1, "cut short"));
}

/* Whatever is missing at the end, no byte beyond it is looked at. */
static void truncated(void)
{
	size_t whole, count;

	build();
	whole = used - 1;		/* less the trailer's padding */
	while (!archive[whole - 1])
		whole--;
	whole++;			/* the zero byte of its name */
	EXPECT_EQ(walk(whole, &count), CPIO_END);
	for (size_t size = 1; size < whole; size++) {
		memmove(archive + sizeof(archive) - size, archive, size);
		cpio_init(&cpio, archive + sizeof(archive) - size, size);
		while (next() == CPIO_ENTRY)
			;
		EXPECT_EQ(next(), CPIO_MALFORMED);
		build();
	}
}

static void no_trailer(void)
{
	used = 0;
	add(0, "a", 0100644, "1");
	EXPECT(is_refused(used, "trailer"));
}

static void set_field(size_t field, const char *digits)
{
	build();
	memcpy(archive + FIELD(field), digits, 8);
}

static void bad_headers(void)
{
	set_field(1, "0000-1ed");
	EXPECT(is_refused(0, "hexadecimal"));
	set_field(12, "0000000g");
	EXPECT(is_refused(0, "hexadecimal"));
	build();
	archive[5] = '7';
	EXPECT(is_refused(0, "no header"));
	build();
	archive[5] = '2';		/* with checksums */
	cpio_init(&cpio, archive, used);
	EXPECT_EQ(next(), CPIO_ENTRY);
}

static void bad_sizes(void)
{
	static const char *const sizes[] = {
		"ffffffff", "fffffffc", "ffffff92", "80000000", "00000400"
	};

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		set_field(NAME_SIZE, sizes[i]);
		EXPECT(is_refused(0, "name is cut short"));
		set_field(DATA_SIZE, sizes[i]);
		EXPECT(is_refused(0, "data is cut short"));
	}
}

static void bad_names(void)
{
	set_field(NAME_SIZE, "00000000");
	EXPECT(is_refused(0, "empty"));
	set_field(NAME_SIZE, "00000001");
	EXPECT(is_refused(0, "empty"));
	set_field(NAME_SIZE, "00000006");
	EXPECT(is_refused(0, "does not end"));
	set_field(NAME_SIZE, "00000008");
	EXPECT(is_refused(0, "does not end"));
}

/* Any byte changed to anything: the walk ends, within the archive. */
static void any_byte(void)
{
	for (size_t i = 0; i < 400; i++)
		for (unsigned value = 0; value < 256; value += 5) {
			size_t count;

			build();
			if (i >= used)
				return;
			archive[i] = (u8)value;
			walk(used, &count);
			EXPECT(count <= 4);
			EXPECT(cpio.offset <= used);
		}
}

SUITE(cpio, TEST(entries), TEST(nothing), TEST(several_archives),
      TEST(garbage_behind), TEST(truncated), TEST(no_trailer),
      TEST(bad_headers), TEST(bad_sizes), TEST(bad_names), TEST(any_byte));
