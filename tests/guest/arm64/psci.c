// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PSCI (Arm DEN 0022): versions, features, VCPUs turned on and off, errors for
 * what is wrong.  Run it with two VCPUs.
 */
#include "guest.h"

#define INVALID_PARAMETERS	(-2)
#define INVALID_ADDRESS		(-9)
#define NOT_SUPPORTED		(-1)
#define ALREADY_ON		(-4)
#define AFFINITY_ON		0
#define AFFINITY_OFF		1

static volatile uint64_t came_up;

void guest_secondary(uint64_t index)
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
	EXPECT_EQ(secondary_on(1), 0);
	while (!came_up)
		__asm__ volatile("yield");
	EXPECT_EQ(came_up, 1);
	wait_off();
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
	pass();
}
