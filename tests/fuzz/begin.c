// SPDX-License-Identifier: GPL-2.0-or-later
/* Before all fuzzers: the fake machine, with its memory and clock. */
#include "../suites/fake_platform.h"
#include <arch/fake.h>
#include <vmm/timer.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	fake_machine_init();
	platform_reset();
	timer_init_cpu();
	return 0;
}
