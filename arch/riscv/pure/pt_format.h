/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of page tables, ours and guests' second stage (Privileged ISA
 * 12.3 to 12.6 and 18.5): the same bits for all modes, which differ in the
 * number of levels only.
 */
#ifndef PT_FORMAT_H
#define PT_FORMAT_H

#include <vmm/pagetable.h>

/* Set once before the first use: whether entries have PBMT (Svpbmt). */
extern bool pt_format_has_pbmt;

extern const struct pt_format pt_format_host;
extern const struct pt_format pt_format_guest;

/*
 * Modes of satp and hgatp: Sv39, Sv48, Sv57 and their x4 forms, whose root
 * is four pages long.
 */
struct pt_mode {
	u8 number;			/* of satp and hgatp */
	u8 levels;
	u8 address_bits;
};
#define PT_MODE_COUNT	3
extern const struct pt_mode pt_modes[PT_MODE_COUNT];

/* Geometry of a mode; the second stage has two more address bits. */
struct pt_geometry pt_format_geometry(const struct pt_mode *mode, bool guest);

#endif
