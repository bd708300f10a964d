// SPDX-License-Identifier: GPL-2.0-or-later
/* What attackers are made of, on ARMv8. */
#include "hostile.h"

uint64_t attack_ticks = 20000;

uint64_t chance_index(void)
{
	return sysreg_read(mpidr_el1) & 7;
}

const uint64_t chance_bases[CHANCE_BASES] = {
	0, GICD_BASE, GICR_BASE, GICR_BASE + 0x10000, RTC_BASE,
	0x09030000, 0x0a000000, RAM_BASE, RAM_BASE + RAM_SIZE,
	0x3fff0000, 1ull << 40, ~0xffffull, 0x04000000, 0x08020000,
};

/* Virtual timer and SGIs come, so that no loop lasts. */
void watchdog_init(void)
{
	const uint64_t redistributor =
		GICR_BASE + (sysreg_read(mpidr_el1) & 7) * 0x20000;

	mmio_write32(GICD_BASE, 0x12);
	mmio_write32(redistributor + 0x14, 0);
	mmio_write32(redistributor + 0x10080, ~0u);
	mmio_write32(redistributor + 0x10100, ~0u);
	__asm__ volatile("msr S3_0_C4_C6_0, %0\n\t"	/* PMR */
			 "msr S3_0_C12_C12_7, %1\n\t"	/* IGRPEN1 */
			 "msr S3_0_C12_C12_4, xzr\n\t"	/* CTLR */
			 "isb" :: "r"(0xffull), "r"(1ull));
}

void watchdog_start(void)
{
	sysreg_write(cntv_tval_el0, attack_ticks);
	sysreg_write(cntv_ctl_el0, 1);
}

/* SVC in that state */
uint32_t attack_end(uint64_t state)
{
	if ((state & PSTATE_THUMB) == PSTATE_THUMB)
		return 0xdf00df00;
	return state & 0x10 ? 0xef000000 : 0xd4000001;
}

void attack_sync(const void *code, size_t size)
{
	const uintptr_t end = (uintptr_t)code + size;

	for (uintptr_t at = (uintptr_t)code; at < end; at += 16)
		__asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0"
				 :: "r"(at) : "memory");
	__asm__ volatile("dsb ish\n\tisb" ::: "memory");
}

void hostile_console(void)
{
	mmio_write32(UART_BASE + 0x30, 0x301);	/* CR: on */
}

/* Base x1, data x2 and x3; some with writeback, none that leave a loop. */
const uint32_t attack_list[] = {
	0x39400022, 0x79400022, 0xb9400022, 0xf9400022,	/* LDR, all widths */
	0x39000022, 0x79000022, 0xb9000022, 0xf9000022,	/* STR */
	0x39800022, 0x79800022, 0xb9800022,		/* LDRS */
	0xa9400c22, 0xa9000c22, 0x29400c22, 0x29000c22,	/* LDP, STP */
	0xa8c10c22, 0xa8810c22, 0xf8408422, 0xf8008c22,	/* writeback */
	0x3dc00022, 0x3d800022, 0xad400c22, 0xad000c22,	/* 128 bits */
	0x3d400022, 0x7d000022, 0xbd400022, 0xfd000022,	/* SIMD scalars */
	0xc85f7c22, 0xc8047c22, 0x885ffc22, 0x8804fc22,	/* exclusives */
	0xc87f0c22, 0xc8240c22, 0xf8240022, 0xc8a47c22,	/* pairs, LSE */
	0x0c407022, 0x0c007022, 0x4c40a022,		/* LD1, ST1 */
	0xd50b7e21, 0xd50b7421, 0xd5087621, 0xd50b7521,	/* DC, IC */
	0xf8800022, 0xf8627822, 0xd5087801, 0xd61f0020,	/* PRFM, AT, BR */
	0xf8206822, 0xf8606822, 0x38206822, 0xb8a06822,	/* by register */
};
const unsigned attack_list_count = sizeof(attack_list) / 4;

/* x13: the exception, x9: the value, x10: where both go, x14: what is given */
unsigned sweep_step(uint32_t *code, uint32_t word)
{
	code[0] = 0xd280000d;			/* mov x13, #0 */
	code[1] = 0xaa0e03e9;			/* mov x9, x14 */
	code[2] = (word & ~0x1fu) | 9;
	code[3] = 0xa881254d;			/* stp x13, x9, [x10], #16 */
	return 4;
}
