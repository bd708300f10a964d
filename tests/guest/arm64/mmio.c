// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loads and stores to devices with the MMU off, by every kind of instruction,
 * and the aborts for what a device cannot do or where nothing is (Arm ARM
 * D19.2.40).  Needs a guest of 64 MiB.
 */
#include "gic.h"

#define GPIO_BASE	0x09030000ul
#define FLASH_BASE	0x04000000ul	/* the second bank */
#define RAM_END		0x44000000ul

/* Registers of 8 bits that only store, and the next one's (PL061). */
#define BOTH		(GPIO_BASE + 0x408)
#define EVENT		(GPIO_BASE + 0x40c)
/* Registers of 32 and 16 bits (PL031 MR; PL011 IBRD). */
#define MATCH		(RTC_BASE + 4)
#define DIVISOR		(UART_BASE + 0x24)
/* Eight registers that say what the device is: a byte in a word each. */
#define ID		0xfe0

#define LOAD(insn, reg, at) __extension__ ({				\
	uint64_t load_v = 0x5555555555555555;				\
	__asm__ volatile(insn " %" reg "0, [%1]"			\
			 : "+r"(load_v) : "r"((uint64_t)(at)) : "memory"); \
	load_v; })
#define STORE(insn, reg, at, v)						\
	__asm__ volatile(insn " %" reg "0, [%1]"			\
			 :: "r"((uint64_t)(v)), "r"((uint64_t)(at)) : "memory")
#define FP	".arch_extension simd\n\t"

static void set(uint8_t both, uint8_t event)
{
	mmio_write32(BOTH, both);
	mmio_write32(EVENT, event);
}

/* ---- widths and extension ---- */

static void check_words(void)
{
	mmio_write32(MATCH, 0x8182f3f4);
	EXPECT_EQ(mmio_read32(MATCH), 0x8182f3f4);
	for (unsigned i = 0; i < 4; i++)
		EXPECT_EQ(mmio_read8(MATCH + i), 0x8182f3f4u >> 8 * i & 0xff);
	EXPECT_EQ(mmio_read16(MATCH), 0xf3f4);
	EXPECT_EQ(mmio_read16(MATCH + 2), 0x8182);
	EXPECT_EQ(mmio_read64(RTC_BASE) >> 32, 0x8182f3f4);
	mmio_write8(MATCH + 1, 0x55);
	EXPECT_EQ(mmio_read32(MATCH), 0x818255f4);
	mmio_write16(MATCH + 2, 0x1234);
	EXPECT_EQ(mmio_read32(MATCH), 0x123455f4);
	mmio_write32(DIVISOR, 0xabcd1234);
	EXPECT_EQ(mmio_read32(DIVISOR), 0x1234);
	mmio_write64(BOTH, 0x777777ee888888dd);
	EXPECT_EQ(mmio_read32(BOTH), 0xdd);
	EXPECT_EQ(mmio_read64(BOTH), 0xee000000dd);
}

static void check_ids(uintptr_t device, uint64_t part)
{
	for (unsigned i = 0; i < 2; i++)
		EXPECT_EQ(mmio_read32(device + ID + 4 * i), part >> 8 * i &
			  0xff);
	for (unsigned i = 0; i < 4; i++)
		EXPECT_EQ(mmio_read8(device + 0xff0 + 4 * i),
			  0xb105f00du >> 8 * i & 0xff);
	EXPECT_EQ(mmio_read64(device + 0xff8), 0xb100000005);
	EXPECT_EQ(mmio_read16(device + 0xffc), 0xb1);
}

static void check_extension(void)
{
	mmio_write32(MATCH, 0x8182f3f4);
	EXPECT_EQ(LOAD("ldrsb", "w", MATCH), 0xfffffff4);
	EXPECT_EQ(LOAD("ldrsb", "x", MATCH), 0xfffffffffffffff4);
	EXPECT_EQ(LOAD("ldrsh", "w", MATCH), 0xfffff3f4);
	EXPECT_EQ(LOAD("ldrsh", "x", MATCH + 2), 0xffffffffffff8182);
	EXPECT_EQ(LOAD("ldrsw", "x", MATCH), 0xffffffff8182f3f4);
	EXPECT_EQ(LOAD("ldrb", "w", MATCH), 0xf4);
	EXPECT_EQ(LOAD("ldr", "w", MATCH), 0x8182f3f4);
	EXPECT_EQ(LOAD("ldar", "w", MATCH), 0x8182f3f4);
	EXPECT_EQ(LOAD("ldarb", "w", MATCH + 3), 0x81);
	EXPECT_EQ(LOAD("ldur", "w", MATCH), 0x8182f3f4);
	EXPECT_EQ(LOAD("ldtr", "w", MATCH), 0x8182f3f4);
	mmio_write32(MATCH, 0x71727374);
	EXPECT_EQ(LOAD("ldrsb", "x", MATCH), 0x74);
	STORE("stlr", "w", MATCH, 0x7fffffff00000012);
	EXPECT_EQ(mmio_read32(MATCH), 0x12);
	STORE("strb", "w", MATCH, 0xffffffffffffff34);
	EXPECT_EQ(mmio_read32(MATCH), 0x34);
	__asm__ volatile("str wzr, [%0]" :: "r"(MATCH) : "memory");
	EXPECT_EQ(mmio_read32(MATCH), 0);
	__asm__ volatile("ldr wzr, [%0]" :: "r"(MATCH) : "memory");
}

