// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SRET with any sstatus and to nonsense addresses; widths of registers, modes
 * of translation and vectors that are not there (the privileged architecture,
 * 4.1: WARL fields); calls from U-mode.
 */
#include "hostile.h"

#define SRET		0x10200073u
#define ECALL		0x00000073u
#define UXL_SHIFT	32
#define RESERVED_MODES	0xf8feu		/* of satp: 1 to 7, 11 to 15 */

static uint64_t regs[REG_COUNT];

static uint64_t returns(uint64_t sstatus, uint64_t sepc)
{
	static const uint32_t words[] = {
		0x10079073, 0x14171073, SRET,	/* csrw sstatus, sepc */
	};

	regs[14] = sstatus;
	regs[13] = sepc;
	return attack(words, 3, regs, STATE_KERNEL);
}

/* The code that is returned to stops; an interrupt may come before. */
static void modes(void)
{
	static const uint32_t stop[] = { 0x00100073 };

	for (unsigned bit = 0; bit < 64; bit++)
		for (unsigned i = 0; i < 4; i++) {
			const uint64_t v = 1ull << bit | SSTATUS_SPIE |
					   (i & 1 ? SSTATUS_SPP : 0) |
					   (i & 2 ? ~0x122ull : 0);
			const uint64_t how = returns(v, (uintptr_t)stop);

			EXPECT(IS_INTERRUPT(how) || how == CAUSE_BREAK);
			/* QEMU keeps any width but 0, as if it were there. */
			EXPECT(csr_read(sstatus) >> UXL_SHIFT & 3);
			csr_write(sstatus, 2ull << UXL_SHIFT);
		}
}

static void addresses(void)
{
	static const uint64_t to[] = {
		NOTHING, ~0ull, ~1ull, 1ull << 63, 1ull << 52, UART_BASE,
		RAM_BASE + RAM_SIZE,
	};

	for (size_t i = 0; i < sizeof(to) / sizeof(to[0]); i++)
		for (unsigned k = 0; k < 2; k++) {
			const uint64_t how = returns(k ? SSTATUS_SPP : 0,
						     to[i]);

			EXPECT(IS_INTERRUPT(how) || how == CAUSE_FETCH_ACCESS ||
			       how == CAUSE_FETCH_PAGE);
		}
}

static void fields(void)
{
	const uint64_t vector = csr_read(stvec);

	for (uint64_t mode = 0; mode < 16; mode++) {
		if (!(RESERVED_MODES >> mode & 1))
			continue;
		csr_write(satp, mode << 60 | 0xffff0000000ull | mode);
		EXPECT_EQ(csr_read(satp), 0);
	}
	csr_write(stvec, vector | 3);
	EXPECT((csr_read(stvec) & 3) < 2);
	csr_write(stvec, vector | 2);
	EXPECT((csr_read(stvec) & 3) < 2);
	csr_write(stvec, vector);
}

/* It is an exception of the guest's own, whatever it asks for. */
static void calls(void)
{
	static const uint32_t call = ECALL;
	static const uint32_t extensions[] = {
		SBI_BASE, SBI_HSM, SBI_SRST, SBI_TIME, 8,
	};

	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]);
	     i++) {
		uint64_t how;

		regs[16] = extensions[i];
		regs[15] = 0;
		do
			how = attack(&call, 1, regs, STATE_USER);
		while (IS_INTERRUPT(how));
		EXPECT_EQ(how, CAUSE_CALL_USER);
	}
}

void guest_main(void *tree)
{
	for (unsigned i = 0; i < 30; i++) {
		modes();
		addresses();
		fields();
		calls();
	}
	pass();
}
