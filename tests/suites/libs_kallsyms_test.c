// SPDX-License-Identifier: GPL-2.0-or-later
/* libs/kallsyms: tables of each layout, built here; cut, spoilt, made up. */
#include <libs/kallsyms.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/test.h>

#define SIZE		KIB(64)
#define NAMES		700u
#define SPACE		16u		/* of offsets, from name to name */
#define WORD_TOKEN	200u		/* stands for several characters */

enum layout { OFFSETS_FIRST, OFFSETS_FIRST_SEQUENCE, OFFSETS_LAST, LAYOUTS };

static u8 data[SIZE];
static size_t used;
static size_t count_at, names_at, markers_at, tokens_at, index_at, offsets_at;
static struct kallsyms table;
static bool strayed;			/* read outside of the source */

static int read(struct kallsyms_source *s, u64 offset, void *to, size_t size)
{
	if (offset > s->size || size > s->size - offset) {
		strayed = true;
		return -EFAULT;
	}
	memcpy(to, data + offset, size);
	return 0;
}

static struct kallsyms_source source = { .read = read };

static void put(u64 value, size_t size)
{
	for (size_t i = 0; i < size && used < SIZE; i++)
		data[used++] = (u8)(value >> 8 * i);
}

static void align(void)
{
	used = (used + 7) & ~(size_t)7;
}

static void put_offsets(void)
{
	align();
	offsets_at = used;
	for (u32 i = 0; i < NAMES; i++)
		put(i * SPACE, 4);
	align();
	put(0xffff800010000000, 8);
}

/* 0 to 126: the character itself; WORD_TOKEN: "word_". */
static void put_tokens(void)
{
	align();
	tokens_at = used;
	for (u32 i = 0; i < 256; i++) {
		const char *word = i == WORD_TOKEN ? "word_" : NULL;

		for (; word && *word; word++)
			put((u8)*word, 1);
		if (i != WORD_TOKEN)
			put(i > ' ' && i < 127 ? i : '?', 1);
		put(0, 1);
	}
}

static void put_index(void)
{
	u32 at = 0;

	align();
	index_at = used;
	for (u32 i = 0; i < 256; i++) {
		put(at, 2);
		at += i == WORD_TOKEN ? 6 : 2;
	}
}

/* Every hundredth name is long enough for a length of two bytes. */
static void put_name(u32 n)
{
	char name[32];
	const u32 fill = n % 100 == 99 ? 150 : 0;
	u32 length;

	snprintf(name, sizeof(name), "%u", n);
	length = 2 + (u32)strlen(name) + fill;
	if (length > 127) {
		put((length & 127) | 128, 1);
		put(length >> 7, 1);
	} else {
		put(length, 1);
	}
	put('T', 1);
	put(WORD_TOKEN, 1);
	for (const char *c = name; *c; c++)
		put((u8)*c, 1);
	for (u32 i = 0; i < fill; i++)
		put('x', 1);
}

static void put_names(void)
{
	u32 markers[(NAMES + 255) / 256];

	align();
	count_at = used;
	put(NAMES, 8);
	names_at = used;
	for (u32 i = 0; i < NAMES; i++) {
		if (i % 256 == 0)
			markers[i / 256] = (u32)(used - names_at);
		put_name(i);
	}
	align();
	markers_at = used;
	for (u32 i = 0; i < ARRAY_LEN(markers); i++)
		put(markers[i], 4);
}

static void put_sequence(void)
{
	align();
	for (u32 i = 0; i < NAMES; i++)
		put(i, 3);
}

/* With noise before and behind. */
static void build(enum layout layout)
{
	memset(data, 0, SIZE);
	used = 0;
	for (u32 i = 0; i < 500; i++)
		put(i * 2654435761u, 4);
	if (layout != OFFSETS_LAST)
		put_offsets();
	put_names();
	if (layout == OFFSETS_FIRST_SEQUENCE)
		put_sequence();
	put_tokens();
	put_index();
	if (layout == OFFSETS_LAST) {
		put_offsets();
		put_sequence();
	}
	source.size = used + 100;
}

static int find(void)
{
	return kallsyms_find(&table, &source);
}

static void expect_name(u64 offset, const char *wanted, u64 behind)
{
	char name[KALLSYMS_NAME_SIZE];
	u64 distance = ~0ull;
	const char *found = kallsyms_lookup(&table, offset, &distance, name);

	EXPECT(found && string_equal(found, wanted));
	EXPECT_EQ(distance, behind);
}

