// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A guest's own translation (stage 1, 4 KiB pages, Arm ARM D8) over the
 * hypervisor's: memory as it is found, aliases, invalidation here and on the
 * other VCPU, faults that are the guest's own, walks that lead nowhere, cache
 * maintenance and code that changes.  Two VCPUs, 64 MiB.
 */
#include "gic.h"

#define RAM_END		0x44000000ul
#define IMAGE		0x40080000ul
#define FLASH_BASE	0x04000000ul
#define PAGE		4096ul
#define BLOCK		0x200000ul

/* Virtual: 1 GiB each, beside 0 to 2 GiB that are mapped as they are. */
#define WINDOW		0x80000000ul	/* one table of pages, blocks */
#define WALK		0xc0000000ul	/* of tables that are not there */
#define HIGH		0xffffff8000000000ul
#define UNMAPPED	0x7000000000ul

#define VALID		1ul
#define TABLE		3ul
#define LEAF		3ul		/* of the last level */
#define ATTR_DEVICE	(0ul << 2)
#define ATTR_NORMAL	(1ul << 2)
#define ATTR_UNCACHED	(2ul << 2)
#define READ_ONLY	(1ul << 7)
#define SHARED		(3ul << 8)
#define ACCESSED	(1ul << 10)
#define NO_EXEC		(3ul << 53)
#define NORMAL		(ATTR_NORMAL | SHARED | ACCESSED)

/* 39 bits on both sides, write-back tables, 40 bits of physical address. */
#define TCR		(25ul | 0x35ul << 8 | 25ul << 16 | 0x35ul << 24 | \
			 2ul << 30 | 2ul << 32)
#define TCR_T1SZ	(0x3ful << 16)
#define TCR_EPD1	(1ul << 23)
#define MAIR		0x44ff00ul
#define SCTLR_MMU	(1ul | 1ul << 2 | 1ul << 12)

#define FSC_SIZE	0x00
#define FSC_TRANSLATION	0x04
#define FSC_ACCESS	0x08
#define FSC_PERMISSION	0x0c
#define FSC_WALK	0x14
#define ESR_CM		(1ul << 8)

struct table {
	uint64_t entry[512] __attribute__((aligned(PAGE)));
};

static struct table level1, ram, window, pages, split, walk, other[3];
static uint64_t page_a[512] __attribute__((aligned(PAGE)));
static uint64_t page_b[512] __attribute__((aligned(PAGE)));

static void sync(void)
{
	__asm__ volatile("dsb sy\n\tisb" ::: "memory");
}

#define TLBI(op, va) __asm__ volatile("dsb ishst\n\ttlbi " op ", %0\n\t" \
				      "dsb ish\n\tisb"			\
				      :: "r"((uint64_t)(va) >> 12 &	\
					     0xffffffffffful) : "memory")

#define TLBI_ALL() __asm__ volatile("dsb ishst\n\ttlbi vmalle1is\n\t"	\
				    "dsb ish\n\tisb" ::: "memory")

/* ---- the other VCPU: does what it is told, its MMU on ---- */

static void (*volatile order)(void);

static void mmu_on(const struct table *root)
{
	sysreg_write(mair_el1, MAIR);
	sysreg_write(tcr_el1, TCR);
	sysreg_write(ttbr0_el1, root);
	sysreg_write(ttbr1_el1, root);
	__asm__ volatile("tlbi vmalle1\n\tdsb nsh\n\tisb" ::: "memory");
	sysreg_write(sctlr_el1, sysreg_read(sctlr_el1) | SCTLR_MMU);
}

#define TIMER_ID	27u

static void rest_init(void)
{
	gic_init_cpu();
	gic_use(TIMER_ID, 0x80);
}

/* Leaves the host's CPU to others; this VCPU may go on on another one. */
static void rest(void)
{
	uint32_t ack;

	sysreg_write(cntv_tval_el0, sysreg_read(cntfrq_el0) / 20000);
	sysreg_write(cntv_ctl_el0, 1);
	__asm__ volatile("dsb sy\n\twfi" ::: "memory");
	ack = gic_ack();
	sysreg_write(cntv_ctl_el0, 0);
	if ((ack & 0x3ff) < GIC_SPURIOUS)
		gic_eoi(ack);
}

