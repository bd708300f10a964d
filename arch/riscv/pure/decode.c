// SPDX-License-Identifier: GPL-2.0-or-later
/* Loads and stores by their encoding; see decode.h for the documents. */

#include "decode.h"

#define STORE(size)	(ACCESS_STORE | (size))
#define SIGNED(size)	(ACCESS_SIGNED | (size))
#define FLOAT(size)	(ACCESS_FLOAT | (size))

/* By funct3, then loads and stores, then integer and float. */
const u8 decode_forms[32] = {
	SIGNED(1), SIGNED(2), SIGNED(4), 8, 1, 2, 4, 0,
	STORE(1), STORE(2), STORE(4), STORE(8), 0, 0, 0, 0,
	0, FLOAT(2), FLOAT(4), FLOAT(8), 0, 0, 0, 0,
	0, FLOAT(STORE(2)), FLOAT(STORE(4)), FLOAT(STORE(8)), 0, 0, 0, 0,
};

struct decoded decode_transformed(u32 htinst)
{
	return (struct decoded){
		.how = decode_form(htinst),
		.reg = decode_register(htinst),
		.length = htinst & 2 ? 4 : 2,
		.base = decode_base(htinst),
	};
}

static struct decoded decode_whole(u32 insn)
{
	struct decoded d = decode_transformed(insn);

	d.offset = d.how & ACCESS_STORE ? decode_store_offset(insn) :
					  decode_load_offset(insn);
	return d;
}

static u32 bits(u32 insn, unsigned high, unsigned low)
{
	return insn >> low & ((2u << (high - low)) - 1);
}

/* Quadrant 0 by funct3: rs1' + immediate; the register is x8 to x15. */
static const u8 quadrant_0[8] = {
	[1] = FLOAT(8), [2] = SIGNED(4), [3] = 8,
	[5] = FLOAT(STORE(8)), [6] = STORE(4), [7] = STORE(8),
};

/* Quadrant 2 by funct3: from the stack pointer; any register. */
static const u8 quadrant_2[8] = {
	[1] = FLOAT(8), [2] = SIGNED(4), [3] = 8,
	[5] = FLOAT(STORE(8)), [6] = STORE(4), [7] = STORE(8),
};

/* Zcb: funct3 4 of quadrant 0, by bits 12 to 10; bit 6 tells halves apart. */
static u8 zcb_form(u32 insn)
{
	bool bit_6 = bits(insn, 6, 6);

	switch (bits(insn, 12, 10)) {
	case 0:
		return 1;				/* c.lbu */
	case 1:
		return bit_6 ? SIGNED(2) : 2;		/* c.lh, c.lhu */
	case 2:
		return STORE(1);			/* c.sb */
	case 3:
		return bit_6 ? 0 : STORE(2);		/* c.sh */
	}
	return 0;
}

/* By the width; bytes have a bit 0 where halves have their sign. */
static s32 quadrant_0_offset(u32 insn, unsigned size)
{
	u32 high = bits(insn, 12, 10) << 3;

	switch (size) {
	case 1:
		return (s32)(bits(insn, 5, 5) << 1 | bits(insn, 6, 6));
	case 2:
		return (s32)(bits(insn, 5, 5) << 1);
	case 4:
		return (s32)(high | bits(insn, 6, 6) << 2 |
			     bits(insn, 5, 5) << 6);
	}
	return (s32)(high | bits(insn, 6, 5) << 6);
}

static struct decoded decode_quadrant_0(u32 insn)
{
	u32 funct3 = bits(insn, 15, 13);
	u8 how = funct3 == 4 ? zcb_form(insn) : quadrant_0[funct3];

	return (struct decoded){
		.how = how, .length = 2,
		.reg = (u8)(8 + bits(insn, 4, 2)),
		.base = (u8)(8 + bits(insn, 9, 7)),
		.offset = quadrant_0_offset(insn, how & ACCESS_SIZE),
	};
}

#define STACK_POINTER	2

static struct decoded decode_stack_store(u32 insn, u8 how)
{
	bool wide = how & 8;

	return (struct decoded){
		.how = how, .length = 2, .base = STACK_POINTER,
		.reg = (u8)bits(insn, 6, 2),
		.offset = (s32)(wide ? bits(insn, 12, 10) << 3 |
				       bits(insn, 9, 7) << 6 :
				       bits(insn, 12, 9) << 2 |
				       bits(insn, 8, 7) << 6),
	};
}

static struct decoded decode_stack_load(u32 insn, u8 how)
{
	bool wide = how & 8;
	u8 reg = (u8)bits(insn, 11, 7);

	if (!(how & ACCESS_FLOAT) && !reg)
		how = 0;				/* reserved */
	return (struct decoded){
		.how = how, .length = 2, .base = STACK_POINTER, .reg = reg,
		.offset = (s32)(bits(insn, 12, 12) << 5 |
				(wide ? bits(insn, 6, 5) << 3 |
					bits(insn, 4, 2) << 6 :
					bits(insn, 6, 4) << 2 |
					bits(insn, 3, 2) << 6)),
	};
}

static struct decoded decode_quadrant_2(u32 insn)
{
	u8 how = quadrant_2[bits(insn, 15, 13)];

	return how & ACCESS_STORE ? decode_stack_store(insn, how) :
				    decode_stack_load(insn, how);
}

struct decoded decode_fetched(u32 insn)
{
	switch (insn & 3) {
	case 0:
		return decode_quadrant_0(insn);
	case 1:
		return (struct decoded){ .length = 2 };
	case 2:
		return decode_quadrant_2(insn);
	}
	return decode_whole(insn);
}

/* Narrow floats are boxed: what is above them is ones. */
u64 decode_extend(u64 value, u8 how)
{
	unsigned unused = 64 - 8 * (how & ACCESS_SIZE);

	value <<= unused;
	if (how & ACCESS_SIGNED)
		return (u64)((s64)value >> unused);
	value >>= unused;
	if (how & ACCESS_FLOAT && unused)
		value |= ~0ull << (64 - unused);
	return value;
}
