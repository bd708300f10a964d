// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The SBI of a guest (SBI 3.0): each extension does what it says, and refuses
 * what is wrong with the error that its chapter names.  Chapters that are not
 * there are not reported, and not supported.  hsm.c has VCPUs' states.
 */
#include "guest.h"

#define ALL		(~0ul)
#define RAM_END		(RAM_BASE + 0x4000000)

static uint64_t count;		/* of VCPUs */

static void check_base(void)
{
	EXPECT_EQ(sbi(SBI_BASE, 0).error, 0);
	EXPECT(sbi(SBI_BASE, 0).value >= 0x01000000);
	for (unsigned i = 1; i < 7; i++)
		EXPECT_EQ(sbi_error(SBI_BASE, i), 0);
	EXPECT_EQ(sbi_error(SBI_BASE, 7), SBI_NOT_SUPPORTED);
	EXPECT_EQ(sbi_error(SBI_BASE, ALL), SBI_NOT_SUPPORTED);
	EXPECT(sbi_has(SBI_BASE) && sbi_has(SBI_TIME) && sbi_has(SBI_IPI));
	EXPECT(sbi_has(SBI_RFENCE) && sbi_has(SBI_HSM) && sbi_has(SBI_SRST));
	EXPECT_EQ(sbi(SBI_BASE, 3, 0x12345678).error, 0);
	EXPECT(!sbi_has(0x12345678));
	EXPECT(!sbi_has(ALL));
}

/* A version promises what it has. */
static void check_all_there(void)
{
	if (sbi(SBI_BASE, 0).value < SBI_3_0)
		return;
	EXPECT(sbi_has(SBI_DBCN) && sbi_has(SBI_SUSP) && sbi_has(SBI_FWFT));
	EXPECT(sbi_has(SBI_STA));
}

static void check_unknown(void)
{
	for (uint64_t i = 0, n = 1; i < 2000; i++) {
		n = n * 6364136223846793005ull + 1442695040888963407ull;
		EXPECT_EQ(sbi_error(0x20000000 | (n >> 33), n, n, n >> 8),
			  SBI_NOT_SUPPORTED);
	}
	EXPECT_EQ(sbi_error(0x100000000 | SBI_BASE, 0), SBI_NOT_SUPPORTED);
	EXPECT_EQ(sbi_error(9, 0), SBI_NOT_SUPPORTED);
	EXPECT_EQ(sbi_error(15, 0), SBI_NOT_SUPPORTED);
	EXPECT_EQ(sbi_error(SBI_TIME, 1), SBI_NOT_SUPPORTED);
	EXPECT_EQ(sbi_error(SBI_IPI, 1), SBI_NOT_SUPPORTED);
	EXPECT_EQ(sbi_error(SBI_HSM, 4), SBI_NOT_SUPPORTED);
	EXPECT_EQ(sbi_error(SBI_SRST, 1), SBI_NOT_SUPPORTED);
	EXPECT_EQ(sbi_error(SBI_RFENCE, 7), SBI_NOT_SUPPORTED);
}

/* What is not a result is as it was: a2 and up. */
static void check_registers_kept(void)
{
	register uint64_t a0 __asm__("a0") = SBI_HSM;
	register uint64_t a1 __asm__("a1") = 0x1111;
	register uint64_t a2 __asm__("a2") = 0x2222;
	register uint64_t a6 __asm__("a6") = 3;
	register uint64_t a7 __asm__("a7") = SBI_BASE;
	register uint64_t t6 __asm__("t6") = 0x3131;

	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a6),
			 "+r"(a7), "+r"(t6) :: "memory");
	EXPECT_EQ(a2, 0x2222);
	EXPECT_EQ(a6, 3);
	EXPECT_EQ(a7, SBI_BASE);
	EXPECT_EQ(t6, 0x3131);
}

/* ---- timer ---- */

