// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loads and stores to devices with translation off, by every kind of
 * instruction, compressed ones and those of FP registers too, and the
 * exceptions for what a device cannot do or where nothing is (privileged
 * architecture 4.1.8).  Needs a guest of 64 MiB.
 */
#include "guest.h"

#define RAM_END		(RAM_BASE + 0x4000000)
/* A register of 32 bits that only stores, one of 8. */
#define ALARM_HIGH	(RTC_BASE + 0xc)
#define SCRATCH		(UART_BASE + 7)

#define WITH_D(insns)	".option push\n\t.option arch, +d\n\t" insns	\
			"\n\t.option pop"

#define LOAD(insn, at) __extension__ ({					\
	uint64_t load_v = 0x5555555555555555;				\
	__asm__ volatile(insn " %0, (%1)"				\
			 : "+r"(load_v) : "r"((uint64_t)(at)) : "memory"); \
	load_v; })
#define STORE(insn, at, v)						\
	__asm__ volatile(insn " %0, (%1)"				\
			 :: "r"((uint64_t)(v)), "r"((uint64_t)(at)) : "memory")

/* ---- widths and extension ---- */

static void check_bytes(void)
{
	for (unsigned v = 0; v < 256; v++) {
		mmio_write8(SCRATCH, (uint8_t)v);
		EXPECT_EQ(mmio_read8(SCRATCH), v);
	}
	mmio_write8(SCRATCH, 0x81);
	EXPECT_EQ(LOAD("lb", SCRATCH), 0xffffffffffffff81);
	EXPECT_EQ(LOAD("lbu", SCRATCH), 0x81);
	STORE("sb", SCRATCH, 0xffffffffffffff34);
	EXPECT_EQ(LOAD("lb", SCRATCH), 0x34);
	__asm__ volatile("sb zero, (%0)" :: "r"(SCRATCH) : "memory");
	EXPECT_EQ(mmio_read8(SCRATCH), 0);
	__asm__ volatile("lb zero, (%0)" :: "r"(SCRATCH) : "memory");
}

static void check_words(void)
{
	mmio_write32(ALARM_HIGH, 0x8182f3f4);
	EXPECT_EQ(LOAD("lw", ALARM_HIGH), 0xffffffff8182f3f4);
	EXPECT_EQ(LOAD("lwu", ALARM_HIGH), 0x8182f3f4);
	EXPECT_EQ(LOAD("lh", ALARM_HIGH), 0xfffffffffffff3f4);
	EXPECT_EQ(LOAD("lhu", ALARM_HIGH), 0xf3f4);
	EXPECT_EQ(LOAD("lh", ALARM_HIGH + 2), 0xffffffffffff8182);
	EXPECT_EQ(LOAD("lbu", ALARM_HIGH + 1), 0xf3);
	EXPECT_EQ(LOAD("lb", ALARM_HIGH + 3), 0xffffffffffffff81);
	EXPECT_EQ(LOAD("ld", ALARM_HIGH - 4) >> 32, 0x8182f3f4);
	STORE("sh", ALARM_HIGH + 2, 0xffff1234);
	EXPECT_EQ(mmio_read32(ALARM_HIGH), 0x1234f3f4);
	STORE("sb", ALARM_HIGH + 1, 0x55);
	EXPECT_EQ(mmio_read32(ALARM_HIGH), 0x123455f4);
	STORE("sw", ALARM_HIGH, 0x7fffffff00000012);
	EXPECT_EQ(mmio_read32(ALARM_HIGH), 0x12);
}

/* Only eight of the registers can be in them; a4 and a5 are. */
static void check_compressed(void)
{
	register uint64_t v __asm__("a4") = 0x11223344;
	register uint64_t at __asm__("a5") = ALARM_HIGH;

	__asm__ volatile("c.sw %0, 0(%1)" :: "r"(v), "r"(at) : "memory");
	EXPECT_EQ(mmio_read32(ALARM_HIGH), 0x11223344);
	v = 0x91223344;
	at = RTC_BASE;
	__asm__ volatile("c.sw %0, 12(%1)" :: "r"(v), "r"(at) : "memory");
	EXPECT_EQ(mmio_read32(ALARM_HIGH), 0x91223344);
	at = RTC_BASE - 112;
	__asm__ volatile("c.lw %0, 124(%1)" : "=r"(v) : "r"(at) : "memory");
	EXPECT_EQ(v, 0xffffffff91223344);
	at = RTC_BASE + 8 - 248;
	__asm__ volatile("c.ld %0, 248(%1)" : "=r"(v) : "r"(at) : "memory");
	EXPECT_EQ(v >> 32, 0x91223344);
}

