// SPDX-License-Identifier: GPL-2.0-or-later
/* arch/riscv/pure/hart_mask: arguments of SBI calls at their limits. */
#include <vmm/test.h>

#include "../../arch/riscv/pure/hart_mask.h"

static void masks(void)
{
	struct hart_mask m = { BIT64(0) | BIT64(63), 5 };
	u64 hart;

	EXPECT(hart_mask_take(&m, &hart));
	EXPECT_EQ(hart, 5);
	EXPECT(hart_mask_take(&m, &hart));
	EXPECT_EQ(hart, 68);
	EXPECT_EQ(m.bits, 0);
	m = (struct hart_mask){ BIT64(1) | BIT64(2), ~0ull - 1 };
	EXPECT(hart_mask_take(&m, &hart));
	EXPECT_EQ(hart, ~0ull);
	EXPECT(!hart_mask_take(&m, &hart));
}

static void ranges(void)
{
	struct fence_range r;

	EXPECT(fence_range_parse(0, 0, &r));
	EXPECT_EQ(r.count, 0);
	EXPECT(fence_range_parse(0x1000, ~0ull, &r));
	EXPECT_EQ(r.count, 0);
	EXPECT(fence_range_parse(0x1fff, 2, &r));
	EXPECT_EQ(r.start, 0x1000);
	EXPECT_EQ(r.count, 2);
	EXPECT(fence_range_parse(0x1000, 0, &r));
	EXPECT_EQ(r.count, 1);
	EXPECT(fence_range_parse(0, FENCE_PAGES_MAX * 4096, &r));
	EXPECT_EQ(r.count, FENCE_PAGES_MAX);
	EXPECT(fence_range_parse(0, FENCE_PAGES_MAX * 4096 + 1, &r));
	EXPECT_EQ(r.count, 0);
	EXPECT(fence_range_parse(~0xfffull, 0x1000, &r));
	EXPECT_EQ(r.count, 1);
	EXPECT(!fence_range_parse(~0xfffull, 0x1001, &r));
}

SUITE(riscv_sbi, TEST(masks), TEST(ranges));
