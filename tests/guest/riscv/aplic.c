// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An APLIC that delivers itself (AIA specification 1.0, chapter 4): domain,
 * sources, targets, pending and enabled bits, the delivery structures of all
 * VCPUs.  What it must be with an APLIC without IMSICs.
 */
#include "guest.h"

#define UART_IRQ	10u

#define DOMAINCFG	APLIC_BASE
#define SOURCECFG(n)	(APLIC_BASE + 4ul * (n))
#define SETIP(n)	(APLIC_BASE + 0x1c00 + (n) / 32 * 4ul)
#define SETIPNUM	(APLIC_BASE + 0x1cdc)
#define IN_CLRIP(n)	(APLIC_BASE + 0x1d00 + (n) / 32 * 4ul)
#define CLRIPNUM	(APLIC_BASE + 0x1ddc)
#define SETIE(n)	(APLIC_BASE + 0x1e00 + (n) / 32 * 4ul)
#define SETIENUM	(APLIC_BASE + 0x1edc)
#define CLRIENUM	(APLIC_BASE + 0x1fdc)
#define TARGET(n)	(APLIC_BASE + 0x3000 + 4ul * (n))
#define IDC(hart)	(APLIC_BASE + 0x4000 + 32ul * (hart))
enum { IDELIVERY = 0, IFORCE = 4, ITHRESHOLD = 8, TOPI = 0x18, CLAIMI = 0x1c };

#define DOMAIN_IE	(1u << 8)
enum { INACTIVE, DETACHED, RISING = 4, FALLING, HIGH, LOW };

static uint64_t count;

static void uart_raise(bool on)
{
	mmio_write8(UART_BASE + 1, on ? 2 : 0);
}

static bool has_external(void)
{
	return irq_is_due(SIP_EXTERNAL);
}

static bool is_set(uintptr_t bits, unsigned n)
{
	return mmio_read32(bits) >> n % 32 & 1;
}

static uint32_t claim(uint64_t hart)
{
	return mmio_read32(IDC(hart) + CLAIMI);
}

/* What a claim says: the source and its priority. */
static uint32_t topi(uint32_t source, uint32_t priority)
{
	return source << 16 | priority;
}

static void target(unsigned n, uint64_t hart, uint32_t priority)
{
	mmio_write32(TARGET(n), (uint32_t)hart << 18 | priority);
}

static void delivery_on(void)
{
	mmio_write32(DOMAINCFG, DOMAIN_IE);
	for (uint64_t h = 0; h < count; h++) {
		mmio_write32(IDC(h) + IDELIVERY, 1);
		mmio_write32(IDC(h) + ITHRESHOLD, 0);
	}
}

/* ---- registers ---- */

static void check_registers(void)
{
	EXPECT_EQ(mmio_read32(DOMAINCFG) & 0xff000000, 0x80000000);
	mmio_write32(DOMAINCFG, ~0u);
	EXPECT_EQ(mmio_read32(DOMAINCFG) & 0xff000100, 0x80000100);
	mmio_write32(DOMAINCFG, 0);
	EXPECT_EQ(mmio_read32(DOMAINCFG) & DOMAIN_IE, 0);
	for (unsigned n = 1; n < 96; n++) {
		mmio_write32(SOURCECFG(n), RISING);
		EXPECT_EQ(mmio_read32(SOURCECFG(n)), RISING);
		target(n, 0, 5);
		EXPECT_EQ(mmio_read32(TARGET(n)), 5);
		mmio_write32(SOURCECFG(n), INACTIVE);
		EXPECT_EQ(mmio_read32(SOURCECFG(n)), 0);
		EXPECT_EQ(mmio_read32(TARGET(n)), 0);
		mmio_write32(SETIENUM, n);	/* inactive: no effect */
		EXPECT(!is_set(SETIE(n), n));
	}
}

/* ---- sources ---- */

static void check_level(void)
{
	mmio_write32(SOURCECFG(UART_IRQ), HIGH);
	target(UART_IRQ, 0, 1);
	mmio_write32(SETIENUM, UART_IRQ);
	EXPECT(is_set(SETIE(UART_IRQ), UART_IRQ));
	EXPECT(!has_external());
	uart_raise(true);
	EXPECT_SOON(has_external());
	EXPECT(is_set(SETIP(UART_IRQ), UART_IRQ));
	EXPECT(is_set(IN_CLRIP(UART_IRQ), UART_IRQ));
	EXPECT_EQ(mmio_read32(IDC(0) + TOPI), topi(UART_IRQ, 1));
	EXPECT_EQ(claim(0), topi(UART_IRQ, 1));
	EXPECT(has_external());				/* while it is up */
	mmio_write32(CLRIPNUM, UART_IRQ);		/* so it stays */
	EXPECT(has_external());
	mmio_write32(CLRIENUM, UART_IRQ);
	EXPECT(!has_external());
	EXPECT_EQ(claim(0), 0);
	mmio_write32(SETIENUM, UART_IRQ);
	EXPECT_SOON(has_external());
	uart_raise(false);
	EXPECT(!has_external());
	EXPECT_EQ(claim(0), 0);
}

