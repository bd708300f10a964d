// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes a guest's GICv3 beside its reference (LLVM's libFuzzer). */
#include "../host/vgic_ref.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct story s = { .at = data, .left = size };

	if (!vgic_ref_run(3, &s, ~0u))
		__builtin_trap();
	return 0;
}
