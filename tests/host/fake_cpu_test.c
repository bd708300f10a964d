// SPDX-License-Identifier: GPL-2.0-or-later
/* The fake machine's CPUs and threads do what other suites rely on. */
#include <string.h>

#include <arch/barrier.h>
#include <arch/cycles.h>
#include <arch/fake.h>
#include <arch/irqflags.h>
#include <arch/percpu.h>
#include <vmm/arch.h>
#include <vmm/hostmap.h>
#include <vmm/test.h>

static char trace[64];

static void note(char c)
{
	size_t n = strlen(trace);

	if (n + 1 < sizeof(trace))
		trace[n] = c;
}

static void begin(void)
{
	memset(trace, 0, sizeof(trace));
	fake_cpu_reset();
}

static void interrupt(void)
{
	note(irq_masked() ? 'i' : '!');
}

static void idle_body(void *arg)
{
	note(*(const char *)arg);
	for (;;) {
		arch_cpu_idle();
		note('w');
		irq_unmask();
		irq_mask();
	}
}

static void idles_and_wakes(void)
{
	begin();
	fake_irq_handler = interrupt;
	fake_cpu_start(0, idle_body, "a");
	fake_cpu_start(3, idle_body, "b");
	EXPECT_EQ(fake_cpu_run(0), FAKE_IDLES);
	EXPECT_EQ(fake_cpu_run(3), FAKE_IDLES);
	EXPECT_EQ(fake_cpu_run(3), FAKE_IDLES);
	EXPECT_EQ(strcmp(trace, "ab"), 0);
	fake_cpu_irq(3);
	EXPECT_EQ(fake_cpu_run(0), FAKE_IDLES);
	EXPECT_EQ(strcmp(trace, "ab"), 0);
	EXPECT_EQ(fake_cpu_run(3), FAKE_IDLES);
	EXPECT_EQ(strcmp(trace, "abwi"), 0);
	EXPECT_EQ(fake_cpu_index(), FAKE_CPU_MAX);
	fake_cpu_reset();
}

static int flag;

static void spin_body(void *arg)
{
	while (!flag)
		cpu_relax();
	note('s');
	for (;;)
		arch_cpu_idle();
}

static void spins_for_others(void)
{
	begin();
	flag = 0;
	fake_cpu_start(1, spin_body, NULL);
	EXPECT_EQ(fake_cpu_run(1), FAKE_SPINS);
	EXPECT_EQ(fake_cpu_run(1), FAKE_SPINS);
	flag = 1;
	EXPECT_EQ(fake_cpu_run(1), FAKE_IDLES);
	EXPECT_EQ(strcmp(trace, "s"), 0);
	fake_cpu_reset();
}

/* Two CPUs' boot contexts and a thread that moves between them. */
static struct arch_thread boots[2], traveller;

static void travel(void *arg)
{
	char deep[1024];

	memset(deep, 't', sizeof(deep));
	note(deep[1023]);
	arch_thread_switch(&traveller, &boots[fake_cpu_index()]);
	note((char)('0' + fake_cpu_index()));
	arch_cpu_idle();
	irq_unmask();
	irq_mask();
	note(deep[0]);
	arch_thread_switch(&traveller, &boots[fake_cpu_index()]);
}

static void host_traveller(void *arg)
{
	unsigned index = fake_cpu_index();

	arch_thread_switch(&boots[index], &traveller);
	note('b');
	for (;;)
		arch_cpu_idle();
}

static void threads_move(void)
{
	u8 *stack;

	begin();
	EXPECT_EQ(hostmap_stack(ARCH_STACK_SIZE, &stack), 0);
	arch_thread_init(&traveller, stack + ARCH_STACK_SIZE, travel, NULL);
	fake_cpu_start(0, host_traveller, NULL);
	fake_cpu_start(1, host_traveller, NULL);
	EXPECT_EQ(fake_cpu_run(0), FAKE_IDLES);
	EXPECT_EQ(strcmp(trace, "tb"), 0);
	EXPECT_EQ(fake_cpu_run(1), FAKE_IDLES);
	EXPECT_EQ(strcmp(trace, "tb1"), 0);
	fake_cpu_irq(1);
	EXPECT_EQ(fake_cpu_run(1), FAKE_IDLES);
	EXPECT_EQ(strcmp(trace, "tb1tb"), 0);
	fake_cpu_reset();
	hostmap_stack_free(stack, ARCH_STACK_SIZE);
}

static void masks(void)
{
	u64 flags;

	begin();
	fake_irq_handler = interrupt;
	flags = irq_save();
	EXPECT(irq_masked());
	fake_cpu_irq(FAKE_CPU_MAX);
	EXPECT_EQ(strcmp(trace, ""), 0);
	irq_restore(flags);
	EXPECT_EQ(strcmp(trace, "i"), 0);
	EXPECT(!irq_masked());
	fake_cpu_irq(FAKE_CPU_MAX);
	EXPECT_EQ(strcmp(trace, "ii"), 0);
	fake_cycles = 5;
	EXPECT_EQ(cycles_read(), 5);
	fake_cpu_reset();
}

SUITE(fake_cpu, TEST(idles_and_wakes), TEST(spins_for_others),
      TEST(threads_move), TEST(masks));
