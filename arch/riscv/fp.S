/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Moving the registers of F and D; layout: struct arch_fp.  fsd and fld by
 * their encodings: only here may the assembler know them.
 */
#include <arch/csr.h>

	.macro	each_f format, opcode
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
		16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	.insn	\format \opcode, 3, x\n, 8*\n(a0)
	.endr
	.endm

	.text
	.global	fp_save
fp_save:
	each_f	s, 0x27
	csrr	t0, CSR_FCSR
	sd	t0, 8*32(a0)
	ret

	.global	fp_restore
fp_restore:
	each_f	i, 0x07
	ld	t0, 8*32(a0)
	csrw	CSR_FCSR, t0
	ret
