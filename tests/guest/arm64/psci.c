// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PSCI (Arm DEN 0022) by the SMC Calling Convention (DEN 0028): versions,
 * features, VCPUs turned on and off, by several at once too, errors for what
 * is wrong.  Run it with two VCPUs or more.
 */
#include "contend.h"

#define INVALID_PARAMETERS	(-2)
#define INVALID_ADDRESS		(-9)
#define NOT_SUPPORTED		(-1)
#define ALREADY_ON		(-4)
#define ON_PENDING		(-5)
#define AFFINITY_ON		0
#define AFFINITY_OFF		1

static volatile uint64_t came_up;

static void come_up(uint64_t index)
{
	came_up = index;
}

static void wait_off(void)
{
	while (psci(PSCI_AFFINITY_INFO, 1, 0, 0) != AFFINITY_OFF)
		__asm__ volatile("yield");
}

static void turn_on(void)
{
	came_up = 0;
	vcpu_begin(1, come_up, 1);
	while (!came_up)
		__asm__ volatile("yield");
	EXPECT_EQ(came_up, 1);
	wait_off();
}

/* ---- calls that are not what they should be ---- */

static int64_t call_with_immediate(uint64_t function)
{
	register uint64_t x0 __asm__("x0") = function;

	__asm__ volatile("hvc #1" : "+r"(x0) :: "x1", "x2", "x3", "memory");
	return (int64_t)x0;
}

static int64_t call_by_smc(uint64_t function)
{
	register uint64_t x0 __asm__("x0") = function;

	__asm__ volatile("smc #0" : "+r"(x0) :: "x1", "x2", "x3", "memory");
	return (int64_t)x0;
}

/* What is not a result is as it was: x4 and up. */
static uint64_t call_keeps_registers(void)
{
	register uint64_t x0 __asm__("x0") = PSCI_VERSION;
	register uint64_t x4 __asm__("x4") = 0x4444;
	register uint64_t x17 __asm__("x17") = 0x1717;

	__asm__ volatile("hvc #0" : "+r"(x0), "+r"(x4), "+r"(x17)
			 :: "x1", "x2", "x3", "memory");
	return x4 == 0x4444 && x17 == 0x1717;
}

static void odd_calls(void)
{
	EXPECT_EQ(psci(0x80000000, 0, 0, 0), 0x10001);	/* SMCCC_VERSION */
	EXPECT_EQ(psci(0x80000001, 0x80000001, 0, 0), 0);
	EXPECT_EQ(psci(PSCI_FEATURES, 0x80000000, 0, 0), 0);
	EXPECT_EQ(psci(0x84000006, 0, 0, 0), 2);	/* MIGRATE_INFO_TYPE */
	for (uint32_t n = 0x84000020; n < 0x84000220; n++)
		EXPECT_EQ(psci(n, n, n, n), NOT_SUPPORTED);
	for (uint64_t i = 0, n = 1; i < 2000; i++) {
		n = n * 6364136223846793005ull + 1442695040888963407ull;
		EXPECT_EQ(psci((uint32_t)(n >> 32) & 0x7bffffff, n, n >> 8,
			       n >> 16), NOT_SUPPORTED);
	}
	EXPECT_EQ(call_with_immediate(PSCI_VERSION), NOT_SUPPORTED);
	EXPECT_EQ(call_by_smc(PSCI_VERSION), psci(PSCI_VERSION, 0, 0, 0));
	EXPECT(call_keeps_registers());
	/* Upper halves are nobody's business in the 32-bit forms. */
	EXPECT_EQ(psci(0x84000004, 0xffffffff00000001, 0, 0), AFFINITY_OFF);
	EXPECT_EQ(psci(PSCI_AFFINITY_INFO, 0xffffffff00000001, 0, 0),
		  INVALID_PARAMETERS);
}

/* ---- the same VCPU, by two at once ---- */

static bool contend_may_say(int64_t rc)
{
	return rc == ALREADY_ON || rc == ON_PENDING;
}

/* Entered where no instruction is: its business, nobody else's. */
static void nonsense_entry(uint64_t count)
{
	if (count < 4)
		return;
	EXPECT_EQ(psci(PSCI_CPU_ON, 3, 0xfffffffffffff003, 0),
		  INVALID_ADDRESS);
	EXPECT_EQ(psci(PSCI_CPU_ON, 3, UART_BASE + 2, 0), 0);
	EXPECT_SOON(secondary_on(3) == ALREADY_ON);
	turn_on();
}

void guest_main(void *tree)
{
	EXPECT(psci(PSCI_VERSION, 0, 0, 0) >= 0x10000);
	EXPECT_EQ(psci(PSCI_FEATURES, PSCI_CPU_ON, 0, 0), 0);
	EXPECT_EQ(psci(PSCI_FEATURES, 0x8400ffff, 0, 0), NOT_SUPPORTED);
	EXPECT_EQ(psci(PSCI_AFFINITY_INFO, 0, 0, 0), AFFINITY_ON);
	EXPECT_EQ(psci(PSCI_AFFINITY_INFO, 1, 0, 0), AFFINITY_OFF);
	EXPECT_EQ(secondary_on(0), ALREADY_ON);
	EXPECT_EQ(secondary_on(77), INVALID_PARAMETERS);
	EXPECT_EQ(psci(PSCI_CPU_ON, 1, 0x8000000000, 0), INVALID_ADDRESS);
	EXPECT_EQ(psci(PSCI_CPU_ON, 1, ~3ull, 0), INVALID_ADDRESS);
	for (int i = 0; i < 10; i++)
		turn_on();
	odd_calls();
	if (vcpu_count() > 2)
		contend();
	nonsense_entry(vcpu_count());
	pass();
}