static void check_edge(void)
{
	mmio_write32(SOURCECFG(UART_IRQ), RISING);
	target(UART_IRQ, 0, 1);
	mmio_write32(SETIENUM, UART_IRQ);
	uart_raise(true);
	EXPECT_SOON(has_external());
	EXPECT_EQ(claim(0), topi(UART_IRQ, 1));
	EXPECT(!has_external());			/* once for each edge */
	uart_raise(false);
	EXPECT(!has_external());
	uart_raise(true);
	uart_raise(false);
	EXPECT_SOON(has_external());			/* it is kept */
	mmio_write32(CLRIPNUM, UART_IRQ);
	EXPECT(!has_external());
	mmio_write32(SETIPNUM, UART_IRQ);		/* by software */
	EXPECT_SOON(has_external());
	EXPECT_EQ(claim(0), topi(UART_IRQ, 1));
	EXPECT(!has_external());
}

/* Nothing's wires: only software raises them.  The best comes first. */
static void check_order(void)
{
	for (unsigned n = 40; n < 44; n++) {
		mmio_write32(SOURCECFG(n), DETACHED);
		target(n, 0, 47 - n);
		mmio_write32(SETIENUM, n);
		mmio_write32(SETIPNUM, n);
	}
	mmio_write32(IDC(0) + ITHRESHOLD, 5);		/* less than that */
	EXPECT_EQ(claim(0), topi(43, 4));
	EXPECT_EQ(claim(0), 0);
	EXPECT(!has_external());
	mmio_write32(IDC(0) + ITHRESHOLD, 0);		/* none */
	EXPECT_SOON(has_external());
	EXPECT_EQ(claim(0), topi(42, 5));
	EXPECT_EQ(claim(0), topi(41, 6));
	EXPECT_EQ(claim(0), topi(40, 7));
	EXPECT_EQ(claim(0), 0);
	for (unsigned n = 40; n < 44; n++)
		mmio_write32(SOURCECFG(n), INACTIVE);
}

static void check_off(void)
{
	mmio_write32(SETIPNUM, UART_IRQ);
	EXPECT_SOON(has_external());
	mmio_write32(IDC(0) + IDELIVERY, 0);
	EXPECT(!has_external());
	mmio_write32(IDC(0) + IDELIVERY, 1);
	EXPECT_SOON(has_external());
	mmio_write32(DOMAINCFG, 0);
	EXPECT(!has_external());
	mmio_write32(DOMAINCFG, DOMAIN_IE);
	EXPECT_SOON(has_external());
	EXPECT_EQ(claim(0), topi(UART_IRQ, 1));
	mmio_write32(IDC(0) + IFORCE, 1);		/* spurious */
	EXPECT_SOON(has_external());
	EXPECT_EQ(claim(0), 0);
	EXPECT(!has_external());
}

/* ---- all VCPUs ---- */

static volatile uint64_t got;

static void sleep_until(uint64_t index)
{
	csr_write(sie, SIP_EXTERNAL);
	while (!has_external())
		wait();
	got = claim(index);
	csr_write(sie, 0);
}

static void check_each(void)
{
	mmio_write32(SOURCECFG(UART_IRQ), RISING);
	for (uint64_t h = 1; h < count; h++) {
		target(UART_IRQ, h, 3);
		mmio_write32(SETIENUM, UART_IRQ);
		got = 0;
		vcpu_begin(h, sleep_until, h);
		for (uint64_t end = now() + TIMER_HZ / 500; now() < end; )
			;
		uart_raise(true);
		EXPECT_SOON(got == topi(UART_IRQ, 3));
		vcpu_join(h);
		uart_raise(false);
		EXPECT(!has_external());
	}
}

void guest_main(void *tree)
{
	EXPECT(has_aplic(tree) && !has_imsic(tree));
	count = vcpu_count();
	uart_raise(false);
	check_registers();
	delivery_on();
	check_level();
	check_edge();
	check_order();
	check_off();
	check_each();
	pass();
}
