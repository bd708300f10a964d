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

static void expect_quiet(uint64_t ticks)
{
	for (uint64_t end = now() + ticks; now() < end; )
		EXPECT(!timer_is_due());
}

static void conditions(void (*set)(uint64_t due))
{
	set(NEVER);
	EXPECT(!timer_is_due());
	set(now());
	EXPECT_SOON(timer_is_due());
	set(now() + ms(3600000));
	EXPECT(!timer_is_due());
	set(0);
	EXPECT_SOON(timer_is_due());
	csr_clear(sip, SIP_TIMER);		/* read-only: no effect */
	EXPECT_SOON(timer_is_due());
	set(1ul << 63);
	expect_quiet(ms(2));
	set(now() + ms(5));			/* nearer while it is on */
	EXPECT_SOON(timer_is_due());
	set(now() + ms(5));
	set(NEVER);				/* called off */
	expect_quiet(ms(10));
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
		EXPECT_SOON(timer_is_due());
		EXPECT(now() >= due);
		csr_write(sie, 0);
	}
	set(NEVER);
}

static void tiny_periods(void (*set)(uint64_t due))
{
	for (int i = 0; i < 2000; i++) {
		set(now() + 1);
		EXPECT_SOON(timer_is_due());
	}
	set(NEVER);
	EXPECT(!timer_is_due());
}

/* What either set, the other changes. */
static void both_ways(void)
{
	by_sbi(0);
	EXPECT_SOON(timer_is_due());
	by_register(NEVER);
	EXPECT(!timer_is_due());
	by_register(0);
	EXPECT_SOON(timer_is_due());
	by_sbi(NEVER);
	EXPECT(!timer_is_due());
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
	EXPECT(now() >= set_for[n]);
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
	expect_quiet(ms(2));
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
