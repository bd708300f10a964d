// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Steal time (SBI 3.0, chapter 16): each second of work says how many of its
 * milliseconds another had this CPU.
 */
#include "guest.h"

static volatile struct {
	uint32_t sequence, flags;
	uint64_t steal_ns;
	uint8_t preempted, pad[47];
} shared __attribute__((aligned(64)));

static uint64_t steal_ns(void)
{
	uint32_t sequence;
	uint64_t ns;

	do {
		sequence = shared.sequence;
		__asm__ volatile("fence r, r" ::: "memory");
		ns = shared.steal_ns;
		__asm__ volatile("fence r, r" ::: "memory");
	} while (sequence % 2 || sequence != shared.sequence);
	return ns;
}

void guest_main(void *tree)
{
	EXPECT_EQ(sbi_error(SBI_STA, 0, (uintptr_t)&shared, 0, 0), 0);
	for (;;) {
		const uint64_t begin = now(), before = steal_ns();

		while (now() - begin < counter_hz())
			;
		print("stolen %u ms\n", (steal_ns() - before) / 1000000);
	}
}
