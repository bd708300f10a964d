// SPDX-License-Identifier: GPL-2.0-or-later
/* Code that is made at run time: Zifencei, SBI's remote fences, Zicbom. */
#include "code.h"

void code_make(volatile uint32_t *to, uint32_t n)
{
	volatile uint16_t *half = (volatile uint16_t *)to;

	half[0] = 0x0513;			/* li a0, n */
	half[1] = (uint16_t)(n << 4);
	half[2] = 0x8067;			/* ret */
	half[3] = 0x0000;
}

/* All others by firmware now and then; code_arrive() is for the rest. */
void code_publish(volatile uint32_t *to)
{
	code_sync();
	if ((uintptr_t)to & 8)
		EXPECT_EQ(sbi_error(SBI_RFENCE, 0, 0, ~0ul), 0);
}

void code_arrive(void)
{
	__asm__ volatile("fence.i" ::: "memory");
}

/* CPUs without such an instruction refuse it. */
#define BLOCK(imm)							\
	(void)TRAP_OF(__asm__ volatile("mv a5, %0\n\t.4byte " #imm	\
				       :: "r"(at) : "a5", "memory"))

void code_disturb(uintptr_t at)
{
	BLOCK(0x0017a00f);			/* cbo.clean (a5) */
	BLOCK(0x0027a00f);			/* cbo.flush */
	BLOCK(0x0007a00f);			/* cbo.inval */
}

void code_relax(void)
{
	csr_write(sie, SIP_TIMER);
	sbi(SBI_TIME, 0, now() + 10);
	wait();
	csr_write(sie, 0);
}
