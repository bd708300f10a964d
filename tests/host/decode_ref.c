// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loads and stores as tables: RISC-V Unprivileged ISA, listings of RV32/64I,
 * F, D, Zfh, C and Zcb; Arm ARM, C4.1.94 and the instructions' own pages.
 */
#include "decode_ref.h"

#include "../../arch/arm/v8/pure/transfer.h"
#include "../../arch/riscv/pure/decode.h"
#include "../../arch/riscv/pure/next.h"

static u32 field(u32 insn, unsigned high, unsigned low)
{
	return insn >> low & ((2u << (high - low)) - 1);
}

/* ---- RISC-V ---- */

#define S	ACCESS_STORE
#define X	ACCESS_SIGNED
#define F	ACCESS_FLOAT

/*
 * imm: for each bit of the immediate, from bit 0 on, where in the instruction
 * it is; "-" is a 0, letters count from a = 0; the last of 32-bit ones is the
 * sign.  rd, rs1: lowest bit of the field; of compressed ones with 3 bits.
 */
struct riscv_row {
	u32 mask, match;
	const char *imm;
	u8 how, rd, rs1;
	u8 nonzero;		/* rd must not be x0 */
};

#define LOAD_IMM	"uvwxyzABCDEF"
#define STORE_IMM	"hijklzABCDEF"
#define LOAD(op, f3, h)							\
	{ 0x707f, (f3) << 12 | (op), LOAD_IMM, h, 7, 15, 0 }
#define STORE(op, f3, h)						\
	{ 0x707f, (f3) << 12 | (op), STORE_IMM, h, 20, 15, 0 }
#define C0(f3, imm, h)	{ 0xe003, (f3) << 13, imm, h, 2, 7, 0 }
#define CB(top, imm, h)	{ 0xfc03, 0x8000 | (top) << 10, imm, h, 2, 7, 0 }
#define CH(top, six, imm, h)						\
	{ 0xfc43, 0x8000 | (top) << 10 | (six) << 6, imm, h, 2, 7, 0 }
#define SP	0xff
#define C2(f3, imm, h, rd, some)					\
	{ 0xe003, (f3) << 13 | 2, imm, h, rd, SP, some }

static const struct riscv_row riscv_rows[] = {
	LOAD(0x03, 0, 1 | X), LOAD(0x03, 1, 2 | X), LOAD(0x03, 2, 4 | X),
	LOAD(0x03, 3, 8), LOAD(0x03, 4, 1), LOAD(0x03, 5, 2),
	LOAD(0x03, 6, 4), LOAD(0x07, 1, 2 | F), LOAD(0x07, 2, 4 | F),
	LOAD(0x07, 3, 8 | F), STORE(0x23, 0, 1 | S), STORE(0x23, 1, 2 | S),
	STORE(0x23, 2, 4 | S), STORE(0x23, 3, 8 | S),
	STORE(0x27, 1, 2 | F | S), STORE(0x27, 2, 4 | F | S),
	STORE(0x27, 3, 8 | F | S),
	/* c.fld c.lw c.ld c.fsd c.sw c.sd */
	C0(1, "---klmfg", 8 | F), C0(2, "--gklmf", 4 | X),
	C0(3, "---klmfg", 8), C0(5, "---klmfg", 8 | F | S),
	C0(6, "--gklmf", 4 | S), C0(7, "---klmfg", 8 | S),
	/* c.lbu c.lhu c.lh c.sb c.sh */
	CB(0, "gf", 1), CH(1, 0, "-f", 2), CH(1, 1, "-f", 2 | X),
	CB(2, "gf", 1 | S), CH(3, 0, "-f", 2 | S),
	/* c.fldsp c.lwsp c.ldsp c.fsdsp c.swsp c.sdsp */
	C2(1, "---fgmcde", 8 | F, 7, 0), C2(2, "--efgmcd", 4 | X, 7, 1),
	C2(3, "---fgmcde", 8, 7, 1), C2(5, "---klmhij", 8 | F | S, 2, 0),
	C2(6, "--jklmhi", 4 | S, 2, 0), C2(7, "---klmhij", 8 | S, 2, 0),
};
#undef S
#undef X
#undef F

static unsigned place(char c)
{
	return c >= 'a' ? (unsigned)(c - 'a') : (unsigned)(c - 'A') + 26;
}

static s32 riscv_immediate(const struct riscv_row *r, u32 insn)
{
	const bool is_signed = (r->match & 3) == 3;
	u32 value = 0;
	unsigned i;

	for (i = 0; r->imm[i]; i++)
		if (r->imm[i] != '-')
			value |= (insn >> place(r->imm[i]) & 1) << i;
	if (is_signed && (value >> (i - 1) & 1))
		value |= ~0u << i;
	return (s32)value;
}

static bool riscv_agrees(const struct riscv_row *r, u32 insn,
			 const struct decoded *d)
{
	const bool full = (insn & 3) == 3 || (insn & 3) == 2;
	const u32 rd = full ? field(insn, r->rd + 4u, r->rd) :
			      8 + field(insn, r->rd + 2u, r->rd);
	const u32 rs1 = r->rs1 == SP ? 2 :
			full ? field(insn, r->rs1 + 4u, r->rs1) :
			       8 + field(insn, r->rs1 + 2u, r->rs1);

	if (r->nonzero && !rd)
		return d->how == 0;
	return d->how == r->how && d->reg == rd && d->base == rs1 &&
	       d->offset == riscv_immediate(r, insn);
}

