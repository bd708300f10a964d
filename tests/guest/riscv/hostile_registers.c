// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All 4096 CSRs by CSRRW, CSRRS and CSRRC (the privileged architecture, 2.1),
 * in S- and U-mode.  What is of higher modes, and what only reads when it is
 * written, is an illegal instruction; nobody else's marks are found in what is
 * read, ours are left behind.
 */
#include "hostile.h"

#define CSRS		4096u
#define CSR_WORD(n, op)	((n) << 20 | 15 << 15 | (op) << 12 | 14 << 7 | 0x73)
#define CSR_READ(n)	((n) << 20 | 2 << 12 | 14 << 7 | 0x73)
#define LOWEST(n)	((n) >> 8 & 3)
#define IS_READ_ONLY(n)	((n) >> 10 == 3)
#define MARK		0x5ec2e70000000000ull

static uint32_t words[CSRS];

/* Would only stop ourselves: stvec, sscratch, satp. */
static bool stops_us(uint32_t n)
{
	return n == 0x105 || n == 0x140 || n == 0x180;
}

static void check(uint32_t n, const struct swept *s, uint64_t state,
		  bool is_write)
{
	const unsigned mode = state == STATE_KERNEL;

	if (LOWEST(n) > mode || (is_write && IS_READ_ONLY(n)))
		if (s->trap != 1 + CAUSE_ILLEGAL)
			expect_failed("CSR", (int)n, "is illegal", s->trap,
				      s->value);
	if (s->trap && s->trap != 1 + CAUSE_ILLEGAL)
		expect_failed("CSR", (int)n, "takes", s->trap - 1, s->value);
}

static void reads(uint64_t state)
{
	for (uint32_t n = 0; n < CSRS; n++)
		words[n] = CSR_READ(n);
	sweep(words, CSRS, 0, state);
	for (uint32_t n = 0; n < CSRS; n++) {
		const struct swept *s = &sweep_done[n];

		check(n, s, state, false);
		/* What a guest before us, or beside us, left. */
		if (!s->trap && s->value >> 40 == MARK >> 40)
			expect_failed("CSR", (int)n, "shows another's",
				      s->value, 0);
	}
}

static uint32_t write_word(uint32_t n, unsigned op)
{
	return stops_us(n) ? CSR_READ(n) : CSR_WORD(n, op);
}

/* Those that take a value, by the marks; the last of what they are given. */
static void writes(uint64_t state)
{
	uint32_t count = 0;

	for (uint32_t n = 0; n < CSRS; n++)
		words[n] = write_word(n, 1);
	sweep(words, CSRS, MARK, state);
	for (uint32_t n = 0; n < CSRS; n++) {
		check(n, &sweep_done[n], state, !stops_us(n));
		if (sweep_done[n].trap)
			continue;
		words[count++] = write_word(n, 1);
		words[count++] = write_word(n, 2);
		words[count++] = write_word(n, 3);
	}
	sweep(words, count, ~0ull, state);
	sweep(words, count, 0, state);
	sweep(words, count, MARK, state);
}

/* Setting and clearing bits is a store too. */
static void read_only(uint64_t state)
{
	uint32_t count = 0;

	for (uint32_t n = 0xc00; n < 0xd00; n++) {
		words[count++] = CSR_WORD(n, 2);
		words[count++] = CSR_WORD(n, 3);
	}
	sweep(words, count, 1, state);
	for (uint32_t i = 0; i < count; i++)
		check(0xc00 + i / 2, &sweep_done[i], state, true);
}

void guest_main(void *tree)
{
	static const uint64_t states[] = { STATE_KERNEL, STATE_USER };

	for (unsigned i = 0; i < 2; i++)
		reads(states[i]);
	print("all read\n");
	for (unsigned i = 0; i < 2; i++) {
		writes(states[i]);
		read_only(states[i]);
	}
	csr_write(sie, 0);
	pass();
}
