// SPDX-License-Identifier: GPL-2.0-or-later
/* IPIs and timers of the SBI, the 16550's receive interrupt by a PLIC. */
#include "doorbell.h"

#define UART_IRQ	10u
#define LSR_DATA	1u
#define CONTEXT		1ul		/* VCPU 0, supervisor */
#define PLIC_CLAIM	(PLIC_BASE + 0x200004 + 0x1000 * CONTEXT)

enum { UART_IER = 1, UART_LSR = 5 };
enum { IRQ_SOFT = 1, IRQ_TIMER = 5, IRQ_EXTERNAL = 9 };

static volatile unsigned came[MAX_VCPUS];
static uint64_t due[MAX_VCPUS];
static bool is_used;
static int typed[64];
static volatile unsigned typed_in, typed_out;

void doorbell_init(void)
{
	is_used = true;
	mmio_write32(PLIC_BASE + 4 * UART_IRQ, 1);
	mmio_write32(PLIC_BASE + 0x2000 + 0x80 * CONTEXT, 1u << UART_IRQ);
	mmio_write32(PLIC_BASE + 0x200000 + 0x1000 * CONTEXT, 0);
	mmio_write8(UART_BASE + UART_IER, 1);
}

void doorbell_init_cpu(void)
{
	due[vcpu_index()] = ~0ull;
	sbi(SBI_TIME, 0, ~0ull);
	csr_write(sie, SIP_SOFT | SIP_TIMER | SIP_EXTERNAL);
}

void doorbell_ring(uint64_t index)
{
	EXPECT_EQ(sbi_error(SBI_IPI, 0, 1ull << index, 0), 0);
}

void doorbell_alarm(uint64_t ticks)
{
	due[vcpu_index()] = now() + ticks;
	EXPECT_EQ(sbi_error(SBI_TIME, 0, due[vcpu_index()]), 0);
}

/* Early: one that was on its way when another time was set (Sstc, 1). */
static unsigned ring_alarm(uint64_t n)
{
	if (now() < due[n]) {
		sbi(SBI_TIME, 0, due[n]);
		return 0;
	}
	due[n] = ~0ull;
	sbi(SBI_TIME, 0, ~0ull);
	return DOORBELL_ALARM;
}

static unsigned keep_typed(void)
{
	const uint32_t irq = mmio_read32(PLIC_CLAIM);

	if (!irq)
		return 0;
	EXPECT_EQ(irq, UART_IRQ);
	while (mmio_read8(UART_BASE + UART_LSR) & LSR_DATA)
		typed[typed_in++ % 64] = mmio_read8(UART_BASE);
	mmio_write32(PLIC_CLAIM, irq);
	return DOORBELL_TYPED;
}

bool doorbell_irq(uint64_t cause)
{
	const uint64_t n = vcpu_index();

	if (!is_used)
		return false;
	switch (cause & 0xff) {
	case IRQ_SOFT:
		csr_clear(sip, SIP_SOFT);
		came[n] |= DOORBELL_RUNG;
		return true;
	case IRQ_TIMER:
		came[n] |= ring_alarm(n);
		return true;
	case IRQ_EXTERNAL:
		came[n] |= keep_typed();
		return true;
	}
	return false;
}

unsigned doorbell_wait(void)
{
	const uint64_t n = vcpu_index();
	unsigned got;

	for (;;) {
		csr_set(sstatus, SSTATUS_SIE);
		__asm__ volatile("nop\n\tnop" ::: "memory");
		csr_clear(sstatus, SSTATUS_SIE);
		got = came[n];
		came[n] = 0;
		if (got)
			return got;
		wait();
	}
}

int typed_get(void)
{
	return typed_in == typed_out ? -1 : typed[typed_out++ % 64];
}

void tell_trace(uint64_t value)
{
	sbi(SBI_BASE, 3, value);
}
