// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes emulated devices: every access, input, alarm (LLVM's libFuzzer). */
#include "../suites/emulated.h"
#include "../suites/fake_platform.h"
#include <arch/fake.h>
#include <vmm/timer.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static bool begun;

	if (!begun) {
		fake_machine_init();
		platform_reset();
		timer_init_cpu();
		begun = true;
	}
	if (!emulated_drive(data, size))
		__builtin_trap();
	return 0;
}