static void all_layouts(void)
{
	for (enum layout l = 0; l < LAYOUTS; l++) {
		build(l);
		EXPECT_EQ(find(), 0);
		EXPECT_EQ(table.count, NAMES);
		EXPECT_EQ(table.names, names_at);
		EXPECT_EQ(table.markers, markers_at);
		EXPECT_EQ(table.offsets, offsets_at);
		expect_name(0, "word_0", 0);
		expect_name(5, "word_0", 5);
		expect_name(16, "word_1", 0);
		expect_name(255 * SPACE + 1, "word_255", 1);
		expect_name(256 * SPACE, "word_256", 0);
		expect_name(698 * SPACE, "word_698", 0);
		expect_name(650 * SPACE + 15, "word_650", 15);
		expect_name(1u << 20, "word_699xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
			    "xxxxxxxxxxxxxxxxxxxxxxxxx", (1u << 20) -
			    699 * SPACE);
	}
}

/* Of names at one address the first is said. */
static void first_of_equals(void)
{
	build(OFFSETS_LAST);
	memset(data + offsets_at + 4 * 10, 0, 4);
	for (u32 i = 0; i < 10; i++)
		memset(data + offsets_at + 4 * i, 0, 4);
	EXPECT_EQ(find(), 0);
	expect_name(3, "word_0", 3);
}

static void nothing_there(void)
{
	memset(data, 0, SIZE);
	source.size = SIZE;
	EXPECT_EQ(find(), -ENOENT);
	memset(data, 0xff, SIZE);
	EXPECT_EQ(find(), -ENOENT);
	source.size = 0;
	EXPECT_EQ(find(), -ENOENT);
	source.size = 511;
	EXPECT_EQ(find(), -ENOENT);
}

/* The guest writes to its table later: no control characters come out. */
static void controls(void)
{
	char name[KALLSYMS_NAME_SIZE];
	const char *found;
	u64 distance;

	build(OFFSETS_LAST);
	EXPECT_EQ(find(), 0);
	data[tokens_at + 2 * WORD_TOKEN + 2] = 0x1b;
	table.window_size = 0;
	found = kallsyms_lookup(&table, 16, &distance, name);
	EXPECT(found && !strchr(found, 0x1b) && strchr(found, '1'));
}

/* Wherever it ends: found whole, or not at all. */
static void cut(void)
{
	build(OFFSETS_LAST);
	for (u64 size = 0; size < used; size += 61) {
		source.size = size;
		if (!find())
			EXPECT(size >= offsets_at + 4 * NAMES);
	}
	EXPECT(!strayed);
}

static void spoilt(void)
{
	static const size_t *const places[] = {
		&count_at, &markers_at, &tokens_at, &index_at, &names_at,
	};

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		build(OFFSETS_FIRST);
		data[*places[i] + 2] ^= 0xff;
		find();			/* whatever it says, it ends */
	}
	build(OFFSETS_FIRST);
	data[count_at]++;
	EXPECT_EQ(find(), -ENOENT);
	build(OFFSETS_FIRST);
	data[markers_at + 4]++;
	EXPECT_EQ(find(), -ENOENT);
	build(OFFSETS_FIRST);
	data[offsets_at + 4 * 300 + 3] = 0xff;
	EXPECT_EQ(find(), -ENOENT);
	EXPECT(!strayed);
}

/* Many counts that look right, before names that never end. */
static void made_to_be_slow(void)
{
	build(OFFSETS_FIRST);
	for (size_t at = 0; at + 8 <= count_at; at += 8) {
		memset(data + at, 0, 8);
		data[at + 1] = 3;
	}
	data[markers_at + 4]++;
	EXPECT(find() != 0);
	EXPECT(!strayed);
}

#define FAR	MIB(4)
static u8 counts[KALLSYMS_WINDOW + 8];
static u32 far_reads;

/* Counts only, that look right; the table's end behind all of them. */
static int read_far(struct kallsyms_source *s, u64 offset, void *to,
		    size_t size)
{
	far_reads++;
	if (offset >= FAR)
		return read(&source, offset - FAR, to, size);
	memcpy(to, counts + offset % 8, size);
	return 0;
}

/* Each may want bytes that lie far away. */
static void slow_by_reading(void)
{
	struct kallsyms_source s = { .read = read_far };

	build(OFFSETS_FIRST);
	memset(data, 0, tokens_at);
	s.size = FAR + source.size;
	far_reads = 0;
	for (size_t i = 1; i < sizeof(counts); i += 8)
		counts[i] = 1;
	EXPECT(kallsyms_find(&table, &s) < 0);
	EXPECT(far_reads < 1000000);
}

static int fails(struct kallsyms_source *s, u64 offset, void *to, size_t size)
{
	return -EFAULT;
}

static void source_fails(void)
{
	build(OFFSETS_LAST);
	source.read = fails;
	EXPECT(find() < 0);
	source.read = read;
}

SUITE(libs_kallsyms, TEST(all_layouts), TEST(first_of_equals),
      TEST(nothing_there), TEST(cut), TEST(spoilt), TEST(made_to_be_slow),
      TEST(controls), TEST(slow_by_reading), TEST(source_fails));
