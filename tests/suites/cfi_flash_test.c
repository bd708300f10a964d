// SPDX-License-Identifier: GPL-2.0-or-later
/* emulators/flash/cfi_flash: identification, programming, erasing. */
#include "capture.h"
#include "emulated.h"
#include <libfdt.h>
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/page.h>
#include <vmm/test.h>

#define SECTOR	0x40000u
#define READY	0x00800080u
#define FAILED	0x00b000b0u

/* As both chips get it. */
static void command(struct emu *e, u64 offset, u32 value)
{
	emulated_put(e, offset, value << 16 | value);
}

static void erased(void)
{
	struct emu *e = emulated_create("cfi-flash");

	EXPECT(e);
	for (unsigned size = 1; size <= 8; size *= 2)
		EXPECT_EQ(emulated_read(e, 0x3fffff8, size),
			  ~0ull >> (64 - 8 * size));
	emu_destroy(e);
}

static void identifies(void)
{
	static const u8 qry[] = { 'Q', 'R', 'Y', 1, 0, 0x31, 0 };
	struct emu *e = emulated_create("cfi-flash");

	EXPECT(e);
	command(e, 0x55 << 2, 0x98);
	for (unsigned i = 0; i < ARRAY_LEN(qry); i++)
		EXPECT_EQ(emulated_get(e, (0x10 + i) << 2),
			  qry[i] << 16 | qry[i]);
	EXPECT_EQ(emulated_get(e, 0x27 << 2), 0x00190019);
	EXPECT_EQ(emulated_get(e, 0x2d << 2), 0x00ff00ff);
	EXPECT_EQ(emulated_get(e, 0x30 << 2), 0x00020002);
	EXPECT_EQ(emulated_get(e, 0x31 << 2), 0x00500050);
	EXPECT_EQ(emulated_read(e, (0x10 << 2) + 2, 1), 'Q');
	EXPECT_EQ(emulated_get(e, 0x3fffffc), 0);
	command(e, 0, 0x90);
	EXPECT_EQ(emulated_get(e, 0), 0x00890089);
	EXPECT_EQ(emulated_get(e, 4), 0x00180018);
	EXPECT_EQ(emulated_get(e, SECTOR + 8), 0);
	command(e, 0, 0xff);
	EXPECT_EQ(emulated_get(e, 0x10 << 2), 0xffffffff);
	emu_destroy(e);
}

static void programs_words(void)
{
	struct emu *e = emulated_create("cfi-flash");

	EXPECT(e);
	command(e, 0x100, 0x40);
	emulated_put(e, 0x100, 0x12345678);
	EXPECT_EQ(emulated_get(e, 0x100), READY);
	command(e, 0, 0xff);
	EXPECT_EQ(emulated_get(e, 0x100), 0x12345678);
	EXPECT_EQ(emulated_get(e, 0x104), 0xffffffff);
	/* Bits only go from 1 to 0. */
	command(e, 0x100, 0x10);
	emulated_put(e, 0x100, 0xffff0000);
	command(e, 0, 0xff);
	EXPECT_EQ(emulated_get(e, 0x100), 0x12340000);
	EXPECT_EQ(emulated_read(e, 0xfe, 8), 0xffff12340000ffffull);
	emu_destroy(e);
}

static void erases(void)
{
	struct emu *e = emulated_create("cfi-flash");

	EXPECT(e);
	for (u32 at = 0; at < 3 * SECTOR; at += SECTOR) {
		command(e, at, 0x40);
		emulated_put(e, at, 0);
	}
	command(e, SECTOR + 0x1234, 0x20);
	command(e, SECTOR + 0x1234, 0xd0);
	EXPECT_EQ(emulated_get(e, 0), READY);
	command(e, 0, 0xff);
	EXPECT_EQ(emulated_get(e, 0), 0);
	EXPECT_EQ(emulated_get(e, SECTOR), 0xffffffff);
	EXPECT_EQ(emulated_get(e, 2 * SECTOR), 0);
	/* Without confirmation nothing happens, and the status says so. */
	command(e, 0, 0x20);
	command(e, 0, 0xff);
	EXPECT_EQ(emulated_get(e, 0), FAILED);
	command(e, 0, 0x50);
	EXPECT_EQ(emulated_get(e, 0), READY);
	command(e, 0, 0xff);
	EXPECT_EQ(emulated_get(e, 0), 0);
	emu_destroy(e);
}

