// SPDX-License-Identifier: GPL-2.0-or-later
/* Before all fuzzers: the fake machine, with its memory and clock. */
#include "../suites/fake_platform.h"
#include <arch/fake.h>
#include <vmm/timer.h>
#include <vmm/vpic.h>

/* Controllers can be shown to guests: they look at their nodes. */
static const struct vpic_slots slots = { .version = 3 };
static const struct vpic_pins pins;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	fake_machine_init();
	platform_reset();
	platform_stand_in();
	timer_init_cpu();
	vpic_slots = &slots;
	vpic_pins = &pins;
	return 0;
}
