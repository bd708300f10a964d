// SPDX-License-Identifier: GPL-2.0-or-later
/* The hypervisor that runs this: its own tables, interrupts, stacks. */
#include <vmm/test.h>
#include <arch/irqflags.h>
#include <vmm/hostmap.h>
#include <vmm/image.h>
#include <vmm/log.h>
#include <vmm/page.h>
#include <vmm/thread.h>

static void write_or_execute(void)
{
	EXPECT_EQ(hostmap_check_wx(), 0);
}

static bool is_mapped(const void *p)
{
	hpa_t ignored;

	return !hostmap_translate(p, &ignored);
}

static void boot_text_is_gone(void)
{
	EXPECT(is_mapped(image_text_start));
	for (const char *p = image_boot_start; p < image_boot_end;
	     p += PAGE_SIZE)
		EXPECT(!is_mapped(p));
}

static void guard_pages(void)
{
	const struct thread *t = thread_current();

	EXPECT(is_mapped(t->stack));
	EXPECT(!is_mapped(t->stack - 1));
}

/* Of every thread, whatever guests did meanwhile, a quarter is left. */
static void stacks(void)
{
	const size_t most = thread_stack_used_most();

	log_info("test: %zu bytes of stack used at most", most);
	EXPECT(most >= thread_stack_used(thread_current()));
	EXPECT(most <= ARCH_STACK_SIZE * 3 / 4);
}

static void threads_take_interrupts(void)
{
	EXPECT(!irq_masked());
	EXPECT(!this_cpu()->in_irq);
	EXPECT_EQ(this_cpu()->preempt_depth, 0);
}

SUITE(live, TEST(write_or_execute), TEST(boot_text_is_gone),
      TEST(guard_pages), TEST(stacks), TEST(threads_take_interrupts));
