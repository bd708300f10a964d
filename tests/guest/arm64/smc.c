// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PSCI by SMC, as trees with method "smc" ask for it (Arm DEN 0022, 5.1):
 * VCPUs on and off, what is unknown, at the end a reset and power-off.  Two
 * VCPUs.
 */
#include "guest.h"

#define NOT_SUPPORTED		(-1)
#define INVALID_PARAMETERS	(-2)
#define ALREADY_ON		(-4)
#define AFFINITY_OFF		1
#define MARK			0x40f00000ul	/* what a reset leaves alone */
#define MAGIC			0x736d63u

#define CALL(immediate, function, a, b, c) __extension__ ({		\
	register uint64_t x0 __asm__("x0") = (function);		\
	register uint64_t x1 __asm__("x1") = (a);			\
	register uint64_t x2 __asm__("x2") = (b);			\
	register uint64_t x3 __asm__("x3") = (c);			\
	__asm__ volatile("smc #" #immediate				\
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)	\
			 :: "memory");					\
	(int64_t)x0; })
#define SMC(function, ...)	CALL(0, function, __VA_ARGS__)

extern char secondary_start[];
static volatile uint64_t came_up;

void guest_secondary(uint64_t index)
{
	came_up = index;
	SMC(PSCI_CPU_OFF, 0, 0, 0);
}

static void secondary(void)
{
	for (int i = 0; i < 10; i++) {
		came_up = 0;
		EXPECT_EQ(SMC(PSCI_CPU_ON, 1, (uintptr_t)secondary_start, 1),
			  0);
		EXPECT_SOON(came_up == 1);
		EXPECT_SOON(SMC(PSCI_AFFINITY_INFO, 1, 0, 0) == AFFINITY_OFF);
	}
	EXPECT_EQ(SMC(PSCI_CPU_ON, 0, (uintptr_t)secondary_start, 0),
		  ALREADY_ON);
	EXPECT_EQ(SMC(PSCI_CPU_ON, 77, (uintptr_t)secondary_start, 0),
		  INVALID_PARAMETERS);
}

/* All owners' numbers (SMCCC, table 2.1), fast and yielding, 32 and 64. */
static void unknown(void)
{
	for (uint64_t owner = 0; owner < 64; owner++) {
		const uint64_t f = owner << 24 | 0x777;

		EXPECT_EQ(SMC(f, 1, 2, 3), NOT_SUPPORTED);
		EXPECT_EQ(SMC(f | 1ul << 30, 1, 2, 3), NOT_SUPPORTED);
		EXPECT_EQ(SMC(f | 1ul << 31, 1, 2, 3), NOT_SUPPORTED);
		EXPECT_EQ(SMC(f | 3ul << 30, 1, 2, 3), NOT_SUPPORTED);
	}
	for (uint64_t f = 0xc4000020; f < 0xc4000120; f++)
		EXPECT_EQ(SMC(f, f, f, f), NOT_SUPPORTED);
	EXPECT_EQ(SMC(~0ul, ~0ul, ~0ul, ~0ul), NOT_SUPPORTED);
	EXPECT_EQ(CALL(1, PSCI_VERSION, 0, 0, 0), NOT_SUPPORTED);
	EXPECT_EQ(CALL(65535, PSCI_SYSTEM_OFF, 0, 0, 0), NOT_SUPPORTED);
}

void guest_main(void *tree)
{
	if (mmio_read32(MARK) == MAGIC) {
		print("PASS\n");
		SMC(PSCI_SYSTEM_OFF, 0, 0, 0);
	}
	EXPECT_EQ(SMC(PSCI_VERSION, 0, 0, 0), psci(PSCI_VERSION, 0, 0, 0));
	EXPECT_EQ(SMC(PSCI_FEATURES, PSCI_CPU_ON, 0, 0), 0);
	EXPECT_EQ(SMC(PSCI_FEATURES, 0x8400ffff, 0, 0), NOT_SUPPORTED);
	secondary();
	unknown();
	mmio_write32(MARK, MAGIC);
	SMC(PSCI_SYSTEM_RESET, 0, 0, 0);
}
