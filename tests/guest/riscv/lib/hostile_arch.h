/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For guests that attack, on RISC-V; attack() tells scause. */
#ifndef HOSTILE_ARCH_H
#define HOSTILE_ARCH_H

/* sstatus of the code: interrupts come. */
#define IN_SUPERVISOR	(SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_FS | SSTATUS_VS)
#define IN_USER		(SSTATUS_SPIE | SSTATUS_FS | SSTATUS_VS)

/* The words leave sscratch, stvec and satp alone. */
#define STATE_KERNEL	IN_SUPERVISOR
#define STATE_USER	IN_USER
#define REG_COUNT	31		/* x1 to x31 */
#define REG_BASE	14
#define REG_DATA	13

#endif
