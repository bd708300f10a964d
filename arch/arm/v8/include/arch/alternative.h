/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions that are replaced at boot when this machine has a feature:
 *
 *	alternative ALTERNATIVE_FIRMWARE, nop, bl clear_by_firmware
 *
 * One instruction by one; a branch is turned to its target from the new
 * place.  patch.c decides and replaces, before the text is read-only.
 * alternative_or adds another choice for the place above it; at most one of
 * them is taken.
 */
#ifndef ARCH_ALTERNATIVE_H
#define ARCH_ALTERNATIVE_H

/* Branch history is cleared on entry: by an instruction, by firmware. */
#define ALTERNATIVE_BRANCH_HISTORY	0
#define ALTERNATIVE_FIRMWARE		1
#define ALTERNATIVE_COUNT		2

#ifdef __ASSEMBLY__

	.macro	alternative feature, old, new:vararg
661:	\old
	alternative_or \feature, \new
	.endm

	.macro	alternative_or feature, new:vararg
	.pushsection .boot.rodata.alternatives, "a"
	.balign	4
	.word	661b - .
	.word	663f - .
	.word	\feature
	.popsection
	.pushsection .boot.text.alternatives, "ax"
663:	\new
	.popsection
	.endm

#endif
#endif