static void buffers(void)
{
	struct emu *e = emulated_create("cfi-flash");

	EXPECT(e);
	command(e, 0x1000, 0xe8);
	EXPECT_EQ(emulated_get(e, 0x1000), READY);
	command(e, 0x1000, 32 - 1);
	for (u32 i = 0; i < 32; i++)
		emulated_put(e, 0x1000 + 4 * i, i);
	command(e, 0x1000, 0xd0);
	EXPECT_EQ(emulated_get(e, 0x1000), READY);
	command(e, 0, 0xff);
	EXPECT_EQ(emulated_get(e, 0x107c), 31);
	EXPECT_EQ(emulated_get(e, 0x1080), 0xffffffff);
	/* By halves, each of them counted. */
	command(e, 0x2000, 0xe8);
	command(e, 0x2000, 1);
	emulated_write(e, 0x2000, 0x1234, 2);
	emulated_write(e, 0x2002, 0xcafe, 2);
	command(e, 0x2000, 0xd0);
	command(e, 0, 0xff);
	EXPECT_EQ(emulated_get(e, 0x2000), 0xcafe1234);
	/* Too many, outside the window, not confirmed. */
	command(e, 0, 0xe8);
	command(e, 0, 256);
	EXPECT_EQ(emulated_get(e, 0), FAILED);
	command(e, 0, 0x50);
	command(e, 0, 0xe8);
	command(e, 0, 1);
	emulated_put(e, 0x0, 0);
	emulated_put(e, 0x400, 0);
	EXPECT_EQ(emulated_get(e, 0), FAILED);
	command(e, 0, 0x50);
	command(e, 0, 0xe8);
	command(e, 0, 0);
	emulated_put(e, 0x0, 0);
	command(e, 0, 0xff);
	EXPECT_EQ(emulated_get(e, 0), FAILED);
	command(e, 0, 0xff);
	EXPECT_EQ(emulated_get(e, 0), 0xffffffff);
	emu_destroy(e);
}

/* Erased pages beside a programmed one, across two, in a sector used before. */
static void pages(void)
{
	struct emu *e = emulated_create("cfi-flash");

	EXPECT(e);
	for (unsigned round = 0; round < 2; round++) {
		command(e, 0xffe, 0x40);
		emulated_put(e, 0xffe, 0x12345678);
		command(e, 0x3000, 0x40);
		emulated_put(e, 0x3000, 0);
		command(e, 0, 0xff);
		EXPECT_EQ(emulated_read(e, 0xffc, 8), 0xffff12345678ffff);
		EXPECT_EQ(emulated_get(e, 0), 0xffffffff);
		EXPECT_EQ(emulated_get(e, 0x2000), 0xffffffff);
		EXPECT_EQ(emulated_get(e, 0x3000), 0);
		e = emulated_move(e);
		EXPECT(e);
		EXPECT_EQ(emulated_get(e, 0x1000), 0xffff1234);
		EXPECT_EQ(emulated_get(e, 0x3000), 0);
		command(e, 0, 0x20);
		command(e, 0, 0xd0);
		command(e, 0, 0xff);
		EXPECT_EQ(emulated_get(e, 0x1000), 0xffffffff);
		EXPECT_EQ(emulated_get(e, 0x3000), 0xffffffff);
	}
	emu_destroy(e);
}

/* What a guest programs costs us memory, but not without end. */
static void quota(void)
{
	struct page_stats before, after;
	struct emu *e;
	u32 sectors = 0;

	page_stats_get(&before);
	e = emulated_create("cfi-flash");
	EXPECT(e);
	capture_begin();
	for (u32 at = 0; at < 256 * SECTOR; at += SECTOR) {
		command(e, at, 0x40);
		emulated_put(e, at, 0);
		sectors += emulated_get(e, at) == READY;
	}
	capture_end();
	EXPECT_EQ(sectors, 32);
	page_stats_get(&after);
	EXPECT(before.free_bytes - after.free_bytes <= 33 * SECTOR);
	emu_destroy(e);
	page_stats_get(&after);
	EXPECT_EQ(after.owner_bytes[PAGE_GUEST_RAM],
		  before.owner_bytes[PAGE_GUEST_RAM]);
}

