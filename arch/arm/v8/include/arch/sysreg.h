/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System registers by the manual's names (Arm ARM D19, GIC: IHI 0069).
 * Registers that older assemblers do not know are given by encoding.
 */
#ifndef ARCH_SYSREG_H
#define ARCH_SYSREG_H

#include <vmm/types.h>

#define SYSREG_STRING_2(x)	#x
#define SYSREG_STRING(x)	SYSREG_STRING_2(x)

#define sysreg_read(name) __extension__ ({				\
	u64 sysreg_value;						\
	__asm__ volatile("mrs %0, " SYSREG_STRING(name)			\
			 : "=r"(sysreg_value));				\
	sysreg_value; })

#define sysreg_write(name, value)					\
	__asm__ volatile("msr " SYSREG_STRING(name) ", %x0"		\
			 :: "rZ"((u64)(value)) : "memory")

#define isb()	__asm__ volatile("isb" ::: "memory")
#define dsb(domain)	__asm__ volatile("dsb " #domain ::: "memory")

/* op0 op1 CRn CRm op2 as exit syndromes carry them, direction and Rt out. */
#define SYSREG_KEY(op0, op1, crn, crm, op2)				\
	((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

/* GICv3 CPU interface at EL2, IHI 0069 12.2 and 12.4 */
#define icc_iar1_el1		S3_0_C12_C12_0
#define icc_eoir1_el1		S3_0_C12_C12_1
#define icc_hppir1_el1		S3_0_C12_C12_2
#define icc_bpr1_el1		S3_0_C12_C12_3
#define icc_ctlr_el1		S3_0_C12_C12_4
#define icc_sre_el1		S3_0_C12_C12_5
#define icc_igrpen1_el1		S3_0_C12_C12_7
#define icc_pmr_el1		S3_0_C4_C6_0
#define icc_dir_el1		S3_0_C12_C11_1
#define icc_sgi1r_el1		S3_0_C12_C11_5
#define icc_sre_el2		S3_4_C12_C9_5
#define ich_hcr_el2		S3_4_C12_C11_0
#define ich_vtr_el2		S3_4_C12_C11_1
#define ich_misr_el2		S3_4_C12_C11_2
#define ich_eisr_el2		S3_4_C12_C11_3
#define ich_elrsr_el2		S3_4_C12_C11_5
#define ich_vmcr_el2		S3_4_C12_C11_7
#define ich_ap0r0_el2		S3_4_C12_C8_0
#define ich_ap0r1_el2		S3_4_C12_C8_1
#define ich_ap0r2_el2		S3_4_C12_C8_2
#define ich_ap0r3_el2		S3_4_C12_C8_3
#define ich_ap1r0_el2		S3_4_C12_C9_0
#define ich_ap1r1_el2		S3_4_C12_C9_1
#define ich_ap1r2_el2		S3_4_C12_C9_2
#define ich_ap1r3_el2		S3_4_C12_C9_3
#define ich_lr0_el2		S3_4_C12_C12_0
#define ich_lr1_el2		S3_4_C12_C12_1
#define ich_lr2_el2		S3_4_C12_C12_2
#define ich_lr3_el2		S3_4_C12_C12_3
#define ich_lr4_el2		S3_4_C12_C12_4
#define ich_lr5_el2		S3_4_C12_C12_5
#define ich_lr6_el2		S3_4_C12_C12_6
#define ich_lr7_el2		S3_4_C12_C12_7
#define ich_lr8_el2		S3_4_C12_C13_0
#define ich_lr9_el2		S3_4_C12_C13_1
#define ich_lr10_el2		S3_4_C12_C13_2
#define ich_lr11_el2		S3_4_C12_C13_3
#define ich_lr12_el2		S3_4_C12_C13_4
#define ich_lr13_el2		S3_4_C12_C13_5
#define ich_lr14_el2		S3_4_C12_C13_6
#define ich_lr15_el2		S3_4_C12_C13_7

#endif
