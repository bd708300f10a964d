// SPDX-License-Identifier: GPL-2.0-or-later
/* Code that is made at run time: Arm ARM B2.4.4. */
#include "code.h"

void code_make(volatile uint32_t *to, uint32_t n)
{
	to[0] = 0xd2800000 | n << 5;		/* mov x0, #n */
	to[1] = 0xd65f03c0;			/* ret */
}

void code_publish(volatile uint32_t *to)
{
	__asm__ volatile("dc cvau, %0\n\tdc cvau, %1\n\tdsb ish\n\t"
			 "ic ivau, %0\n\tic ivau, %1\n\tdsb ish\n\tisb"
			 :: "r"(to), "r"(to + 1) : "memory");
}

void code_arrive(void)
{
	__asm__ volatile("isb" ::: "memory");
}

/* By address, of all, and by set and way: that cleans as well. */
void code_disturb(uintptr_t at)
{
	__asm__ volatile("dc civac, %0\n\tdc ivac, %0\n\tdc cvac, %0\n\t"
			 "ic ialluis\n\tic iallu\n\t"
			 "dc cisw, %1\n\tdc isw, %1\n\tdsb ish\n\tisb"
			 :: "r"(at), "r"((at & 0xff) << 6) : "memory");
}

void code_relax(void)
{
	__asm__ volatile("wfe" ::: "memory");
}
