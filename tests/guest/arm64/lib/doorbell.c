// SPDX-License-Identifier: GPL-2.0-or-later
/* SGI 1, the virtual timer, the PL011's receive interrupts (ARM DDI 0183). */
#include "doorbell.h"
#include "gic.h"

#define SGI		1u
#define TIMER		27u
#define UART		33u
#define PRIORITY	0x80u

enum { UART_FR = 0x18, UART_LCR = 0x2c, UART_CR = 0x30, UART_IMSC = 0x38 };
#define FR_RXFE		(1u << 4)
#define CR_ON		0x301u
#define RX_AND_TIMEOUT	0x50u

static uint64_t due[MAX_VCPUS];

void doorbell_init(void)
{
	gic_init();
	gic_use(UART, PRIORITY);
	gic_route(UART, 0);
	mmio_write32(UART_BASE + UART_LCR, 0x60);
	mmio_write32(UART_BASE + UART_CR, CR_ON);
	mmio_write32(UART_BASE + UART_IMSC, RX_AND_TIMEOUT);
}

void doorbell_init_cpu(void)
{
	gic_init_cpu();
	gic_use(SGI, PRIORITY);
	gic_use(TIMER, PRIORITY);
}

void doorbell_ring(uint64_t index)
{
	gic_sgi(SGI, 1u << index);
}

void doorbell_alarm(uint64_t ticks)
{
	due[vcpu_index()] = now() + ticks;
	sysreg_write(cntv_cval_el0, due[vcpu_index()]);
	sysreg_write(cntv_ctl_el0, 1);
}

static unsigned ring_alarm(uint64_t n)
{
	EXPECT(now() >= due[n]);
	sysreg_write(cntv_ctl_el0, 0);
	return DOORBELL_ALARM;
}

static unsigned take(uint32_t id)
{
	switch (id) {
	case SGI:
		return DOORBELL_RUNG;
	case TIMER:
		return ring_alarm(vcpu_index());
	case UART:
		/* A level: it is taken away by reading, before its end. */
		return DOORBELL_TYPED;
	}
	expect_failed("interrupt", 0, "none of ours", id, 0);
}

static int typed[64];
static unsigned typed_in, typed_out;

static void keep_typed(void)
{
	while (!(mmio_read32(UART_BASE + UART_FR) & FR_RXFE))
		typed[typed_in++ % 64] = (int)mmio_read32(UART_BASE) & 0xff;
}

unsigned doorbell_wait(void)
{
	unsigned got = 0;

	for (;;) {
		const uint32_t ack = gic_ack();

		if ((ack & 0x3ff) >= 1020) {
			if (got)
				return got;
			wait();
			continue;
		}
		got |= take(ack & 0x3ff);
		if (got & DOORBELL_TYPED)
			keep_typed();
		gic_eoi(ack);
	}
}

int typed_get(void)
{
	return typed_in == typed_out ? -1 : typed[typed_out++ % 64];
}

void tell_trace(uint64_t value)
{
	psci(PSCI_AFFINITY_INFO, value, 0, 0);
}