/* CPUs may refuse it by an alignment fault, before we see it. */
static void check_unaligned(void)
{
	uint64_t value = 0, esr;

	set(0xdd, 0xee);
	esr = TRAP_OF(value = LOAD("ldr", "w", BOTH + 1));
	EXPECT(esr ? ESR_FSC(esr) == FSC_ALIGNMENT : value == 0xee000000);
	esr = TRAP_OF(value = LOAD("ldrh", "w", BOTH + 3));
	EXPECT(esr ? ESR_FSC(esr) == FSC_ALIGNMENT : value == 0xee00);
	esr = TRAP_OF(value = LOAD("ldr", "x", BOTH - 3));
	EXPECT(esr ? ESR_FSC(esr) == FSC_ALIGNMENT :
	       value == 0xee000000dd000000);
	esr = TRAP_OF(STORE("strh", "w", BOTH + 3, 0x7744));
	EXPECT(esr ? ESR_FSC(esr) == FSC_ALIGNMENT :
	       mmio_read64(BOTH) == 0x77000000dd);
}

/* ---- what the syndrome does not describe ---- */

static void check_pairs(void)
{
	uint64_t a, b, at = BOTH;

	set(0x81, 0x92);
	__asm__ volatile("ldp %w0, %w1, [%2]"
			 : "=&r"(a), "=&r"(b) : "r"(at) : "memory");
	EXPECT_EQ(a, 0x81);
	EXPECT_EQ(b, 0x92);
	__asm__ volatile("ldp %x0, %x1, [%2, #-16]"
			 : "=&r"(a), "=&r"(b) : "r"(at + 8) : "memory");
	EXPECT_EQ(b, mmio_read64(BOTH));
	__asm__ volatile("stp %w0, %w1, [%2]"
			 :: "r"(0x11ul), "r"(0x22ul), "r"(at) : "memory");
	EXPECT_EQ(mmio_read64(BOTH), 0x2200000011);
	mmio_write32(MATCH, 0x80000001);
	at = RTC_BASE + 0x10;
	__asm__ volatile("ldpsw %0, %1, [%2, #-16]!"
			 : "=&r"(a), "=&r"(b), "+r"(at) :: "memory");
	EXPECT_EQ(b, 0xffffffff80000001);
	EXPECT_EQ(at, RTC_BASE);
	at = BOTH;
	__asm__ volatile("stp %w1, %w2, [%0], #-256"
			 : "+r"(at) : "r"(0x33ul), "r"(0x44ul) : "memory");
	EXPECT_EQ(at, BOTH - 256);
	EXPECT_EQ(mmio_read64(BOTH), 0x4400000033);
	__asm__ volatile("ldnp %w0, %w1, [%2]"
			 : "=&r"(a), "=&r"(b) : "r"(BOTH) : "memory");
	EXPECT_EQ(a, 0x33);
	EXPECT_EQ(b, 0x44);
}

static void check_writeback(void)
{
	uint64_t v = ~0ul, at = BOTH;

	set(0x91, 0xa2);
	__asm__ volatile("ldr %w0, [%1], #4" : "=&r"(v), "+r"(at) :: "memory");
	EXPECT_EQ(v, 0x91);
	EXPECT_EQ(at, EVENT);
	__asm__ volatile("ldrsb %w0, [%1, #-4]!"
			 : "=&r"(v), "+r"(at) :: "memory");
	EXPECT_EQ(v, 0xffffff91);
	EXPECT_EQ(at, BOTH);
	__asm__ volatile("ldrsh %x0, [%1], #255"
			 : "=&r"(v), "+r"(at) :: "memory");
	EXPECT_EQ(v, 0x91);
	EXPECT_EQ(at, BOTH + 255);
	__asm__ volatile("strb %w1, [%0, #-251]!"
			 : "+r"(at) : "r"(0x1b7ul) : "memory");
	EXPECT_EQ(at, EVENT);
	EXPECT_EQ(mmio_read32(EVENT), 0xb7);
	at = BOTH - 0x18;
	__asm__ volatile("ldr %w0, [%1, %w2, sxtw #2]"
			 : "=&r"(v) : "r"(at), "r"(6ul) : "memory");
	EXPECT_EQ(v, 0x91);
}

