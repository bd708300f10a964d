// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes timers against a list of deadlines (LLVM's libFuzzer), on CPUs whose
 * event timers are looked at: each rings once, on the CPU that set it last, not
 * before its time, the best owner's first, in order, and none after it was
 * cancelled.  One CPU runs a lesser thread, one a better one, to which those of
 * the lesser give way, one is idle.
 */
#include "../suites/fake_platform.h"
#include "../suites/story.h"
#include <arch/fake.h>
#include <arch/irqflags.h>
#include <arch/percpu.h>
#include <libs/string.h>
#include <vmm/log.h>
#include <vmm/thread.h>
#include <vmm/timer.h>

#define TIMERS		24
#define CPUS		3
#define STOPPED		(~0ull)
#define COMPARED	16		/* no order among more that are due */

static struct timer timers[TIMERS];
static struct expectation {
	bool set;
	unsigned cpu;
	u64 deadline;
} expected[TIMERS];
static struct cpu fuzz_cpus[CPUS];
/* Owners of timers, where there is one; what the CPUs run, but the last. */
static struct thread owners[] = { { .priority = 10 }, { .priority = 20 } };
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

/* 0: nobody. */
static unsigned owner_of(unsigned i)
{
	return i % (ARRAY_LEN(owners) + 1);
}

/* Of the thread that runs on it. */
static unsigned rank_on(unsigned cpu)
{
	return cpu == CPUS - 1 ? 0 : cpu + 1;
}

static unsigned rank_of(unsigned i)
{
	return owner_of(i) ? owner_of(i) : rank_on(expected[i].cpu);
}

/* i rings before n, which is due, too. */
static bool goes_first(unsigned i, unsigned n)
{
	return rank_of(i) > rank_of(n) ||
	       (rank_of(i) == rank_of(n) &&
		expected[i].deadline <= expected[n].deadline);
}

static void check_first(unsigned i)
{
	unsigned due = 0, after = 0;

	for (unsigned n = 0; n < TIMERS; n++) {
		if (!expected[n].set || expected[n].cpu != expected[i].cpu ||
		    expected[n].deadline > fake_cycles)
			continue;
		due++;
		after += goes_first(i, n);
	}
	assert(after == due || due > COMPARED);
}

static void ring(struct timer *t)
{
	unsigned i = (unsigned)(t - timers);
	struct expectation e = expected[i];

	assert(rings && e.set && e.cpu == this_cpu()->index);
	assert(e.deadline <= fake_cycles && !timer_is_set(t));
	check_first(i);
	expected[i].set = false;
	change_in_fn(i);
}

/* When i must ring at the latest, if nothing better is to. */
static u64 latest_of(unsigned i)
{
	const u64 deadline = expected[i].deadline;

	if (rank_of(i) >= rank_on(expected[i].cpu))
		return deadline;
	return MAX(deadline, fake_cycles + TIMER_GIVE_WAY_NS);
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
				first = MIN(first, latest_of(i));
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
		for (unsigned n = 0; n < TIMERS && platform_lines[FAKE_CPU_MAX]
						.deadline <= fake_cycles; n++) {
			irq_mask();
			rings = true;
			timer_interrupt();
			rings = false;
			irq_unmask();
		}
	}
}

static void check_all_ring(void)
{
	const u64 now = fake_cycles;

	for (unsigned i = 0; i < 2 * TIMERS; i++)
		go_on(TIMER_GIVE_WAY_NS);
	for (unsigned i = 0; i < TIMERS; i++)
		assert(!expected[i].set || expected[i].deadline > now);
}

static void begin(void)
{
	platform_reset();
	fake_cycles = 1000;
	for (unsigned c = 0; c < CPUS; c++) {
		fuzz_cpus[c] = (struct cpu){
			.index = c, .current = &owners[c % 2],
			.bid = c == 2 ? -1 : owners[c % 2].priority,
		};
		programmed[c] = STOPPED;
	}
	for (unsigned c = 0; c < CPUS; c++) {
		arch_set_this_cpu(&fuzz_cpus[c]);
		timer_init_cpu();
	}
	for (unsigned i = 0; i < TIMERS; i++) {
		if (owner_of(i))
			timer_init_for(&timers[i], ring,
				       &owners[owner_of(i) - 1]);
		else
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
	check_all_ring();
	for (unsigned i = 0; i < TIMERS; i++)
		cancel(i);
	arch_set_this_cpu(was);
	return 0;
}
