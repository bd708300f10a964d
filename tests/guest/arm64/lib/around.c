// SPDX-License-Identifier: GPL-2.0-or-later
/* Exits of ARMv8, by their instructions in around.S. */
#include "around.h"
#include "gic.h"

#define EACH(X)								\
	X(hvc) X(smc) X(wfe) X(wfi) X(sysreg_read) X(sysreg_id)		\
	X(sysreg_hidden) X(sysreg_write) X(counter) X(load_word)	\
	X(load_byte) X(load_pair) X(load_back) X(load_last) X(load_zero) \
	X(store_word) X(store_pair) X(load_nothing) X(store_nothing)	\
	X(exclusive) X(fp) X(spin)
#define DECLARE(name)	void around_##name(uint64_t regs[AROUND_REGS]);
EACH(DECLARE)
#undef DECLARE

#define MATCH		(RTC_BASE + 4)
#define DIVISORS	(UART_BASE + 0x24)
#define WORD		0xffffffffull
#define SP		31

#define TIMER		27u

/* A timer's interrupt, which is masked, ends a wait. */
static void timer_soon(void)
{
	gic_init();
	gic_init_cpu();
	gic_use(TIMER, 0x80);
	sysreg_write(cntv_tval_el0, 1000);
	sysreg_write(cntv_ctl_el0, 1);
}

static void timer_off(void)
{
	sysreg_write(cntv_ctl_el0, 0);
	sysreg_write(cntp_ctl_el0, 0);
}

#define CASE(n)		.name = #n, .run = around_##n

/* Of version 1.1 of the calling convention, x1 to x3 may be results. */
const struct around around_all[] = {
	{ CASE(hvc), .in = { { 0, PSCI_VERSION } }, .results = 0xf,
	  .result_bits = 0xffffffff },
	{ CASE(smc), .in = { { 0, PSCI_VERSION } }, .results = 0xf,
	  .result_bits = 0xffffffff },
	{ CASE(hvc), .in = { { 0, 0x84001234 } }, .results = 1,
	  .result_bits = ~0ull },
	{ CASE(wfe) },
	{ CASE(wfi), .before = timer_soon },
	{ CASE(sysreg_read), .before = timer_off, .results = 1u << 5,
	  .result_bits = WORD },
	{ CASE(sysreg_id), .results = 1u << 29, .result_bits = ~0ull },
	{ CASE(sysreg_hidden), .traps = true },
	{ CASE(sysreg_write) },
	{ CASE(counter), .results = 1u << 6, .result_bits = ~0ull },
	{ CASE(load_word), .in = { { 10, MATCH } }, .results = 1u << 9,
	  .result_bits = WORD },
	{ CASE(load_byte), .in = { { 10, MATCH } }, .results = 1u << 9,
	  .result_bits = 0xff },
	{ CASE(load_pair), .in = { { 10, DIVISORS } }, .results = 3u << 12,
	  .result_bits = 0xffff },
	{ CASE(load_back), .in = { { 10, MATCH } }, .results = 1u << 14,
	  .result_bits = WORD },
	{ CASE(load_last), .in = { { 10, MATCH } }, .results = 1u << 30,
	  .result_bits = WORD },
	{ CASE(load_zero), .in = { { 10, MATCH } } },
	{ CASE(load_word), .in = { { 10, GICD_BASE + 4 } },
	  .results = 1u << 9, .result_bits = WORD },
	{ CASE(store_word), .in = { { 10, MATCH } } },
	{ CASE(store_pair), .in = { { 10, DIVISORS } } },
	{ CASE(store_word), .in = { { 10, ROM_BASE + 0x1000 } } },
	{ CASE(load_word), .in = { { 10, ROM_BASE + 0x1000 } },
	  .results = 1u << 9, .result_bits = WORD },
	{ CASE(load_nothing), .in = { { 16, NOTHING } }, .traps = true },
	{ CASE(store_nothing), .in = { { 16, NOTHING } }, .traps = true },
	{ CASE(exclusive), .in = { { 16, MATCH } }, .traps = true },
	{ CASE(fp) },
	{ CASE(spin), .in = { { 20, 50000 } }, .results = 1u << 20 },
};
const uint64_t around_count = sizeof(around_all) / sizeof(around_all[0]);
const uint32_t around_ignored = 1u << SP;
