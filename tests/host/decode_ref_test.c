// SPDX-License-Identifier: GPL-2.0-or-later
/* Decoders beside decode_ref.h: all short instructions, many long ones. */
#include "decode_ref.h"

#include "../suites/story.h"
#include <vmm/test.h>

#define ROUNDS	300000

static void riscv_short(void)
{
	u32 bad = 0;

	for (u32 insn = 0; insn < 0x10000; insn++)
		bad += (insn & 3) != 3 && !decode_ref_riscv(insn);
	EXPECT_EQ(bad, 0);
}

static void riscv_long(void)
{
	static const u32 opcodes[] = { 0x03, 0x07, 0x23, 0x27, 0x2f, 0x7f };
	struct story s = { .seed = 1 };

	for (unsigned i = 0; i < ROUNDS; i++) {
		u32 insn = (u32)story_take(&s, 4) & ~0x7fu;

		insn |= opcodes[story_below(&s, ARRAY_LEN(opcodes))];
		if (!decode_ref_riscv(insn)) {
			EXPECT_EQ(insn, 0);
			return;
		}
	}
}

static void arm(void)
{
	struct story s = { .seed = 2 };

	for (unsigned i = 0; i < ROUNDS; i++) {
		u32 insn = (u32)story_take(&s, 4);

		if (i & 1)
			insn = (insn & ~0x3a000000u) |
			       (i & 2 ? 0x38000000 : 0x28000000);
		if (!decode_ref_arm(insn)) {
			EXPECT_EQ(insn, 0);
			return;
		}
	}
}

static void next(void)
{
	struct story s = { .seed = 3 };
	u64 x[32] = { 0 };

	for (unsigned i = 0; i < ROUNDS; i++) {
		u32 insn = (u32)story_take(&s, 4);

		x[1 + i % 31] = story_take(&s, 8);
		if (!decode_ref_next(insn, 0xffffffff80001000, x)) {
			EXPECT_EQ(insn, 0);
			return;
		}
	}
}

SUITE(decode_ref, TEST(riscv_short), TEST(riscv_long), TEST(arm), TEST(next));