/* By the stack pointer: ours comes back before anything needs it. */
static void check_compressed_sp(void)
{
	uint64_t v, saved, at = RTC_BASE;

	mmio_write32(ALARM_HIGH, 0x13572468);
	__asm__ volatile("mv %1, sp\n\tmv sp, %2\n\tc.lwsp %0, 12(sp)\n\t"
			 "c.swsp zero, 12(sp)\n\tmv sp, %1"
			 : "=&r"(v), "=&r"(saved) : "r"(at) : "memory");
	EXPECT_EQ(v, 0x13572468);
	EXPECT_EQ(mmio_read32(ALARM_HIGH), 0);
}

/* To each register: who ends exits may find some of them as they were. */
#define LOADED_INTO(x) __extension__ ({					\
	uint64_t into_v, into_was;					\
	__asm__ volatile("mv %1, " x "\n\tli " x ", -1\n\t"		\
			 "lbu " x ", (%2)\n\tmv %0, " x "\n\t"		\
			 "mv " x ", %1"					\
			 : "=&r"(into_v), "=&r"(into_was)		\
			 : "r"(SCRATCH) : "memory");			\
	into_v; })

static void check_each_register(void)
{
	register uint64_t v __asm__("t0") = 0;

	mmio_write8(SCRATCH, 0x42);
	EXPECT_EQ(LOADED_INTO("gp"), 0x42);
	EXPECT_EQ(LOADED_INTO("tp"), 0x42);
	EXPECT_EQ(LOADED_INTO("s0"), 0x42);
	EXPECT_EQ(LOADED_INTO("s1"), 0x42);
	EXPECT_EQ(LOADED_INTO("s2"), 0x42);
	EXPECT_EQ(LOADED_INTO("s3"), 0x42);
	EXPECT_EQ(LOADED_INTO("s4"), 0x42);
	EXPECT_EQ(LOADED_INTO("s5"), 0x42);
	EXPECT_EQ(LOADED_INTO("s6"), 0x42);
	EXPECT_EQ(LOADED_INTO("s7"), 0x42);
	EXPECT_EQ(LOADED_INTO("s8"), 0x42);
	EXPECT_EQ(LOADED_INTO("s9"), 0x42);
	EXPECT_EQ(LOADED_INTO("s10"), 0x42);
	EXPECT_EQ(LOADED_INTO("s11"), 0x42);
	__asm__ volatile("lbu t0, (%1)" : "=r"(v) : "r"(SCRATCH) : "memory");
	EXPECT_EQ(v, 0x42);
}

/* A load to the register that is its base; an offset with a sign. */
static void check_registers(void)
{
	uint64_t v = ALARM_HIGH + 2048;

	mmio_write32(ALARM_HIGH, 0x24681357);
	__asm__ volatile("lw %0, -2048(%0)" : "+r"(v) :: "memory");
	EXPECT_EQ(v, 0x24681357);
	v = ALARM_HIGH - 2044;
	__asm__ volatile("mv t6, %0\n\tlw t6, 2044(t6)\n\tmv %0, t6"
			 : "+r"(v) :: "t6", "memory");
	EXPECT_EQ(v, 0x24681357);
}

/* ---- FP registers ---- */

static void check_fp(void)
{
	uint64_t v = 0;

	mmio_write32(ALARM_HIGH, 0x3fc00000);
	__asm__ volatile(WITH_D("flw f5, (%1)\n\tfmv.x.d %0, f5")
			 : "=r"(v) : "r"(ALARM_HIGH) : "memory");
	EXPECT_EQ(v, 0xffffffff3fc00000);	/* boxed */
	__asm__ volatile(WITH_D("fld f31, (%1)\n\tfmv.x.d %0, f31")
			 : "=r"(v) : "r"(ALARM_HIGH - 4) : "memory");
	EXPECT_EQ(v >> 32, 0x3fc00000);
	v = 0x40490fdb;
	__asm__ volatile(WITH_D("fmv.w.x f9, %0\n\tfsw f9, (%1)")
			 :: "r"(v), "r"(ALARM_HIGH) : "memory");
	EXPECT_EQ(mmio_read32(ALARM_HIGH), 0x40490fdb);
	v = 0x1122334455667788;
	__asm__ volatile(WITH_D("fmv.d.x f10, %0\n\tmv a5, %1\n\t"
				"c.fsd f10, 8(a5)\n\tc.fld f11, 8(a5)\n\t"
				"fmv.x.d %0, f11")
			 : "+r"(v) : "r"(RTC_BASE) : "a5", "memory");
	EXPECT_EQ(v >> 32, 0x11223344);
	EXPECT_EQ(mmio_read32(ALARM_HIGH), 0x11223344);
	EXPECT_EQ(csr_read(sstatus) & SSTATUS_FS, SSTATUS_FS);
}

