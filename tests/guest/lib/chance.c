// SPDX-License-Identifier: GPL-2.0-or-later
/* Chance for guests that attack, and their sign of life. */
#include "chance.h"

#define SEED_WORD	"seed="

/* xorshift64*; a VCPU each */
static uint64_t states[MAX_VCPUS];
static uint64_t seed;

/* A number behind such a word of the boot arguments. */
uint64_t chance_number(const char *tree, const char *word, uint64_t usual)
{
	const char *at = tree_find(tree, word);
	uint64_t number = 0;

	if (!at)
		return usual;
	while (*at++ != '=')
		;
	while (*at >= '0' && *at <= '9')
		number = number * 10 + (uint64_t)(*at++ - '0');
	return number;
}

void chance_begin(const char *tree)
{
	const uint64_t age = guest_entry_time - COUNTER_START;

	/* Another one after each reset, but the same for the first time. */
	seed = chance_number(tree, SEED_WORD, 1) +
	       (age * 32 / counter_hz() << 32);
}

void chance_all(const char *tree, void (*work)(uint64_t index))
{
	chance_begin(tree);
	for (uint64_t i = 1; i < vcpu_count(); i++)
		vcpu_begin(i, work, i);
	work(0);
}

uint64_t any(void)
{
	const uint64_t n = chance_index();
	uint64_t *s = &states[n];

	if (!*s)
		*s = (seed * MAX_VCPUS + n + 1) * 0x9e3779b97f4a7c15u | 1;
	*s ^= *s >> 12;
	*s ^= *s << 25;
	*s ^= *s >> 27;
	return *s * 0x2545f4914f6cdd1du;
}

uint64_t below(uint64_t n)
{
	return (any() >> 16) % n;
}

uint64_t any_address(void)
{
	return chance_bases[below(CHANCE_BASES)] +
	       (below(4) ? below(0x1000) & ~7ull : below(0x20000));
}

uint64_t any_value(void)
{
	switch (below(5)) {
	case 0:
		return 0;
	case 1:
		return ~0ull;
	case 2:
		return 1ull << below(64);
	case 3:
		return below(64);
	}
	return any();
}

void hostile_progress(const char *what)
{
	static uint64_t next;
	const uint64_t t = now();

	if (t < next)
		return;
	next = t + counter_hz() / 100;
	hostile_console();
	print("\n%s go on\n", what);
}
