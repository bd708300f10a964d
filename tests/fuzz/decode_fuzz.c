// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes decoders of instructions, and arguments of SBI calls (LLVM's
 * libFuzzer): words of the input, beside what manuals say.
 */
#include "../../arch/riscv/pure/decode.h"
#include "../../arch/riscv/pure/hart_mask.h"
#include "../host/decode_ref.h"
#include "../suites/story.h"
#include <vmm/log.h>

static void decode(struct story *s)
{
	const u32 insn = (u32)story_take(s, 4);
	u64 x[32] = { 0 };

	assert(decode_ref_riscv(insn) && decode_ref_arm(insn));
	x[insn >> 15 & 31] = x[insn >> 7 & 31] = insn * 0x9e3779b97f4a7c15ull;
	x[0] = 0;
	assert(decode_ref_next(insn, 0x80000000, x));
	decode_transformed(insn);
}

/* At most 64 harts, in order, none twice. */
static void harts(struct story *s)
{
	struct hart_mask m = { story_take(s, 8), story_take(s, 8) };
	u64 hart, last = 0;

	for (unsigned i = 0; m.bits; i++) {
		if (!hart_mask_take(&m, &hart))
			break;
		assert(i < 64 && (!i || hart > last));
		last = hart;
	}
}

static void range(struct story *s)
{
	const u64 start = story_take(s, 8), size = story_take(s, 8);
	struct fence_range r;

	if (!fence_range_parse(start, size, &r))
		return;
	assert(r.count <= FENCE_PAGES_MAX && !(r.start & 0xfff));
	assert(!r.count || r.start <= start);
	assert(!r.count || start - r.start + size <= r.count << 12);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct story s = { .at = data, .left = size };

	harts(&s);
	range(&s);
	while (s.left)
		decode(&s);
	return 0;
}