static void obey(uint64_t arg)
{
	rest_init();
	mmu_on(&level1);
	for (;;) {
		while (!order)
			rest();
		__asm__ volatile("isb" ::: "memory");
		order();
		sync();
		order = NULL;
	}
}

static void other_does(void (*fn)(void))
{
	sync();
	order = fn;
	while (order)
		rest();
}

/* ---- memory as it is found ---- */

static void expect_zero(uintptr_t from, uintptr_t to)
{
	for (const uint64_t *p = (void *)from; p < (uint64_t *)to; p++)
		if (*p)
			expect_failed(__FILE__, __LINE__, "fresh memory is 0",
				      (uintptr_t)p, *p);
}

static void check_fresh(const void *tree)
{
	extern char guest_end[];
	const uintptr_t begin = (uintptr_t)tree & -8ul;
	const uintptr_t end = (begin + tree_size(tree) + 15) & -8ul;

	EXPECT_EQ(*(const uint32_t *)tree, 0xedfe0dd0);
	EXPECT(begin >= (uintptr_t)guest_end && end <= RAM_END);
	expect_zero(RAM_BASE, IMAGE);
	expect_zero((uintptr_t)guest_end, begin);
	expect_zero(end, RAM_END);
}

static void check_end_of_ram(void)
{
	uint64_t esr;

	mmio_write8(RAM_END - 1, 0xa5);
	EXPECT_EQ(mmio_read8(RAM_END - 1), 0xa5);
	EXPECT_EQ(mmio_read64(RAM_END - 8), 0xa5ul << 56);
	esr = TRAP_OF(mmio_read8(RAM_END));
	EXPECT_EQ(esr, (uint64_t)EC_DATA_ABORT << 26 | ESR_IL | FSC_EXTERNAL);
	EXPECT_EQ(trap_far[0], RAM_END);
	EXPECT_EQ(ESR_FSC(TRAP_OF(mmio_read8(RAM_BASE - 1))), FSC_EXTERNAL);
	mmio_write8(RAM_END - 1, 0);
}

/* Half of it is RAM. */
static void check_across_end(void)
{
	const uint64_t esr = TRAP_OF(
		__asm__ volatile("ldr x2, [%0]" :: "r"(RAM_END - 4)
				 : "x2", "memory"));

	EXPECT_EQ(ESR_EC(esr), EC_DATA_ABORT);
	EXPECT_EQ(ESR_FSC(esr), FSC_EXTERNAL);
	EXPECT(trap_far[0] >= RAM_END - 4 && trap_far[0] < RAM_END + 4);
}

/* ---- tables ---- */

static void tables_make(void)
{
	level1.entry[0] = VALID | ATTR_DEVICE | ACCESSED | NO_EXEC;
	level1.entry[1] = (uintptr_t)&ram | TABLE;
	level1.entry[2] = (uintptr_t)&window | TABLE;
	level1.entry[3] = (uintptr_t)&walk | TABLE;
	/* One block more than there is memory. */
	for (uint64_t i = 0; i <= (RAM_END - RAM_BASE) / BLOCK; i++)
		ram.entry[i] = (RAM_BASE + i * BLOCK) | NORMAL | VALID;
	window.entry[0] = (uintptr_t)&pages | TABLE;
	sync();
}

/* Break before make; how the old entry goes is the caller's. */
#define REMAP(slot, value, invalidate) do {				\
	*(volatile uint64_t *)(slot) = 0;				\
	invalidate;							\
	*(volatile uint64_t *)(slot) = (value);				\
	sync();								\
} while (0)

/* Page index of the window, for all VCPUs. */
static void map(unsigned index, uint64_t value)
{
	REMAP(&pages.entry[index], value,
	      TLBI("vaae1is", WINDOW + index * PAGE));
}

static uint64_t leaf(const void *page, uint64_t attributes)
{
	return (uintptr_t)page | attributes | LEAF;
}

