// SPDX-License-Identifier: GPL-2.0-or-later
/* Chance for guests that attack, and their sign of life. */
#include "chance.h"

/* xorshift64*; a VCPU each */
static uint64_t states[MAX_VCPUS];

uint64_t any(void)
{
	const uint64_t n = chance_index();
	uint64_t *s = &states[n];

	if (!*s)
		*s = now() * 2 + 1 + n * 0x9e3779b97f4a7c15u;
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
	next = t + counter_hz() / 2;
	hostile_console();
	print("\n%s go on\n", what);
}
