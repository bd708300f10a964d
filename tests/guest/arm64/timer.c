// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The generic timer (Arm ARM D11) on each VCPU: the virtual and the physical
 * one, conditions, masks, interrupts, sleep, extremes; counters of all VCPUs
 * are one.
 */
#include "gic.h"

#define ENABLE	1u
#define IMASK	2u
#define ISTATUS	4u

#define NEVER	(~0ull)

static uint64_t ms(uint64_t n)
{
	return n * sysreg_read(cntfrq_el0) / 1000;
}

static uint64_t physical_now(void)
{
	__asm__ volatile("isb" ::: "memory");
	return sysreg_read(cntpct_el0);
}

/* ---- either timer ---- */

struct timer {
	uint32_t id;
	void (*ctl)(uint64_t v);
	uint64_t (*ctl_read)(void);
	void (*cval)(uint64_t v);
	uint64_t (*cval_read)(void);
	void (*tval)(uint64_t v);
	uint64_t (*tval_read)(void);
	uint64_t (*count)(void);
};

#define ACCESS(fn, reg)							\
static void fn(uint64_t v) { sysreg_write(reg, v); }			\
static uint64_t fn##_read(void)						\
{									\
	__asm__ volatile("isb" ::: "memory");				\
	return sysreg_read(reg);					\
}
ACCESS(v_ctl, cntv_ctl_el0)
ACCESS(v_cval, cntv_cval_el0)
ACCESS(v_tval, cntv_tval_el0)
ACCESS(p_ctl, cntp_ctl_el0)
ACCESS(p_cval, cntp_cval_el0)
ACCESS(p_tval, cntp_tval_el0)

#define TIMER(letter, id, count) {					\
	id, letter##_ctl, letter##_ctl_read, letter##_cval,		\
	letter##_cval_read, letter##_tval, letter##_tval_read, count }
static const struct timer timers[] = {
	TIMER(v, 27, now), TIMER(p, 30, physical_now),
};

static void expect_silent(const struct timer *t)
{
	const uint32_t id = gic_ack() & 0x3ff;

	EXPECT_EQ(id < 1020 ? id : GIC_SPURIOUS, GIC_SPURIOUS);
	(void)t;
}

static void expect_interrupt(const struct timer *t)
{
	uint32_t ack = GIC_SPURIOUS;

	EXPECT_SOON((ack = gic_ack()) < 1020);
	EXPECT_EQ(ack, t->id);
	t->ctl(0);
	gic_eoi(ack);
	expect_silent(t);
}

static void registers(const struct timer *t)
{
	uint64_t begin;

	t->ctl(0);
	t->cval(0x123456789abcull);
	EXPECT_EQ(t->cval_read(), 0x123456789abcull);
	begin = t->count();
	t->tval(1000000);
	EXPECT(t->cval_read() - begin - 1000000 < ms(500));
	EXPECT((int32_t)t->tval_read() <= 1000000);
	t->tval((uint32_t)-5);
	EXPECT((int32_t)t->tval_read() < 0);
	EXPECT_EQ(t->ctl_read(), 0);
	t->ctl(IMASK);
	EXPECT_EQ(t->ctl_read(), IMASK);
	t->ctl(0);
}

/* False: too late for that, on a busy machine, and taken if it came. */
static bool call_off(const struct timer *t)
{
	const uint64_t due = t->count() + ms(5);
	uint32_t ack;

	t->tval((uint32_t)ms(5));
	t->ctl(ENABLE);
	t->cval(NEVER);
	if (t->count() < due)
		return true;
	ack = gic_ack();
	if (ack < 1020)
		gic_eoi(ack);
	return false;
}

static void conditions(const struct timer *t)
{
	t->cval(t->count() - 1);
	t->ctl(ENABLE | IMASK);
	EXPECT_EQ(t->ctl_read(), ENABLE | IMASK | ISTATUS);
	expect_silent(t);
	t->ctl(ENABLE);			/* due in the past, unmasked */
	expect_interrupt(t);
	t->cval(0);
	t->ctl(ENABLE);
	expect_interrupt(t);
	t->cval(NEVER);
	t->ctl(ENABLE);
	EXPECT_EQ(t->ctl_read(), ENABLE);
	expect_silent(t);
	t->cval(t->count() + ms(3600000));
	EXPECT_EQ(t->ctl_read(), ENABLE);
	expect_silent(t);
	t->cval(t->count() + ms(5));	/* nearer while it is on */
	expect_interrupt(t);
	while (!call_off(t))
		;
	for (uint64_t end = t->count() + ms(10); t->count() < end; )
		;
	EXPECT_EQ(t->ctl_read(), ENABLE);
	expect_silent(t);
	t->ctl(0);
}

