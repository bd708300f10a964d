/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Moving the FP and SIMD registers, which must not trap (CPTR_EL2.TFP).  Our
 * own code uses none of them.
 */
#ifndef FPSIMD_H
#define FPSIMD_H

#include <arch/state.h>
#include <arch/sysreg.h>

#define FPSIMD_PAIRS(op)						\
	op " q0, q1, [%0]\n\t"						\
	op " q2, q3, [%0, #32]\n\t"					\
	op " q4, q5, [%0, #64]\n\t"					\
	op " q6, q7, [%0, #96]\n\t"					\
	op " q8, q9, [%0, #128]\n\t"					\
	op " q10, q11, [%0, #160]\n\t"					\
	op " q12, q13, [%0, #192]\n\t"					\
	op " q14, q15, [%0, #224]\n\t"					\
	op " q16, q17, [%0, #256]\n\t"					\
	op " q18, q19, [%0, #288]\n\t"					\
	op " q20, q21, [%0, #320]\n\t"					\
	op " q22, q23, [%0, #352]\n\t"					\
	op " q24, q25, [%0, #384]\n\t"					\
	op " q26, q27, [%0, #416]\n\t"					\
	op " q28, q29, [%0, #448]\n\t"					\
	op " q30, q31, [%0, #480]\n\t"

#define FPSIMD_EXTENSIONS						\
	".arch_extension fp\n\t"					\
	".arch_extension simd\n\t"

static inline void fpsimd_save(struct arch_fpsimd *to)
{
	__asm__ volatile(FPSIMD_EXTENSIONS FPSIMD_PAIRS("stp")
			 : : "r"(to->v) : "memory");
	to->fpcr = sysreg_read(fpcr);
	to->fpsr = sysreg_read(fpsr);
}

static inline void fpsimd_restore(const struct arch_fpsimd *from)
{
	__asm__ volatile(FPSIMD_EXTENSIONS FPSIMD_PAIRS("ldp")
			 : : "r"(from->v) : "memory");
	sysreg_write(fpcr, from->fpcr);
	sysreg_write(fpsr, from->fpsr);
}

#endif
