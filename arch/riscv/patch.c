// SPDX-License-Identifier: GPL-2.0-or-later
/* What this machine has, before its image is read-only. */

#include "boot.h"

#include <arch/isa.h>
#include <vmm/arch.h>
#include <vmm/dt.h>

u64 isa_extensions;

void arch_patch_apply(void)
{
	isa_extensions = isa_read(dt_host);
	cache_init();
	pagetable_init_host();
}
