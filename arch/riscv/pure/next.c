// SPDX-License-Identifier: GPL-2.0-or-later
/* Jumps and branches by their encoding; see next.h for the documents. */

#include "next.h"

#include "decode.h"

#define INSN_SRET	0x10200073u

#define OPCODE_BRANCH	0x63u
#define OPCODE_JALR	0x67u
#define OPCODE_JAL	0x6fu

/* Quadrant and funct3 of compressed ones. */
#define C_KIND(insn)	((insn) & 0xe003)
#define C_J		0xa001u
#define C_BEQZ		0xc001u
#define C_BNEZ		0xe001u
#define C_JR		0x8002u		/* or more: see register_jump() */

/* Bits `from` and up of insn, `count` of them, at place `to`. */
static s64 field(u32 insn, unsigned from, unsigned count, unsigned to)
{
	return (s64)(insn >> from & ((1u << count) - 1)) << to;
}

/* The sign is bit `from`, and of all above `to`. */
static s64 sign(u32 insn, unsigned from, unsigned to)
{
	return -field(insn, from, 1, to);
}

static s64 jal_offset(u32 i)
{
	return sign(i, 31, 20) | field(i, 12, 8, 12) | field(i, 20, 1, 11) |
	       field(i, 21, 10, 1);
}

static s64 branch_offset(u32 i)
{
	return sign(i, 31, 12) | field(i, 7, 1, 11) | field(i, 25, 6, 5) |
	       field(i, 8, 4, 1);
}

static s64 c_jump_offset(u32 i)
{
	return sign(i, 12, 11) | field(i, 8, 1, 10) | field(i, 9, 2, 8) |
	       field(i, 6, 1, 7) | field(i, 7, 1, 6) | field(i, 2, 1, 5) |
	       field(i, 11, 1, 4) | field(i, 3, 3, 1);
}

static s64 c_branch_offset(u32 i)
{
	return sign(i, 12, 8) | field(i, 5, 2, 6) | field(i, 2, 1, 5) |
	       field(i, 10, 2, 3) | field(i, 3, 2, 1);
}

u64 next_branch(u32 insn, u64 pc)
{
	if ((insn & 0x7f) == OPCODE_BRANCH)
		return pc + (u64)branch_offset(insn);
	if (C_KIND(insn) == C_BEQZ || C_KIND(insn) == C_BNEZ)
		return pc + (u64)c_branch_offset(insn);
	return 0;
}

/* funct3: equal, -, signed, unsigned less; bit 0: the contrary. */
static bool branch_taken(u32 insn, u64 a, u64 b)
{
	const unsigned funct3 = insn >> 12 & 7;
	bool is;

	if (funct3 < 2)
		is = a == b;
	else if (funct3 < 6)
		is = (s64)a < (s64)b;
	else
		is = a < b;
	return is != (funct3 & 1);
}

static bool is_taken(u32 insn, const u64 *x)
{
	if (decode_length(insn) == 4)
		return branch_taken(insn, x[insn >> 15 & 31],
				    x[insn >> 20 & 31]);
	return (x[8 + (insn >> 7 & 7)] == 0) == (C_KIND(insn) == C_BEQZ);
}

/* c.jr and c.jalr: rs1 and no rs2; without rs1 it is c.ebreak. */
static bool register_jump(u32 insn)
{
	return C_KIND(insn) == C_JR && !(insn >> 2 & 31) && insn >> 7 & 31;
}

u64 next_pc(u32 insn, u64 pc, const u64 *x, u64 sepc)
{
	const unsigned length = decode_length(insn);
	const u64 branch = next_branch(insn, pc);

	if (branch)
		return is_taken(insn, x) ? branch : pc + length;
	if (length == 2) {
		if (C_KIND(insn) == C_J)
			return pc + (u64)c_jump_offset(insn);
		return register_jump(insn) ? x[insn >> 7 & 31] & ~1ull :
					     pc + length;
	}
	if (insn == INSN_SRET)
		return sepc;
	if ((insn & 0x7f) == OPCODE_JAL)
		return pc + (u64)jal_offset(insn);
	if ((insn & 0x7f) == OPCODE_JALR)
		return (x[insn >> 15 & 31] + (u64)(s64)((s32)insn >> 20)) &
		       ~1ull;
	return pc + length;
}
