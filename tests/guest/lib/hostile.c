// SPDX-License-Identifier: GPL-2.0-or-later
/* Running code made at run time, for guests that attack. */
#include "hostile.h"

#define PAGE_WORDS	1024

uint64_t attack(const uint32_t *words, unsigned count, const uint64_t *regs,
		uint64_t state)
{
	/* Pages of their own: what else is stored goes on at full speed. */
	static uint32_t code[MAX_VCPUS][PAGE_WORDS]
		__attribute__((aligned(4096)));
	static uint8_t stacks[MAX_VCPUS][1024] __attribute__((aligned(64)));
	const uint64_t n = chance_index();

	for (unsigned i = 0; i < ATTACK_WORDS; i++)
		code[n][i] = i < count ? words[i] : attack_end(state);
	attack_sync(code[n], ATTACK_WORDS * sizeof(code[n][0]));
	watchdog_start();
	return hostile_call(code[n], regs, state, stacks[n] + 512);
}

void attack_accesses(uint64_t index)
{
	static uint64_t all_regs[MAX_VCPUS][REG_COUNT];
	uint64_t *const regs = all_regs[index];
	uint32_t words[8];

	regs[REG_BASE] = any_address();
	regs[REG_DATA] = any_value();
	regs[REG_DATA + 1] = any_value();
	for (unsigned i = 0; i < 8; i++)
		words[i] = attack_list[below(attack_list_count)];
	attack(words, 1 + below(8), regs,
	       below(4) ? STATE_KERNEL : STATE_USER);
}

/* ---- sweeps ---- */

static uint32_t *const sweep_code =
	(uint32_t *)(SCRATCH_BASE + SWEEP_MAX * sizeof(struct swept));
struct swept *const sweep_done = (struct swept *)SCRATCH_BASE;

void sweep(const uint32_t *words, unsigned count, uint64_t value,
	   uint64_t state)
{
	uint32_t *at = sweep_code;

	for (unsigned i = 0; i < count; i++)
		at += sweep_step(at, words[i]);
	*at = attack_end(state);
	attack_sync(sweep_code, (size_t)((uintptr_t)(at + 1) -
					 (uintptr_t)sweep_code));
	hostile_sweep(sweep_code, at, value, state, sweep_done);
}

/* ---- how much was attacked with ---- */

static volatile uint64_t words_run[MAX_VCPUS];

/* By the last exception; one that was led away ran the first, at least. */
void hostile_count_words(uint64_t index, unsigned count)
{
	const uint64_t n = hostile_exception_pc() / 4 % ATTACK_WORDS;

	words_run[index] += n < count ? n + 1 : 1;
}

void hostile_tell_words(void)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < MAX_VCPUS; i++)
		sum += words_run[i];
	hostile_console();
	print("\ntried %u\n", sum);
}
