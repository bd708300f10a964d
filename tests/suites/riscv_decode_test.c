// SPDX-License-Identifier: GPL-2.0-or-later
/* arch/riscv/pure/decode: encodings as an assembler makes them. */
#include <vmm/test.h>

#include "../../arch/riscv/pure/decode.h"

struct expected {
	u32 insn;
	unsigned how, reg;
};

static const struct expected table[] = {
	{ 0x00558503, ACCESS_SIGNED | 1, 10 },		/* lb a0, 5(a1) */
	{ 0x00045283, 2, 5 },				/* lhu t0, 0(s0) */
	{ 0x00856d83, 4, 27 },				/* lwu s11, 8(a0) */
	{ 0x00053f83, 8, 31 },				/* ld t6, 0(a0) */
	{ 0x00a582a3, ACCESS_STORE | 1, 10 },		/* sb a0, 5(a1) */
	{ 0xfff13c23, ACCESS_STORE | 8, 31 },		/* sd t6, -8(sp) */
	{ 0x00452507, ACCESS_FLOAT | 4, 10 },		/* flw fa0, 4(a0) */
	{ 0x00853f87, ACCESS_FLOAT | 8, 31 },		/* fld ft11, 8(a0) */
	{ 0x00152227, ACCESS_FLOAT | ACCESS_STORE | 4, 1 },	/* fsw */
	{ 0xfff53c27, ACCESS_FLOAT | ACCESS_STORE | 8, 31 },	/* fsd */
	{ 0x00251087, ACCESS_FLOAT | 2, 1 },		/* flh ft1, 2(a0) */
	{ 0x1005a52f, 0, 0 },				/* lr.w */
	{ 0x00b6352f, 0, 0 },				/* amoadd.d */
	{ 0x0205e507, 0, 0 },				/* vle32.v */
	{ 0x00057003, 0, 0 },				/* no such width */
	{ 0x00054023, 0, 0 },				/* no such width */
	{ 0x00000013, 0, 0 },				/* nop */
	{ 0x41c8, ACCESS_SIGNED | 4, 10 },		/* c.lw a0, 4(a1) */
	{ 0x6784, 8, 9 },				/* c.ld s1, 8(a5) */
	{ 0x2588, ACCESS_FLOAT | 8, 10 },		/* c.fld fa0, 8(a1) */
	{ 0xc1c8, ACCESS_STORE | 4, 10 },		/* c.sw a0, 4(a1) */
	{ 0xe784, ACCESS_STORE | 8, 9 },		/* c.sd s1, 8(a5) */
	{ 0xa59c, ACCESS_FLOAT | ACCESS_STORE | 8, 15 },	/* c.fsd */
	{ 0x4f92, ACCESS_SIGNED | 4, 31 },		/* c.lwsp t6, 4(sp) */
	{ 0x60a2, 8, 1 },				/* c.ldsp ra, 8(sp) */
	{ 0x6022, 0, 0 },				/* reserved: x0 */
	{ 0x2fa2, ACCESS_FLOAT | 8, 31 },		/* c.fldsp ft11 */
	{ 0xc27e, ACCESS_STORE | 4, 31 },		/* c.swsp t6 */
	{ 0xe402, ACCESS_STORE | 8, 0 },		/* c.sdsp zero */
	{ 0xa406, ACCESS_FLOAT | ACCESS_STORE | 8, 1 },	/* c.fsdsp ft1 */
	{ 0x8188, 1, 10 },				/* c.lbu a0, 0(a1) */
	{ 0x8588, 2, 10 },				/* c.lhu a0, 0(a1) */
	{ 0x85c8, ACCESS_SIGNED | 2, 10 },		/* c.lh a0, 0(a1) */
	{ 0x8988, ACCESS_STORE | 1, 10 },		/* c.sb a0, 0(a1) */
	{ 0x8d88, ACCESS_STORE | 2, 10 },		/* c.sh a0, 0(a1) */
	{ 0x8dc8, 0, 0 },				/* no such form */
	{ 0x0505, 0, 0 },				/* c.addi a0, 1 */
	{ 0x852e, 0, 0 },				/* c.mv a0, a1 */
};

static void fetched(void)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const struct expected *e = &table[i];
		struct decoded d = decode_fetched(e->insn);

		EXPECT_EQ(d.how, e->how);
		EXPECT_EQ(d.length, e->insn >> 16 ? 4 : decode_length(e->insn));
		if (d.how)
			EXPECT_EQ(d.reg, e->reg);
	}
}

