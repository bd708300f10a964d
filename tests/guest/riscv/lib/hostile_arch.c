// SPDX-License-Identifier: GPL-2.0-or-later
/* What attackers are made of, on RISC-V. */
#include "hostile.h"

#define EBREAK		0x00100073u

uint64_t attack_ticks = 3000;

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
	sbi(SBI_TIME, 0, now() + attack_ticks);
	csr_write(sie, SIP_TIMER | SIP_SOFT);
}

void watchdog_init(void)
{
}

uint32_t attack_end(uint64_t state)
{
	return EBREAK;
}

void attack_sync(const void *code, size_t size)
{
	code_sync();
}

void hostile_console(void)
{
	mmio_write8(UART_BASE + 3, 3);	/* LCR: not the divisor's */
}

/* Base a5, data a4; pairs of halfwords are compressed ones. */
const uint32_t attack_list[] = {
	0x00078703, 0x00079703, 0x0007a703, 0x0007b703,	/* LB LH LW LD */
	0x0007c703, 0x0007d703, 0x0007e703, 0x0017a703,	/* LBU LHU LWU */
	0x00e78023, 0x00e79023, 0x00e7a023, 0x00e7b023,	/* SB SH SW SD */
	0x0007a707, 0x0007b707, 0x00e7a027, 0x00e7b027,	/* FLW FLD FSW FSD */
	0x43984398, 0x63986398, 0xc398c398, 0xe398e398,	/* C.LW LD SW SD */
	0x23982398, 0xa398a398, 0x43d863d8, 0xc3d8e3d8,	/* C.FLD C.FSD */
	0x1007a72f, 0x18e7a72f, 0x1007b72f, 0x18e7b72f,	/* LR SC */
	0x00e7a72f, 0x08e7b72f, 0x60e7a72f, 0xe0e7b72f,	/* AMO */
	0x6407c773, 0x6cf7c073, 0x6867c773, 0x6af7c073,	/* HLV and friends */
	0x0007a00f, 0x0017a00f, 0x0027a00f, 0x0047a00f,	/* CBO */
	0x12078073, 0x12e78073, 0x0000100f, 0x000780e7,	/* SFENCE, JALR */
	0x02078707, 0x02078727, 0x0207e707, 0x0207f727,	/* vector */
	0x0017b703, 0x00e7b0a3, 0x0037a707, 0x00e791a3,	/* misaligned */
};
const unsigned attack_list_count = sizeof(attack_list) / 4;

/* a3: the exception, a4: the value, a0: where both go, a5: what is given */
unsigned sweep_step(uint32_t *code, uint32_t word)
{
	code[0] = 0x00000693;			/* li a3, 0 */
	code[1] = 0x00078713;			/* mv a4, a5 */
	code[2] = word;
	code[3] = 0x00d53023;			/* sd a3, 0(a0) */
	code[4] = 0x00e53423;			/* sd a4, 8(a0) */
	code[5] = 0x01050513;			/* addi a0, a0, 16 */
	return 6;
}
