// SPDX-License-Identifier: GPL-2.0-or-later
/* What attackers share: code made at run time, a way out of loops. */
#include "hostile.h"

#define EBREAK		0x00100073u
#define WATCHDOG	3000		/* ticks */

uint64_t chance_index(void)
{
	return vcpu_index() & 7;
}

const uint64_t chance_bases[CHANCE_BASES] = {
	0, PLIC_BASE, PLIC_BASE + 0x200000, APLIC_BASE, IMSIC_BASE, UART_BASE,
	RTC_BASE, TEST_BASE + 8, RAM_BASE, RAM_BASE + RAM_SIZE, ROM_BASE,
	1ull << 40, ~0xffffull, 0x02000000,
};

void watchdog_start(void)
{
	sbi(SBI_TIME, 0, now() + WATCHDOG);
	csr_write(sie, SIP_TIMER | SIP_SOFT);
}

uint64_t attack(const uint32_t *words, unsigned count, const uint64_t *regs,
		uint64_t sstatus)
{
	static uint32_t code[MAX_VCPUS][16] __attribute__((aligned(64)));
	const uint64_t n = chance_index();

	for (unsigned i = 0; i < 16; i++)
		code[n][i] = i < count ? words[i] : EBREAK;
	code_sync();
	watchdog_start();
	return hostile_call(code[n], regs, sstatus);
}

void hostile_console(void)
{
	mmio_write8(UART_BASE + 3, 3);	/* LCR: not the divisor's */
}
