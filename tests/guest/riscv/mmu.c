// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A guest's own translation (privileged architecture 4.3 to 4.5) over the
 * hypervisor's, with each number of levels that the CPU has: aliases and large
 * pages, permissions in all their combinations, SUM and MXR, walks that lead
 * nowhere, devices, instructions that lie in two pages or cannot be read, and
 * fences of the other VCPU.  Two VCPUs, 64 MiB.
 */
#include "guest.h"

#define PAGE		4096ul
#define MEGA		0x200000ul
#define LARGE		(RAM_BASE + 12 * MEGA)	/* a large page of its own */
#define RAM_END		(RAM_BASE + 0x4000000)
#define ALARM_HIGH	(RTC_BASE + 0xc)

/* Of an entry. */
enum {
	V = 1, R = 2, W = 4, X = 8, U = 16, G = 32, A = 64, D = 128,
};
#define RWXAD		(V | R | W | X | A | D)

/* Virtual: below 4 GiB as it is, then one gigabyte of pages. */
#define WINDOW		0x100000000ul

#define MODES		3		/* 39, 48, 57 bits */
static uint64_t roots[MODES][512] __attribute__((aligned(PAGE)));
static uint64_t window[512] __attribute__((aligned(PAGE)));
static uint64_t pages[512] __attribute__((aligned(PAGE)));
static uint64_t page_a[512] __attribute__((aligned(PAGE)));
static uint64_t page_b[512] __attribute__((aligned(PAGE)));
static unsigned mode;			/* levels beyond three */

static uint64_t entry(const void *to, uint64_t bits)
{
	return (uintptr_t)to >> 2 | bits;
}

static void fence(void)
{
	__asm__ volatile("sfence.vma" ::: "memory");
}

/* Roots of more levels begin with a table of the next fewer. */
static void tables_make(void)
{
	for (uint64_t i = 0; i < 4; i++)
		roots[0][i] = entry((void *)(i << 30), RWXAD);
	roots[0][WINDOW >> 30] = entry(window, V);
	roots[1][0] = entry(roots[0], V);
	roots[2][0] = entry(roots[1], V);
	window[0] = entry(pages, V);
	window[1] = entry((void *)LARGE, RWXAD);
}

/* False: the CPU has no such mode, and nothing changed. */
static bool mmu_on(void)
{
	const uint64_t v = (8ul + mode) << 60 | (uintptr_t)roots[mode] >> 12;

	csr_write(satp, v);
	fence();
	return csr_read(satp) == v;
}

static void mmu_off(void)
{
	csr_write(satp, 0);
	fence();
}

static uintptr_t at(unsigned index)
{
	return WINDOW + index * PAGE;
}

static void map(unsigned index, const void *page, uint64_t bits)
{
	*(volatile uint64_t *)&pages[index] = entry(page, bits);
	fence();
}

/* ---- memory, as it is found ---- */

static void check_aliases(void)
{
	map(5, page_a, RWXAD);
	map(511, page_a, RWXAD);
	mmio_write64(at(5) + 8, 0x1111);
	EXPECT_EQ(*(volatile uint64_t *)&page_a[1], 0x1111);
	EXPECT_EQ(mmio_read64(at(511) + 8), 0x1111);
	map(511, page_b, RWXAD);
	EXPECT_EQ(mmio_read64(at(511) + 8), 0);
	mmio_write64(LARGE + 64, 0x3333);
	EXPECT_EQ(mmio_read64(WINDOW + MEGA + 64), 0x3333);
}

static void check_devices(void)
{
	map(6, (void *)RTC_BASE, V | R | W | A | D);
	mmio_write32(ALARM_HIGH, 0x87654321);
	EXPECT_EQ(mmio_read32(at(6) + 0xc), 0x87654321);
	mmio_write32(at(6) + 0xc, 0x12345678);
	EXPECT_EQ(mmio_read32(ALARM_HIGH), 0x12345678);
	map(7, (void *)NOTHING, RWXAD);
	EXPECT_EQ(TRAP_OF(mmio_read32(at(7) + 8)), CAUSE_LOAD_ACCESS);
	EXPECT_EQ(trap_stval[0], at(7) + 8);
	EXPECT_EQ(TRAP_OF(mmio_write32(at(7), 0)), CAUSE_STORE_ACCESS);
	EXPECT_EQ(TRAP_OF(((void (*)(void))at(7))()), CAUSE_FETCH_ACCESS);
	EXPECT_EQ(trap_stval[0], at(7));
}

/* ---- permissions ---- */

static uint32_t code[1024] __attribute__((aligned(PAGE)));

/* Is there an entry with these bits that allows nothing? */
static bool is_reserved(uint64_t bits)
{
	return (bits & (R | W)) == W;
}

static void check_bits(uint64_t bits, bool sum, bool mxr)
{
	const bool leaf = bits & V && bits & (R | X) && !is_reserved(bits);
	const bool mine = leaf && bits & A && (!(bits & U) || sum);
	const bool loads = mine && (bits & R || (mxr && bits & X));
	const bool runs = leaf && bits & A && bits & X && !(bits & U);
	const bool stores = mine && bits & W && bits & D;

	map(20, code, bits);
	EXPECT_EQ(TRAP_OF(mmio_read32(at(20))),
		  loads ? NO_TRAP : CAUSE_LOAD_PAGE);
	EXPECT_EQ(TRAP_OF(mmio_write32(at(20) + 64, 0)),
		  stores ? NO_TRAP : CAUSE_STORE_PAGE);
	fence();		/* QEMU 7.2 takes what it has for more */
	EXPECT_EQ(TRAP_OF(((void (*)(void))at(20))()),
		  runs ? NO_TRAP : CAUSE_FETCH_PAGE);
}

