/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What native suites may do to the fake machine: its simulated CPUs, clock
 * and memory.  Everything runs on one host thread: the suite's own context
 * lets a simulated CPU run until that has nothing to do.
 *
 *	fake_cpu_start(1, body, NULL);	body(NULL) is the boot code of CPU 1
 *	fake_cpu_irq(1);		its interrupt line rises
 *	while (fake_cpu_run(1) == FAKE_SPINS)
 *		fake_cpu_run(0);	they wait for each other
 *	fake_cpu_reset();		forgets all of them
 */
#ifndef ARCH_FAKE_H
#define ARCH_FAKE_H

#include <vmm/types.h>

struct cpu;

#define FAKE_CPU_MAX	8

/* RAM and image, physical; the suites' allocators live in the first part. */
#define FAKE_RAM_BASE	0x40000000ull
#define FAKE_RAM_SIZE	0x10000000ull	/* given to core */
#define FAKE_SPARE_BASE	0x50000000ull	/* RAM that core knows nothing of */
#define FAKE_SPARE_SIZE	0xf0000000ull
#define FAKE_IMAGE	0x40200000ull

/* The counter behind cycles_read(): stands until a suite moves it. */
extern u64 fake_cycles;

/* What a CPU calls when its interrupt is taken: masked.  NULL: nothing. */
extern void (*fake_irq_handler)(void);

/* Called by arch_cpu_idle() in the suite's own context; NULL: that is wrong. */
extern void (*fake_idle_hook)(void);

/* Called when a VCPU's state has left this CPU; NULL: nothing. */
extern void (*fake_put_hook)(void);

/* Called when an exit is about to take interrupts; NULL: nothing. */
extern void (*fake_exit_hook)(void);

enum fake_stop {
	FAKE_IDLES,		/* in arch_cpu_idle(), no interrupt pending */
	FAKE_SPINS,		/* in cpu_relax() */
};

void fake_cpu_start(unsigned index, void (*fn)(void *), void *arg);
enum fake_stop fake_cpu_run(unsigned index);
/* What a VCPU that began with it as its third argument does; else it spins. */
enum fake_guest { FAKE_GUEST_IDLES = 1, FAKE_GUEST_ENDS, FAKE_GUEST_WORKS };

/* Raises the interrupt line; index FAKE_CPU_MAX: of the suite's context. */
void fake_cpu_irq(unsigned index);
/* The simulated CPU that runs now, or FAKE_CPU_MAX. */
unsigned fake_cpu_index(void);
void fake_cpu_reset(void);

/* Maps RAM and image and lets core's memory management begin; once. */
void fake_machine_init(void);

/*
 * Lets touched pages be looked up in our tables from here on, in place of
 * whoever handled SIGSEGV before.  fake_machine_init() does it, too.
 */
void fake_faults_begin(void);

/* A walk of a fake table as hardware would do it: pa, or false. */
bool fake_pt_walk(u64 root, u64 va, u64 *pa);

/*
 * True when fn(arg) ends in panic().  Runs in a process of its own, which
 * shares the machine's RAM only.
 */
bool fake_panics(void (*fn)(void *), void *arg);

#endif
