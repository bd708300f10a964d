// SPDX-License-Identifier: GPL-2.0-or-later
/* Counts of zeros for CPUs that have no instruction for them. */
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

SUITE(libs_bits, TEST(zeros_are_counted));