/* The stack pointer as the base: ours comes back before anything needs it. */
static void check_writeback_sp(void)
{
	uint64_t v, saved, at = BOTH;

	set(0x13, 0x24);
	__asm__ volatile("mov %2, sp\n\t"
			 "mov sp, %1\n\t"
			 "ldr %w0, [sp], #16\n\t"
			 "mov %1, sp\n\t"
			 "mov sp, %2"
			 : "=&r"(v), "+r"(at), "=&r"(saved) :: "memory");
	EXPECT_EQ(v, 0x13);
	EXPECT_EQ(at, BOTH + 16);
}

#define SIMD_LOAD(insn, from, out)					\
	__asm__ volatile(FP "movi v3.16b, #0x55\n\t"			\
			 "movi v4.16b, #0x55\n\t" insn "\n\t"		\
			 "stp q3, q4, [%1]"				\
			 :: "r"(from), "r"(out) : "memory")

static void check_simd_loads(void)
{
	const uintptr_t from = GPIO_BASE + ID;
	uint32_t v[8] __attribute__((aligned(16)));

	SIMD_LOAD("ldr q3, [%0]", from, v);
	EXPECT_EQ(v[0], 0x61);
	EXPECT_EQ(v[2], 0x04);
	EXPECT_EQ(v[3], 0);
	EXPECT_EQ(v[4], 0x55555555);
	SIMD_LOAD("ldp q3, q4, [%0]", from, v);
	EXPECT_EQ(v[1], 0x10);
	EXPECT_EQ(v[4], 0x0d);
	EXPECT_EQ(v[7], 0xb1);
	SIMD_LOAD("ldp d3, d4, [%0]", from + 16, v);
	EXPECT_EQ(v[0], 0x0d);
	EXPECT_EQ(v[1], 0xf0);
	EXPECT_EQ(v[2], 0);
	EXPECT_EQ(v[4], 0x05);
	SIMD_LOAD("ldr s3, [%0]", from, v);
	EXPECT_EQ(v[0], 0x61);
	EXPECT_EQ(v[1] | v[2] | v[3], 0);
	SIMD_LOAD("ldr h3, [%0]", from + 28, v);
	EXPECT_EQ(v[0], 0xb1);
	SIMD_LOAD("ldr b3, [%0]", from + 20, v);
	EXPECT_EQ(v[0], 0xf0);
	EXPECT_EQ(v[1] | v[2] | v[3], 0);
}

static void check_simd_stores(void)
{
	const uint32_t v[4] __attribute__((aligned(16))) = { 1, 2, 3, 4 };
	uint64_t at = BOTH - 8;

	set(0, 0);
	__asm__ volatile(FP "ldr q3, [%1]\n\tstr q3, [%0], #8"
			 : "+r"(at) : "r"(v) : "memory");
	EXPECT_EQ(at, BOTH);
	EXPECT_EQ(mmio_read64(BOTH), 0x400000003);
	EXPECT_EQ(mmio_read32(BOTH - 4), 2);
	__asm__ volatile(FP "str d3, [%0]" :: "r"(at) : "memory");
	EXPECT_EQ(mmio_read64(BOTH), 0x200000001);
	__asm__ volatile(FP "movi v3.16b, #0x77\n\tstr b3, [%0]\n\t"
			 "str s3, [%0, #4]" :: "r"(at) : "memory");
	EXPECT_EQ(mmio_read64(BOTH), 0x7700000077);
	mmio_write32(BOTH - 4, 0);
}

/* ---- big-endian data ---- */

#define EE	(1ul << 25)

/* Without any other access to memory between. */
#define BIG_ENDIAN(insns)						\
	__asm__ volatile(FP "mrs %3, sctlr_el1\n\t"			\
			 "orr %4, %3, %5\n\t"				\
			 "msr sctlr_el1, %4\n\tisb\n\t" insns "\n\t"	\
			 "msr sctlr_el1, %3\n\tisb"			\
			 : "+&r"(a), "+&r"(b), "+&r"(at), "=&r"(sctlr),	\
			   "=&r"(other) : "r"(EE) : "memory")

