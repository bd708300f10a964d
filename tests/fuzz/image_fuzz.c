// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes kernels' headers: what is placed lies in RAM (LLVM's libFuzzer). */
#include <vmm/image_loader.h>
#include <vmm/types.h>

#define RAM_BASE	GIB(1)
#define RAM_SIZE	MIB(256)

static void inside(u64 at, u64 size)
{
	if (at < RAM_BASE || at - RAM_BASE > RAM_SIZE ||
	    size > RAM_SIZE - (at - RAM_BASE))
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct kernel_info info;
	const struct image_needs needs = {
		"fuzz", RAM_BASE, RAM_SIZE, &info, MIB(1), KIB(4),
	};
	struct image_plan plan;

	if (kernel_identify(data, size, "fuzz", &info) ||
	    image_plan_make(&needs, &plan))
		return 0;
	inside(plan.kernel, info.memory_size);
	inside(plan.initrd, MIB(1));
	inside(plan.tree, KIB(4));
	if (plan.kernel + info.memory_size > plan.initrd ||
	    plan.initrd + MIB(1) > plan.tree)
		__builtin_trap();
	return 0;
}
