/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between boot code in assembly, and C. */
#ifndef BOOT_H
#define BOOT_H

#include <vmm/types.h>

struct cpu;

/* Entry of other CPUs, called by firmware with the MMU off. */
extern char secondary_start[];

/* Root of our tables, for CPUs that come up. */
extern hpa_t boot_host_root;

_Noreturn void boot_main(u64 dtb, u64 image);
_Noreturn void boot_wrong_level(u64 dtb);
_Noreturn void boot_secondary(struct cpu *cpu);

#endif
