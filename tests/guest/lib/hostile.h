/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For guests that attack: running what may do anything, code made at run time,
 * until it takes an exception, and out of its loops by an interrupt.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "chance.h"

/* What the test gives them. */
#define RAM_SIZE	0x04000000ull
/* Room for more than the image has. */
#define SCRATCH_BASE	(RAM_BASE + 0x1400000)

/*
 * STATE_KERNEL, STATE_USER and more: what the code begins in, interrupts on;
 * REG_BASE and REG_DATA, the general registers of attack_list; REG_COUNT.
 */
#include "hostile_arch.h"

/* After so many ticks an interrupt comes, so that no loop lasts. */
extern uint64_t attack_ticks;

/* Code is so long, ended by what takes an exception, and so aligned. */
#define ATTACK_WORDS	16u
/* Runs words with those registers until an exception; tells which. */
uint64_t attack(const uint32_t *words, unsigned count, const uint64_t *regs,
		uint64_t state);
/*
 * Counts, by VCPU index, how many of the words that attack() was given were
 * run; prints the sum of all VCPUs.
 */
void hostile_count_words(uint64_t index, unsigned count);
void hostile_tell_words(void);
/* A few loads and stores of any kind, to any address, by VCPU index. */
void attack_accesses(uint64_t index);

/* ---- one instruction after the other, over their exceptions ---- */

struct swept {
	uint64_t trap;		/* 0, or 1 + what attack() would tell */
	uint64_t value;		/* of the register, at the end */
};
/*
 * Runs each word by itself, with `value` in the register of data; those that
 * take an exception are stepped over.  What became of them is in sweep_done[].
 * At most SWEEP_MAX; they must not change vectors and translation.  One VCPU at
 * a time.
 */
#define SWEEP_MAX	16384u
extern struct swept *const sweep_done;
void sweep(const uint32_t *words, unsigned count, uint64_t value,
	   uint64_t state);

/* ---- the architecture's ---- */

uint64_t hostile_call(const void *code, const uint64_t *regs, uint64_t state,
		      void *stack);
/* What ends code in that state by an exception. */
uint32_t attack_end(uint64_t state);
/* Code there was written: on this VCPU it can be run. */
void attack_sync(const void *code, size_t size);
/* This VCPU's interrupts, from whatever state they are in. */
void watchdog_init(void);
/* After attack_ticks one comes. */
void watchdog_start(void);
/* Loads and stores with base REG_BASE, data REG_DATA. */
extern const uint32_t attack_list[];
extern const unsigned attack_list_count;
/* The code of one step of a sweep; gives its length in words. */
unsigned sweep_step(uint32_t *code, uint32_t word);
/* Runs what those steps are, up to end. */
void hostile_sweep(const void *code, const void *end, uint64_t value,
		   uint64_t state, struct swept *done);

#endif