bool decode_ref_riscv(u32 insn)
{
	const struct decoded d = decode_fetched(insn);

	if (d.length != ((insn & 3) == 3 ? 4 : 2))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(riscv_rows); i++)
		if ((insn & riscv_rows[i].mask) == riscv_rows[i].match)
			return riscv_agrees(&riscv_rows[i], insn, &d);
	return d.how == 0;
}

/* Jumps reach 1 MiB, branches 4 KiB, compressed ones 2 KiB and 256 bytes. */
bool decode_ref_next(u32 insn, u64 pc, const u64 *x)
{
	const u64 next = next_pc(insn, pc, x, pc + 2);
	const u64 branch = next_branch(insn, pc);
	const u64 length = (insn & 3) == 3 ? 4 : 2;
	const s64 distance = (s64)(next - pc);

	if (next & 1)
		return false;
	if (branch)
		return next == branch || next == pc + length;
	if (next == pc + length || insn == 0x10200073)
		return true;
	if ((insn & 0x7f) == 0x67 || (insn & 0xe003) == 0x8002)
		return true;			/* to a register */
	return (insn & 0x7f) == 0x6f ? distance >= -(1 << 20) &&
				       distance < 1 << 20 :
	       (insn & 0xe003) == 0xa001 && distance >= -2048 &&
	       distance < 2048;
}

/* ---- Arm ---- */

enum { NONE, STORES, LOADS };

/* By size, opc: what a form of one register does; wide: to 64 bits. */
struct arm_form {
	u8 bytes, what;
	bool sign, wide;
};
#define ST(n)	{ (n), STORES, false, false }
#define LD(n)	{ (n), LOADS, false, false }
#define LDSX(n)	{ (n), LOADS, true, true }
#define LDSW(n)	{ (n), LOADS, true, false }
static const struct arm_form general[4][4] = {
	{ ST(1), LD(1), LDSX(1), LDSW(1) }, { ST(2), LD(2), LDSX(2), LDSW(2) },
	{ ST(4), LD(4), LDSX(4) }, { ST(8), LD(8) },
};
static const struct arm_form vector[4][4] = {
	{ ST(1), LD(1), ST(16), LD(16) }, { ST(2), LD(2) },
	{ ST(4), LD(4) }, { ST(8), LD(8) },
};
/* Of pairs by opc; bit 22 tells loads from stores. */
static const struct arm_form general_pairs[4] = { LD(4), LDSX(4), LD(8) };

static bool arm_agrees(const struct arm_form *f, u32 insn,
		       const struct transfer *t)
{
	return t->size == f->bytes && t->load == (f->what == LOADS) &&
	       t->sign == f->sign && (!f->sign || t->wide == f->wide) &&
	       t->rt[0] == (insn & 31) && t->rn == field(insn, 9, 5) &&
	       t->simd == field(insn, 26, 26);
}

static s64 arm_signed(u32 value, unsigned width)
{
	return value >> (width - 1) ? (s64)value - ((s64)1 << width) : value;
}

/* Bits 24 and 23: no-allocate, post-index, offset, pre-index. */
static bool arm_pair(u32 insn, bool known, const struct transfer *t)
{
	const bool is_vector = field(insn, 26, 26);
	const u32 opc = field(insn, 31, 30);
	struct arm_form f = general_pairs[opc];

	if (is_vector)
		f = (struct arm_form){ .bytes = (u8)(4u << opc) };
	if (opc == 3)
		return true;			/* not allocated */
	if (f.sign && !field(insn, 22, 22))
		return !known;			/* tags */
	f.what = field(insn, 22, 22) ? LOADS : STORES;
	return known && t->count == 2 && t->rt[1] == field(insn, 14, 10) &&
	       arm_agrees(&f, insn, t) &&
	       t->writeback == field(insn, 23, 23) &&
	       t->step == arm_signed(field(insn, 21, 15), 7) * f.bytes;
}

static bool arm_single(u32 insn, bool known, const struct transfer *t)
{
	const u32 size = field(insn, 31, 30), opc = field(insn, 23, 22);
	const bool is_vector = field(insn, 26, 26);
	const struct arm_form *f = is_vector ? &vector[size][opc] :
					       &general[size][opc];
	const bool indexed = !field(insn, 24, 24) && !field(insn, 21, 21) &&
			     field(insn, 10, 10);

	if (!field(insn, 24, 24) && field(insn, 21, 21) &&
	    field(insn, 11, 10) != 2)
		return !known;			/* atomics, authenticated */
	if (f->what == NONE)
		return !known;			/* prefetches */
	return known && t->count == 1 && arm_agrees(f, insn, t) &&
	       t->writeback == indexed &&
	       (!indexed || t->step == arm_signed(field(insn, 20, 12), 9));
}

bool decode_ref_arm(u32 insn)
{
	struct transfer t = { .count = 0 };
	const bool known = transfer_decode(insn, &t);

	if ((insn & 0x3a000000) == 0x28000000)
		return arm_pair(insn, known, &t);
	if ((insn & 0x3a000000) == 0x38000000)
		return arm_single(insn, known, &t);
	return !known;
}
