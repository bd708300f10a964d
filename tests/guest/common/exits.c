// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An exit changes the registers that are its results, to values that they may
 * have, and no other: nothing of the hypervisor's is left in one.  Run it with
 * two VCPUs, of which the other computes, on one host CPU and on more.
 */
#include "around.h"

#define ROUNDS	8

static volatile uint64_t loops;
static volatile bool stop;

static void compute(uint64_t arg)
{
	while (!stop)
		loops++;
}

static uint64_t pattern(uint64_t round, uint64_t n)
{
	return (round * 64 + n + 1) * 0x9e3779b97f4a7c15u;
}

static void expect_kept(const struct around *a, const uint64_t *before,
			const uint64_t *after)
{
	for (uint64_t n = 0; n < AROUND_REGS; n++) {
		if (around_ignored >> n & 1 || after[n] == before[n])
			continue;
		if (!(a->results >> n & 1))
			expect_failed(a->name, (int)n, "changed", after[n],
				      before[n]);
		if (after[n] & ~a->result_bits)
			expect_failed(a->name, (int)n, "result", after[n],
				      a->result_bits);
	}
}

static void check(const struct around *a, uint64_t round)
{
	uint64_t before[AROUND_REGS], after[AROUND_REGS], how;

	for (uint64_t n = 0; n < AROUND_REGS; n++)
		before[n] = pattern(round, n);
	for (unsigned i = 0; i < 3; i++)
		if (a->in[i].n || a->in[i].v)
			before[a->in[i].n] = a->in[i].v;
	for (uint64_t n = 0; n < AROUND_REGS; n++)
		after[n] = before[n];
	if (a->before)
		a->before();
	how = TRAP_OF(a->run(after));
	if ((how != NO_TRAP) != a->traps)
		expect_failed(a->name, 0, "trap", how, a->traps);
	expect_kept(a, before, after);
}

void guest_main(void *tree)
{
	vcpu_begin(1, compute, 0);
	for (uint64_t round = 0; round < ROUNDS; round++)
		for (uint64_t i = 0; i < around_count; i++)
			check(&around_all[i], round);
	stop = true;
	vcpu_join(1);
	EXPECT(loops);
	pass();
}
