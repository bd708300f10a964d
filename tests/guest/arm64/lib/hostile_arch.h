/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For guests that attack, on ARMv8; attack() tells ESR_EL1, 0: an interrupt. */
#ifndef HOSTILE_ARCH_H
#define HOSTILE_ARCH_H

#define PSTATE_EL1H	0x345u		/* interrupts come, D, A, F masked */
#define PSTATE_EL0	0x340u
#define PSTATE_A32	0x150u
#define PSTATE_THUMB	0x170u

#define STATE_KERNEL	PSTATE_EL1H
#define STATE_USER	PSTATE_EL0
#define REG_COUNT	31		/* x0 to x30 */
#define REG_BASE	1
#define REG_DATA	2

#endif