static void check_big_endian(void)
{
	uint64_t a = 0, b = 0, at = MATCH, sctlr, other;

	mmio_write32(MATCH, 0x818283f4);
	BIG_ENDIAN("ldr %w0, [%2]\n\tldrsh %1, [%2]");
	EXPECT_EQ(a, 0xf4838281);
	EXPECT_EQ(b, 0xfffffffffffff483);
	BIG_ENDIAN("ldrb %w0, [%2]\n\tldrsw %1, [%2]");
	EXPECT_EQ(a, 0xf4);
	EXPECT_EQ(b, 0xfffffffff4838281);
	a = 0x11223344;
	BIG_ENDIAN("str %w0, [%2]");
	EXPECT_EQ(mmio_read32(MATCH), 0x44332211);
	a = 0x5566;
	BIG_ENDIAN("strh %w0, [%2]");
	EXPECT_EQ(mmio_read32(MATCH), 0x44336655);
}

static void check_big_endian_pairs(void)
{
	uint64_t a = 0, b = 0, at = BOTH, sctlr, other;

	set(0xd1, 0xe2);
	BIG_ENDIAN("ldr %0, [%2]\n\tldr %w1, [%2], #4");
	EXPECT_EQ(a, 0xd1000000e2000000);
	EXPECT_EQ(b, 0xd1000000);
	EXPECT_EQ(at, EVENT);
	at = BOTH;
	BIG_ENDIAN("ldp %w0, %w1, [%2]");
	EXPECT_EQ(a, 0xd1000000);
	EXPECT_EQ(b, 0xe2000000);
	a = 0x21000000, b = 0x32000000;
	BIG_ENDIAN("stp %w0, %w1, [%2]");
	EXPECT_EQ(mmio_read64(BOTH), 0x3200000021);
	BIG_ENDIAN("ldr d3, [%2]\n\tfmov %0, d3");
	EXPECT_EQ(a, 0x2100000032000000);
	/* The whole register is one number: its low half is at the end. */
	BIG_ENDIAN("ldr q3, [%2]\n\tfmov %0, d3\n\tmov %1, v3.d[1]");
	EXPECT_EQ(b, 0x2100000032000000);
	EXPECT_EQ(a, 0);
	BIG_ENDIAN("fmov d3, %1\n\tfmov d4, %1\n\tstp d3, d4, [%2, #-8]");
	EXPECT_EQ(mmio_read64(BOTH), 0x3200000021);
	mmio_write32(BOTH - 4, 0);
}

/* ---- aborts ---- */

/* One load or store at %1 that must abort, with all that EL1 is told. */
#define ABORTS(insn, at, wnr) do {					\
	uint64_t abort_pc, abort_x = 0, abort_at = (at);		\
	const uint64_t abort_esr = TRAP_OF(				\
		__asm__ volatile(".arch_extension lse\n\t" FP		\
				 "adr %0, 1f\n1:\t" insn		\
				 : "=&r"(abort_pc), "+r"(abort_x),	\
				   "+r"(abort_at) :: "memory"));	\
	EXPECT_EQ(abort_esr, (uint64_t)EC_DATA_ABORT << 26 | ESR_IL |	\
		  (wnr) | FSC_EXTERNAL);				\
	EXPECT_EQ(trap_far[0], (at));					\
	EXPECT_EQ(trap_elr[0], abort_pc);				\
	EXPECT_EQ(abort_at, (at));					\
	EXPECT_EQ(abort_x, 0);						\
} while (0)

static void check_nothing_at(uintptr_t at)
{
	ABORTS("ldr %w1, [%2]", at, 0);
	ABORTS("str %w1, [%2]", at, ESR_WNR);
	ABORTS("ldrb %w1, [%2, #0]", at, 0);
	ABORTS("str %x1, [%2]", at, ESR_WNR);
	ABORTS("ldr %w1, [%2], #4", at, 0);
	ABORTS("stp %w1, %w1, [%2], #8", at, ESR_WNR);
	ABORTS("ldp q3, q4, [%2]", at, 0);
	ABORTS("ldxr %w1, [%2]", at, 0);
	ABORTS("ld1 {v3.4s}, [%2]", at, 0);
}

static void check_nothing(void)
{
	check_nothing_at(NOTHING);
	check_nothing_at(NOTHING + 0xff0);
	check_nothing_at(RAM_BASE - 16);
	check_nothing_at(RAM_END);
	check_nothing_at(1ul << 36);
}