static void check_aliases(void)
{
	map(5, leaf(page_a, NORMAL));
	map(511, leaf(page_a, NORMAL));
	mmio_write64(WINDOW + 5 * PAGE + 8, 0x1111);
	EXPECT_EQ(*(volatile uint64_t *)&page_a[1], 0x1111);
	EXPECT_EQ(mmio_read64(WINDOW + 511 * PAGE + 8), 0x1111);
	map(511, leaf(page_b, NORMAL));
	EXPECT_EQ(mmio_read64(WINDOW + 511 * PAGE + 8), 0);
	page_b[1] = 0x2222;
	sync();
	EXPECT_EQ(mmio_read64(WINDOW + 511 * PAGE + 8), 0x2222);
	/* A device by another name. */
	map(6, leaf((void *)RTC_BASE, ATTR_DEVICE | ACCESSED | NO_EXEC));
	mmio_write32(RTC_BASE + 4, 0x87654321);
	EXPECT_EQ(mmio_read32(WINDOW + 6 * PAGE + 4), 0x87654321);
}

/* A block, the same as pages in another order, and the block again. */
static void check_blocks(void)
{
	const uintptr_t va = WINDOW + BLOCK, pa = RAM_BASE + 16 * BLOCK;
	const uint64_t block = pa | NORMAL | VALID;

	for (uint64_t i = 0; i < 512; i++) {
		mmio_write64(pa + i * PAGE, i + 1);
		split.entry[i] = leaf((void *)(pa + (i ^ 511) * PAGE), NORMAL);
	}
	for (int round = 0; round < 3; round++) {
		REMAP(&window.entry[1], block, TLBI_ALL());
		for (uint64_t i = 0; i < 512; i++)
			EXPECT_EQ(mmio_read64(va + i * PAGE), i + 1);
		REMAP(&window.entry[1], (uintptr_t)&split | TABLE,
		      TLBI("vaae1is", va));
		for (uint64_t i = 0; i < 512; i++)
			EXPECT_EQ(mmio_read64(va + i * PAGE), (i ^ 511) + 1);
	}
}

/* With the MMU off for one load: the address is a physical one. */
static uint64_t load_with_mmu_off(const void *at)
{
	uint64_t value, sctlr, off;

	__asm__ volatile("dc civac, %3\n\tdsb sy\n\t"
			 "mrs %1, sctlr_el1\n\tbic %2, %1, #1\n\t"
			 "msr sctlr_el1, %2\n\tisb\n\t"
			 "ldr %0, [%3]\n\t"
			 "msr sctlr_el1, %1\n\tisb"
			 : "=&r"(value), "=&r"(sctlr), "=&r"(off)
			 : "r"(at) : "memory");
	return value;
}

static void check_on_off(void)
{
	for (uint64_t i = 0; i < 100; i++) {
		mmio_write64(WINDOW + 5 * PAGE, i);
		EXPECT_EQ(load_with_mmu_off(page_a), i);
	}
}

/* ---- invalidation ---- */

static const uintptr_t shared_va = WINDOW + 9 * PAGE;
static volatile uint64_t seen, seen_esr, seen_far;

static void look(void)
{
	seen_esr = TRAP_OF(seen = mmio_read64(shared_va));
	seen_far = trap_far[1];
}

static void check_local(void)
{
	volatile uint64_t *slot = &pages.entry[10];
	const uintptr_t va = WINDOW + 10 * PAGE;

	page_a[0] = 0xa;
	page_b[0] = 0xb;
	for (int i = 0; i < 100; i++) {
		REMAP(slot, leaf(i & 1 ? page_b : page_a, NORMAL),
		      TLBI("vaae1", va));
		EXPECT_EQ(mmio_read64(va), i & 1 ? 0xb : 0xa);
		rest();
		EXPECT_EQ(mmio_read64(va), i & 1 ? 0xb : 0xa);
	}
	*slot = 0;
	TLBI("vaale1", va);
	EXPECT_EQ(ESR_FSC(TRAP_OF(mmio_read64(va))), FSC_TRANSLATION | 3);
}

static void check_broadcast(void)
{
	for (int i = 0; i < 50; i++) {
		map(9, leaf(i & 1 ? page_b : page_a, NORMAL));
		other_does(look);
		EXPECT_EQ(seen_esr, 0);
		EXPECT_EQ(seen, i & 1 ? 0xb : 0xa);
	}
	REMAP(&pages.entry[9], 0, TLBI("vale1is", shared_va));
	other_does(look);
	EXPECT_EQ(seen_esr, (uint64_t)EC_DATA_ABORT << 26 | ESR_IL |
		  FSC_TRANSLATION | 3);
	EXPECT_EQ(seen_far, shared_va);
	REMAP(&pages.entry[9], leaf(page_a, NORMAL), TLBI_ALL());
	other_does(look);
	EXPECT_EQ(seen, 0xa);
}

