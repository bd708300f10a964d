// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A PLIC (its specification 1.0.0): priorities, thresholds, enables, claims and
 * completions by the contexts of all VCPUs, with the UART as a level that is
 * the guest's to raise.  What it must be with a PLIC; run it with 1 to 4 VCPUs.
 */
#include "guest.h"

#define UART_IRQ	10u
#define RTC_IRQ		11u
#define SOURCES		96u

#define PRIORITY(n)	(PLIC_BASE + 4ul * (n))
#define PENDING(n)	(PLIC_BASE + 0x1000 + (n) / 32 * 4ul)
/* Supervisors' contexts are the odd ones. */
#define CONTEXT(hart)	(2ul * (hart) + 1)
#define ENABLE(hart, n)	(PLIC_BASE + 0x2000 + 0x80 * CONTEXT(hart) + \
			 (n) / 32 * 4ul)
#define THRESHOLD(hart)	(PLIC_BASE + 0x200000 + 0x1000 * CONTEXT(hart))
#define CLAIM(hart)	(THRESHOLD(hart) + 4)

#define IER		(UART_BASE + 1)
#define IIR		(UART_BASE + 2)
#define THR_EMPTY	2u

static uint64_t count;

/* The transmitter is always empty: its interrupt is up while it is enabled. */
static void uart_raise(bool on)
{
	mmio_write8(IER, on ? THR_EMPTY : 0);
}

static bool is_pending(unsigned n)
{
	return mmio_read32(PENDING(n)) >> n % 32 & 1;
}

static bool has_external(void)
{
	return irq_is_due(SIP_EXTERNAL);
}

static void enable(uint64_t hart, unsigned n, bool on)
{
	const uint32_t bit = 1u << n % 32, was = mmio_read32(ENABLE(hart, n));

	mmio_write32(ENABLE(hart, n), on ? was | bit : was & ~bit);
}

static uint32_t claim(uint64_t hart)
{
	return mmio_read32(CLAIM(hart));
}

static void complete(uint64_t hart, uint32_t n)
{
	mmio_write32(CLAIM(hart), n);
}

static void quiet(void)
{
	uint32_t n;

	uart_raise(false);
	for (uint64_t h = 0; h < count; h++) {
		mmio_write32(THRESHOLD(h), 0);
		enable(h, UART_IRQ, true);
		mmio_write32(PRIORITY(UART_IRQ), 1);
		while ((n = claim(h)))
			complete(h, n);
		complete(h, UART_IRQ);
		while ((n = claim(h)))
			complete(h, n);
		enable(h, UART_IRQ, false);
	}
	EXPECT(!is_pending(UART_IRQ));
	EXPECT(!has_external());
}

/* ---- registers ---- */

static void check_registers(void)
{
	mmio_write32(PRIORITY(0), 7);
	EXPECT_EQ(mmio_read32(PRIORITY(0)), 0);
	for (unsigned n = 1; n < SOURCES; n++) {
		mmio_write32(PRIORITY(n), n % 8);
		EXPECT_EQ(mmio_read32(PRIORITY(n)), n % 8);
		mmio_write32(PRIORITY(n), 0);
	}
	for (uint64_t h = 0; h < count; h++) {
		for (unsigned n = 1; n < SOURCES; n++) {
			enable(h, n, true);
			EXPECT(mmio_read32(ENABLE(h, n)) >> n % 32 & 1);
			enable(h, n, false);
		}
		mmio_write32(ENABLE(h, 0), 1);		/* no source 0 */
		EXPECT_EQ(mmio_read32(ENABLE(h, 0)), 0);
		mmio_write32(THRESHOLD(h), 3);
		EXPECT_EQ(mmio_read32(THRESHOLD(h)), 3);
		mmio_write32(THRESHOLD(h), 0);
		EXPECT_EQ(claim(h), 0);
	}
	mmio_write32(PENDING(0), ~0u);			/* read-only */
	EXPECT_EQ(mmio_read32(PENDING(0)), 0);
}

/* ---- one source, one context ---- */

