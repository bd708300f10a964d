// SPDX-License-Identifier: GPL-2.0-or-later
/* Host interrupts, and calls between simulated CPUs. */
#include <arch/fake.h>
#include <arch/irqflags.h>
#include <vmm/clock.h>
#include <vmm/errno.h>
#include <vmm/irq.h>
#include <vmm/sched.h>
#include <vmm/test.h>
#include <vmm/thread.h>
#include <vmm/timer.h>

#include "fake_platform.h"

#define SHARED		40
#define PERCPU		20
#define STORM		200000u

static unsigned handled;
static u64 handler_ns;			/* that it takes */
static bool was_context, was_masked;

static void handle(void *arg)
{
	handled++;
	fake_cycles += handler_ns;
	was_context = irq_context();
	was_masked = irq_masked();
}

static int request(u32 number)
{
	const struct irq_spec spec = { number, IRQ_TRIGGER_LEVEL_HIGH };

	return irq_request(&spec, "test", handle, NULL);
}

static void begin(void)
{
	platform_start(2);
	handled = 0;
	handler_ns = 0;
	was_context = was_masked = false;
}

static void handlers_run(void)
{
	begin();
	EXPECT_EQ(request(SHARED), 0);
	EXPECT_EQ(request(SHARED), -EBUSY);
	EXPECT_EQ(request(PLATFORM_IRQS), -ERANGE);
	platform_raise(1, SHARED);
	platform_step(1);
	EXPECT_EQ(handled, 1);
	EXPECT(was_context);
	EXPECT(was_masked);
	EXPECT(platform_deactivated & BIT64(SHARED));
	EXPECT(!cpus[1].in_irq);
	EXPECT(!irq_context());
	EXPECT_EQ(irq_set_affinity(SHARED, 1), 0);
	EXPECT_EQ(irq_set_affinity(SHARED, 2), -EINVAL);
	EXPECT_EQ(irq_set_affinity(SHARED + 1, 0), -ENOENT);
	platform_stop();
	irq_free(SHARED);
	EXPECT(platform_masked & BIT64(SHARED));
}

static void forwarded_stay_active(void)
{
	const struct irq_spec spec = { PERCPU, IRQ_TRIGGER_LEVEL_HIGH };

	begin();
	EXPECT_EQ(irq_request_forwarded(&spec, "guest", handle, NULL), 0);
	platform_raise(0, PERCPU);
	platform_step(1);
	EXPECT_EQ(handled, 1);
	EXPECT_EQ(platform_deactivated, 0);
	irq_deactivate(PERCPU);
	EXPECT_EQ(platform_deactivated, BIT64(PERCPU));
	EXPECT_EQ(irq_set_affinity(PERCPU, 0), -EINVAL);
	platform_stop();
	irq_free(PERCPU);
}

static void unhandled_are_masked(void)
{
	begin();
	platform_raise(0, SHARED + 2);
	platform_step(1);
	EXPECT(platform_masked & BIT64(SHARED + 2));
	EXPECT(platform_deactivated & BIT64(SHARED + 2));
	irq_mask();
	irq_unhandled(PLATFORM_IRQS);
	irq_unhandled(~0u);
	irq_unmask();
	platform_stop();
}

/* How often the number was handled before it got masked. */
static unsigned storm(u32 number, u64 ns_between)
{
	unsigned i;

	for (i = 0; i < STORM && !(platform_masked & BIT64(number)); i++) {
		platform_raise(0, number);
		platform_step(ns_between);
	}
	return i;
}

static bool pause_ends(u32 number)
{
	for (unsigned i = 0; i < 1100; i++) {
		if (!(platform_masked & BIT64(number)))
			return true;
		platform_step(PLATFORM_MS);
	}
	return false;
}

