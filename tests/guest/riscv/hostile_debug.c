// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Breakpoints, calls of semihosting, triggers, counters of the host's events
 * (the debug specification, 5; SBI, PMU): they are the guest's own exceptions,
 * illegal, or refused.
 */
#include "hostile.h"

#define EBREAK		0x00100073u
#define DRET		0x7b200073u
#define SBI_DBTR	0x44425452u
#define PMU_MATCH	2

static uint64_t regs[MAX_VCPUS][REG_COUNT];

static uint64_t how_of(uint64_t n, uint32_t word, uint64_t state)
{
	/* What a debugger's call looks like, SYS_EXIT in a0. */
	const uint32_t words[] = { 0x01f01013, word, 0x40705013 };
	uint64_t how;

	regs[n][9] = 0x18;
	do
		how = attack(words, 3, regs[n], state);
	while (IS_INTERRUPT(how));
	return how;
}

/* tselect to tcontrol, dcsr to dscratch1: of M-mode and the debugger. */
static void registers(uint64_t n, uint64_t state)
{
	for (uint32_t csr = 0x7a0; csr < 0x7c0; csr++) {
		EXPECT_EQ(how_of(n, csr << 20 | 0x2573, state), CAUSE_ILLEGAL);
		EXPECT_EQ(how_of(n, csr << 20 | 0x51073, state),
			  CAUSE_ILLEGAL);
	}
}

/* Events of hardware, of its caches, raw ones. */
static void events(void)
{
	EXPECT(!sbi_has(SBI_DBTR));
	for (uint64_t type = 0; type < 3; type++)
		for (uint64_t code = 0; code < 16; code++)
			EXPECT(sbi_error(SBI_PMU, PMU_MATCH, 0, ~0ull, 0x1f,
					 type << 16 | code, any_value()));
}

static void work(uint64_t index)
{
	static const uint64_t states[] = { STATE_KERNEL, STATE_USER };

	for (unsigned i = 0; i < 20; i++) {
		const uint64_t state = states[i % 2];

		EXPECT_EQ(how_of(index, EBREAK, state), CAUSE_BREAK);
		EXPECT_EQ(how_of(index, 0x90029002, state), CAUSE_BREAK);
		EXPECT_EQ(how_of(index, DRET, state), CAUSE_ILLEGAL);
		registers(index, state);
		events();
	}
}

void guest_main(void *tree)
{
	vcpu_all(vcpu_count(), work);
	pass();
}
