// SPDX-License-Identifier: GPL-2.0-or-later
/* Loads and stores by their encoding: transfer.h. */

#include "transfer.h"

static u32 bits(u32 insn, unsigned high, unsigned low)
{
	return insn >> low & ((2u << (high - low)) - 1);
}

/* LDP, STP, LDPSW, LDNP, STNP */
static bool decode_pair(u32 insn, struct transfer *t)
{
	u32 opc = bits(insn, 31, 30), mode = bits(insn, 25, 23);

	*t = (struct transfer){
		.rt = { (u8)bits(insn, 4, 0), (u8)bits(insn, 14, 10) },
		.rn = (u8)bits(insn, 9, 5), .count = 2,
		.load = bits(insn, 22, 22), .simd = bits(insn, 26, 26),
		.writeback = mode == 1 || mode == 3,
	};
	if (mode > 3 || opc == 3)
		return false;
	if (t->simd) {
		t->size = (u8)(4u << opc);
	} else {
		t->size = opc == 2 ? 8 : 4;
		t->sign = t->wide = opc == 1;
		if (opc == 1 && !t->load)	/* STGP */
			return false;
	}
	t->step = transfer_sign_extend(bits(insn, 21, 15), 7) * t->size;
	return true;
}

/* One register: offset forms, and those of 9 bits that write back. */
static bool decode_single(u32 insn, struct transfer *t)
{
	u32 size = bits(insn, 31, 30), opc = bits(insn, 23, 22);
	bool scaled = bits(insn, 24, 24);
	u32 mode = bits(insn, 11, 10);

	*t = (struct transfer){
		.rt = { (u8)bits(insn, 4, 0) }, .rn = (u8)bits(insn, 9, 5),
		.count = 1, .simd = bits(insn, 26, 26),
	};
	if (!scaled && bits(insn, 21, 21) && mode != 2)
		return false;			/* atomics, authenticated */
	if (!scaled && !bits(insn, 21, 21) && (mode & 1)) {
		t->writeback = true;
		t->step = transfer_sign_extend(bits(insn, 20, 12), 9);
	}
	if (t->simd) {
		if (opc > 1 && size)
			return false;
		t->size = (u8)(opc > 1 ? 16 : 1u << size);
		t->load = opc & 1;
		return true;
	}
	if (opc > 1 && (size == 3 || (size == 2 && opc == 3)))
		return false;			/* prefetches, unallocated */
	t->size = (u8)(1u << size);
	t->load = opc;
	t->sign = opc > 1;
	t->wide = opc != 3;
	return true;
}

bool transfer_decode(u32 insn, struct transfer *t)
{
	if (bits(insn, 29, 27) == 5)
		return decode_pair(insn, t);
	if (bits(insn, 29, 27) == 7 && !bits(insn, 25, 25))
		return decode_single(insn, t);
	return false;
}