/*
 * The other VCPU has tables of its own with the same ASID; what one CPU
 * remembers of one of them is nothing to the other.
 */
static void private_tables(void)
{
	other[0].entry[0] = level1.entry[0];
	other[0].entry[1] = level1.entry[1];
	other[0].entry[2] = (uintptr_t)&other[1] | TABLE;
	other[1].entry[0] = (uintptr_t)&other[2] | TABLE;
	other[2].entry[9] = leaf(page_b, NORMAL);
	mmu_on(&other[0]);
}

static void common_tables(void)
{
	mmu_on(&level1);
}

static void check_private(void)
{
	other_does(private_tables);
	for (int i = 0; i < 50; i++) {
		EXPECT_EQ(mmio_read64(shared_va), 0xa);
		other_does(look);
		EXPECT_EQ(seen, 0xb);
	}
	other_does(common_tables);
	other_does(look);
	EXPECT_EQ(seen, 0xa);
}

/* ---- faults of the guest's own ---- */

static void expect_fault(uint64_t esr, uint64_t wanted, uintptr_t va)
{
	EXPECT_EQ(esr, wanted | ESR_IL);
	EXPECT_EQ(trap_far[0], va);
}

#define DATA(fsc)	((uint64_t)EC_DATA_ABORT << 26 | (fsc))
#define FETCH(fsc)	((uint64_t)EC_FETCH_ABORT << 26 | (fsc))
#define LOADS(va)	TRAP_OF(mmio_read32(va))
#define STORES(va)	TRAP_OF(mmio_write32(va, 0x12))
#define JUMPS(va)	TRAP_OF(((void (*)(void))(va))())

static void check_permissions(void)
{
	const uintptr_t va = WINDOW + 20 * PAGE, block = WINDOW + 2 * BLOCK;

	map(20, leaf(page_a, NORMAL | READ_ONLY | NO_EXEC));
	EXPECT_EQ(mmio_read64(va), 0xa);
	expect_fault(STORES(va + 8), DATA(ESR_WNR | FSC_PERMISSION | 3),
		     va + 8);
	expect_fault(JUMPS(va + 4), FETCH(FSC_PERMISSION | 3), va + 4);
	map(20, leaf(page_a, NORMAL & ~ACCESSED));
	expect_fault(LOADS(va), DATA(FSC_ACCESS | 3), va);
	REMAP(&window.entry[2], RAM_BASE | NORMAL | READ_ONLY | VALID,
	      TLBI("vaae1is", block));
	EXPECT_EQ(mmio_read64(block), 0);
	expect_fault(STORES(block), DATA(ESR_WNR | FSC_PERMISSION | 2), block);
	/* An address that no memory has. */
	map(20, leaf((void *)(1ul << 44), NORMAL));
	expect_fault(LOADS(va), DATA(FSC_SIZE | 3), va);
	map(20, leaf((void *)NOTHING, NORMAL));
	expect_fault(LOADS(va), DATA(FSC_EXTERNAL), va);
	expect_fault(JUMPS(va), FETCH(FSC_EXTERNAL), va);
}

static void check_translations(void)
{
	expect_fault(LOADS(WINDOW + PAGE), DATA(FSC_TRANSLATION | 3),
		     WINDOW + PAGE);
	expect_fault(STORES(WINDOW + 99 * BLOCK),
		     DATA(ESR_WNR | FSC_TRANSLATION | 2), WINDOW + 99 * BLOCK);
	expect_fault(LOADS(UNMAPPED), DATA(FSC_TRANSLATION | 1), UNMAPPED);
	expect_fault(JUMPS(UNMAPPED), FETCH(FSC_TRANSLATION | 1), UNMAPPED);
	expect_fault(LOADS(1ul << 40), DATA(FSC_TRANSLATION), 1ul << 40);
	sysreg_write(tcr_el1, TCR | TCR_EPD1);
	expect_fault(LOADS(HIGH), DATA(FSC_TRANSLATION), HIGH);
	sysreg_write(tcr_el1, TCR);
	expect_fault(LOADS(RAM_END), DATA(FSC_EXTERNAL), RAM_END);
}

