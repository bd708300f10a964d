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
	};
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

static struct decoded decode_quadrant_0(u32 insn)
{
	u32 funct3 = bits(insn, 15, 13);

	return (struct decoded){
		.how = funct3 == 4 ? zcb_form(insn) : quadrant_0[funct3],
		.reg = (u8)(8 + bits(insn, 4, 2)),
		.length = 2,
	};
}

static struct decoded decode_quadrant_2(u32 insn)
{
	u8 how = quadrant_2[bits(insn, 15, 13)];
	bool store = how & ACCESS_STORE;
	u8 reg = (u8)(store ? bits(insn, 6, 2) : bits(insn, 11, 7));

	if (!store && !(how & ACCESS_FLOAT) && !reg)
		how = 0;				/* reserved */
	return (struct decoded){ .how = how, .reg = reg, .length = 2 };
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
	return decode_transformed(insn);
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
