/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where an instruction leads (RISC-V Unprivileged ISA: RV64I, C; Privileged
 * ISA: SRET), as what its registers hold decides.
 */
#ifndef NEXT_H
#define NEXT_H

#include <vmm/types.h>

/* insn as decode.h has it; x[0] is 0; sepc: where SRET goes. */
u64 next_pc(u32 insn, u64 pc, const u64 *x, u64 sepc);

/* Where a conditional branch leads if it is taken; else 0. */
u64 next_branch(u32 insn, u64 pc);

/* LR and SC: of what is between, nothing may trap. */
static inline bool next_is_lr(u32 insn)
{
	return (insn & 0xf800607f) == 0x1000202f;
}

static inline bool next_is_sc(u32 insn)
{
	return (insn & 0xf800607f) == 0x1800202f;
}

#endif
