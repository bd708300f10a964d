// SPDX-License-Identifier: GPL-2.0-or-later
/* Exits of RISC-V, by their instructions in around.S. */
#include "around.h"

#define EACH(X)								\
	X(ecall) X(wfi) X(hidden) X(counter) X(load_word) X(load_half)	\
	X(load_byte) X(load_signed) X(load_double) X(load_base)		\
	X(load_ra) X(load_zero) X(load_short) X(store_word)		\
	X(store_byte) X(store_fp) X(load_fp) X(amo) X(fp) X(spin)
#define DECLARE(name)	void around_##name(uint64_t regs[AROUND_REGS]);
EACH(DECLARE)
#undef DECLARE

#define ALARM_HIGH	(RTC_BASE + 0xc)
#define ALARM_LOW	(RTC_BASE + 0x8)
#define LINE_STATUS	(UART_BASE + 5)
#define ALL		(~0ull)
#define A0_A1		(3u << 10)

/* A timer's interrupt, which is off in sstatus, ends a wait. */
static void timer_soon(void)
{
	sbi(SBI_TIME, 0, now() + 100);
	csr_write(sie, SIP_TIMER);
}

static void timer_off(void)
{
	csr_write(sie, 0);
	sbi(SBI_TIME, 0, ~0ul);
}

/* Positive as 32 bits. */
static void alarm_small(void)
{
	mmio_write32(ALARM_HIGH, 0x12345678);
}

#define CASE(n)		.name = #n, .run = around_##n

const struct around around_all[] = {
	{ CASE(ecall), .in = { { 17, SBI_BASE }, { 16, 0 } },
	  .results = A0_A1, .result_bits = 0xffffffff },
	{ CASE(ecall), .in = { { 17, SBI_BASE }, { 16, 77 } },
	  .results = A0_A1, .result_bits = ALL },
	{ CASE(ecall), .in = { { 17, 0x123456 } },
	  .results = A0_A1, .result_bits = ALL },
	{ CASE(ecall), .in = { { 17, SBI_IPI }, { 16, 0 }, { 10, 0 } },
	  .results = A0_A1, .result_bits = ALL },
	{ CASE(wfi), .before = timer_soon },
	{ CASE(hidden), .before = timer_off, .traps = true },
	{ CASE(counter), .results = 1u << 9, .result_bits = ALL },
	{ CASE(load_word), .in = { { 10, ALARM_HIGH } }, .results = 1u << 9,
	  .result_bits = 0x12345678, .before = alarm_small },
	{ CASE(load_half), .in = { { 10, ALARM_HIGH } }, .results = 1u << 9,
	  .result_bits = 0xffff },
	{ CASE(load_byte), .in = { { 10, LINE_STATUS } },
	  .results = 1u << 9, .result_bits = 0xff },
	{ CASE(load_signed), .in = { { 10, LINE_STATUS } },
	  .results = 1u << 9, .result_bits = 0x7f },
	{ CASE(load_double), .in = { { 10, ALARM_LOW } },
	  .results = 1u << 9, .result_bits = ALL },
	{ CASE(load_base), .in = { { 10, ALARM_HIGH } },
	  .results = 1u << 10, .result_bits = 0xffffffff },
	{ CASE(load_ra), .in = { { 10, ALARM_HIGH } }, .results = 1u << 1,
	  .result_bits = 0xffffffff },
	{ CASE(load_zero), .in = { { 10, ALARM_HIGH } } },
	{ CASE(load_short), .in = { { 10, ALARM_HIGH } },
	  .results = 1u << 9, .result_bits = 0x12345678,
	  .before = alarm_small },
	{ CASE(store_word), .in = { { 10, ALARM_HIGH } } },
	{ CASE(store_byte), .in = { { 10, UART_BASE + 7 } } },
	{ CASE(store_word), .in = { { 10, ROM_BASE + 0x1000 } } },
	{ CASE(load_word), .in = { { 10, ROM_BASE + 0x1000 } },
	  .results = 1u << 9, .result_bits = ALL },
	{ CASE(store_fp), .in = { { 10, ALARM_HIGH } } },
	{ CASE(load_fp), .in = { { 10, ALARM_HIGH } } },
	{ CASE(load_word), .in = { { 10, NOTHING } }, .traps = true },
	{ CASE(store_word), .in = { { 10, NOTHING } }, .traps = true },
	{ CASE(amo), .in = { { 10, ALARM_HIGH } }, .traps = true },
	{ CASE(fp) },
	{ CASE(spin), .in = { { 20, 50000 } }, .results = 1u << 20 },
};
const uint64_t around_count = sizeof(around_all) / sizeof(around_all[0]);
/* x0, and the stack's. */
const uint32_t around_ignored = 1u << 0 | 1u << 2;
