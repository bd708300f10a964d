/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Extensions of the instruction set that all CPUs of this machine have, by
 * their names in the host's tree: riscv,isa-extensions or riscv,isa.
 */
#ifndef ARCH_ISA_H
#define ARCH_ISA_H

#include <vmm/types.h>

/* In the order of isa_names[]; single letters first. */
enum isa_extension {
	ISA_I, ISA_M, ISA_A, ISA_F, ISA_D, ISA_C, ISA_V, ISA_H,
	ISA_ZICBOM, ISA_ZICBOP, ISA_ZICBOZ, ISA_ZICNTR, ISA_ZICOND,
	ISA_ZICSR, ISA_ZIFENCEI, ISA_ZIHINTNTL, ISA_ZIHINTPAUSE, ISA_ZIHPM,
	ISA_ZIMOP, ISA_ZACAS, ISA_ZAWRS, ISA_ZFA, ISA_ZFH, ISA_ZFHMIN,
	ISA_ZCA, ISA_ZCB, ISA_ZCD, ISA_ZCMOP, ISA_ZBA, ISA_ZBB, ISA_ZBC,
	ISA_ZBKB, ISA_ZBKC, ISA_ZBKX, ISA_ZBS,
	ISA_ZKND, ISA_ZKNE, ISA_ZKNH, ISA_ZKR, ISA_ZKSED, ISA_ZKSH, ISA_ZKT,
	ISA_ZVBB, ISA_ZVBC, ISA_ZVFH, ISA_ZVFHMIN, ISA_ZVKB, ISA_ZVKG,
	ISA_ZVKNED, ISA_ZVKNHA, ISA_ZVKNHB, ISA_ZVKSED, ISA_ZVKSH, ISA_ZVKT,
	ISA_SMSTATEEN, ISA_SSAIA, ISA_SSCOFPMF, ISA_SSTC, ISA_SVADE,
	ISA_SVADU, ISA_SVINVAL, ISA_SVNAPOT, ISA_SVPBMT,
	ISA_COUNT
};

extern const char *const isa_names[ISA_COUNT];

/* Bit n: extension n.  Constant once the image is patched. */
extern u64 isa_extensions;
_Static_assert(ISA_COUNT <= 64, "");

static inline bool isa_has(enum isa_extension e)
{
	return isa_extensions >> e & 1;
}

/* What all CPUs of a tree have. */
u64 isa_read(const void *fdt);
/* A size of cache blocks, the least of all CPUs'; 0: not said. */
u32 isa_block_size(const void *fdt, const char *property);

#endif
