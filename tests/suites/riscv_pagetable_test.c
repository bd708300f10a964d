// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * arch/riscv/pure/pt_format: tables of every mode as a walk by the
 * specification (Privileged ISA 12.3.2, 18.5.1) finds them.
 */
#include <vmm/page.h>
#include <vmm/pagetable.h>
#include <vmm/test.h>

#include "../../arch/riscv/pure/pt_format.h"

/* Bits of entries by their place in the specification. */
enum { V = 1, R = 2, W = 4, X = 8, U = 16, G = 32, A = 64, D = 128 };
#define PBMT(e)		((unsigned)((e) >> 61 & 3))
#define PBMT_NC		1
#define PBMT_IO		2

struct found {
	u64 pa;
	u64 entry;			/* 0: a fault */
	unsigned level;
};

static struct pagetable pt;

static void no_flush(struct pagetable *p, u64 base, u64 size)
{
}

/* The root has two more bits of index in the second stage. */
static struct found walk(u64 address, const struct pt_mode *mode)
{
	const u64 *table = hpa_to_ptr(pt.root);
	unsigned level = mode->levels - 1u;
	u64 index = address >> (12 + 9 * level), e;

	for (;; index = address >> (12 + 9 * level) & 511) {
		e = table[index];
		if (!(e & V) || (!(e & R) && (e & W)))
			return (struct found){ .level = level };
		if (e & (R | X))
			break;
		if (!level || e & (U | A | D))
			return (struct found){ .level = level };
		level--;
		table = hpa_to_ptr(HPA((e >> 10 & ((1ull << 44) - 1)) << 12));
	}
	u64 low = (1ull << (12 + 9 * level)) - 1;
	u64 pa = (e >> 10 & ((1ull << 44) - 1)) << 12;

	/* A superpage that is not aligned faults. */
	return pa & low ? (struct found){ .level = level } :
	       (struct found){ pa | (address & low), e, level };
}

static bool begin(const struct pt_mode *mode, bool guest)
{
	struct pt_geometry g = pt_format_geometry(mode, guest);

	return !pagetable_init(&pt, guest ? &pt_format_guest :
			       &pt_format_host, &g, no_flush);
}

static bool map(u64 base, u64 size, u64 pa, u32 prot)
{
	return !pagetable_map(&pt, &(struct pt_range){
			.base = base, .size = size, .pa = HPA(pa),
			.prot = prot });
}

static void modes(void)
{
	for (unsigned i = 0; i < 2 * PT_MODE_COUNT; i++) {
		const struct pt_mode *mode = &pt_modes[i / 2];
		bool guest = i % 2;
		u64 all = guest ? U | A | D : G | A | D;
		u64 top = 1ull << (mode->address_bits + (guest ? 2 : 0));
		struct found f;

		EXPECT(begin(mode, guest));
		EXPECT(map(top - GIB(1), GIB(1), GIB(3),
			   PT_READ | PT_WRITE | PT_EXEC));
		EXPECT(map(MIB(2), MIB(2), MIB(6), PT_READ | PT_WRITE));
		EXPECT(map(0x1000, 0x1000, 0x123456789000, PT_READ));
		f = walk(top - 1, mode);
		EXPECT_EQ(f.pa, GIB(4) - 1);
		EXPECT_EQ(f.level, 2);
		EXPECT_EQ(f.entry & 0x3ff, V | R | W | X | all);
		f = walk(MIB(2) + 0x1234, mode);
		EXPECT_EQ(f.pa, MIB(6) + 0x1234);
		EXPECT_EQ(f.level, 1);
		EXPECT_EQ(f.entry & 0x3ff, V | R | W | all);
		f = walk(0x1008, mode);
		EXPECT_EQ(f.pa, 0x123456789008);
		EXPECT_EQ(f.level, 0);
		EXPECT_EQ(f.entry & 0x3ff, V | R | all);
		EXPECT_EQ(walk(0x2000, mode).entry, 0);
		EXPECT_EQ(walk(MIB(4), mode).entry, 0);
		pagetable_fini(&pt);
	}
}

/* What was asked for is known whether or not entries can say it. */
static void memory_types(void)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct pt_mode *mode = &pt_modes[0];
		struct pt_range r;

		pt_format_has_pbmt = i;
		EXPECT(begin(mode, true));
		EXPECT(map(0x1000, 0x1000, 0x1000,
			   PT_READ | PT_WRITE | PT_DEVICE));
		EXPECT(map(0x2000, 0x1000, 0x2000,
			   PT_READ | PT_WRITE | PT_UNCACHED));
		EXPECT(map(0x3000, 0x1000, 0x3000, PT_READ | PT_WRITE));
		EXPECT_EQ(PBMT(walk(0x1000, mode).entry), i ? PBMT_IO : 0);
		EXPECT_EQ(PBMT(walk(0x2000, mode).entry), i ? PBMT_NC : 0);
		EXPECT_EQ(PBMT(walk(0x3000, mode).entry), 0);
		EXPECT(pagetable_walk(&pt, 0x1000, &r));
		EXPECT_EQ(r.prot, PT_READ | PT_WRITE | PT_DEVICE);
		EXPECT(pagetable_walk(&pt, 0x2000, &r));
		EXPECT_EQ(r.prot, PT_READ | PT_WRITE | PT_UNCACHED);
		pagetable_fini(&pt);
	}
	pt_format_has_pbmt = false;
}

SUITE(riscv_pagetable, TEST(modes), TEST(memory_types));
