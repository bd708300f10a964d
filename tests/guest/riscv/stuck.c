// SPDX-License-Identifier: GPL-2.0-or-later
/* Gets stuck as its boot arguments say: stuck.h. */
#include "guest.h"

/* 16550A's line status; there is never an error. */
#define POLLED()	mmio_read8(UART_BASE + 5)
#define POLLED_BIT	0x80u

#define UART_ID		10u
#define PLIC_CONTEXT	1u

static void vectors_at(uintptr_t at)
{
	csr_write(stvec, at);
}

bool guest_sync(uint64_t cause, struct frame *f)
{
	return true;			/* go back and try again */
}

static void timer_on(void)
{
	sbi(SBI_TIME, 0, now() + TIMER_HZ / 100);
}

/* Set for never. */
static void stuck_timer_own(void)
{
	csr_write(sie, SIP_TIMER);
	sbi(SBI_TIME, 0, ~0ul);
}

/* sie lets nothing through. */
static void stuck_timer_off(void)
{
	timer_on();
}

/* All is well but sstatus.SIE: it waits for what its handler would do. */
static void stuck_masked(void)
{
	static volatile uint64_t ticks;

	csr_write(sie, SIP_TIMER);
	timer_on();
	while (!ticks)
		;
}

/* The UART's interrupt asks, with a priority that does not pass. */
static void stuck_threshold(void)
{
	mmio_write32(PLIC_BASE + 4 * UART_ID, 1);
	mmio_write32(PLIC_BASE + 0x2000 + 0x80 * PLIC_CONTEXT, 1u << UART_ID);
	mmio_write32(PLIC_BASE + 0x200000 + 0x1000 * PLIC_CONTEXT, 7);
	csr_write(sie, SIP_EXTERNAL);
	mmio_write8(UART_BASE + 1, 2);
}

#include "stuck.h"
