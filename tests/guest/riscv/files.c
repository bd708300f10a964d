// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Identities that the tree tells nothing of (AIA 1.0, 3.8): they are not there,
 * or are this guest's own.  Says FAIL where another guest's are seen: to be run
 * twice on one CPU, with 63 identities in the tree.
 */
#include "guest.h"

#define EIP(n)	(0x80u + (n) / 64 * 2)
#define EIE(n)	(0xc0u + (n) / 64 * 2)
#define ROUNDS	100

static uint64_t file_swap(unsigned reg, uint64_t v)
{
	uint64_t was;

	csr_write(0x150, reg);
	__asm__ volatile("csrrw %0, 0x151, %1" : "=r"(was) : "r"(v));
	return was;
}

/* Others run meanwhile. */
static void sleep_a_while(void)
{
	sbi(SBI_TIME, 0, now() + TIMER_HZ / 500);
	csr_write(sie, SIP_TIMER);
	while (!timer_is_due())
		wait();
	csr_write(sie, 0);
	sbi(SBI_TIME, 0, ~0ul);
}

void guest_main(void *tree)
{
	const uint64_t own = now() | 1;

	EXPECT(has_imsic(tree));
	for (unsigned i = 0; i < ROUNDS; i++) {
		const uint64_t enabled = file_swap(EIE(64), own);
		const uint64_t pending = file_swap(EIP(64), own);

		EXPECT(!enabled || enabled == own);
		EXPECT(!pending || pending == own);
		sleep_a_while();
	}
	pass();
}