static void check_claim(void)
{
	uart_raise(true);
	EXPECT(is_pending(UART_IRQ));
	EXPECT(!has_external());			/* not enabled */
	enable(0, UART_IRQ, true);
	EXPECT_SOON(has_external());
	EXPECT_EQ(claim(0), UART_IRQ);
	EXPECT(!is_pending(UART_IRQ));
	EXPECT(!has_external());
	EXPECT_EQ(claim(0), 0);				/* gated */
	complete(0, UART_IRQ);				/* still up */
	EXPECT_SOON(has_external());
	EXPECT_EQ(claim(0), UART_IRQ);
	uart_raise(false);
	complete(0, UART_IRQ);
	EXPECT(!is_pending(UART_IRQ));
	EXPECT(!has_external());
}

static void check_priority(void)
{
	enable(0, UART_IRQ, true);
	mmio_write32(PRIORITY(UART_IRQ), 0);		/* never */
	uart_raise(true);
	EXPECT(is_pending(UART_IRQ));
	EXPECT(!has_external());
	mmio_write32(PRIORITY(UART_IRQ), 2);
	EXPECT_SOON(has_external());
	mmio_write32(THRESHOLD(0), 2);			/* not above it */
	EXPECT(!has_external());
	mmio_write32(THRESHOLD(0), 1);
	EXPECT_SOON(has_external());
	mmio_write32(THRESHOLD(0), 7);
	EXPECT(!has_external());
	mmio_write32(THRESHOLD(0), 0);
	EXPECT_EQ(claim(0), UART_IRQ);
	complete(0, UART_IRQ);
}

static void check_odd_completions(void)
{
	enable(0, UART_IRQ, true);
	uart_raise(true);
	EXPECT_EQ(claim(0), UART_IRQ);
	complete(0, 0);
	complete(0, RTC_IRQ);
	complete(0, SOURCES + 5);
	complete(0, ~0u);
	EXPECT(!has_external());
	enable(0, UART_IRQ, false);
	complete(0, UART_IRQ);		/* not enabled: not taken */
	enable(0, UART_IRQ, true);
	EXPECT(!has_external());
	complete(0, UART_IRQ);
	EXPECT_SOON(has_external());
	EXPECT_EQ(claim(0), UART_IRQ);
	uart_raise(false);
	complete(0, UART_IRQ);
}

/* ---- all VCPUs ---- */

static volatile uint64_t claimed[MAX_VCPUS], total;
static volatile bool leave;

/* Each takes what it can; the level makes it come again. */
static void take(uint64_t index)
{
	while (!leave) {
		uint32_t n;

		if (!has_external())
			continue;
		n = claim(index);
		if (!n)
			continue;
		EXPECT_EQ(n, UART_IRQ);
		claimed[index]++;
		if (__atomic_add_fetch(&total, 1, __ATOMIC_SEQ_CST) >= 300)
			leave = true;
		complete(index, n);
	}
}

static void check_all(void)
{
	for (uint64_t h = 0; h < count; h++)
		enable(h, UART_IRQ, true);
	uart_raise(true);
	vcpu_all(count, take);
	EXPECT(total >= 300);
	uart_raise(false);
}

/* To each in turn, asleep: nobody else hears of it. */
static volatile uint64_t got;

static void sleep_until(uint64_t index)
{
	csr_write(sie, SIP_EXTERNAL);
	while (!has_external())
		wait();
	got = claim(index);
	uart_raise(false);
	complete(index, (uint32_t)got);
	csr_write(sie, 0);
}

static void check_each(void)
{
	for (uint64_t h = 1; h < count; h++) {
		quiet();
		enable(h, UART_IRQ, true);
		got = 0;
		vcpu_begin(h, sleep_until, h);
		for (uint64_t end = now() + TIMER_HZ / 500; now() < end; )
			;
		uart_raise(true);
		EXPECT_SOON(got == UART_IRQ);
		vcpu_join(h);
		EXPECT(!has_external());
	}
}

void guest_main(void *tree)
{
	EXPECT(has_plic(tree));
	count = vcpu_count();
	check_registers();
	quiet();
	check_claim();
	quiet();
	check_priority();
	quiet();
	check_odd_completions();
	quiet();
	check_all();
	check_each();
	quiet();
	pass();
}
