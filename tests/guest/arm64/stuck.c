// SPDX-License-Identifier: GPL-2.0-or-later
/* Gets stuck as its boot arguments say: stuck.h. */
#include "gic.h"

#define TIMER_ID	27
#define ENABLE		1u
#define IMASK		2u

/* PL011's flags; the ring indicator is never on. */
#define POLLED()	mmio_read32(UART_BASE + 0x18)
#define POLLED_BIT	0x100u

static void vectors_at(uintptr_t at)
{
	sysreg_write(vbar_el1, at);
}

bool guest_sync(uint64_t esr, uint64_t *elr)
{
	return true;			/* go back and try again */
}

static void timer_on(uint32_t ctl)
{
	sysreg_write(cntv_tval_el0, counter_hz() / 100);
	sysreg_write(cntv_ctl_el0, ctl);
}

/* Masked in the timer itself. */
static void stuck_timer_own(void)
{
	gic_init();
	gic_init_cpu();
	gic_use(TIMER_ID, 0x80);
	timer_on(ENABLE | IMASK);
}

/* Its interrupt is not enabled. */
static void stuck_timer_off(void)
{
	gic_init();
	gic_init_cpu();
	timer_on(ENABLE);
}

/* All is well but PSTATE.I: it waits for what its handler would do. */
static void stuck_masked(void)
{
	static volatile uint64_t ticks;

	gic_init();
	gic_init_cpu();
	gic_use(TIMER_ID, 0x80);
	timer_on(ENABLE);
	while (!ticks)
		;
}

/* The interrupt has no priority that passes. */
static void stuck_threshold(void)
{
	gic_init();
	gic_init_cpu();
	gic_mask(0x40);
	gic_use(TIMER_ID, 0x80);
	timer_on(ENABLE);
}

#include "stuck.h"
