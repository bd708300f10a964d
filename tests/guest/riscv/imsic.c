// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interrupt files (AIA specification 1.0, chapter 3) and an APLIC that sends
 * messages to them (4.9): by stores to the files of all VCPUs and by wires.
 * What it must be with IMSICs.
 */
#include "guest.h"

#define UART_IRQ	10u

#define DOMAINCFG	APLIC_BASE
#define SOURCECFG(n)	(APLIC_BASE + 4ul * (n))
#define SETIPNUM	(APLIC_BASE + 0x1cdc)
#define SETIENUM	(APLIC_BASE + 0x1edc)
#define TARGET(n)	(APLIC_BASE + 0x3000 + 4ul * (n))
#define GENMSI		(APLIC_BASE + 0x3000)
#define DOMAIN_MSI	(1u << 8 | 1u << 2)
enum { INACTIVE, DETACHED, RISING = 4, FALLING, HIGH };

#define FILE_OF(hart)	(IMSIC_BASE + 4096ul * (hart))
#define EIDELIVERY	0x70u
#define EITHRESHOLD	0x72u
#define EIP(n)		(0x80u + (n) / 64 * 2)
#define EIE(n)		(0xc0u + (n) / 64 * 2)


static uint64_t count;

static uint64_t file_read(unsigned reg)
{
	csr_write(0x150, reg);
	return csr_read(0x151);
}

static void file_write(unsigned reg, uint64_t v)
{
	csr_write(0x150, reg);
	csr_write(0x151, v);
}

static void identity_enable(unsigned n, bool on)
{
	const uint64_t was = file_read(EIE(n));

	file_write(EIE(n), on ? was | 1ul << n % 64 : was & ~(1ul << n % 64));
}

/* The first that waits, which waits no more. */
static uint64_t claim(void)
{
	uint64_t v;

	__asm__ volatile("csrrw %0, 0x15c, zero" : "=r"(v) :: "memory");
	return v >> 16;
}

static bool has_external(void)
{
	return irq_is_due(SIP_EXTERNAL);
}

static void message(uint64_t hart, uint32_t n)
{
	mmio_write32(FILE_OF(hart), n);
}

/* ---- a file ---- */

static void check_registers(void)
{
	file_write(EIDELIVERY, 1);
	EXPECT_EQ(file_read(EIDELIVERY), 1);
	file_write(EITHRESHOLD, 9);
	EXPECT_EQ(file_read(EITHRESHOLD), 9);
	file_write(EITHRESHOLD, 0);
	for (unsigned n = 0; n < 256; n += 64) {
		file_write(EIE(n), ~0ul);
		EXPECT_EQ(file_read(EIE(n)), n ? ~0ul : ~1ul);
		file_write(EIE(n), 0);
		EXPECT_EQ(file_read(EIP(n)), 0);
	}
	/* The odd ones are not there with 64 bits, nor is what is reserved. */
	csr_write(0x150, EIP(0) + 1);
	EXPECT_EQ(TRAP_OF(csr_read(0x151)), CAUSE_ILLEGAL);
	csr_write(0x150, 0x71);
	EXPECT(TRAP_OF(csr_read(0x151)) != CAUSE_LOAD_ACCESS);
	EXPECT_EQ(mmio_read32(FILE_OF(0)), 0);
}

static void check_messages(void)
{
	identity_enable(33, true);
	EXPECT(!has_external());
	message(0, 33);
	EXPECT_SOON(has_external());
	EXPECT_EQ(csr_read(0x15c), 33 << 16 | 33);
	EXPECT_EQ(file_read(EIP(33)), 1ul << 33);
	EXPECT_EQ(claim(), 33);
	EXPECT_EQ(claim(), 0);
	EXPECT(!has_external());
	message(0, 34);				/* not enabled: waits */
	EXPECT(!has_external());
	identity_enable(34, true);
	EXPECT_SOON(has_external());
	EXPECT_EQ(claim(), 34);
	message(0, 0);				/* none, and no such ones */
	message(0, 256);
	message(0, ~0u);
	EXPECT(!has_external());
	message(0, 33);				/* twice is once */
	message(0, 33);
	EXPECT_SOON(has_external());
	EXPECT_EQ(claim(), 33);
	EXPECT(!has_external());
}

static void check_order(void)
{
	message(0, 34);
	message(0, 33);
	EXPECT_EQ(claim(), 33);			/* the least is the best */
	EXPECT_EQ(claim(), 34);
	message(0, 34);
	file_write(EITHRESHOLD, 34);		/* less than that */
	EXPECT(!has_external());
	message(0, 33);
	EXPECT_SOON(has_external());
	EXPECT_EQ(claim(), 33);
	file_write(EITHRESHOLD, 0);
	EXPECT_EQ(claim(), 34);
	message(0, 34);
	file_write(EIDELIVERY, 0);
	EXPECT(!has_external());
	file_write(EIDELIVERY, 1);
	EXPECT_SOON(has_external());
	EXPECT_EQ(claim(), 34);
}

/* stopi tells of the external interrupt as of others, enabled in sie. */
static void check_top(void)
{
	EXPECT_EQ(csr_read(0xdb0), 0);
	message(0, 33);
	EXPECT_SOON(has_external());
	csr_write(sie, SIP_EXTERNAL);
	EXPECT_EQ(csr_read(0xdb0) >> 16, 9);
	csr_write(sie, 0);
	EXPECT_EQ(claim(), 33);
}