static void check_time(void)
{
	EXPECT_EQ(sbi_error(SBI_TIME, 0, ALL), 0);
	EXPECT(!timer_is_due());
	EXPECT_EQ(sbi_error(SBI_TIME, 0, 0), 0);
	EXPECT_SOON(timer_is_due());
	EXPECT_EQ(sbi_error(SBI_TIME, 0, now() + 100 * TIMER_HZ), 0);
	EXPECT(!timer_is_due());
	for (uint64_t i = 1; i < 20; i++) {
		const uint64_t due = now() + i * 1000;

		sbi(SBI_TIME, 0, due);
		EXPECT_SOON(timer_is_due());
		EXPECT(now() >= due);
	}
	sbi(SBI_TIME, 0, ALL);
	EXPECT(!timer_is_due());
}

/* ---- other harts: IPIs and fences ---- */

static volatile uint64_t answered[MAX_VCPUS], here;
static volatile bool leave;

static void answer(uint64_t index)
{
	__atomic_add_fetch(&here, 1, __ATOMIC_SEQ_CST);
	while (!leave) {
		if (!(csr_read(sip) & SIP_SOFT))
			continue;
		csr_clear(sip, SIP_SOFT);
		answered[index]++;
	}
}

static bool have_answered(uint64_t each)
{
	for (uint64_t i = 1; i < count; i++)
		if (answered[i] != each)
			return false;
	return true;
}

static bool sent_to_self(void)
{
	const bool was = csr_read(sip) & SIP_SOFT;

	csr_clear(sip, SIP_SOFT);
	return was;
}

static void check_ipi(void)
{
	leave = false;
	for (uint64_t i = 1; i < count; i++)
		vcpu_begin(i, answer, i);
	EXPECT_SOON(here == count - 1);
	EXPECT_EQ(sbi_error(SBI_IPI, 0, 1, 0), 0);
	EXPECT_SOON(sent_to_self());
	EXPECT_EQ(sbi_error(SBI_IPI, 0, 0, ALL), 0);
	EXPECT_SOON(sent_to_self());
	EXPECT_SOON(have_answered(1));
	EXPECT_EQ(sbi_error(SBI_IPI, 0, (1ul << count) - 2, 0), 0);
	EXPECT_SOON(have_answered(2));
	EXPECT(!sent_to_self());
	for (uint64_t i = 1; i < count; i++)
		EXPECT_EQ(sbi_error(SBI_IPI, 0, 1, i), 0);
	EXPECT_SOON(have_answered(3));
	EXPECT_EQ(sbi_error(SBI_IPI, 0, 0, 0), 0);
	EXPECT_REFUSED(SBI_SUCCESS, SBI_IPI, 0, 0, 1ul << 40);	/* nobody */
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_IPI, 0, 1ul << count, 0);
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_IPI, 0, 1, count);
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_IPI, 0, 1ul << 63, 0);
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_IPI, 0, 4, ALL - 1);
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_IPI, 0, 1, 1ul << 40);
	leave = true;
	for (uint64_t i = 1; i < count; i++)
		vcpu_join(i);
	/* To who is off, without effect. */
	EXPECT_EQ(sbi_error(SBI_IPI, 0, (1ul << count) - 2, 0), 0);
	EXPECT(have_answered(3));
}

static void check_rfence(void)
{
	for (unsigned f = 0; f < 3; f++) {
		EXPECT_EQ(sbi_error(SBI_RFENCE, f, 1, 0, 0, 0, 0), 0);
		EXPECT_EQ(sbi_error(SBI_RFENCE, f, 0, ALL, 0, ALL, 0), 0);
		EXPECT_EQ(sbi_error(SBI_RFENCE, f, 1, 0, RAM_BASE, 4096, 5), 0);
		EXPECT_EQ(sbi_error(SBI_RFENCE, f, 1, 0, 0x1003, 3, 0xffff), 0);
		EXPECT_EQ(sbi_error(SBI_RFENCE, f, (1ul << count) - 1, 0, 0,
				    1ul << 36), 0);
		EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_RFENCE, f, 1ul << count,
			       0, 0, 0);
		EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_RFENCE, f, 1, count, 0,
			       0);
		EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_RFENCE, f, 8, ALL - 2, 0,
			       0);
	}
	for (unsigned f = 3; f < 7 && !sbi_has(SBI_STA); f++)
		return;			/* who has that has no H for us */
	for (unsigned f = 3; f < 7; f++)
		EXPECT_REFUSED(SBI_NOT_SUPPORTED, SBI_RFENCE, f, 1, 0, 0, 0);
}

