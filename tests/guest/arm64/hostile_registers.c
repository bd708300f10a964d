// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All encodings of MRS and MSR and of the system instructions (op0 of 1 to 3:
 * Arm DDI 0487, C5), at EL1 and EL0.  What is of higher levels is undefined;
 * nobody else's marks are found in what is read, ours are left behind.
 */
#include "hostile.h"

#define MSR(n)		(0xd5080000u | (n) << 5)	/* op0 << 14 less 1 */
#define MRS(n)		(MSR(n) | 1u << 21)
#define OP0(n)		(((n) >> 14) + 1)
#define OP1(n)		((n) >> 11 & 7)
#define PER_OP0		(1u << 14)
#define MARK		0x5ec2e70000000000ull

/* op0 1 to 3 as 0 to 2, op1, CRn, CRm, op2 */
#define ENCODED(op0, op1, n, m, op2)					\
	((uint32_t)((op0) - 1) << 14 | (op1) << 11 | (n) << 7 | (m) << 3 | \
	 (op2))

static uint32_t words[SWEEP_MAX];

/* Would only stop ourselves: SCTLR_EL1, VBAR_EL1. */
static bool stops_us(uint32_t n)
{
	return n == ENCODED(3, 0, 1, 0, 0) || n == ENCODED(3, 0, 12, 0, 0);
}

static bool is_undefined(const struct swept *s)
{
	const uint64_t ec = ESR_EC(s->trap - 1);

	return s->trap && (ec == EC_UNKNOWN || ec == 0x18);
}

static void check(uint32_t n, const struct swept *s, uint64_t state)
{
	const bool is_user = state == STATE_USER;

	if (is_user ? OP1(n) != 3 : OP1(n) > 3)
		if (!is_undefined(s))
			expect_failed("encoding", (int)n, "is undefined",
				      s->trap, s->value);
}

/* What a guest before us, or beside us, left in its registers. */
static void check_read(uint32_t n, const struct swept *s)
{
	if (!s->trap && s->value >> 40 == MARK >> 40)
		expect_failed("encoding", (int)n, "shows another's", s->value,
			      0);
}

static void reads(uint32_t first, uint64_t state)
{
	for (uint32_t i = 0; i < PER_OP0; i++)
		words[i] = MRS(first + i);
	sweep(words, PER_OP0, 0, state);
	for (uint32_t i = 0; i < PER_OP0; i++) {
		check(first + i, &sweep_done[i], state);
		check_read(first + i, &sweep_done[i]);
	}
}

/* Those that take a value, by the marks; the last of what they are given. */
static void writes(uint32_t first, uint64_t state, uint64_t mark)
{
	static const uint64_t values[] = { ~0ull, 0 };
	uint32_t count = 0;

	for (uint32_t i = 0; i < PER_OP0; i++)
		words[i] = stops_us(first + i) ? MRS(first + i) :
						 MSR(first + i);
	sweep(words, PER_OP0, mark, state);
	for (uint32_t i = 0; i < PER_OP0; i++) {
		check(first + i, &sweep_done[i], state);
		if (!sweep_done[i].trap)
			words[count++] = words[i];
	}
	for (unsigned i = 0; i < 2; i++)
		sweep(words, count, values[i], state);
	sweep(words, count, mark, state);
}

void guest_main(void *tree)
{
	static const uint64_t states[] = { STATE_KERNEL, STATE_USER };
	const uint64_t index = sysreg_read(tpidr_el1);

	for (unsigned i = 0; i < 2; i++)
		for (uint32_t op0 = 0; op0 < 3; op0++)
			reads(op0 * PER_OP0, states[i]);
	print("all read\n");
	for (unsigned i = 0; i < 2; i++)
		for (uint32_t op0 = 0; op0 < 3; op0++)
			writes(op0 * PER_OP0, states[i], MARK | index);
	sysreg_write(tpidr_el1, index);
	pass();
}