/* Of what else is due: external, software, timer; nothing can be moved. */
static void check_majors(void)
{
	for (unsigned n = 0x30; n < 0x40; n += 2) {
		file_write(n, ~0ul);
		EXPECT_EQ(file_read(n), 0);
		csr_write(0x150, n + 1);
		EXPECT_EQ(TRAP_OF(csr_read(0x151)), CAUSE_ILLEGAL);
	}
	csr_write(sie, SIP_EXTERNAL | SIP_SOFT | SIP_TIMER);
	sbi(SBI_TIME, 0, 0);
	EXPECT_SOON(csr_read(0xdb0) == (5 << 16 | 1));
	csr_set(sip, SIP_SOFT);
	EXPECT_EQ(csr_read(0xdb0), 1 << 16 | 1);
	message(0, 33);
	EXPECT_SOON(csr_read(0xdb0) == (9 << 16 | 1));
	csr_write(sie, SIP_TIMER);
	EXPECT_EQ(csr_read(0xdb0), 5 << 16 | 1);
	csr_write(sie, 0);
	EXPECT_EQ(csr_read(0xdb0), 0);
	csr_clear(sip, SIP_SOFT);
	sbi(SBI_TIME, 0, ~0ul);
	EXPECT_EQ(claim(), 33);
}

/* All forms of the instructions, with all registers. */
static void check_forms(void)
{
	uint64_t was;

	csr_write(0x150, 0x1ff);
	EXPECT_EQ(csr_read(0x150), 0x1ff);
	__asm__ volatile("csrrsi %0, 0x150, 0" : "=r"(was));
	EXPECT_EQ(was, 0x1ff);
	__asm__ volatile("csrrci %0, 0x150, 15" : "=r"(was));
	EXPECT_EQ(was, 0x1ff);
	__asm__ volatile("csrrwi %0, 0x150, 16" : "=r"(was));
	EXPECT_EQ(was, 0x1f0);
	__asm__ volatile("csrrs %0, 0x150, %1" : "=r"(was) : "r"(0x60ul));
	EXPECT_EQ(was, 0x10);
	EXPECT_EQ(csr_read(0x150), 0x70);
	file_write(EIE(0), 0);
	csr_set(0x151, 6);
	csr_clear(0x151, 2);
	__asm__ volatile("csrrw %0, 0x151, zero" : "=r"(was));
	EXPECT_EQ(was, 4);
	identity_enable(33, true);
	csr_write(0x150, 0xc0 + 2 * 8);		/* of identities beyond */
	csr_write(0x151, ~0ul);
	EXPECT_EQ(csr_read(0x151), 0);
	EXPECT_EQ(TRAP_OF(csr_write(0xdb0, 0)), CAUSE_ILLEGAL);
	csr_write(0x150, 0x100);
	EXPECT_EQ(TRAP_OF(csr_read(0x151)), CAUSE_ILLEGAL);
}

/* ---- wires ---- */

static void check_wires(void)
{
	mmio_write32(DOMAINCFG, DOMAIN_MSI);
	EXPECT_EQ(mmio_read32(DOMAINCFG) & DOMAIN_MSI, DOMAIN_MSI);
	mmio_write32(SOURCECFG(UART_IRQ), HIGH);
	mmio_write32(TARGET(UART_IRQ), 50);
	mmio_write32(SETIENUM, UART_IRQ);
	identity_enable(50, true);
	EXPECT(!has_external());
	mmio_write8(UART_BASE + 1, 2);
	EXPECT_SOON(has_external());
	EXPECT_EQ(claim(), 50);
	EXPECT(!has_external());		/* sent once */
	mmio_write32(SETIPNUM, UART_IRQ);	/* again, since it is up */
	EXPECT_SOON(has_external());
	EXPECT_EQ(claim(), 50);
	mmio_write8(UART_BASE + 1, 0);
	mmio_write32(SETIPNUM, UART_IRQ);	/* it is not */
	EXPECT(!has_external());
	mmio_write32(GENMSI, 33);
	EXPECT_SOON(has_external());
	EXPECT_EQ(claim(), 33);
}

/* ---- all VCPUs ---- */

static volatile uint64_t got, ready;

static void sleep_until(uint64_t index)
{
	file_write(EIDELIVERY, 1);
	file_write(EITHRESHOLD, 0);
	identity_enable(40, true);
	ready = index;
	csr_write(sie, SIP_EXTERNAL);
	while (!has_external())
		wait();
	csr_write(sie, 0);
	got = claim();
}

static void check_each(void)
{
	for (uint64_t h = 1; h < count; h++) {
		got = ready = 0;
		vcpu_begin(h, sleep_until, h);
		EXPECT_SOON(ready == h);
		for (uint64_t end = now() + TIMER_HZ / 500; now() < end; )
			;
		message(h, 40);
		EXPECT_SOON(got == 40);
		vcpu_join(h);
		EXPECT(!has_external());
	}
}

void guest_main(void *tree)
{
	EXPECT(has_aplic(tree) && has_imsic(tree));
	count = vcpu_count();
	check_registers();
	check_messages();
	check_order();
	check_top();
	check_majors();
	check_forms();
	check_wires();
	check_each();
	pass();
}