/* ---- reset and suspend, as far as one comes back from them ---- */

static void check_srst(void)
{
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_SRST, 0, 3, 0);
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_SRST, 0, 0xefffffff, 0);
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_SRST, 0, 0, 2);
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_SRST, 0, 1, 0xdfffffff);
	EXPECT(sbi_error(SBI_SRST, 0, 0xf0000000, 0));
}

static void check_susp(void)
{
	if (!sbi_has(SBI_SUSP))
		return;
	EXPECT_REFUSED(SBI_NOT_SUPPORTED, SBI_SUSP, 1, 0, 0, 0);
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_SUSP, 0, 1, RAM_BASE, 0);
	EXPECT(sbi_error(SBI_SUSP, 0, 0x80000000, RAM_BASE, 0));
}

/* ---- the debug console ---- */

static void check_dbcn(void)
{
	static const char text[] = "dbcn\n";
	static char in[8];
	const uintptr_t at = (uintptr_t)text;

	if (!sbi_has(SBI_DBCN))
		return;
	EXPECT_EQ(sbi(SBI_DBCN, 0, 5, at, 0).error, 0);
	EXPECT_EQ(sbi(SBI_DBCN, 0, 5, at, 0).value, 5);
	EXPECT_EQ(sbi_error(SBI_DBCN, 0, 0, at, 0), 0);
	EXPECT_EQ(sbi_error(SBI_DBCN, 2, 'x'), 0);
	EXPECT_EQ(sbi_error(SBI_DBCN, 2, '\n'), 0);
	EXPECT_EQ(sbi(SBI_DBCN, 1, 8, (uintptr_t)in, 0).error, 0);
	EXPECT_EQ(sbi(SBI_DBCN, 1, 8, (uintptr_t)in, 0).value, 0);
	if (sbi(SBI_BASE, 0).value < SBI_3_0)
		return;
	for (unsigned f = 0; f < 2; f++) {
		EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_DBCN, f, 8, at, 1);
		EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_DBCN, f, 8, NOTHING, 0);
		EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_DBCN, f, 8, RAM_END - 4,
			       0);
		EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_DBCN, f, ALL, at, 0);
		EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_DBCN, f, 8, ALL - 3, ALL);
	}
	EXPECT_REFUSED(SBI_NOT_SUPPORTED, SBI_DBCN, 3);
}

/* ---- counters of the firmware ---- */

#define FIRMWARE_TIMERS	0xf0005ul	/* event: calls of set_timer */

static void check_pmu(void)
{
	struct sbi c;
	uint64_t counters;

	if (!sbi_has(SBI_PMU))
		return;
	counters = sbi(SBI_PMU, 0).value;
	EXPECT(counters < 1024);
	for (uint64_t i = 0; i < counters; i++)
		EXPECT(sbi_error(SBI_PMU, 1, i) == 0 || i == 1);
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_PMU, 1, counters);
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_PMU, 1, ALL);
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_PMU, 2, counters, 1, 0,
		       FIRMWARE_TIMERS);
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_PMU, 3, counters, 1, 0, 0);
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_PMU, 4, counters, 1, 0);
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_PMU, 5, counters);
	if (!counters)
		return;
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_PMU, 2, 0, 1, 0x100,
		       FIRMWARE_TIMERS);
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_PMU, 3, 0, 1, 4, 0);
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_PMU, 4, 0, 1, 4);
	c = sbi(SBI_PMU, 2, 0, (1ul << counters) - 1, 0, FIRMWARE_TIMERS, 0);
	if (c.error)
		return;
	EXPECT(c.value < counters);
	EXPECT_EQ(sbi_error(SBI_PMU, 3, c.value, 1, 1, 0), 0);
	EXPECT_REFUSED(SBI_ALREADY_STARTED, SBI_PMU, 3, c.value, 1, 1, 0);
	for (unsigned i = 0; i < 10; i++)
		sbi(SBI_TIME, 0, ALL);
	EXPECT_EQ(sbi(SBI_PMU, 5, c.value).value, 10);
	EXPECT_EQ(sbi_error(SBI_PMU, 4, c.value, 1, 0), 0);
	EXPECT_REFUSED(SBI_ALREADY_STOPPED, SBI_PMU, 4, c.value, 1, 0);
	sbi(SBI_TIME, 0, ALL);
	EXPECT_EQ(sbi(SBI_PMU, 5, c.value).value, 10);
	EXPECT_REFUSED(SBI_ALREADY_STOPPED, SBI_PMU, 4, c.value, 1, 1);
}

