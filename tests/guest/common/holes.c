// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where neither memory nor a device is, every kind of access is refused: near
 * the ends of all that there is, in the middle of each gap, at each power of
 * two up to the top of the address space; accesses that only begin or end in
 * memory too.  Needs a guest of 64 MiB.
 */
#include "holes.h"

#define PAGE		4096ul
#define RAM_SIZE	0x4000000ul
#define RAM_END		(RAM_BASE + RAM_SIZE)
#define STEPS		64

static void expect_refused(const char *what, uintptr_t at, uint64_t how)
{
	if (how == NO_TRAP)
		expect_failed("holes", 0, what, at, how);
}

static void check_at(uintptr_t at)
{
	expect_refused("load", at, TRAP_OF(mmio_read32(at)));
	expect_refused("store", at, TRAP_OF(mmio_write32(at, ~0u)));
	expect_refused("fetch", at, TRAP_OF(((void (*)(void))at)()));
	expect_refused("byte", at + 3, TRAP_OF(mmio_read8(at + 3)));
	expect_refused("double", at & ~7ul, TRAP_OF(mmio_read64(at & ~7ul)));
	expect_refused("double store", at & ~7ul,
		       TRAP_OF(mmio_write64(at & ~7ul, 0)));
}

/* All but the places near its ends: first, last and some between. */
static void check_gap(uintptr_t from, uintptr_t to)
{
	const uintptr_t step = ((to - from) / STEPS & ~(PAGE - 1)) + PAGE;

	for (uintptr_t at = from; at < to; at += step)
		EXPECT(nothing_at(at));
	check_at(from);
	check_at(to - 4);
	if (to - from > PAGE)
		check_at(to - PAGE);
}

static void check_gaps(void)
{
	uintptr_t from = 0;

	for (const struct hole_present *p = holes_present(); p->size; p++) {
		if (p->base > from)
			check_gap(from, p->base);
		from = p->base + p->size;
	}
	EXPECT_EQ(from, RAM_END);
	check_gap(RAM_END, RAM_END + 0x10000000);
}

static void check_wrapped(uintptr_t at)
{
	__asm__("" : "+r"(at));		/* or it is known, and taken apart */
	expect_refused("wrapped", at, TRAP_OF(mmio_read64(at)));
	expect_refused("wrapped", at, TRAP_OF(mmio_write64(at, 0)));
}

static void check_tops(void)
{
	for (unsigned bit = 33; bit < 64; bit++) {
		const uintptr_t at = 1ul << bit;

		check_at(at);
		check_at(at - 4);
		check_at(at + (UART_BASE & 0xffffffff));
		check_at(at | (uint32_t)RAM_BASE | 0x1000);
	}
	check_at(-4ul);
	check_at(-PAGE);
	check_wrapped(-4ul);
	check_wrapped(-1ul);
}

/* One part of it has an answer, the other has none. */
static void check_across(uintptr_t border, bool below)
{
	for (uintptr_t n = 1; n < 8; n++) {
		const uintptr_t at = border - n;

		expect_refused("across", at, TRAP_OF(mmio_read64(at)));
		expect_refused("across", at, TRAP_OF(mmio_write64(at, 0)));
		if (n < 4)
			expect_refused("across", at, TRAP_OF(mmio_read32(at)));
	}
	expect_refused("across", border - 1, TRAP_OF(mmio_read16(border - 1)));
	check_at(below ? border - 4 : border);
}

/* What lies beside is as it was. */
static void check_ends(void)
{
	volatile uint64_t *const last = (uint64_t *)(RAM_END - 16);
	volatile uint64_t *const first = (uint64_t *)(RAM_BASE + 8);

	last[0] = first[0] = 0x1122334455667788;
	last[1] = 0;
	EXPECT_EQ(last[1], 0);
	check_across(RAM_END, false);
	check_across(RAM_BASE, true);
	EXPECT_EQ(last[0], 0x1122334455667788);
	EXPECT_EQ(first[0], 0x1122334455667788);
}

void guest_main(void *tree)
{
	holes_init(tree);
	check_gaps();
	check_tops();
	check_ends();
	pass();
}