#define AT(va)	__asm__ volatile("at s1e1r, %0\n\tisb"			\
				 :: "r"((uint64_t)(va)) : "memory")

static void check_at(void)
{
	AT(shared_va + 8);
	EXPECT_EQ(sysreg_read(par_el1) & 1, 0);
	EXPECT_EQ(sysreg_read(par_el1) & 0xfffffffff000, (uintptr_t)page_a);
	AT(UNMAPPED);
	EXPECT_EQ(sysreg_read(par_el1) & 0x7f, (FSC_TRANSLATION | 1) << 1 | 1);
}

/* ---- walks that lead nowhere ---- */

static void check_walk_to(uintptr_t where)
{
	const uintptr_t va = WALK + 3 * BLOCK + 0x123000;

	/* The last level is not there. */
	REMAP(&walk.entry[3], where | TABLE, TLBI_ALL());
	expect_fault(LOADS(va), DATA(FSC_WALK | 3), va);
	expect_fault(STORES(va), DATA(ESR_WNR | FSC_WALK | 3), va);
	expect_fault(JUMPS(va), FETCH(FSC_WALK | 3), va);
	expect_fault(TRAP_OF(AT(va)) & ~ESR_WNR, DATA(ESR_CM | FSC_WALK | 3),
		     va);
	/* Nor the one before. */
	REMAP(&level1.entry[3], where | TABLE, TLBI_ALL());
	expect_fault(LOADS(va), DATA(FSC_WALK | 2), va);
	REMAP(&level1.entry[3], (uintptr_t)&walk | TABLE, TLBI_ALL());
	/* Nor the first, of a space of 39 and one of 48 bits. */
	sysreg_write(ttbr1_el1, where);
	expect_fault(LOADS(HIGH), DATA(FSC_WALK | 1), HIGH);
	expect_fault(JUMPS(HIGH), FETCH(FSC_WALK | 1), HIGH);
	sysreg_write(tcr_el1, (TCR & ~TCR_T1SZ) | 16ul << 16);
	expect_fault(LOADS(HIGH), DATA(FSC_WALK), HIGH);
	sysreg_write(tcr_el1, TCR);
	sysreg_write(ttbr1_el1, &level1);
}

/* Erased flash as a table: entries that lead beyond all memory. */
static void check_walk_to_flash(void)
{
	const uintptr_t va = WALK + 4 * BLOCK;

	REMAP(&walk.entry[4], FLASH_BASE | TABLE, TLBI_ALL());
	expect_fault(LOADS(va), DATA(FSC_SIZE | 3), va);
}

/* A table that is a table of itself. */
static void check_walk_to_itself(void)
{
	const uintptr_t va = WALK + 3 * BLOCK + 3 * PAGE;

	REMAP(&walk.entry[3], (uintptr_t)&walk | ACCESSED | TABLE,
	      TLBI_ALL());
	EXPECT_EQ(mmio_read64(va + 3 * 8), walk.entry[3]);
}

/* ---- caches ---- */

#define FOR_LINES(op, from, size) do {					\
	const uint64_t line_size = 4ul << (sysreg_read(ctr_el0) >> 16 & 15); \
	const uintptr_t line_end = (from) + (size);			\
	for (uintptr_t line = (from); line < line_end; line += line_size) \
		__asm__ volatile(op ", %0" :: "r"(line) : "memory");	\
	__asm__ volatile("dsb ish" ::: "memory");			\
} while (0)

