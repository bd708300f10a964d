/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What bare-metal guests of every architecture are written with.  A guest
 * prints "PASS" after its last step or "FAIL" with the place, and turns itself
 * off.  The architecture's guest.h includes this.
 */
#ifndef TEST_H
#define TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_VCPUS	8

/* What the hypervisor lets a guest's counters begin at. */
#define COUNTER_START	(1ull << 48)

#define MMIO(bits)							\
static inline uint##bits##_t mmio_read##bits(uintptr_t at)		\
{									\
	return *(volatile uint##bits##_t *)at;				\
}									\
static inline void mmio_write##bits(uintptr_t at, uint##bits##_t v)	\
{									\
	*(volatile uint##bits##_t *)at = v;				\
}
MMIO(8)
MMIO(16)
MMIO(32)
MMIO(64)
#undef MMIO

/* ---- the architecture's ---- */

/* The counter now, its frequency, and at the first instruction. */
static inline uint64_t now(void);
static inline uint64_t counter_hz(void);
extern uint64_t guest_entry_time;

/* Which VCPU this is. */
static inline uint64_t vcpu_index(void);
/* Waits for an interrupt, also for a masked one. */
static inline void wait(void);
void console_put(char c);
void guest_off(void) __attribute__((noreturn));
void guest_cpu_off(void) __attribute__((noreturn));
/* Turns a VCPU on, in guest_secondary(); 0, or the firmware's error. */
int64_t secondary_on(uint64_t index);
bool vcpu_is_off(uint64_t index);
/* How many VCPUs there are, by asking for each. */
uint64_t vcpu_count(void);
/* Does a load from there find nothing? */
bool nothing_at(uintptr_t at);
/* Registers that nobody but this VCPU changes: fills them, compares them. */
void registers_fill(uint64_t seed);
bool registers_kept(uint64_t seed);

/* ---- the guest itself; all but the first are there already ---- */

void guest_main(void *tree);
void guest_secondary(uint64_t index);

/* ---- for all ---- */

/* %u %x %s, values as uint64_t or const char *. */
void print(const char *format, ...);
void expect_failed(const char *file, int line, const char *what,
		   uint64_t a, uint64_t b) __attribute__((noreturn));
void pass(void) __attribute__((noreturn));

/* Runs fn(arg) on another one that is off, and waits until it is off again. */
void vcpu_run(uint64_t index, void (*fn)(uint64_t arg), uint64_t arg);
/* The same without waiting; vcpu_join() waits. */
void vcpu_begin(uint64_t index, void (*fn)(uint64_t arg), uint64_t arg);
void vcpu_join(uint64_t index);
/* On all at once, each with its index, until all are done. */
void vcpu_all(uint64_t count, void (*fn)(uint64_t index));

/* Bytes of the tree, by its header. */
uint32_t tree_size(const void *tree);
/* Is the word in the tree?  Boot arguments are the only place for it. */
bool tree_has_word(const char *tree, const char *word);
/* Where it is first, or NULL. */
const char *tree_find(const char *tree, const char *word);

#define EXPECT_EQ(a, b) do {						\
	const uint64_t expect_a = (uint64_t)(a);			\
	const uint64_t expect_b = (uint64_t)(b);			\
	if (expect_a != expect_b)					\
		expect_failed(__FILE__, __LINE__, #a " == " #b,		\
			      expect_a, expect_b);			\
} while (0)
#define EXPECT(c)	EXPECT_EQ(!!(c), 1)
/* Waits for up to 30 s until it is so. */
#define EXPECT_SOON(c) do {						\
	const uint64_t soon_end = now() + 30 * counter_hz();		\
	while (!(c))							\
		if (now() > soon_end)					\
			expect_failed(__FILE__, __LINE__, #c, 0, 1);	\
} while (0)

#endif
