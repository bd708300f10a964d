// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Random instruction words in S- and U-mode, and every CSR's number read and
 * written, from all VCPUs.
 */
#include "hostile.h"

#define SYSTEM		0x73u
#define IS_SYSTEM(w)	(((w) & 0x7f) == SYSTEM)
#define CSR_OF(w)	((w) >> 20)
#define ECALL		0x00000073u

static void fill(uint64_t *regs)
{
	for (unsigned i = 0; i < 31; i++)
		regs[i] = below(3) ? any_address() : any_value();
	regs[16] |= 0x40000000;		/* a7: no firmware call by chance */
}

/*
 * Others would only stop ourselves: the vector, what finds our way back,
 * tables; or QEMU 10, which takes any UXL for sstatus and ends at what it
 * cannot translate for that.
 */
static bool is_harmless(uint32_t word)
{
	const uint32_t csr = CSR_OF(word), kind = word >> 12 & 7;

	if (!IS_SYSTEM(word) || !(kind & 3))
		return true;
	return csr != 0x105 && csr != 0x140 && csr != 0x180 &&
	       (csr != 0x100 || kind > 2);
}

static uint32_t any_word(void)
{
	const uint32_t word = (uint32_t)any();

	switch (below(5)) {
	case 0:				/* a CSR */
		return (word & ~0x7fu) | SYSTEM;
	case 1:				/* a CSR that a supervisor may have */
		return (word & 0xcffff000) | 0x10000000 | SYSTEM | 0x700;
	case 2:				/* a load, store or AMO */
		return (word & ~0x5fu) | 3 | (below(3) ? 0 : 0xc);
	case 3:				/* a privileged instruction */
		if (!below(16))
			return ECALL;
		return (word & 0xfff00000) | SYSTEM;
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
		for (unsigned i = 0; i < 50; i++) {
			fill(regs);
			for (unsigned j = 0; j < WORDS; j++) {
				do
					words[j] = any_word();
				while (!is_harmless(words[j]));
			}
			attack(words, WORDS, regs,
			       below(4) ? IN_SUPERVISOR : IN_USER);
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
