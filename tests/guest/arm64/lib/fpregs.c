// SPDX-License-Identifier: GPL-2.0-or-later
/* All vector registers and FPSR. */
#include "fpregs.h"

void fp_fill(uint64_t seed)
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

uint64_t fp_differ(uint64_t seed)
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

void exit_of_kind(uint64_t kind)
{
	switch (kind) {
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
	}
}