static void loads(void)
{
	static u8 image[SECTOR + 5000];
	struct emu *e = emulated_create("cfi-flash");

	EXPECT(e);
	for (u32 i = 0; i < sizeof(image); i++)
		image[i] = (u8)(i * 7);
	EXPECT_EQ(e->type->load(e, image, sizeof(image)), 0);
	EXPECT_EQ(emulated_read(e, 5, 1), 35);
	EXPECT_EQ(emulated_read(e, sizeof(image) - 1, 1),
		  image[sizeof(image) - 1]);
	EXPECT_EQ(emulated_read(e, sizeof(image), 1), 0xff);
	capture_begin();
	EXPECT_EQ(e->type->load(e, image, MIB(64) + 1), -ERANGE);
	capture_end();
	e = emulated_move(e);
	EXPECT(e);
	EXPECT_EQ(emulated_read(e, SECTOR - 2, 4),
		  (u64)image[SECTOR + 1] << 24 | (u64)image[SECTOR] << 16 |
		  (u64)image[SECTOR - 1] << 8 | image[SECTOR - 2]);
	emu_destroy(e);
}

static void reset_shows_the_array(void)
{
	struct emu *e = emulated_create("cfi-flash");

	EXPECT(e);
	command(e, 0, 0x40);
	emulated_put(e, 0, 0x55);
	command(e, 0, 0x98);
	emu_reset(e);
	EXPECT_EQ(emulated_get(e, 0), 0x55);
	emu_destroy(e);
}

static u8 tree[512] ALIGNED(8);

/* A first bank at 0, and another, in a tree; its words must say which. */
static struct emu *sized(u32 first, u32 base, u32 size)
{
	const fdt32_t reg[] = {
		0, 0, 0, cpu_to_fdt32(first),
		0, cpu_to_fdt32(base), 0, cpu_to_fdt32(size),
	};
	struct emu *e;

	fdt_create(tree, sizeof(tree));
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	fdt_property_u32(tree, "#address-cells", 2);
	fdt_property_u32(tree, "#size-cells", 2);
	fdt_begin_node(tree, "flash");
	fdt_property(tree, "compatible", "cfi-flash", 10);
	fdt_property(tree, "reg", reg, sizeof(reg));
	fdt_end_node(tree);
	fdt_end_node(tree);
	fdt_finish(tree);
	capture_begin();
	e = emulated_create_at(emu_find(dt_find_path(tree, "/flash")),
			       dt_find_path(tree, "/flash"));
	capture_end();
	return e;
}

/* What is shown of a smaller bank would cover what lies behind it. */
static void bank_sizes(void)
{
	struct emu *e = sized(0x4000000, 0x4000000, 0x4000000);

	EXPECT(e);
	emu_destroy(e);
	EXPECT(!sized(0x4000000, 0x4000000, 0x1000));
	EXPECT(strstr(capture_text, "bank 1"));
	EXPECT(!sized(0x8000000, 0x8000000, 0x8000000));
	EXPECT(strstr(capture_text, "bank 0"));
	EXPECT(!sized(0x3000000, 0x4000000, 0x3000000));
	EXPECT(!sized(0x4000000, 0x4000800, 0x4000000));
}

/* As on machines with banks of 32 MiB. */
static void smaller_banks(void)
{
	struct emu *e = sized(0x2000000, 0x2000000, 0x2000000);

	EXPECT(e);
	EXPECT_EQ(emulated_read(e, 0x1fffffc, 4), 0xffffffff);
	EXPECT_EQ(emulated_read(e, 0x2000000, 4), 0);
	command(e, 0x55 << 2, 0x98);
	EXPECT_EQ(emulated_get(e, 0x27 << 2), 0x00180018);
	EXPECT_EQ(emulated_get(e, 0x2d << 2), 0x007f007f);
	emu_destroy(e);
}

SUITE(cfi_flash, TEST(erased), TEST(identifies), TEST(programs_words),
      TEST(erases), TEST(buffers), TEST(pages), TEST(quota), TEST(loads),
      TEST(reset_shows_the_array), TEST(bank_sizes), TEST(smaller_banks));
