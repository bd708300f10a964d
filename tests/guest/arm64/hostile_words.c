// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Random instruction words at EL1 and EL0, in AArch64 and AArch32, and every
 * system register's encoding read and written, from all VCPUs.
 */
#include "hostile.h"

#define MSR		0xd5000000u
#define IS_READ		(1u << 21)
/* Would only stop ourselves: for ever, where fetches fail in the guest. */
#define SCTLR_WRITE	0xd5181000u
#define VBAR_WRITE	0xd518c000u
/* ICC_BPR1_EL1: QEMU 7.2 ends at a value of more than three bits. */
#define BPR1_WRITE	0xd518cc60u

static void fill(uint64_t *regs)
{
	for (unsigned i = 0; i < 31; i++)
		regs[i] = below(3) ? any_address() : any_value();
}

static uint64_t any_pstate(void)
{
	static const uint32_t states[] = {
		PSTATE_EL1H, PSTATE_EL1H, PSTATE_EL0, PSTATE_A32, PSTATE_THUMB,
	};

	return states[below(5)] | (below(64) ? 0 : any() & 0xf0f00000);
}

static bool is_harmless(uint32_t word)
{
	word &= ~0x1fu;
	return word != SCTLR_WRITE && word != VBAR_WRITE && word != BPR1_WRITE;
}

static uint32_t any_word(void)
{
	uint32_t word = (uint32_t)any();

	switch (below(4)) {
	case 0:				/* a system instruction */
		word = MSR | (word & 0x003fffff);
		return is_harmless(word) ? word : word | IS_READ;
	case 1:				/* a load or store */
		return (word & 0xf5ffffff) | 0x08000000;
	case 2:				/* HVC and SMC but few others */
		if (!below(16))
			return 0xd4000000 | (word & 0x1fffe3);
	}
	return word;
}

#define WORDS		4

static void work(uint64_t index)
{
	unsigned turns = 0;
	uint64_t regs[31];
	uint32_t words[WORDS];

	for (;; turns++) {
		watchdog_init();
		for (unsigned i = 0; i < 50; i++) {
			fill(regs);
			regs[0] &= 0xfffffff0;	/* no PSCI by chance */
			for (unsigned j = 0; j < WORDS; j++)
				words[j] = any_word();
			attack(words, WORDS, regs, any_pstate());
			hostile_count_words(index, WORDS);
		}
		if (!index)
			hostile_progress("words");
		if (!index && turns % 16 == 15)
			hostile_tell_words();
	}
}

void guest_main(void *tree)
{
	attack_ticks = counter_hz() / 50000;
	chance_all(tree, work);
}