/* Off for the guest: its exception, not ours. */
static void check_fp_off(void)
{
	csr_clear(sstatus, SSTATUS_FS);
	EXPECT_EQ(TRAP_OF(__asm__ volatile(WITH_D("flw f5, (%0)")
					   :: "r"(ALARM_HIGH) : "memory")),
		  CAUSE_ILLEGAL);
	csr_set(sstatus, SSTATUS_FS);
}

/* ---- exceptions ---- */

/* One access at %1 that must be refused, with all that is said about it. */
#define REFUSED(insn, at, cause) do {					\
	uint64_t refused_pc, refused_at = (at);				\
	const uint64_t refused_cause = TRAP_OF(				\
		__asm__ volatile(WITH_D("lla %0, 1f\n1:\t" insn)	\
				 : "=&r"(refused_pc), "+r"(refused_at)	\
				 :: "a4", "memory"));			\
	EXPECT_EQ(refused_cause, cause);				\
	EXPECT_EQ(trap_stval[0], (at));					\
	EXPECT_EQ(trap_sepc[0], refused_pc);				\
	EXPECT_EQ(refused_at, (at));					\
} while (0)

static void check_nothing_at(uintptr_t at)
{
	REFUSED("lw a4, (%1)", at, CAUSE_LOAD_ACCESS);
	REFUSED("sw a4, (%1)", at, CAUSE_STORE_ACCESS);
	REFUSED("lbu a4, (%1)", at, CAUSE_LOAD_ACCESS);
	REFUSED("sd a4, (%1)", at, CAUSE_STORE_ACCESS);
	REFUSED("fld f5, (%1)", at, CAUSE_LOAD_ACCESS);
	REFUSED("fsw f5, (%1)", at, CAUSE_STORE_ACCESS);
	REFUSED("lr.w a4, (%1)", at, CAUSE_LOAD_ACCESS);
	REFUSED("amoadd.w a4, a4, (%1)", at, CAUSE_STORE_ACCESS);
	REFUSED("amoswap.d a4, a4, (%1)", at, CAUSE_STORE_ACCESS);
}

static void check_nothing(void)
{
	check_nothing_at(NOTHING);
	check_nothing_at(NOTHING + 0xff0);
	check_nothing_at(RAM_BASE - 16);
	check_nothing_at(RAM_END);
	check_nothing_at(1ul << 40);
}

/* What has no meaning for a device. */
static void check_atomics(void)
{
	mmio_write32(ALARM_HIGH, 0x5a);
	REFUSED("lr.w a4, (%1)", ALARM_HIGH, CAUSE_LOAD_ACCESS);
	REFUSED("amoadd.w a4, a4, (%1)", ALARM_HIGH, CAUSE_STORE_ACCESS);
	REFUSED("amoswap.w a4, a4, (%1)", ALARM_HIGH, CAUSE_STORE_ACCESS);
	REFUSED("amomaxu.w a4, a4, (%1)", ALARM_HIGH, CAUSE_STORE_ACCESS);
	EXPECT_EQ(mmio_read32(ALARM_HIGH), 0x5a);
}

