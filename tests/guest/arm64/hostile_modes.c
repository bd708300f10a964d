// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Returns to every mode and none (Arm DDI 0487, D1.3.5 "Illegal exception
 * returns"), to nonsense addresses; calls of higher levels from EL0 and with
 * immediates of any kind.
 */
#include "hostile.h"

#define MASKED		0x3c0u		/* D, A, I, F */
#define SPSR_THUMB	(1u << 5)
#define SPSR_SS		(1u << 21)
#define SPSR_IL		(1u << 20)
#define SVC		0xd4000001u
#define HVC(n)		(0xd4000002u | (n) << 5)
#define SMC(n)		(0xd4000003u | (n) << 5)
#define ERET		0xd69f03e0u
#define EC_ILLEGAL	0x0e
#define EC_SVC32	0x11
#define EC_SVC		0x15

static uint64_t regs[REG_COUNT];

/* How those words end; that the time is over is not what is asked. */
static uint64_t class_of(const uint32_t *words, unsigned count, uint64_t state)
{
	uint64_t how;

	do {
		watchdog_init();
		how = attack(words, count, regs, state);
	} while (IS_INTERRUPT(how));
	return ESR_EC(how);
}

static uint64_t returns(uint64_t spsr, uint64_t elr)
{
	static const uint32_t words[] = {
		0xd5184001, 0xd5184022, ERET,	/* MSR SPSR, x1; ELR, x2 */
	};

	regs[1] = spsr;
	regs[2] = elr;
	return class_of(words, 3, STATE_KERNEL);
}

static void modes(void)
{
	static const uint32_t svc[] __attribute__((aligned(8))) = { SVC, SVC };
	static const uint32_t svc32[] __attribute__((aligned(8))) = {
		0xef000000, 0xef000000,
	};

	for (uint32_t m = 0; m < 32; m++) {
		const bool is_ours = m == 0 || m == 4 || m == 5;
		const uint32_t *to = m & 16 ? svc32 : svc;
		const uint64_t class = returns(MASKED | m, (uintptr_t)to);

		if (m == 16)
			EXPECT(class == EC_SVC32 || class == EC_ILLEGAL);
		else
			EXPECT_EQ(class, is_ours ? EC_SVC : EC_ILLEGAL);
		EXPECT_EQ(returns(MASKED | m | SPSR_IL, (uintptr_t)to),
			  EC_ILLEGAL);
		EXPECT_EQ(sysreg_read(CurrentEL), 4);
	}
	EXPECT_EQ(returns(MASKED | 5 | SPSR_SS, (uintptr_t)svc), EC_SVC);
}

static void addresses(void)
{
	static const uint64_t to[] = {
		NOTHING, RAM_BASE + 1, ~0ull, ~3ull, 1ull << 63, 1ull << 52,
		UART_BASE, RAM_BASE + RAM_SIZE,
	};

	for (size_t i = 0; i < sizeof(to) / sizeof(to[0]); i++)
		for (uint32_t m = 0; m < 6; m += 5) {
			const uint64_t class = returns(MASKED | m, to[i]);

			EXPECT(class == EC_FETCH_ABORT || class == 0x20 ||
			       class == 0x22);
		}
}

/* From EL0 they are undefined; from EL1 a call, or not supported. */
static void calls(void)
{
	static const uint32_t undefined[] = { ERET, 0xd6bf03e0 /* DRPS */ };

	for (uint32_t n = 0; n < 0x10000; n += n < 16 ? 1 : 0xfff) {
		const uint32_t words[] = { HVC(n), SMC(n) };

		for (unsigned i = 0; i < 2; i++) {
			regs[0] = PSCI_CPU_OFF;
			EXPECT_EQ(class_of(&words[i], 1, STATE_USER),
				  EC_UNKNOWN);
			regs[0] = PSCI_VERSION;
			const uint64_t class = class_of(&words[i], 1,
							STATE_KERNEL);
			EXPECT(class == EC_SVC || (n && class == EC_UNKNOWN));
		}
	}
	for (unsigned i = 0; i < 2; i++)
		EXPECT_EQ(class_of(&undefined[i], 1, STATE_USER), EC_UNKNOWN);
}

void guest_main(void *tree)
{
	for (unsigned i = 0; i < 100; i++) {
		modes();
		addresses();
		calls();
	}
	pass();
}
