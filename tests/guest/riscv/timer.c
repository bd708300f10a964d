// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The timer on each VCPU, by SBI TIME and, where the isa string has Sstc, by
 * stimecmp: conditions, sleep, extremes; the counters of all VCPUs are one.
 */
#include "guest.h"

#define NEVER	(~0ul)

static const char *tree;

static uint64_t ms(uint64_t n)
{
	return n * (TIMER_HZ / 1000);
}

static void by_sbi(uint64_t due)
{
	EXPECT_EQ(sbi_error(SBI_TIME, 0, due), 0);
}

static void by_register(uint64_t due)
{
	csr_write(0x14d, due);
	EXPECT_EQ(csr_read(0x14d), due);
}

/*
 * Due before its time?  Sstc (chapter 1) lets an interrupt that was on its way
 * when stimecmp changed arrive afterwards, rarely: it is set again.  A timer
 * that is early more often than a few times is wrong.
 */
static bool is_spurious(void (*set)(uint64_t due), uint64_t due)
{
	static uint64_t count[MAX_VCPUS];

	if (now() >= due)
		return false;
	EXPECT(++count[vcpu_index()] <= 5);
	set(due);
	return true;
}

static void expect_due(void (*set)(uint64_t due), uint64_t due)
{
	do {
		EXPECT_SOON(timer_is_due());
	} while (is_spurious(set, due));
}

/* Not due for so many ticks from now on, nor at once. */
static void expect_quiet(void (*set)(uint64_t due), uint64_t due,
			 uint64_t ticks)
{
	const uint64_t end = now() + ticks;

	do {
		EXPECT(!timer_is_due() || is_spurious(set, due));
	} while (now() < end);
}

static void set_quiet(void (*set)(uint64_t due), uint64_t due, uint64_t ticks)
{
	set(due);
	expect_quiet(set, due, ticks);
}

static void set_due(void (*set)(uint64_t due), uint64_t due)
{
	set(due);
	expect_due(set, due);
}

static void conditions(void (*set)(uint64_t due))
{
	set_quiet(set, NEVER, 0);
	set_due(set, now());
	set_quiet(set, now() + ms(3600000), 0);
	set_due(set, 0);
	csr_clear(sip, SIP_TIMER);		/* read-only: no effect */
	EXPECT_SOON(timer_is_due());
	set_quiet(set, 1ul << 63, ms(2));
	set_due(set, now() + ms(5));		/* nearer while it is on */
	set(now() + ms(5));
	set_quiet(set, NEVER, ms(10));		/* called off */
}

/* Never early; WFI ends by it, with its interrupt off in sstatus. */
static void on_time(void (*set)(uint64_t due))
{
	for (uint64_t i = 1; i <= 20; i++) {
		const uint64_t due = now() + ms(i) / 4;

		set(due);
		csr_write(sie, SIP_TIMER);
		if (i % 2)
			wait();
		expect_due(set, due);
		csr_write(sie, 0);
	}
	set(NEVER);
}

static void tiny_periods(void (*set)(uint64_t due))
{
	for (int i = 0; i < 2000; i++)
		set_due(set, now() + 1);
	set_quiet(set, NEVER, 0);
}

/* What either set, the other changes. */
static void both_ways(void)
{
	set_due(by_sbi, 0);
	set_quiet(by_register, NEVER, 0);
	set_due(by_register, 0);
	set_quiet(by_sbi, NEVER, 0);
}

static void all(uint64_t index)
{
	conditions(by_sbi);
	on_time(by_sbi);
	tiny_periods(by_sbi);
	if (!isa_has(tree, "_sstc"))
		return;
	conditions(by_register);
	on_time(by_register);
	tiny_periods(by_register);
	both_ways();
}

/* ---- with interrupts taken ---- */

static volatile uint64_t taken[MAX_VCPUS], set_for[MAX_VCPUS];

void vector_irq(struct frame *f)
{
	const uint64_t n = vcpu_index();

	EXPECT_EQ(csr_read(scause), 1ul << 63 | 5);
	if (is_spurious(by_sbi, set_for[n]))
		return;
	taken[n]++;
	set_for[n] = now() + ms(1);
	by_sbi(taken[n] < 20 ? set_for[n] : NEVER);
}

static void ticks(uint64_t index)
{
	taken[index] = 0;
	set_for[index] = now() + ms(1);
	by_sbi(set_for[index]);
	csr_write(sie, SIP_TIMER);
	csr_set(sstatus, SSTATUS_SIE);
	while (taken[index] < 20)
		wait();
	csr_clear(sstatus, SSTATUS_SIE);
	csr_write(sie, 0);
	expect_quiet(by_sbi, NEVER, ms(2));
}

/* ---- one clock ---- */

static volatile uint64_t latest;

/* Each look at the counter comes after the one that was published. */
static void compare(uint64_t index)
{
	for (int i = 0; i < 20000; i++) {
		const uint64_t before = latest;
		uint64_t here;

		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		here = now();
		EXPECT(here >= before);
		if (here > latest)
			latest = here;
	}
}

void guest_main(void *given)
{
	const uint64_t count = vcpu_count();

	tree = given;
	/* The hypervisor's start, not the host's time. */
	EXPECT(now() < ms(60000) || now() - COUNTER_START < ms(60000));
	all(0);
	for (uint64_t i = 1; i < count; i++)
		vcpu_run(i, all, i);
	vcpu_all(count, all);
	vcpu_all(count, ticks);
	vcpu_all(count, compare);
	pass();
}