/* ---- steal time ---- */

static volatile struct {
	uint32_t sequence, flags;
	uint64_t steal;
	uint8_t preempted, pad[47];
} steal __attribute__((aligned(64)));

static void check_sta(void)
{
	const uintptr_t at = (uintptr_t)&steal;

	if (!sbi_has(SBI_STA))
		return;
	steal.steal = 0x5a5a;
	EXPECT_EQ(sbi_error(SBI_STA, 0, at, 0, 0), 0);
	for (unsigned i = 0; i < 100; i++)
		sbi(SBI_BASE, 0);
	EXPECT_EQ(steal.sequence % 2, 0);
	EXPECT_EQ(steal.flags, 0);
	EXPECT_EQ(steal.preempted, 0);
	EXPECT(steal.steal != 0x5a5a);
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_STA, 0, at, 0, 1);
	EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_STA, 0, at + 8, 0, 0);
	EXPECT_REFUSED(SBI_INVALID_ADDRESS, SBI_STA, 0, NOTHING, 0, 0);
	EXPECT_REFUSED(SBI_INVALID_ADDRESS, SBI_STA, 0, UART_BASE, 0, 0);
	EXPECT_REFUSED(SBI_INVALID_ADDRESS, SBI_STA, 0, ROM_BASE, 0, 0);
	EXPECT_REFUSED(SBI_INVALID_ADDRESS, SBI_STA, 0, at, 1, 0);
	EXPECT_REFUSED(SBI_INVALID_ADDRESS, SBI_STA, 0, RAM_END, 0, 0);
	EXPECT_EQ(sbi_error(SBI_STA, 0, ALL, ALL, 0), 0);
	EXPECT_REFUSED(SBI_NOT_SUPPORTED, SBI_STA, 1);
}

/*
 * Who is woken beside one that spins, on the same CPU perhaps, waits for its
 * turn: most of that time is stolen.  Not all: the machine below us may have
 * been late as well.
 */
#define SLEEPS		16
#define MILLISECOND	(TIMER_HZ / 1000)
#define TICK_NS		(1000000000 / TIMER_HZ)

static void spin_until_left(uint64_t index)
{
	while (!leave)
		;
}

static uint64_t sleep_a_bit(void)
{
	const uint64_t due = now() + MILLISECOND / 2;

	sbi(SBI_TIME, 0, due);
	csr_set(sie, SIP_TIMER);
	while (now() < due)
		wait();
	csr_clear(sie, SIP_TIMER);
	return now() - due;
}

static void check_sta_waiting(void)
{
	unsigned lost = 0;

	if (!sbi_has(SBI_STA) || count < 2)
		return;
	leave = false;
	vcpu_begin(1, spin_until_left, 1);
	EXPECT_EQ(sbi_error(SBI_STA, 0, &steal, 0, 0), 0);
	for (unsigned i = 0; i < SLEEPS; i++) {
		const uint64_t before = steal.steal, late = sleep_a_bit();

		if (late > MILLISECOND &&
		    (steal.steal - before) / TICK_NS < late / 2)
			lost++;
	}
	leave = true;
	vcpu_join(1);
	sbi(SBI_TIME, 0, ALL);
	EXPECT_EQ(sbi_error(SBI_STA, 0, ALL, ALL, 0), 0);
	EXPECT(lost <= SLEEPS / 2);
}

/* ---- firmware features ---- */

enum { FWFT_SET, FWFT_GET };
enum { MISALIGNED, LANDING_PAD, SHADOW_STACK, DOUBLE_TRAP, PTE_AD, PMLEN };

