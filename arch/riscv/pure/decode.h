/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads and stores that devices take: those of I, F and D (RISC-V
 * Unprivileged ISA, RV32/64G instruction set listings) and their compressed
 * forms of C and Zcb.  Atomics and vectors have no meaning for a device.
 */
#ifndef DECODE_H
#define DECODE_H

#include <vmm/types.h>

/* What is done with the register: bytes in the low bits, and how. */
#define ACCESS_SIZE	0x0fu
#define ACCESS_STORE	BIT(4)
#define ACCESS_SIGNED	BIT(5)		/* loads: sign-extended */
#define ACCESS_FLOAT	BIT(6)		/* reg is f0 to f31 */

struct decoded {
	u8 how;			/* 0: no load or store that devices take */
	u8 reg;
	u8 length;		/* bytes of the instruction */
	u8 base;		/* the address is this register's, ... */
	s32 offset;		/* ... and that */
};

extern const u8 decode_forms[32];

/*
 * Of 32-bit loads and stores, as fetched or as htinst has them (Privileged
 * ISA, "Transformed Instruction or Pseudoinstruction for mtinst or htinst").
 */
static inline u8 decode_form(u32 insn)
{
	u32 index = (insn >> 12 & 7) | (insn >> 2 & 8) | (insn << 2 & 16);

	return (insn & 0x59) == 0x01 ? decode_forms[index] : 0;
}

/* rs2 of stores, rd of loads. */
static inline u8 decode_register(u32 insn)
{
	return insn >> (insn & 0x20 ? 20 : 7) & 31;
}

/* Atomics that store, all of A but LR; bit 1: see decode_form(). */
static inline bool decode_is_amo(u32 insn)
{
	return (insn & 0x7d) == 0x2d && insn >> 27 != 2;
}

static inline u8 decode_base(u32 insn)
{
	return insn >> 15 & 31;
}

static inline s32 decode_load_offset(u32 insn)
{
	return (s32)insn >> 20;
}

static inline s32 decode_store_offset(u32 insn)
{
	return ((s32)insn >> 20 & ~31) | (s32)(insn >> 7 & 31);
}

/*
 * A value of htinst that is no pseudoinstruction and not 0.  It has no offset,
 * and for a base how far the fault is behind the address.
 */
struct decoded decode_transformed(u32 htinst);

/* An instruction as it lies in memory; insn >> 16 counts if its length is 4. */
struct decoded decode_fetched(u32 insn);
static inline unsigned decode_length(u32 insn)
{
	return (insn & 3) == 3 ? 4 : 2;
}

/*
 * c.lw, c.ld, c.sw and c.sd as the instructions they stand for, but for bit 1
 * as in htinst; 0: none of them.  Bit 14 of them is set, 15 tells
 * stores from loads, 13 the width.
 */
static ALWAYS_INLINE u32 decode_expand(u32 insn)
{
	u32 wide = insn >> 13 & 1, store = insn >> 15 & 1;
	u32 offset = (insn >> 7 & 0x38) |
		     (wide ? insn << 1 & 0xc0 :
			     (insn >> 4 & 0x04) | (insn << 1 & 0x40));
	u32 reg = 8 + (insn >> 2 & 7), base = 8 + (insn >> 7 & 7);
	u32 common = base << 15 | (2 + wide) << 12 | 1;

	if ((insn & 0x4003) != 0x4000)
		return 0;
	if (store)
		return common | offset >> 5 << 25 | reg << 20 |
		       (offset & 31) << 7 | 0x20;
	return common | offset << 20 | reg << 7;
}

/* What a load of that kind puts into a register. */
u64 decode_extend(u64 value, u8 how);

#endif
