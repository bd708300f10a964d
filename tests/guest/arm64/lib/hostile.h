/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For guests that attack: they never end by themselves, and may hang or break
 * themselves at any time; the test resets them.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "chance.h"

#define RAM_SIZE	0x04000000ull	/* what the test gives them */

#define PSTATE_EL1H	0x345u		/* interrupts come, D, A, F masked */
#define PSTATE_EL0	0x340u
#define PSTATE_A32	0x150u
#define PSTATE_THUMB	0x170u

/* After so many ticks an interrupt comes, so that no loop lasts. */
extern uint64_t attack_ticks;
/* This VCPU's interrupts, from whatever state they are in. */
void watchdog_init(void);

/* Runs words with regs (31) until an exception; its ESR_EL1, or 0. */
uint64_t attack(const uint32_t *words, unsigned count, const uint64_t *regs,
		uint64_t pstate);
uint64_t hostile_call(const void *code, const uint64_t *regs,
		      uint64_t pstate, void *stack);
/* A few loads and stores of any kind, to any address, by VCPU index. */
void attack_accesses(uint64_t index);

#endif
