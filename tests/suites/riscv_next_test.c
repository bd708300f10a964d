// SPDX-License-Identifier: GPL-2.0-or-later
/* arch/riscv/pure/next: where instructions lead. */
#include <vmm/test.h>

#include "../../arch/riscv/pure/next.h"

#define PC	0x80001000ull
#define SEPC	0x1234ull

/* x1 to x31 hold their number times 0x101, x10 -1, x11 0. */
static const struct {
	u32 insn;
	u64 next;
} table[] = {
	{ 0x00000013, PC + 4 },			/* nop */
	{ 0x0001, PC + 2 },			/* c.nop */
	{ 0x0100006f, PC + 16 },		/* j .+16 */
	{ 0xff1ff0ef, PC - 16 },		/* jal .-16 */
	{ 0x7ffff06f, PC + 0xffffe },		/* j, the farthest */
	{ 0x00c28067, 0x505 + 12 - 1 },		/* jr 12(t0): even */
	{ 0xfff282e7, 0x504 },			/* jalr t0, -1(t0) */
	{ 0x02058463, PC + 40 },		/* beqz a1, .+40: taken */
	{ 0x02059463, PC + 4 },			/* bnez a1 */
	{ 0xfea59ce3, PC - 8 },			/* bne a1, a0, .-8 */
	{ 0x00b54463, PC + 8 },			/* blt a0, a1: -1 < 0 */
	{ 0x00b56463, PC + 4 },			/* bltu a0, a1 */
	{ 0x00b55463, PC + 4 },			/* bge a0, a1 */
	{ 0x00b57463, PC + 8 },			/* bgeu a0, a1 */
	{ 0xa021, PC + 8 },			/* c.j .+8 */
	{ 0xbfc5, PC - 16 },			/* c.j .-16 */
	{ 0xc181, PC + 2 - 2 },			/* c.beqz a1, .+0: taken */
	{ 0xc591, PC + 12 },			/* c.beqz a1, .+12 */
	{ 0xe591, PC + 2 },			/* c.bnez a1 */
	{ 0xfd65, PC - 8 },			/* c.bnez a0, .-8 */
	{ 0x8282, 0x504 },			/* c.jr t0: even */
	{ 0x9282, 0x504 },			/* c.jalr t0 */
	{ 0x82aa, PC + 2 },			/* c.mv t0, a0 */
	{ 0x92aa, PC + 2 },			/* c.add t0, a0 */
	{ 0x9002, PC + 2 },			/* c.ebreak */
	{ 0x10200073, SEPC },			/* sret */
	{ 0x10500073, PC + 4 },			/* wfi */
	{ 0x00000073, PC + 4 },			/* ecall */
};

static void leads(void)
{
	u64 x[32] = { 0 };

	for (u64 i = 1; i < 32; i++)
		x[i] = i * 0x101;
	x[10] = ~0ull;
	x[11] = 0;
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		EXPECT_EQ(next_pc(table[i].insn, PC, x, SEPC),
			  table[i].next);
}

static void reservations(void)
{
	EXPECT(next_is_lr(0x1005a52f) && next_is_lr(0x1605b52f));
	EXPECT(next_is_sc(0x18c5a52f) && next_is_sc(0x1ac5b52f));
	EXPECT(!next_is_lr(0x18c5a52f) && !next_is_sc(0x1005a52f));
	EXPECT(!next_is_lr(0x00b6352f));		/* amoadd.d */
	EXPECT_EQ(next_branch(0x02059463, PC), PC + 40);
	EXPECT_EQ(next_branch(0xe591, PC), PC + 12);
	EXPECT_EQ(next_branch(0x0100006f, PC), 0);	/* j */
}

SUITE(riscv_next, TEST(leads), TEST(reservations));
