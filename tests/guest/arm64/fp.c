// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * FP and vector registers: each VCPU fills all of them and FPSR with a
 * pattern of its own and finds them again after computing, yields, exits,
 * sleep.  Run it with more VCPUs than the host has, and twice at once.
 */
#include "guest.h"

#define ROUNDS	20000

static void fill(uint64_t seed)
{
	__asm__ volatile(
		".arch_extension simd\n\t"
		".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,"
		"21,22,23,24,25,26,27,28,29,30,31\n\t"
		"add	x9, %0, #\\n\n\t"
		"mov	v\\n\\().d[0], x9\n\t"
		"mvn	x9, x9\n\t"
		"mov	v\\n\\().d[1], x9\n\t"
		".endr\n\t"
		"and	x9, %0, #0x1f\n\t"
		"msr	fpsr, x9"
		:: "r"(seed) : "x9");
}

/* 0 if all are as fill() left them. */
static uint64_t differ(uint64_t seed)
{
	uint64_t bad = 0;

	__asm__ volatile(
		".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,"
		"21,22,23,24,25,26,27,28,29,30,31\n\t"
		"add	x9, %1, #\\n\n\t"
		"mov	x10, v\\n\\().d[0]\n\t"
		"eor	x10, x10, x9\n\t"
		"orr	%0, %0, x10\n\t"
		"mov	x10, v\\n\\().d[1]\n\t"
		"mvn	x9, x9\n\t"
		"eor	x10, x10, x9\n\t"
		"orr	%0, %0, x10\n\t"
		".endr\n\t"
		"and	x9, %1, #0x1f\n\t"
		"mrs	x10, fpsr\n\t"
		"and	x10, x10, #0x1f\n\t"
		"eor	x10, x10, x9\n\t"
		"orr	%0, %0, x10"
		: "+r"(bad) : "r"(seed) : "x9", "x10");
	return bad;
}

static void between(uint64_t round)
{
	switch (round % 5) {
	case 0:
		__asm__ volatile("wfe");
		break;
	case 1:
		psci(PSCI_VERSION, 0, 0, 0);
		break;
	case 2:
		(void)mmio_read32(UART_BASE + 0x18);
		break;
	case 3:
		(void)sysreg_read(actlr_el1);
		break;
	case 4:
		for (volatile int i = 0; i < 2000; i++)
			;
	}
}

static void keep(uint64_t index)
{
	/* Two guests at once start at different times. */
	const uint64_t base = now() << 20 ^ index << 56;

	for (uint64_t round = 0; round < ROUNDS; round++) {
		const uint64_t seed = base + round * 64;

		fill(seed);
		between(round);
		EXPECT_EQ(differ(seed), 0);
	}
}

void guest_main(void *tree)
{
	const uint64_t count = vcpu_count();

	for (uint64_t i = 1; i < count; i++)
		vcpu_begin(i, keep, i);
	keep(0);
	for (uint64_t i = 1; i < count; i++)
		vcpu_join(i);
	pass();
}
