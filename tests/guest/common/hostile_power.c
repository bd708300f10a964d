// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * VCPUs that are turned on: those that are not there, the one that asks, the
 * same one by four at once, some at addresses where no code is.  At the end
 * all turn themselves off, the last one without turning off the guest.
 */
#include "hostile.h"

#define ROUNDS		300
#define ASKING		4		/* VCPUs 0 to 3 turn number 4 on */

static volatile uint64_t starts, successes[ASKING];

void guest_secondary(uint64_t index);

static void absent_ones(void)
{
	static const uint64_t absent[] = {
		MAX_VCPUS, 15, 16, 255, 256, 1ull << 16, 1ull << 24, 1ull << 31,
		1ull << 32, 1ull << 40, 1ull << 63, ~0ull, 0xffffffffull,
	};

	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
		EXPECT(hostile_start(absent[i], RAM_BASE) < 0);
		EXPECT(!vcpu_is_off(absent[i]));
	}
	EXPECT(hostile_start(0, RAM_BASE) < 0);
}

static void started(uint64_t ignored)
{
	starts++;
}

static void asks(uint64_t index)
{
	for (unsigned i = 0; i < ROUNDS; i++)
		if (!secondary_on(ASKING))
			successes[index]++;
}

static void at_once(void)
{
	uint64_t sum = 0;

	vcpu_run(ASKING, started, 0);
	starts = 0;
	for (uint64_t i = 1; i < ASKING; i++)
		vcpu_begin(i, asks, i);
	asks(0);
	for (uint64_t i = 1; i < ASKING; i++)
		vcpu_join(i);
	vcpu_join(ASKING);
	for (uint64_t i = 0; i < ASKING; i++)
		sum += successes[i];
	EXPECT(sum);
	EXPECT_EQ(starts, sum);
}

/* What is refused is right as well; what is not attacks from there. */
static void at_nonsense(void)
{
	static const uint64_t places[] = {
		UART_BASE, NOTHING, RAM_BASE + RAM_SIZE - 2, RAM_BASE + 1,
		~0ull, 1ull << 63,
	};

	for (uint64_t n = 5; n < MAX_VCPUS; n++)
		for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
			hostile_start(n, places[i]);
}

static void goes_off(uint64_t index)
{
	while (index != 1 && !vcpu_is_off(index - 1))
		;
}

void guest_main(void *tree)
{
	chance_begin(tree);
	absent_ones();
	at_once();
	at_nonsense();
	for (uint64_t i = ASKING; i; i--)
		vcpu_begin(i, goes_off, i);
	print("power go on\n");
	guest_cpu_off();
}
