// SPDX-License-Identifier: GPL-2.0-or-later
/* The fake machine's interrupt controller, event timers and CPUs. */
#include <arch/barrier.h>
#include <arch/fake.h>
#include <arch/irqflags.h>
#include <arch/percpu.h>
#include <vmm/arch.h>
#include <vmm/clock.h>
#include <vmm/dt.h>
#include <vmm/errno.h>
#include <vmm/sched.h>
#include <vmm/thread.h>
#include <vmm/timer.h>

#include "fake_platform.h"

#define HZ		1000000000ull
#define STOPPED		(~0ull)
#define PERCPU_IRQS	32		/* numbers below belong to each CPU */

struct platform_line platform_lines[CONFIG_CPU_MAX + 1];
u64 platform_masked;
u64 platform_deactivated;
u32 platform_preferred;

static unsigned started_count;

static unsigned self(void)
{
	return fake_cpu_index();
}

static void dispatch(void)
{
	struct platform_line *l = &platform_lines[self()];
	u64 raised = l->raised & ~platform_masked;

	fake_irq_pending = false;
	l->raised &= ~raised;
	if (l->ipi) {
		l->ipi = false;
		cpu_ipi_received();
	}
	if (l->deadline <= fake_cycles) {
		this_cpu()->in_irq = true;
		timer_interrupt();
		this_cpu()->in_irq = false;
	}
	for (; raised; raised &= raised - 1) {
		u32 number = (u32)__builtin_ctzll(raised);

		if (irq_handle(number))
			platform_deactivated |= BIT64(number);
	}
}

static void mask(u32 number)
{
	platform_masked |= BIT64(number);
}

static void unmask(u32 number)
{
	platform_masked &= ~BIT64(number);
}

static void prefer(u32 number)
{
	platform_preferred = number;
}

static void set_trigger(u32 number, enum irq_trigger trigger)
{
}

static void set_affinity(u32 number, const struct cpu *cpu)
{
}

static void send_ipi(struct cpu *cpu)
{
	platform_lines[cpu->index].ipi = true;
	fake_cpu_irq(cpu->index);
}

static void init_cpu(void)
{
}

static bool is_percpu(u32 number)
{
	return number < PERCPU_IRQS;
}

static void deactivate(u32 number)
{
	platform_deactivated |= BIT64(number);
}

static int translate(const struct dt_irq *irq, struct irq_spec *out)
{
	*out = (struct irq_spec){ irq->cells[0], IRQ_TRIGGER_LEVEL_HIGH };
	return irq->cells[0] < PLATFORM_IRQS ? 0 : -EINVAL;
}

static const struct irqchip chip = {
	.name = "fake",
	.irq_count = PLATFORM_IRQS,
	.translate = translate,
	.dispatch = dispatch,
	.mask = mask,
	.unmask = unmask,
	.prefer = prefer,
	.set_trigger = set_trigger,
	.set_affinity = set_affinity,
	.send_ipi = send_ipi,
	.init_cpu = init_cpu,
	.is_percpu = is_percpu,
	.deactivate = deactivate,
};

static void timer_program(u64 deadline)
{
	platform_lines[self()].deadline = deadline;
}

static void timer_stop(void)
{
	platform_lines[self()].deadline = STOPPED;
}

static const struct timer_ops timer_ops = {
	.name = "fake",
	.set = timer_program,
	.stop = timer_stop,
};

void platform_raise(unsigned cpu, u32 number)
{
	platform_lines[cpu].raised |= BIT64(number);
	fake_cpu_irq(cpu);
}

void platform_stand_in(void)
{
	static struct thread stand_in;

	this_cpu()->current = &stand_in;
	this_cpu()->bid = stand_in.priority;
}

void platform_reset(void)
{
	unsigned i;

	clock_init(HZ);
	timer_ops_register(&timer_ops);
	if (!irq_chip())
		irq_chip_register(&chip);
	for (i = 0; i <= CONFIG_CPU_MAX; i++)
		platform_lines[i] = (struct platform_line){
			.deadline = STOPPED };
	platform_masked = 0;
	platform_deactivated = 0;
	platform_preferred = 0;
}

/* ---- CPUs ---- */

/* What architectures do at the end of an interrupt in our own code. */
static void take_interrupt(void)
{
	irq_dispatch();
	if (!irq_context() && sched_preempt_is_due(this_cpu()))
		sched_preempt();
}

static void boot(void *arg)
{
	struct cpu *cpu = arg;

	arch_set_this_cpu(cpu);
	timer_init_cpu();
	if (cpu->index)
		sched_init_cpu(cpu);
	else
		sched_init();
	__atomic_store_n(&cpu->online, true, __ATOMIC_RELEASE);
	cpu_online_mask |= CPU_MASK(cpu->index);
	sched_idle();
}

void platform_start(unsigned count)
{
	unsigned i;

	platform_stop();
	platform_reset();
	fake_irq_handler = take_interrupt;
	cpu_online_mask = 0;
	cpu_count = count;
	started_count = count;
	for (i = 0; i < count; i++) {
		cpus[i] = (struct cpu){ .index = i, .hwid = i };
		fake_cpu_start(i, boot, &cpus[i]);
		fake_cpu_run(i);
	}
}

void platform_step(u64 step_ns)
{
	unsigned i;

	for (i = 0; i < started_count; i++) {
		if (platform_lines[i].deadline <= fake_cycles)
			fake_cpu_irq(i);
		fake_cpu_run(i);
	}
	fake_cycles += step_ns;
}

void platform_stop(void)
{
	unsigned i;

	for (i = 0; i < started_count; i++)
		cpus[i].online = false;
	cpu_online_mask = 0;
	started_count = 0;
	fake_cpu_reset();
}

void platform_spin(void)
{
	irq_mask();
	cpu_relax();
	irq_unmask();
}
