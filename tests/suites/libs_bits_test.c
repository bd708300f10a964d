// SPDX-License-Identifier: GPL-2.0-or-later
/* What compilers call for CPUs that have no instruction for it. */
#include <libs/bits.h>
#include <vmm/test.h>

static void zeros_are_counted(void)
{
	for (int i = 0; i < 64; i++) {
		u64 bit = BIT64(i);

		EXPECT_EQ(__ctzdi2(bit), i);
		EXPECT_EQ(__ctzdi2(~0ull << i), i);
		EXPECT_EQ(__clzdi2(bit), 63 - i);
		EXPECT_EQ(__clzdi2(bit | (bit - 1)), 63 - i);
		EXPECT_EQ(__clzdi2(bit | 1), 63 - i);
	}
}

static void bytes_are_reversed(void)
{
	EXPECT_EQ(__bswapsi2(0x12345678), 0x78563412u);
	EXPECT_EQ(__bswapdi2(0x0123456789abcdefull), 0xefcdab8967452301ull);
}

SUITE(libs_bits, TEST(zeros_are_counted), TEST(bytes_are_reversed));
