// SPDX-License-Identifier: GPL-2.0-or-later
/* libs/elf: files of both classes, built here, then spoilt field by field. */
#include <libs/elf.h>
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/test.h>

#define FILE_SIZE	0x200

static u8 file[FILE_SIZE];
static struct elf_memory memory;
static struct elf elf;
static struct elf_segment segment;

static void put(size_t at, u64 value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		file[at + i] = (u8)(value >> 8 * i);
}

static void build_ident(u8 class)
{
	memset(file, 0, sizeof(file));
	memcpy(file, "\177ELF", 4);
	file[4] = class;
	file[5] = 1;
	file[6] = 1;
	put(16, ELF_TYPE_EXEC, 2);
	put(20, 1, 4);
}

/* Two program headers: a note at 0x180, code at 0x100. */
static void build_64(void)
{
	build_ident(2);
	put(18, ELF_MACHINE_AARCH64, 2);
	put(24, 0xffff000040080000, 8);
	put(32, 64, 8);
	put(54, 56, 2);
	put(56, 2, 2);
	put(64, ELF_SEGMENT_NOTE, 4);
	put(72, 0x180, 8);
	put(96, 0x20, 8);
	put(120, ELF_SEGMENT_LOAD, 4);
	put(124, ELF_FLAG_READ | ELF_FLAG_EXECUTE, 4);
	put(128, 0x100, 8);
	put(136, 0xffff000040080000, 8);
	put(144, 0x40080000, 8);
	put(152, 0x80, 8);
	put(160, 0x1000, 8);
	put(168, 0x10000, 8);
}

static void build_32(void)
{
	build_ident(1);
	put(18, ELF_MACHINE_ARM, 2);
	put(24, 0x40008000, 4);
	put(28, 52, 4);
	put(42, 32, 2);
	put(44, 1, 2);
	put(52, ELF_SEGMENT_LOAD, 4);
	put(56, 0x100, 4);
	put(60, 0xc0008000, 4);
	put(64, 0x40008000, 4);
	put(68, 0x80, 4);
	put(72, 0x2000, 4);
	put(76, ELF_FLAG_WRITE, 4);
	put(80, 4, 4);
}

static int open_size(size_t size)
{
	elf_memory_init(&memory, file, size);
	return elf_open(&elf, &memory.source);
}

static int open_file(void)
{
	return open_size(sizeof(file));
}

/* Opens the file with one field changed, then reads a segment. */
static int segment_with(size_t at, u64 value, size_t size, u32 index)
{
	put(at, value, size);
	if (open_file())
		return 1;
	return elf_segment(&elf, index, &segment);
}

static void class_64(void)
{
	build_64();
	EXPECT_EQ(open_file(), 0);
	EXPECT(elf.bits == 64 && elf.machine == ELF_MACHINE_AARCH64);
	EXPECT(elf.type == ELF_TYPE_EXEC && elf.segment_count == 2);
	EXPECT_EQ(elf.entry, 0xffff000040080000);
	EXPECT_EQ(elf_segment(&elf, 0, &segment), 0);
	EXPECT_EQ(segment.type, ELF_SEGMENT_NOTE);
	EXPECT(segment.offset == 0x180 && segment.file_size == 0x20);
	EXPECT_EQ(elf_segment(&elf, 1, &segment), 0);
	EXPECT_EQ(segment.type, ELF_SEGMENT_LOAD);
	EXPECT_EQ(segment.flags, ELF_FLAG_READ | ELF_FLAG_EXECUTE);
	EXPECT_EQ(segment.offset, 0x100);
	EXPECT_EQ(segment.virtual, 0xffff000040080000);
	EXPECT_EQ(segment.physical, 0x40080000);
	EXPECT_EQ(segment.file_size, 0x80);
	EXPECT_EQ(segment.memory_size, 0x1000);
	EXPECT_EQ(segment.align, 0x10000);
	EXPECT_EQ(elf_segment(&elf, 2, &segment), -ERANGE);
}

static void class_32(void)
{
	build_32();
	EXPECT_EQ(open_file(), 0);
	EXPECT(elf.bits == 32 && elf.machine == ELF_MACHINE_ARM);
	EXPECT_EQ(elf.entry, 0x40008000);
	EXPECT_EQ(elf_segment(&elf, 0, &segment), 0);
	EXPECT_EQ(segment.type, ELF_SEGMENT_LOAD);
	EXPECT_EQ(segment.flags, ELF_FLAG_WRITE);
	EXPECT(segment.offset == 0x100 && segment.file_size == 0x80);
	EXPECT(segment.virtual == 0xc0008000 && segment.align == 4);
	EXPECT(segment.physical == 0x40008000);
	EXPECT_EQ(segment.memory_size, 0x2000);
}

