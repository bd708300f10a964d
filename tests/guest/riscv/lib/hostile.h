/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For guests that attack, on RISC-V. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "chance.h"

#define RAM_SIZE	0x04000000ull	/* what the test gives them */

/* sstatus of the code: interrupts come. */
#define IN_SUPERVISOR	(SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_FS | SSTATUS_VS)
#define IN_USER		(SSTATUS_SPIE | SSTATUS_FS | SSTATUS_VS)

/* After so many ticks an interrupt comes, so that no loop lasts. */
extern uint64_t attack_ticks;
void watchdog_start(void);
/* What it needs before: nothing. */
static inline void watchdog_init(void)
{
}

/*
 * Runs words with regs (x1 to x31) until an exception or interrupt; its scause.
 * The words leave sscratch, stvec and satp alone.
 */
uint64_t attack(const uint32_t *words, unsigned count, const uint64_t *regs,
		uint64_t sstatus);
uint64_t hostile_call(const void *code, const uint64_t *regs, uint64_t sstatus);
/* A few loads and stores of any kind, to any address, by VCPU index. */
void attack_accesses(uint64_t index);

#endif
