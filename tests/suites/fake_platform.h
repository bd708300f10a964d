/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For native suites: an interrupt controller and event timers of the fake
 * machine, and simulated CPUs that schedule threads.  Counter: 1 GHz.
 */
#ifndef TESTS_SUITES_FAKE_PLATFORM_H
#define TESTS_SUITES_FAKE_PLATFORM_H

#include <vmm/cpu.h>
#include <vmm/irq.h>
#include <vmm/types.h>

#define PLATFORM_IRQS	64
#define PLATFORM_MS	1000000ull

/* What suites look at. */
struct platform_line {
	bool ipi;
	u64 deadline;			/* ~0: stopped */
	u64 raised;			/* by number */
};
extern struct platform_line platform_lines[];
extern u64 platform_masked;		/* by number */
extern u64 platform_deactivated;
extern u32 platform_preferred;		/* a number; 0: none */

/* Registers controller and timer, once; clock and lines as at reset. */
void platform_reset(void);

/* Natively, before there are threads: somebody for fail() to report to. */
void platform_stand_in(void);

/* CPUs 0 to count - 1 come up, idle. */
void platform_start(unsigned count);
/* Each runs until it idles or spins; then time goes on by step_ns. */
void platform_step(u64 step_ns);
void platform_stop(void);

/* In a thread: uses its CPU until the next step; interrupts are taken. */
void platform_spin(void);

void platform_raise(unsigned cpu, u32 number);

#endif