static void not_elf(void)
{
	build_64();
	for (size_t size = 0; size < 16; size++)
		EXPECT_EQ(open_size(size), -ENOEXEC);
	file[0] = 0;
	EXPECT_EQ(open_file(), -ENOEXEC);
	build_64();
	file[5] = 2;			/* big endian */
	EXPECT_EQ(open_file(), -ENOEXEC);
}

static void bad_ident(void)
{
	for (unsigned class = 0; class < 256; class += 3) {
		build_64();
		file[4] = (u8)class;
		EXPECT_EQ(open_file(), -EBADMSG);
	}
	build_64();
	file[6] = 0;
	EXPECT_EQ(open_file(), -EBADMSG);
	build_64();
	put(20, 2, 4);
	EXPECT_EQ(open_file(), -EBADMSG);
}

/* The program headers end at 64 + 2 * 56. */
static void truncated(void)
{
	build_64();
	for (size_t size = 16; size < 176; size++)
		EXPECT_EQ(open_size(size), -EBADMSG);
	EXPECT_EQ(open_size(176), 0);
	EXPECT_EQ(elf_segment(&elf, 1, &segment), -EBADMSG);
	EXPECT_EQ(open_size(0x17f), 0);
	EXPECT_EQ(elf_segment(&elf, 1, &segment), -EBADMSG);
	EXPECT_EQ(open_size(0x180), 0);
	EXPECT_EQ(elf_segment(&elf, 1, &segment), 0);
}

static int open_with(size_t at, u64 value, size_t size)
{
	build_64();
	put(at, value, size);
	return open_file();
}

static void bad_table(void)
{
	EXPECT_EQ(open_with(32, FILE_SIZE - 2 * 56 + 1, 8), -EBADMSG);
	EXPECT_EQ(open_with(32, ~0ull - 50, 8), -EBADMSG);
	EXPECT_EQ(open_with(54, 55, 2), -EBADMSG);
	EXPECT_EQ(open_with(54, 0xffff, 2), -EBADMSG);
	EXPECT_EQ(open_with(56, 0xffff, 2), -EBADMSG);
	EXPECT_EQ(open_with(56, 9, 2), -EBADMSG);
	EXPECT_EQ(open_with(56, 8, 2), 0);
	EXPECT_EQ(open_with(56, 0, 2), 0);
	EXPECT_EQ(elf_segment(&elf, 0, &segment), -ERANGE);
}

/* 65535 stands for a number that is elsewhere, however large the file. */
static void count_elsewhere(void)
{
	build_64();
	put(56, 0xfffe, 2);
	elf_memory_init(&memory, file, sizeof(file));
	memory.source.size = GIB(1);
	EXPECT_EQ(elf_open(&elf, &memory.source), 0);
	put(56, 0xffff, 2);
	EXPECT_EQ(elf_open(&elf, &memory.source), -EBADMSG);
}

static int load_64_with(size_t at, u64 value)
{
	build_64();
	return segment_with(at, value, 8, 1);
}

static void bad_segment(void)
{
	EXPECT_EQ(load_64_with(128, FILE_SIZE - 0x80), 0);
	EXPECT_EQ(load_64_with(128, FILE_SIZE - 0x7f), -EBADMSG);
	EXPECT_EQ(load_64_with(128, ~0ull - 0x7f), -EBADMSG);
	EXPECT_EQ(load_64_with(152, ~0ull), -EBADMSG);
	EXPECT_EQ(load_64_with(152, 0x101), -EBADMSG);
	EXPECT_EQ(load_64_with(160, 0x80), 0);
	EXPECT_EQ(load_64_with(160, 0x7f), -EBADMSG);
	EXPECT_EQ(load_64_with(160, ~0ull), -EBADMSG);
	EXPECT_EQ(load_64_with(136, ~0ull - 0xffe), -EBADMSG);
	EXPECT_EQ(load_64_with(144, ~0ull - 0xffe), -EBADMSG);
	EXPECT_EQ(load_64_with(144, ~0ull - 0x1000), 0);
	build_64();
	EXPECT_EQ(segment_with(96, 0x81, 8, 0), -EBADMSG);
	build_32();
	EXPECT_EQ(segment_with(64, 0xffffe000, 4, 0), -EBADMSG);
	build_32();
	EXPECT_EQ(segment_with(64, 0xffffdfff, 4, 0), 0);
}