static void storms_pause(void)
{
	begin();
	EXPECT_EQ(request(SHARED), 0);
	EXPECT_EQ(storm(SHARED, 21000), STORM);
	/* On a slow machine, too, soon. */
	EXPECT(storm(SHARED, 15000) < 2 * IRQ_STORM_COUNT);
	EXPECT(platform_masked & BIT64(SHARED));
	EXPECT(pause_ends(SHARED));
	EXPECT_EQ(storm(SHARED, 15000), IRQ_STORM_COUNT);
	EXPECT(pause_ends(SHARED));
	handler_ns = 10000;
	EXPECT_EQ(storm(SHARED, 40000), STORM);
	handler_ns = 40000;
	EXPECT(storm(SHARED, 40000) < 2 * IRQ_STORM_COUNT);
	EXPECT_EQ(request(PERCPU), 0);
	EXPECT_EQ(storm(PERCPU, 1000), STORM);
	platform_stop();
	irq_free(SHARED);
	irq_free(PERCPU);
}

/* ---- Calls between CPUs ---- */

static unsigned calls[CONFIG_CPU_MAX], callers_done;

static void count_call(void *arg)
{
	was_context = irq_context() && irq_masked();
	calls[this_cpu()->index]++;
}

static void call_all(void *arg)
{
	unsigned i;

	for (i = 0; i < 10; i++)
		smp_call(CPU_MASK_ALL, count_call, NULL);
	callers_done++;
}

/* Three CPUs call all four at once. */
static void many_callers(void)
{
	struct thread *t[3];
	unsigned i;

	platform_start(4);
	callers_done = 0;
	for (i = 0; i < CONFIG_CPU_MAX; i++)
		calls[i] = 0;
	for (i = 0; i < 3; i++) {
		EXPECT(!thread_create("caller", call_all, NULL, &t[i]));
		t[i]->affinity = CPU_MASK(i);
		thread_start(t[i]);
	}
	for (i = 0; i < 500; i++)
		platform_step(100);
	EXPECT_EQ(callers_done, 3);
	EXPECT(was_context);
	for (i = 0; i < 4; i++)
		EXPECT_EQ(calls[i], 30);
	EXPECT_EQ(calls[4], 0);
	for (i = 0; i < 3; i++)
		thread_destroy(t[i]);
	platform_stop();
}

/* A second request for the same does not interrupt again. */
static void requests_interrupt_once(void)
{
	begin();
	cpu_request(&cpus[1], CPU_SERVICE);
	EXPECT(platform_lines[1].ipi);
	EXPECT_EQ(cpus[1].requests, CPU_SERVICE);
	platform_step(1);
	EXPECT(!platform_lines[1].ipi);
	cpu_request(&cpus[1], CPU_SERVICE);
	EXPECT(!platform_lines[1].ipi);
	cpu_request(&cpus[1], CPU_SERVICE | CPU_RESCHEDULE);
	EXPECT(platform_lines[1].ipi);
	platform_step(1);
	EXPECT_EQ(cpus[1].requests, CPU_SERVICE);
	platform_stop();
}

static void percpu_ones_are_enabled(void)
{
	begin();
	EXPECT_EQ(request(PERCPU + 1), 0);
	irq_chip()->mask(PERCPU + 1);
	irq_enable_percpu(PERCPU + 1);
	EXPECT(!(platform_masked & BIT64(PERCPU + 1)));
	EXPECT_EQ(platform_preferred, 0);
	platform_raise(1, PERCPU + 1);
	platform_step(1);
	EXPECT_EQ(handled, 1);
	irq_chip()->mask(PERCPU + 1);
	irq_enable_percpu_first(PERCPU + 1);
	EXPECT(!(platform_masked & BIT64(PERCPU + 1)));
	EXPECT_EQ(platform_preferred, PERCPU + 1);
	platform_stop();
}

SUITE(irq, TEST(handlers_run), TEST(forwarded_stay_active),
      TEST(unhandled_are_masked), TEST(storms_pause), TEST(many_callers),
      TEST(requests_interrupt_once), TEST(percpu_ones_are_enabled));