/* Done, or refused by one of the two exceptions for it. */
static void check_misaligned(void)
{
	uint64_t value = 0, cause;

	mmio_write32(ALARM_HIGH, 0x8182f3f4);
	cause = TRAP_OF(value = LOAD("lhu", ALARM_HIGH + 1));
	EXPECT(cause == NO_TRAP ? value == 0x82f3 :
	       cause == CAUSE_LOAD_MISALIGNED || cause == CAUSE_LOAD_ACCESS);
	cause = TRAP_OF(value = LOAD("lwu", ALARM_HIGH - 2));
	EXPECT(cause == NO_TRAP ? value >> 16 == 0xf3f4 :
	       cause == CAUSE_LOAD_MISALIGNED || cause == CAUSE_LOAD_ACCESS);
	cause = TRAP_OF(STORE("sh", ALARM_HIGH + 1, 0));
	EXPECT(cause == NO_TRAP ? mmio_read32(ALARM_HIGH) == 0x810000f4 :
	       cause == CAUSE_STORE_MISALIGNED || cause == CAUSE_STORE_ACCESS);
}

static void check_fetch_from(uintptr_t at)
{
	const uint64_t cause = TRAP_OF(((void (*)(void))at)());

	EXPECT_EQ(cause, CAUSE_FETCH_ACCESS);
	EXPECT_EQ(trap_stval[0], at);
	EXPECT_EQ(trap_sepc[0], at);
}

static void check_fetch(void)
{
	check_fetch_from(UART_BASE);
	check_fetch_from(RTC_BASE + 0x100);
	check_fetch_from(NOTHING + 4);
	check_fetch_from(RAM_END);
}

/* ---- where the instruction lies ---- */

#define PAGE	4096ul
#define CODE_AT	(RAM_BASE + 0x1000000)

/* lw a0, 12(a0); ret: half in one page and half in the next. */
static void check_page_crossing(void)
{
	volatile uint16_t *code = (uint16_t *)(CODE_AT + PAGE - 2);

	code[0] = 0x2503;
	code[1] = 0x00c5;
	code[2] = 0x8082;
	code_sync();
	mmio_write32(ALARM_HIGH, 0x77777777);
	EXPECT_EQ(((uint64_t (*)(uint64_t))(uintptr_t)code)(RTC_BASE),
		  0x77777777);
}

/* The last instruction of memory is a load from a device. */
static void check_end_of_memory(void)
{
	volatile uint16_t *code = (uint16_t *)(RAM_END - 4);
	const uint64_t cause = TRAP_OF((
		code[0] = 0x4548,		/* c.lw a0, 12(a0) */
		code[1] = 0x8082, code_sync(),
		((uint64_t (*)(uint64_t))(uintptr_t)code)(RTC_BASE)));

	EXPECT_EQ(cause, NO_TRAP);
	code[1] = 0x4548;			/* runs on into nothing */
	code_sync();
	EXPECT_EQ(TRAP_OF(((uint64_t (*)(uint64_t))(uintptr_t)
			   (code + 1))(RTC_BASE)), CAUSE_FETCH_ACCESS);
	EXPECT_EQ(trap_sepc[0], RAM_END);
}

/* ---- particular devices ---- */

static void check_flash(void)
{
	const uintptr_t flash = ROM_BASE + 0x2000000;

	EXPECT_EQ(mmio_read64(flash + 0x1000), ~0ul);
	mmio_write32(flash, 0x00980098);
	EXPECT_EQ(mmio_read32(flash + 0x40), 'Q' << 16 | 'Q');
	EXPECT_EQ(mmio_read32(flash + 0x44), 'R' << 16 | 'R');
	mmio_write32(flash, 0x00ff00ff);
	EXPECT_EQ(mmio_read32(flash + 0x40), 0xffffffff);
}

/* Seconds since 1970, and they go on. */
static void check_clock(void)
{
	const uint64_t low = mmio_read32(RTC_BASE);
	const uint64_t begin = (uint64_t)mmio_read32(RTC_BASE + 4) << 32 | low;
	uint64_t end;

	EXPECT(begin);
	for (uint64_t until = now() + TIMER_HZ / 100; now() < until; )
		;
	end = mmio_read32(RTC_BASE);
	end |= (uint64_t)mmio_read32(RTC_BASE + 4) << 32;
	EXPECT(end - begin >= 9000000);
	EXPECT(end - begin < 10000000000);
}

void guest_main(void *tree)
{
	static void (*const checks[])(void) = {
		check_bytes, check_words, check_compressed,
		check_compressed_sp, check_each_register, check_registers,
		check_fp, check_fp_off,
		check_nothing, check_atomics, check_misaligned, check_fetch,
		check_page_crossing, check_end_of_memory, check_flash,
		check_clock,
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		checks[i]();
	pass();
}
