// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each VCPU in turn writes functions all over 8 MiB, at the ends of pages and
 * large pages above all; the others run them, while everybody maintains caches
 * there.  Each call gives what was written last.  Run it with two VCPUs on
 * one host CPU and on more.
 */
#include "code.h"

#define AREA		(RAM_BASE + 0x1000000)
#define AREA_SIZE	0x800000ul
#define LARGE		0x200000ul
#define ROUNDS		10

static volatile uint32_t *volatile place;
static volatile uint64_t turn;		/* of the round; who has seen it: */
static volatile uint64_t seen[MAX_VCPUS];
static uint64_t count;

static uint64_t mixed(uint64_t v)
{
	v *= 0x9e3779b97f4a7c15u;
	return v ^ v >> 29;
}

/* Eight bytes that may lie in two pages. */
static volatile uint32_t *place_of(uint64_t round)
{
	const uint64_t r = mixed(round) >> 1;
	const uintptr_t border = AREA + (r >> 8) % (AREA_SIZE / LARGE) * LARGE;

	if (r % 4 == 0 && border > AREA)
		return (volatile uint32_t *)(border - 4);
	if (r % 4 == 1)
		return (volatile uint32_t *)(AREA + (r >> 8) % 1000 * 4096 +
					     4092);
	return (volatile uint32_t *)(AREA + (r >> 8) % (AREA_SIZE / 8 - 8) * 8);
}

/* Lets others run. */
static void wait_for(const volatile uint64_t *word, uint64_t value)
{
	const uint64_t end = now() + 30 * counter_hz();

	while (*word != value) {
		EXPECT(now() < end);
		code_relax();
	}
}

static void call(uint64_t round)
{
	uint64_t got;

	code_arrive();
	got = ((uint64_t (*)(void))(uintptr_t)place)();
	EXPECT_EQ(got, round % 2048);
}

static void write_round(uint64_t round)
{
	volatile uint32_t *to = place_of(round % 4);

	code_make(to, round % 2048);
	code_publish(to);
	place = to;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	turn = round;
}

static void take_part(uint64_t index)
{
	for (uint64_t round = 1; round <= ROUNDS; round++) {
		if (round % count == index) {
			for (uint64_t i = 0; i < count; i++)
				wait_for(&seen[i], round - 1);
			write_round(round);
		}
		wait_for(&turn, round);
		call(round);
		code_disturb(AREA + mixed(round + index) % AREA_SIZE);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		seen[index] = round;
	}
}

void guest_main(void *tree)
{
	count = vcpu_count();
	vcpu_all(count, take_part);
	pass();
}