/* What has no meaning for a device. */
static void check_exclusives(void)
{
	set(0x5a, 0);
	ABORTS("ldxr %w1, [%2]", BOTH, 0);
	ABORTS("ldaxrb %w1, [%2]", BOTH, 0);
	ABORTS("ldxp %w1, wzr, [%2]", BOTH, 0);
	ABORTS("ld1 {v3.4s}, [%2]", BOTH & ~15ul, 0);
	ABORTS("st1 {v3.2s}, [%2]", BOTH, ESR_WNR);
	EXPECT_EQ(mmio_read32(BOTH), 0x5a);
}

#define ATOMIC(insn) do {						\
	const uint64_t atomic_esr = TRAP_OF(				\
		__asm__ volatile(".arch_extension lse\n\t" insn		\
				 :: "r"(1ul), "r"(BOTH)			\
				 : "x2", "x3", "memory"));		\
	EXPECT_EQ(ESR_EC(atomic_esr), EC_DATA_ABORT);			\
	EXPECT_EQ(ESR_FSC(atomic_esr), FSC_EXTERNAL);			\
	EXPECT_EQ(trap_far[0], BOTH);					\
} while (0)

static void check_atomics(void)
{
	if (!(sysreg_read(id_aa64isar0_el1) >> 20 & 0xf))
		return;
	set(0x5a, 0);
	ATOMIC("ldadd %w0, w2, [%1]");
	ATOMIC("swpal %w0, w2, [%1]");
	ATOMIC("mov w2, #0x5a\n\tcas w2, %w0, [%1]");
	EXPECT_EQ(mmio_read32(BOTH), 0x5a);
}

static void check_fetch_from(uintptr_t at)
{
	const uint64_t esr = TRAP_OF(((void (*)(void))at)());

	EXPECT_EQ(esr, (uint64_t)EC_FETCH_ABORT << 26 | ESR_IL | FSC_EXTERNAL);
	EXPECT_EQ(trap_far[0], at);
	EXPECT_EQ(trap_elr[0], at);
}

static void check_fetch(void)
{
	check_fetch_from(UART_BASE);
	check_fetch_from(GICD_BASE + 0x100);
	check_fetch_from(NOTHING + 4);
	check_fetch_from(RAM_END);
}

/* ---- particular devices ---- */

static void check_flash(void)
{
	EXPECT_EQ(mmio_read64(FLASH_BASE + 0x1000), ~0ul);
	mmio_write32(FLASH_BASE + 0x1000, 0x12340012);
	mmio_write8(FLASH_BASE + 0x1001, 0);
	EXPECT_EQ(mmio_read64(FLASH_BASE + 0x1000), ~0ul);
	EXPECT_EQ(LOAD("ldr", "w", FLASH_BASE + 0x1003), 0xffffffff);
	mmio_write32(FLASH_BASE, 0x00980098);
	EXPECT_EQ(mmio_read32(FLASH_BASE + 0x40), 'Q' << 16 | 'Q');
	EXPECT_EQ(mmio_read32(FLASH_BASE + 0x44), 'R' << 16 | 'R');
	mmio_write32(FLASH_BASE, 0x00ff00ff);
	EXPECT_EQ(mmio_read32(FLASH_BASE + 0x40), 0xffffffff);
}

static void check_gic(void)
{
	mmio_write32(GICD_BASE + GIC_PRIORITY + 32, 0x40302010);
	EXPECT_EQ(mmio_read8(GICD_BASE + GIC_PRIORITY + 34), 0x30);
	mmio_write8(GICD_BASE + GIC_PRIORITY + 33, 0x80);
	EXPECT_EQ(mmio_read32(GICD_BASE + GIC_PRIORITY + 32), 0x40308010);
	EXPECT_EQ(mmio_read32(GICD_BASE + 4) & 0x1f, 8);
	if (!gic_is_v3())
		return;
	mmio_write64(GICD_BASE + 0x6000 + 8 * 40, 1);
	EXPECT_EQ(mmio_read64(GICD_BASE + 0x6000 + 8 * 40), 1);
	EXPECT_EQ(mmio_read32(GICD_BASE + 0x6000 + 8 * 40), 1);
	EXPECT_EQ(mmio_read32(GICD_BASE + 0x6004 + 8 * 40), 0);
}

void guest_main(void *tree)
{
	static void (*const checks[])(void) = {
		check_words, check_extension, check_unaligned, check_pairs,
		check_writeback, check_writeback_sp, check_simd_loads,
		check_simd_stores, check_big_endian, check_big_endian_pairs,
		check_nothing, check_exclusives, check_atomics, check_fetch,
		check_flash, check_gic,
	};

	check_ids(UART_BASE, 0x1011);
	check_ids(RTC_BASE, 0x1031);
	check_ids(GPIO_BASE, 0x1061);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		checks[i]();
	pass();
}