/* Never early; level: again after its end while the condition holds. */
static void on_time(const struct timer *t)
{
	for (uint64_t i = 1; i <= 20; i++) {
		const uint64_t due = t->count() + ms(i) / 4;
		uint32_t ack = GIC_SPURIOUS;

		t->cval(due);
		t->ctl(ENABLE);
		if (i % 2)
			__asm__ volatile("wfi" ::: "memory");
		EXPECT_SOON((ack = gic_ack()) < 1020);
		EXPECT(t->count() >= due);
		EXPECT_EQ(t->ctl_read(), ENABLE | ISTATUS);
		gic_eoi(ack);
		expect_interrupt(t);
	}
}

static void tiny_periods(const struct timer *t)
{
	for (int i = 0; i < 2000; i++) {
		uint32_t ack = GIC_SPURIOUS;

		t->tval(1);
		t->ctl(ENABLE);
		EXPECT_SOON((ack = gic_ack()) < 1020);
		EXPECT_EQ(ack, t->id);
		t->ctl(0);
		gic_eoi(ack);
	}
}

static void all(uint64_t index)
{
	gic_init_cpu();
	for (unsigned i = 0; i < 2; i++)
		gic_use(timers[i].id, 0x80);
	for (unsigned i = 0; i < 2; i++) {
		registers(&timers[i]);
		conditions(&timers[i]);
		on_time(&timers[i]);
		tiny_periods(&timers[i]);
	}
	for (unsigned i = 0; i < 2; i++)
		gic_bit_set(GIC_DISABLE, timers[i].id);
}

/* ---- one clock ---- */

static volatile uint64_t latest;

/* Each look at the counter comes after the one that was published. */
static void compare(uint64_t index)
{
	for (int i = 0; i < 20000; i++) {
		const uint64_t before = latest;
		uint64_t here;

		__asm__ volatile("dsb sy" ::: "memory");
		here = i % 2 ? now() : physical_now();
		EXPECT(here >= before);
		if (here > latest)
			latest = here;
	}
}

static void one_clock(uint64_t count)
{
	const uint64_t v = now(), p = physical_now();

	EXPECT(p - v < ms(1000));
	for (uint64_t i = 1; i < count; i++)
		vcpu_begin(i, compare, i);
	compare(0);
	for (uint64_t i = 1; i < count; i++)
		vcpu_join(i);
}

/* Off while its timer asserts: who comes back has a timer that does not. */
static void leave_due(uint64_t index)
{
	gic_init_cpu();
	gic_use(timers[0].id, 0x80);
	timers[0].cval(0);
	timers[0].ctl(ENABLE);
	EXPECT_SOON(gic_bit(GIC_PEND, timers[0].id));
}

static void come_back(uint64_t index)
{
	gic_init_cpu();
	EXPECT(!gic_bit(GIC_PEND, timers[0].id));
	EXPECT_EQ(gic_ack(), GIC_SPURIOUS);
	gic_bit_set(GIC_DISABLE, timers[0].id);
}

void guest_main(void *tree)
{
	const uint64_t count = vcpu_count();

	EXPECT(sysreg_read(cntfrq_el0) >= 1000000);
	/* The hypervisor's start, not the host's time. */
	EXPECT(now() - COUNTER_START < ms(60000));
	gic_init();
	all(0);
	for (uint64_t i = 1; i < count; i++)
		vcpu_run(i, all, i);
	for (uint64_t i = 1; i < count; i++)
		vcpu_begin(i, all, i);
	all(0);
	for (uint64_t i = 1; i < count; i++)
		vcpu_join(i);
	one_clock(count);
	for (uint64_t i = 1; i < count; i++) {
		vcpu_run(i, leave_due, i);
		vcpu_run(i, come_back, i);
	}
	pass();
}
