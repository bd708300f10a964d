// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CPUs and threads of the fake machine: the CPU and thread parts of
 * <vmm/arch.h>.  A simulated CPU is a fiber that the suite's context switches
 * to and that comes back when it idles or spins.
 */
#include <stdio.h>
#include <stdlib.h>

#include <arch/barrier.h>
#include <arch/cycles.h>
#include <arch/fake.h>
#include <arch/irqflags.h>
#include <arch/percpu.h>
#include <vmm/arch.h>
#include <vmm/cpu.h>
#include <vmm/thread.h>

#include "fiber.h"

#define BOOT_STACK_SIZE	(256 * 1024)
#define SPINS_MAX	10000000u	/* of the suite's own context */

/* What a CPU is while another one runs. */
struct machine {
	struct fiber fiber;
	void *boot_stack;
	struct fiber boot;		/* of the stack before any thread */
	struct cpu *cpu;
	bool irq_masked, irq_pending;
	enum fake_stop stop;
};

/* The suite's context is a thread on a CPU that nobody schedules. */
static struct thread suite_thread = {
	.name = "suite",
	.state = THREAD_RUNNING,
	.queue_entry = LIST_INIT(suite_thread.queue_entry),
	.wait_entry = LIST_INIT(suite_thread.wait_entry),
	.all_entry = LIST_INIT(suite_thread.all_entry),
};
static struct cpu suite_cpu = { .current = &suite_thread };
static struct machine machines[FAKE_CPU_MAX + 1];
static struct machine *const suite = &machines[FAKE_CPU_MAX];
static struct machine *now = &machines[FAKE_CPU_MAX];
static unsigned spin_count;

bool fake_irq_masked, fake_irq_pending;
struct cpu *fake_this_cpu = &suite_cpu;
u64 fake_cycles;
void (*fake_irq_handler)(void);
void (*fake_idle_hook)(void);
void (*fake_put_hook)(void);
void (*fake_exit_hook)(void);

static void die(const char *why)
{
	fprintf(stderr, "fake machine: %s\n", why);
	abort();
}

static void machine_switch(struct machine *to)
{
	struct machine *from = now;

	from->cpu = fake_this_cpu;
	from->irq_masked = fake_irq_masked;
	from->irq_pending = fake_irq_pending;
	now = to;
	fake_this_cpu = to->cpu;
	fake_irq_masked = to->irq_masked;
	fake_irq_pending = to->irq_pending;
	fiber_switch(&from->fiber, &to->fiber);
}

static void stop(enum fake_stop why)
{
	now->stop = why;
	machine_switch(suite);
}

void fake_cpu_start(unsigned index, void (*fn)(void *), void *arg)
{
	struct machine *m = &machines[index];

	if (index >= FAKE_CPU_MAX || m->boot_stack)
		die("that CPU was started before");
	m->boot_stack = malloc(BOOT_STACK_SIZE);
	if (!m->boot_stack)
		die("no memory for a stack");
	m->fiber.stack = m->boot_stack;
	m->fiber.stack_size = BOOT_STACK_SIZE;
	fiber_init(&m->fiber, fn, arg);
	m->cpu = &suite_cpu;
	m->irq_masked = true;
	m->irq_pending = false;
}

enum fake_stop fake_cpu_run(unsigned index)
{
	struct machine *m = &machines[index];

	if (index >= FAKE_CPU_MAX || !m->boot_stack)
		die("that CPU was not started");
	if (now != suite)
		die("a simulated CPU cannot run another one");
	machine_switch(m);
	return m->stop;
}

void fake_cpu_irq(unsigned index)
{
	if (&machines[index] != now) {
		machines[index].irq_pending = true;
		return;
	}
	fake_irq_pending = true;
	if (!fake_irq_masked)
		fake_irq_take();
}

unsigned fake_cpu_index(void)
{
	return (unsigned)(now - machines);
}

void fake_cpu_reset(void)
{
	if (now != suite)
		die("a simulated CPU cannot reset the machine");
	for (unsigned i = 0; i < FAKE_CPU_MAX; i++) {
		free(machines[i].boot_stack);
		machines[i] = (struct machine){ .cpu = NULL };
	}
	suite_cpu = (struct cpu){ .current = &suite_thread };
	fake_this_cpu = &suite_cpu;
	fake_irq_masked = false;
	fake_irq_pending = false;
	fake_irq_handler = NULL;
	fake_idle_hook = NULL;
	fake_put_hook = fake_exit_hook = NULL;
}

void fake_irq_take(void)
{
	fake_irq_masked = true;
	fake_irq_pending = false;
	if (fake_irq_handler)
		fake_irq_handler();
	fake_irq_masked = false;
}

void fake_cpu_relax(void)
{
	if (now != suite)
		stop(FAKE_SPINS);
	else if (++spin_count > SPINS_MAX)
		die("the suite waits for ever");
}

void arch_cpu_idle(void)
{
	while (!fake_irq_pending) {
		if (now != suite)
			stop(FAKE_IDLES);
		else if (fake_idle_hook)
			fake_idle_hook();
		else
			die("the suite idles");
	}
}

int arch_cpu_init(struct cpu *cpu)
{
	return 0;
}

u64 arch_cpu_hwid(void)
{
	return now == suite ? 0 : fake_cpu_index();
}

hpa_t arch_cpu_entry(struct cpu *cpu, u64 *arg)
{
	*arg = (u64)(uintptr_t)cpu;
	return HPA(FAKE_IMAGE);
}

void arch_cpu_describe(struct console *con)
{
}

size_t arch_backtrace(u64 *pcs, size_t max)
{
	return 0;
}

static struct fiber *thread_fiber(struct arch_thread *t)
{
	_Static_assert(sizeof(struct fiber) <= sizeof(t->context), "fits");
	return (struct fiber *)(void *)t->context;
}

void arch_thread_init(struct arch_thread *t, void *stack_top,
		      void (*fn)(void *), void *arg)
{
	struct fiber *f = thread_fiber(t);

	f->stack_size = ARCH_STACK_SIZE / 2;
	f->stack = (u8 *)stack_top - f->stack_size;
	fiber_init(f, fn, arg);
}

void arch_thread_switch(struct arch_thread *from, struct arch_thread *to)
{
	fiber_switch(thread_fiber(from), thread_fiber(to));
}