static void check_lines(void)
{
	const uintptr_t at = (uintptr_t)page_b;

	for (uint64_t i = 0; i < 512; i++)
		page_b[i] = ~i;
	FOR_LINES("dc cvac", at, PAGE);
	FOR_LINES("dc cvau", at, PAGE);
	FOR_LINES("dc civac", at, PAGE);
	for (uint64_t i = 0; i < 512; i++)
		page_b[i] = i * 3;
	/* For a guest, invalidation must not lose what it stored. */
	FOR_LINES("dc ivac", at, PAGE);
	for (uint64_t i = 0; i < 512; i++)
		EXPECT_EQ(*(volatile uint64_t *)&page_b[i], i * 3);
	if (!(sysreg_read(dczid_el0) & 0x10))
		__asm__ volatile("dc zva, %0" :: "r"(at) : "memory");
	EXPECT_EQ(*(volatile uint64_t *)&page_b[1], 0);
	EXPECT_EQ(*(volatile uint64_t *)&page_b[511], 511 * 3);
	map(21, leaf(page_b, ATTR_UNCACHED | ACCESSED));
	FOR_LINES("dc civac", at, PAGE);
	EXPECT_EQ(mmio_read64(WINDOW + 21 * PAGE + 511 * 8), 511 * 3);
}

/* A block of zeros for a device: refused by the CPU, or by us. */
static void check_zero_device(void)
{
	const uint64_t esr = TRAP_OF(
		__asm__ volatile("dc zva, %0" :: "r"(UART_BASE) : "memory"));

	EXPECT_EQ(ESR_EC(esr), EC_DATA_ABORT);
	EXPECT(ESR_FSC(esr) == FSC_EXTERNAL || ESR_FSC(esr) == FSC_ALIGNMENT);
}

/* All of the first level by set and way: nothing is lost. */
static void check_sets(void)
{
	uint64_t id, sets, ways, line, shift;

	sysreg_write(csselr_el1, 0);
	id = sysreg_read(ccsidr_el1);
	EXPECT(id);
	line = (id & 7) + 4;
	ways = (id >> 3 & 0x3ff) + 1;
	sets = (id >> 13 & 0x7fff) + 1;
	shift = ways > 1 ? (uint64_t)__builtin_clz((uint32_t)ways - 1) : 0;
	for (uint64_t i = 0; i < 512; i++)
		page_a[i] = i * 7;
	for (uint64_t set = 0; set < sets; set++) {
		for (uint64_t way = 0; way < ways; way++)
			__asm__ volatile("dc cisw, %0\n\tdc csw, %0"
					 :: "r"(way << shift | set << line)
					 : "memory");
	}
	sync();
	for (uint64_t i = 0; i < 512; i++)
		EXPECT_EQ(*(volatile uint64_t *)&page_a[i], i * 7);
}

static uint32_t code[1024] __attribute__((aligned(PAGE)));
static volatile uint64_t code_said;

static void call_code(void)
{
	code_said = ((uint64_t (*)(void))(uintptr_t)code)();
}

/* mov x0, #i; ret.  Written where it runs, or by another name. */
static void check_code(void)
{
	const uintptr_t alias = WINDOW + 30 * PAGE;

	map(30, leaf(code, NORMAL));
	for (uint32_t i = 1; i < 60; i++) {
		volatile uint32_t *to = i & 1 ? code : (uint32_t *)alias;

		to[0] = 0xd2800000 | i << 5;
		to[1] = 0xd65f03c0;
		__asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %1\n\t"
				 "dsb ish\n\tisb"
				 :: "r"(to), "r"(code) : "memory");
		other_does(call_code);
		EXPECT_EQ(code_said, i);
		call_code();
		EXPECT_EQ(code_said, i);
	}
	code[0] = 0xd2800000 | 77 << 5;
	__asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ialluis\n\t"
			 "dsb ish\n\tisb" :: "r"(code) : "memory");
	other_does(call_code);
	EXPECT_EQ(code_said, 77);
}

void guest_main(void *tree)
{
	static void (*const checks[])(void) = {
		check_across_end, check_aliases, check_blocks, check_on_off,
		check_local, check_broadcast, check_private,
		check_permissions, check_translations, check_at,
		check_walk_to_flash, check_walk_to_itself, check_lines,
		check_zero_device, check_sets, check_code,
	};

	check_fresh(tree);
	check_end_of_ram();
	gic_init();
	rest_init();
	tables_make();
	vcpu_begin(1, obey, 0);
	mmu_on(&level1);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		checks[i]();
	check_walk_to(NOTHING);
	check_walk_to(UART_BASE);
	check_walk_to(RAM_END);
	pass();
}
