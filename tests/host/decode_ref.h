/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The architectures' decoders of loads and stores beside tables of the
 * manuals' instructions.
 */
#ifndef TESTS_HOST_DECODE_REF_H
#define TESTS_HOST_DECODE_REF_H

#include <vmm/types.h>

/*
 * Whether the decoder says of an instruction what the manual does.  Of what
 * the manual has not allocated, it may say anything.
 */
bool decode_ref_riscv(u32 insn);
bool decode_ref_arm(u32 insn);

/* Where a jump or branch leads, and how far it can be. */
bool decode_ref_next(u32 insn, u64 pc, const u64 *x);

#endif