/* With A and D: without, the CPU may set them itself. */
static void check_permissions(void)
{
	code[0] = 0x00008067;		/* ret */
	code_sync();
	window[10] = 0;
	for (unsigned how = 0; how < 4; how++) {
		csr_clear(sstatus, SSTATUS_SUM | SSTATUS_MXR);
		csr_set(sstatus, (how & 1 ? SSTATUS_SUM : 0) |
				 (how & 2 ? SSTATUS_MXR : 0));
		for (uint64_t bits = 0; bits < 32; bits++)
			if (!(bits & V) || bits & (R | W | X))
				check_bits(bits | A | D, how & 1, how & 2);
	}
	csr_clear(sstatus, SSTATUS_SUM | SSTATUS_MXR);
}

/* ---- walks that lead nowhere ---- */

/* QEMU 7.2 says of each that it was a load. */
static void check_other_walks(uintptr_t va)
{
	EXPECT_EQ(TRAP_OF(mmio_write32(va, 0)), CAUSE_STORE_ACCESS);
	EXPECT_EQ(trap_stval[0], va);
	EXPECT_EQ(TRAP_OF(((void (*)(void))va)()), CAUSE_FETCH_ACCESS);
	EXPECT_EQ(trap_stval[0], va);
}

static void check_walk_to(uintptr_t where)
{
	const uintptr_t va = WINDOW + 9 * MEGA + 0x3008;

	window[9] = entry((void *)where, V);
	fence();
	EXPECT_EQ(TRAP_OF(mmio_read32(va)), CAUSE_LOAD_ACCESS);
	EXPECT_EQ(trap_stval[0], va);
	if (!is_qemu_7_2())
		check_other_walks(va);
	window[9] = 0;
	fence();
}

static void check_walks(void)
{
	EXPECT_EQ(TRAP_OF(mmio_read32(WINDOW + 10 * MEGA)), CAUSE_LOAD_PAGE);
	window[10] = entry((void *)(LARGE + PAGE), RWXAD);	/* crooked */
	fence();
	EXPECT_EQ(TRAP_OF(mmio_read32(WINDOW + 10 * MEGA)), CAUSE_LOAD_PAGE);
	EXPECT_EQ(TRAP_OF(mmio_read32(1ul << 38 | WINDOW)), CAUSE_LOAD_PAGE);
	check_walk_to(NOTHING);
	check_walk_to(RAM_END);
	check_walk_to(1ul << 44);
}

/* ---- instructions, where the hypervisor has to look for them ---- */

/*
 * lw a0, 12(a0); ret: halves in pages that are not neighbours, and cannot be
 * read, which QEMU 7.2 would not let a hypervisor do either.
 */
static void check_instructions(void)
{
	static uint16_t low[2048] __attribute__((aligned(PAGE)));
	static uint16_t high[2048] __attribute__((aligned(PAGE)));
	const uintptr_t va = at(31) - 2;
	const uint64_t bits = V | X | A | (is_qemu_7_2() ? R : 0);

	low[2047] = 0x2503;
	high[0] = 0x00c5;
	high[1] = 0x8082;
	code_sync();
	map(31, high, bits);
	map(30, low, bits);
	mmio_write32(ALARM_HIGH, 0x66666666);
	EXPECT_EQ(((uint64_t (*)(uint64_t))va)(RTC_BASE), 0x66666666);
	map(31, high, 0);
	EXPECT_EQ(TRAP_OF(((uint64_t (*)(uint64_t))va)(RTC_BASE)),
		  CAUSE_FETCH_PAGE);
	EXPECT_EQ(trap_stval[0], at(31));
}

/* ---- the other VCPU ---- */

/* Odd: to be done.  Even: done.  The last of all: the end. */
static volatile uint64_t order, seen, seen_cause;

static void obey(uint64_t arg)
{
	mmu_on();
	for (uint64_t next = 1; ; next += 2) {
		uint64_t given;

		do
			given = order;
		while (given != next && given != ~0ul);
		if (given == ~0ul)
			break;
		seen_cause = TRAP_OF(seen = mmio_read64(at(9)));
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		order = given + 1;
	}
	mmu_off();
}

static void other_looks(void)
{
	const uint64_t now_is = order + 1;

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	order = now_is;
	EXPECT_SOON(order == now_is + 1);
}

static void check_broadcast(void)
{
	page_a[0] = 0xa;
	page_b[0] = 0xb;
	order = 0;
	vcpu_begin(1, obey, 0);
	for (uint64_t i = 0; i < 50; i++) {
		map(9, i & 1 ? page_b : page_a, RWXAD);
		EXPECT_EQ(sbi_error(SBI_RFENCE, 1, 2, 0, at(9), PAGE), 0);
		other_looks();
		EXPECT_EQ(seen_cause, NO_TRAP);
		EXPECT_EQ(seen, i & 1 ? 0xb : 0xa);
	}
	map(9, page_a, 0);
	EXPECT_EQ(sbi_error(SBI_RFENCE, 2, 2, 0, 0, ~0ul, 0), 0);
	other_looks();
	EXPECT_EQ(seen_cause, CAUSE_LOAD_PAGE);
	order = ~0ul;
	vcpu_join(1);
}

static void check_all(void)
{
	check_aliases();
	check_devices();
	check_permissions();
	check_walks();
	check_instructions();
	check_broadcast();
}

void guest_main(void *tree)
{
	unsigned count = 0;

	tables_make();
	for (mode = 0; mode < MODES; mode++) {
		if (!mmu_on())
			continue;
		check_all();
		mmu_off();
		count++;
	}
	EXPECT(count);
	pass();
}
