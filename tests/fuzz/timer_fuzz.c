// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes timers against a list of deadlines (LLVM's libFuzzer), on CPUs whose
 * event timers are looked at: each rings once, on the CPU that set it last, not
 * before its time, in order, and none after it was cancelled.
 */
#include "../suites/fake_platform.h"
#include "../suites/story.h"
#include <arch/fake.h>
#include <arch/irqflags.h>
#include <arch/percpu.h>
#include <libs/string.h>
#include <vmm/log.h>
#include <vmm/timer.h>

#define TIMERS		24
#define CPUS		3
#define STOPPED		(~0ull)

static struct timer timers[TIMERS];
static struct expectation {
	bool set;
	unsigned cpu;
	u64 deadline;
} expected[TIMERS];
static struct cpu fuzz_cpus[CPUS];
static u64 programmed[CPUS];		/* deadlines of the event timers */
static struct story *story;
static bool rings;			/* inside timer_interrupt() */

static void event_timer_turn(unsigned cpu)
{
	programmed[this_cpu()->index] = platform_lines[FAKE_CPU_MAX].deadline;
	arch_set_this_cpu(&fuzz_cpus[cpu]);
	platform_lines[FAKE_CPU_MAX].deadline = programmed[cpu];
}

static void set(unsigned i, u64 deadline)
{
	expected[i] = (struct expectation){
		true, this_cpu()->index, deadline,
	};
	timer_set_cycles(&timers[i], deadline);
	assert(timer_is_set(&timers[i]));
}

static void cancel(unsigned i)
{
	timer_cancel(&timers[i]);
	expected[i].set = false;
	assert(!timer_is_set(&timers[i]));
}

static u64 pick_deadline(void)
{
	u64 how = story_take(story, 1);

	if (how < 4)
		return how & 1 ? 0 : STOPPED - 1;
	return fake_cycles + story_take(story, 1) * (how & 7);
}

/* What fn does next: nothing, sets itself or another, cancels one. */
static void change_in_fn(unsigned self)
{
	u32 what = (u32)story_take(story, 1), other = what % TIMERS;

	if (what < 64)
		set(other, pick_deadline());
	else if (what < 96)
		cancel(other);
	else if (what < 112)
		set(self, fake_cycles + 1 + what);
}

static void ring(struct timer *t)
{
	unsigned i = (unsigned)(t - timers);
	struct expectation e = expected[i];

	assert(rings && e.set && e.cpu == this_cpu()->index);
	assert(e.deadline <= fake_cycles && !timer_is_set(t));
	for (unsigned n = 0; n < TIMERS; n++)
		assert(!expected[n].set || expected[n].cpu != e.cpu ||
		      expected[n].deadline >= e.deadline);
	expected[i].set = false;
	change_in_fn(i);
}

/* The event timer rings no later than the first one needs it to. */
static void check_programmed(void)
{
	u64 first = STOPPED;

	programmed[this_cpu()->index] = platform_lines[FAKE_CPU_MAX].deadline;
	for (unsigned c = 0; c < CPUS; c++) {
		first = STOPPED;
		for (unsigned i = 0; i < TIMERS; i++)
			if (expected[i].set && expected[i].cpu == c)
				first = MIN(first, expected[i].deadline);
		assert(programmed[c] <= first);
	}
	for (unsigned i = 0; i < TIMERS; i++)
		assert(timer_is_set(&timers[i]) == expected[i].set);
}

/* Time goes on; on each CPU what is due rings. */
static void go_on(u64 cycles)
{
	fake_cycles += cycles;
	for (unsigned c = 0; c < CPUS; c++) {
		event_timer_turn(c);
		for (unsigned n = 0; n < 4 && platform_lines[FAKE_CPU_MAX]
						.deadline <= fake_cycles; n++) {
			irq_mask();
			rings = true;
			timer_interrupt();
			rings = false;
			irq_unmask();
		}
	}
}

static void check_all_rung(void)
{
	for (unsigned i = 0; i < TIMERS; i++)
		assert(!expected[i].set || expected[i].deadline > fake_cycles);
}

static void begin(void)
{
	platform_reset();
	fake_cycles = 1000;
	for (unsigned c = 0; c < CPUS; c++) {
		fuzz_cpus[c] = (struct cpu){
			.index = c, .current = this_cpu()->current,
		};
		programmed[c] = STOPPED;
	}
	for (unsigned c = 0; c < CPUS; c++) {
		arch_set_this_cpu(&fuzz_cpus[c]);
		timer_init_cpu();
	}
	for (unsigned i = 0; i < TIMERS; i++) {
		timer_init(&timers[i], ring);
		expected[i].set = false;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct cpu *was = this_cpu();
	struct story s = { .at = data, .left = size };

	story = &s;
	begin();
	while (s.left) {
		u32 what = (u32)story_take(&s, 1), i = what % TIMERS;

		event_timer_turn(story_below(&s, CPUS));
		if (what < 128)
			set(i, pick_deadline());
		else if (what < 176)
			cancel(i);
		else
			go_on(story_take(&s, 1) * (what & 15));
		check_programmed();
	}
	go_on(0);
	check_all_rung();
	for (unsigned i = 0; i < TIMERS; i++)
		cancel(i);
	arch_set_this_cpu(was);
	return 0;
}
