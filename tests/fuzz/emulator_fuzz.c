// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes emulated devices: every access, input, alarm (LLVM's libFuzzer). */
#include "../suites/emulated.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	if (!emulated_drive(data, size))
		__builtin_trap();
	return 0;
}