static void check_fwft(void)
{
	if (!sbi_has(SBI_FWFT) || sbi(SBI_BASE, 0).value < SBI_3_0)
		return;
	for (uint64_t feature = 0; feature < 6; feature++) {
		const struct sbi was = sbi(SBI_FWFT, FWFT_GET, feature);

		if (was.error) {
			EXPECT_EQ(was.error, SBI_NOT_SUPPORTED);
			EXPECT_REFUSED(SBI_NOT_SUPPORTED, SBI_FWFT, FWFT_SET,
				       feature, 0, 0);
			continue;
		}
		EXPECT_EQ(was.value, 0);	/* as after reset */
		EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_FWFT, FWFT_SET, feature,
			       was.value, 2);
		EXPECT_REFUSED(SBI_INVALID_PARAM, SBI_FWFT, FWFT_SET, feature,
			       0x77, 0);
		EXPECT_EQ(sbi_error(SBI_FWFT, FWFT_SET, feature, was.value, 0),
			  0);
	}
	EXPECT_REFUSED(SBI_DENIED, SBI_FWFT, FWFT_GET, 6);
	EXPECT_REFUSED(SBI_DENIED, SBI_FWFT, FWFT_SET, 0x3fffffff, 0, 0);
	EXPECT_REFUSED(SBI_DENIED, SBI_FWFT, FWFT_SET, 0x80000000, 0, 0);
	EXPECT_REFUSED(SBI_NOT_SUPPORTED, SBI_FWFT, 2);
}

static void check_fwft_lock(void)
{
	if (!sbi_has(SBI_FWFT) ||
	    sbi_error(SBI_FWFT, FWFT_SET, MISALIGNED, 1, 0))
		return;
	EXPECT_EQ(sbi(SBI_FWFT, FWFT_GET, MISALIGNED).value, 1);
	EXPECT_EQ(sbi_error(SBI_FWFT, FWFT_SET, MISALIGNED, 1, 1), 0);
	EXPECT_REFUSED(SBI_DENIED_LOCKED, SBI_FWFT, FWFT_SET, MISALIGNED, 0, 0);
	EXPECT_EQ(sbi(SBI_FWFT, FWFT_GET, MISALIGNED).value, 1);
}

/* ---- what was before there were extensions ---- */

static void check_legacy(void)
{
	uint64_t mask = 1;

	if (!sbi_has(0))
		return;
	EXPECT_EQ(sbi_error(0, 0, 0), 0);		/* set_timer */
	EXPECT_SOON(timer_is_due());
	EXPECT_EQ(sbi_error(0, 0, ALL), 0);
	EXPECT(!timer_is_due());
	EXPECT_EQ(sbi_error(1, 0, '!'), 0);		/* console_putchar */
	EXPECT_EQ(sbi_error(1, 0, '\n'), 0);
	EXPECT_EQ(sbi_error(2, 0), -1);			/* console_getchar */
	EXPECT_EQ(sbi_error(4, 0, &mask), 0);		/* send_ipi */
	EXPECT_SOON(csr_read(sip) & SIP_SOFT);
	EXPECT(sbi_error(3, 0) > 0);			/* clear_ipi */
	EXPECT(!(csr_read(sip) & SIP_SOFT));
	EXPECT_EQ(sbi_error(3, 0), 0);
	EXPECT_EQ(sbi_error(5, 0, &mask), 0);		/* fences */
	EXPECT_EQ(sbi_error(6, 0, &mask, 0, 0), 0);
	EXPECT_EQ(sbi_error(7, 0, &mask, 0, 0, 0), 0);
	/* A fault or an error, but no harm. */
	TRAP_OF(sbi(4, 0, NOTHING));
	TRAP_OF(sbi(4, 0, ALL - 7));
}

void guest_main(void *tree)
{
	count = vcpu_count();
	check_base();
	check_all_there();
	check_unknown();
	check_registers_kept();
	check_time();
	check_ipi();
	check_rfence();
	check_srst();
	check_susp();
	check_dbcn();
	check_pmu();
	check_sta();
	check_sta_waiting();
	check_fwft();
	check_fwft_lock();
	check_legacy();
	pass();
}
