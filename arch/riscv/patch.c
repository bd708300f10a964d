// SPDX-License-Identifier: GPL-2.0-or-later
/* What this machine has, before its image is read-only. */

#include "boot.h"

#include <vmm/arch.h>

void arch_patch_apply(void)
{
	isa_init();
	cache_init();
	pagetable_init_host();
}
