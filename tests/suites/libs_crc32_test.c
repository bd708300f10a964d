// SPDX-License-Identifier: GPL-2.0-or-later
/* The check value that catalogues of CRCs give, every byte, and parts. */
#include <libs/crc32.h>
#include <vmm/test.h>

static void checks(void)
{
	EXPECT_EQ(libdeflate_crc32(0, "", 0), 0);
	EXPECT_EQ(libdeflate_crc32(0, "123456789", 9), 0xcbf43926u);
	EXPECT_EQ(libdeflate_crc32(libdeflate_crc32(0, "1234", 4), "56789", 5),
		  0xcbf43926u);
}

/* Bit by bit, as the polynomial says. */
static u32 slow(u8 byte)
{
	u32 crc = 0xffffffffu ^ byte;

	for (unsigned i = 0; i < 8; i++)
		crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	return ~crc;
}

static void bytes(void)
{
	for (unsigned i = 0; i < 256; i++) {
		u8 byte = (u8)i;

		EXPECT_EQ(libdeflate_crc32(0, &byte, 1), slow(byte));
	}
}

SUITE(libs_crc32, TEST(checks), TEST(bytes));
