// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Works for ever as systems do: VCPUs sleep, ring one another, are woken by
 * their timers and turned off and on; what is typed is answered.  Each round
 * ends only when all have answered.
 */
#include "doorbell.h"

#define REPORT_ROUNDS	16u
#define REST_ROUNDS	64u	/* then the last VCPU is turned off and on */

static uint64_t count, chance;
static volatile uint64_t asked[MAX_VCPUS], answered[MAX_VCPUS];
static volatile uint64_t ticks[MAX_VCPUS];
static volatile bool leave[MAX_VCPUS];

static uint64_t ms(uint64_t n)
{
	return n * counter_hz() / 1000;
}

static uint64_t below(uint64_t n)
{
	chance = chance * 6364136223846793005ull + 1442695040888963407ull;
	return (chance >> 33) % n;
}

/* Another VCPU: ticks by itself, answers when it is asked. */
static void follow(uint64_t index)
{
	doorbell_init_cpu();
	doorbell_alarm(ms(3 + index));
	while (!leave[index]) {
		const unsigned got = doorbell_wait();

		if (got & DOORBELL_ALARM) {
			ticks[index]++;
			doorbell_alarm(ms(3 + index));
		}
		if (answered[index] == asked[index])
			continue;
		answered[index] = asked[index];
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		doorbell_ring(0);
	}
}

static bool all_answered(void)
{
	for (uint64_t i = 1; i < count; i++)
		if (answered[i] != asked[i])
			return false;
	return true;
}

static void answer_typed(void)
{
	for (int c; (c = typed_get()) >= 0; )
		print("heard <%x>\n", (uint64_t)c);
}

static void sleep(uint64_t time)
{
	doorbell_alarm(time);
	while (!(doorbell_wait() & DOORBELL_ALARM))
		answer_typed();
	answer_typed();
}

static void ask_all(uint64_t round)
{
	for (uint64_t i = 1; i < count; i++) {
		asked[i] = round;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		doorbell_ring(i);
	}
	while (!all_answered()) {
		doorbell_wait();
		answer_typed();
	}
}

static void rest(uint64_t index)
{
	leave[index] = true;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	doorbell_ring(index);
	vcpu_join(index);
	leave[index] = false;
	vcpu_begin(index, follow, index);
}

/* Two in a row: the second's time was read after the first was told. */
static void report(uint64_t round)
{
	print("round %u, %u ticks\n", round, ticks[count - 1]);
	tell_trace(now());
	tell_trace(now());
}

void guest_main(void *tree)
{
	count = vcpu_count();
	chance = now();
	print("begins, %u Hz\n", counter_hz());
	doorbell_init();
	doorbell_init_cpu();
	for (uint64_t i = 1; i < count; i++)
		vcpu_begin(i, follow, i);
	for (uint64_t round = 1; ; round++) {
		sleep(ms(1) + below(ms(10)));
		ask_all(round);
		if (count > 1 && !(round % REST_ROUNDS))
			rest(count - 1);
		if (!(round % REPORT_ROUNDS))
			report(round);
	}
}