/* The address, of forms that all have another way to say it. */
static void address(void)
{
	static const struct {
		u32 insn;
		unsigned base;
		s32 offset;
	} rows[] = {
		{ 0x00558503, 11, 5 },		/* lb a0, 5(a1) */
		{ 0x80058503, 11, -2048 },	/* lb a0, -2048(a1) */
		{ 0xfff13c23, 2, -8 },		/* sd t6, -8(sp) */
		{ 0x7eb53fa3, 10, 2047 },	/* sd a1, 2047(a0) */
		{ 0x5dfc, 11, 124 },		/* c.lw a5, 124(a1) */
		{ 0x41c8, 11, 4 },		/* c.lw a0, 4(a1) */
		{ 0x7fe4, 15, 248 },		/* c.ld s1, 248(a5) */
		{ 0xc1c8, 11, 4 },		/* c.sw a0, 4(a1) */
		{ 0xe784, 15, 8 },		/* c.sd s1, 8(a5) */
		{ 0x2588, 11, 8 },		/* c.fld fa0, 8(a1) */
		{ 0x5ffe, 2, 252 },		/* c.lwsp t6, 252(sp) */
		{ 0x70fe, 2, 504 },		/* c.ldsp ra, 504(sp) */
		{ 0xdffe, 2, 252 },		/* c.swsp t6, 252(sp) */
		{ 0xff82, 2, 504 },		/* c.sdsp zero, 504(sp) */
		{ 0x81e8, 11, 3 },		/* c.lbu a0, 3(a1) */
		{ 0x85a8, 11, 2 },		/* c.lhu a0, 2(a1) */
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct decoded d = decode_fetched(rows[i].insn);

		EXPECT(d.how);
		EXPECT_EQ(d.base, rows[i].base);
		EXPECT_EQ(d.offset, rows[i].offset);
	}
}

/* The short forms that are done as long ones say the same as these. */
static void expanded(void)
{
	static const u32 rows[] = {
		0x5dfc, 0x41c8, 0x7fe4, 0x6784, 0xc1c8, 0xe784, 0x43dc, 0x5c5c,
		0xdc7c, 0xfffc, 0xc05c, 0x7ffc, 0x4000, 0x6000, 0xc000, 0xe000,
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct decoded d = decode_fetched(rows[i]);
		const u32 insn = decode_expand(rows[i]);

		EXPECT_EQ(insn & 3, 1);
		EXPECT_EQ(decode_form(insn), d.how);
		EXPECT_EQ(decode_register(insn), d.reg);
		EXPECT_EQ(decode_base(insn), d.base);
		EXPECT_EQ(d.how & ACCESS_STORE ? decode_store_offset(insn) :
			  decode_load_offset(insn), d.offset);
	}
	EXPECT_EQ(decode_expand(0x2588), 0);		/* c.fld */
	EXPECT_EQ(decode_expand(0xa59c), 0);		/* c.fsd */
	EXPECT_EQ(decode_expand(0x8188), 0);		/* c.lbu */
	EXPECT_EQ(decode_expand(0x4f92), 0);		/* c.lwsp */
	EXPECT_EQ(decode_expand(0x0505), 0);		/* c.addi */
	EXPECT_EQ(decode_expand(0), 0);
}

/* Offsets are 0, rs1 says how far the fault is from the address. */
static void transformed(void)
{
	struct decoded d = decode_transformed(0x00006d83);

	EXPECT_EQ(d.how, 4);
	EXPECT_EQ(d.reg, 27);
	EXPECT_EQ(d.length, 4);
	d = decode_transformed(0x00a02021);		/* c.sw a0 */
	EXPECT_EQ(d.how, ACCESS_STORE | 4);
	EXPECT_EQ(d.reg, 10);
	EXPECT_EQ(d.length, 2);
	EXPECT_EQ(decode_transformed(0x00b6352f).how, 0);
}

static void extension(void)
{
	EXPECT_EQ(decode_extend(0xfff80, ACCESS_SIGNED | 1), -128ll);
	EXPECT_EQ(decode_extend(0xfff80, 1), 0x80);
	EXPECT_EQ(decode_extend(0x80000000, ACCESS_SIGNED | 4),
		  0xffffffff80000000ull);
	EXPECT_EQ(decode_extend(0x80000000, 4), 0x80000000);
	EXPECT_EQ(decode_extend(~0ull, 8), ~0ull);
	EXPECT_EQ(decode_extend(1, ACCESS_FLOAT | 4), 0xffffffff00000001ull);
	EXPECT_EQ(decode_extend(1, ACCESS_FLOAT | 2), 0xffffffffffff0001ull);
	EXPECT_EQ(decode_extend(1, ACCESS_FLOAT | 8), 1);
}

SUITE(riscv_decode, TEST(fetched), TEST(address), TEST(expanded),
      TEST(transformed), TEST(extension));
