/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of page tables, our own (EL2 stage 1) and guests' (stage 2), with
 * 4K granule: Arm ARM D8.3.
 */
#ifndef VMSA_H
#define VMSA_H

#include <vmm/pagetable.h>

extern const struct pt_format vmsa_stage1;
extern const struct pt_format vmsa_stage2;

/* Of a second stage for at least so many bits of address, 32 to 48. */
struct pt_geometry vmsa_stage2_geometry(unsigned bits);

#endif