/* Other segments may claim anything: nobody follows them. */
static void others_are_free(void)
{
	build_64();
	put(120, 0x6474e551, 4);
	EXPECT_EQ(segment_with(128, ~0ull, 8, 1), 0);
	EXPECT_EQ(segment.type, 0x6474e551);
}

static int fail_read(struct elf_source *source, u64 offset, void *to,
		     size_t size)
{
	return -EIO;
}

static void reading_fails(void)
{
	struct elf_source source = { .size = 512, .read = fail_read };

	build_64();
	EXPECT_EQ(elf_open(&elf, &source), -EIO);
	EXPECT_EQ(open_file(), 0);
	memory.source.read = fail_read;
	EXPECT_EQ(elf_segment(&elf, 0, &segment), -EIO);
}

/* Four symbols at 0x80, their names at 0x180, two sections at 0x100. */
static void build_symbols(void)
{
	static const struct {
		u32 name;
		u8 info;
		u64 value, size;
	} symbols[] = {
		{ 1, 2, 0x1000, 0x40 },		/* main, a function */
		{ 6, 0, 0x1040, 0 },		/* label, of no size */
		{ 12, 1, 0x1010, 8 },		/* data, an object */
		{ 17, 0, 0x1020, 0 },		/* $x: what code is made of */
	};

	build_ident(2);
	put(18, ELF_MACHINE_AARCH64, 2);
	put(58, 64, 2);
	put(60, 2, 2);
	for (size_t i = 0; i < ARRAY_LEN(symbols); i++) {
		const size_t at = 0x80 + 24 * i;

		put(at, symbols[i].name, 4);
		put(at + 4, symbols[i].info, 1);
		put(at + 6, 1, 2);
		put(at + 8, symbols[i].value, 8);
		put(at + 16, symbols[i].size, 8);
	}
	put(40, 0x100, 8);
	put(0x100 + 4, 2, 4);
	put(0x100 + 24, 0x80, 8);
	put(0x100 + 32, 24 * ARRAY_LEN(symbols), 8);
	put(0x100 + 40, 1, 4);
	put(0x140 + 4, 3, 4);
	put(0x140 + 24, 0x180, 8);
	put(0x140 + 32, 20, 8);
	memcpy(file + 0x180, "\0main\0label\0data\0$x", 20);
}

static void expect_symbol(u64 address, const char *wanted, u64 behind)
{
	char name[8];
	u64 distance;

	EXPECT_EQ(elf_symbol(&elf, address, &distance, name, sizeof(name)), 0);
	EXPECT(string_equal(name, wanted));
	EXPECT_EQ(distance, behind);
}

static int symbol_error(void)
{
	char name[8];
	u64 distance;
	int rc = open_file();

	return rc ? rc : elf_symbol(&elf, 0x1004, &distance, name,
				    sizeof(name));
}

static void symbols(void)
{
	build_symbols();
	EXPECT_EQ(open_file(), 0);
	expect_symbol(0x1000, "main", 0);
	expect_symbol(0x103f, "main", 0x3f);
	expect_symbol(0x1040, "label", 0);
	expect_symbol(0x9000, "label", 0x7fc0);
}

static void bad_symbols(void)
{
	build_symbols();
	put(0x100 + 4, 7, 4);			/* no table */
	EXPECT_EQ(symbol_error(), -ENOENT);
	build_symbols();
	put(0x100 + 40, 9, 4);			/* names nowhere */
	EXPECT_EQ(symbol_error(), -EBADMSG);
	build_symbols();
	put(0x140 + 32, 1 << 20, 8);		/* names beyond the end */
	EXPECT_EQ(symbol_error(), -EBADMSG);
	build_symbols();
	put(0x100 + 32, ~0ull, 8);		/* symbols, too */
	EXPECT_EQ(symbol_error(), -ENOENT);
	build_symbols();
	put(0x80, 0xffffffff, 4);		/* one name */
	EXPECT_EQ(symbol_error(), -ENOENT);
	build_symbols();
	put(40, ~0ull - 8, 8);			/* the sections */
	EXPECT_EQ(symbol_error(), -ENOENT);
}

SUITE(elf, TEST(symbols), TEST(bad_symbols), TEST(class_64),
      TEST(class_32), TEST(not_elf), TEST(bad_ident),
      TEST(truncated), TEST(bad_table), TEST(count_elsewhere),
      TEST(bad_segment), TEST(others_are_free), TEST(reading_fails));
