// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Breakpoints and watchpoints on everything at every level, single steps,
 * halting, software breakpoints (Arm DDI 0487, D2): no exception that was not
 * asked for, none of ours.
 */
#include "hostile.h"

#define D_UNMASKED	(STATE_KERNEL & ~0x200u)
#define STEP		(1u << 21)
#define EC_SVC		0x15
#define EC_BRK		0x3c
#define NOP		0xd503201fu
#define BRK(n)		(0xd4200000u | (n) << 5)
#define HLT(n)		(0xd4400000u | (n) << 5)
#define DCPS(n)		(0xd4a00000u | (n))
/* Linked to nothing, any byte, all levels and both worlds; enabled. */
#define BREAK_ALL	0x21e7u
#define WATCH_ALL	0x3ffffu

static uint64_t regs[MAX_VCPUS][REG_COUNT];

static uint64_t class_of(uint64_t n, uint32_t word, uint64_t state)
{
	const uint32_t words[] = { NOP, word, NOP };
	uint64_t how;

	regs[n][1] = (uintptr_t)&regs[n];
	do {
		watchdog_init();
		how = attack(words, 3, regs[n], state);
	} while (IS_INTERRUPT(how));
	return ESR_EC(how);
}

/* At, by turns, this guest's code and all of memory, and what may be ours. */
static void arm(uint64_t at)
{
	sysreg_write(S2_0_C1_C0_4, 0);		/* OSLAR_EL1 */
	sysreg_write(S2_0_C1_C3_4, 0);		/* OSDLR_EL1 */
	sysreg_write(dbgbvr0_el1, at);
	sysreg_write(dbgbcr0_el1, BREAK_ALL);
	sysreg_write(dbgbvr1_el1, at + 4);
	sysreg_write(dbgbcr1_el1, BREAK_ALL | 0xf << 20);
	sysreg_write(dbgwvr0_el1, at);
	sysreg_write(dbgwcr0_el1, WATCH_ALL);
	sysreg_write(dbgwvr1_el1, 0);
	sysreg_write(dbgwcr1_el1, WATCH_ALL | 0x1full << 24);
	sysreg_write(mdscr_el1, 1u << 15 | 1u << 13 | 1u << 12 | 1);
}

static void work(uint64_t index)
{
	static const uint64_t states[] = {
		STATE_KERNEL, D_UNMASKED, D_UNMASKED | STEP, STATE_USER,
		(STATE_USER & ~0x200u) | STEP,
	};
	const uint64_t places[] = {
		(uintptr_t)guest_main, 0, RAM_BASE, ~0xfffull, 1ull << 47,
		(uintptr_t)&regs[index],
	};

	for (unsigned i = 0; i < 300; i++) {
		const uint64_t state = states[i % 5];

		arm(places[i % 6]);
		/* Nothing, a load, a store of what is watched. */
		EXPECT_EQ(class_of(index, NOP, state), EC_SVC);
		EXPECT_EQ(class_of(index, 0xf9400022, state), EC_SVC);
		EXPECT_EQ(class_of(index, 0xf9000422, state), EC_SVC);
		EXPECT_EQ(class_of(index, BRK(i), state), EC_BRK);
		EXPECT_EQ(class_of(index, HLT(0xf000), state), EC_UNKNOWN);
		for (uint32_t n = 1; n <= 3; n++)
			EXPECT_EQ(class_of(index, DCPS(n), state), EC_UNKNOWN);
	}
}

void guest_main(void *tree)
{
	vcpu_all(vcpu_count(), work);
	pass();
}
