// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The states of VCPUs (SBI 3.0, HSM and SUSP): started and stopped, by several
 * at once too, suspended and woken, errors for what is wrong.  Run it with
 * two VCPUs or more.
 */
#include "contend.h"

#define RETENTIVE	0u
#define NON_RETENTIVE	0x80000000u

extern char resumed_start[];

static uint64_t status(uint64_t hart)
{
	return sbi(SBI_HSM, HSM_STATUS, hart).value;
}

static int64_t start_at(uint64_t hart, uint64_t address)
{
	return sbi_error(SBI_HSM, HSM_START, hart, address, 0);
}

/* ---- started and stopped ---- */

static volatile uint64_t came_up, came_with[4];

static void come_up(uint64_t index)
{
	came_with[0] = csr_read(satp);
	came_with[1] = csr_read(sstatus) & SSTATUS_SIE;
	came_up = index;
}

static void turn_on(void)
{
	came_up = 0;
	vcpu_begin(1, come_up, 1);
	EXPECT_SOON(came_up == 1);
	EXPECT_EQ(came_with[0], 0);
	EXPECT_EQ(came_with[1], 0);
	vcpu_join(1);
}

static void errors(uint64_t count)
{
	EXPECT_EQ(status(0), HSM_STARTED);
	EXPECT_EQ(status(1), HSM_STOPPED);
	EXPECT_EQ(secondary_on(0), SBI_ALREADY_AVAILABLE);
	EXPECT_EQ(secondary_on(count), SBI_INVALID_PARAM);
	EXPECT_EQ(secondary_on(~0ul), SBI_INVALID_PARAM);
	if (sbi(SBI_BASE, 0).value >= SBI_3_0)
		EXPECT_EQ(secondary_on(1ul << 32), SBI_INVALID_PARAM);
	EXPECT_EQ(sbi_error(SBI_HSM, HSM_STATUS, count), SBI_INVALID_PARAM);
	EXPECT_EQ(sbi_error(SBI_HSM, HSM_STATUS, ~0ul), SBI_INVALID_PARAM);
	EXPECT_EQ(status(1), HSM_STOPPED);
}

/* Entered where no memory is: refused, or its own business. */
static void nonsense_entry(uint64_t count)
{
	if (count < 4 || sbi(SBI_BASE, 0).value < SBI_3_0)
		return;
	EXPECT_EQ(start_at(3, NOTHING), SBI_INVALID_ADDRESS);
	EXPECT_EQ(start_at(3, UART_BASE), SBI_INVALID_ADDRESS);
	EXPECT_EQ(start_at(3, 0xfffffffffffff000), SBI_INVALID_ADDRESS);
	EXPECT_EQ(start_at(3, RAM_BASE + 0x4000000), SBI_INVALID_ADDRESS);
	EXPECT_EQ(status(3), HSM_STOPPED);
	turn_on();
}

/* ---- the same VCPU, by two at once ---- */

static bool contend_may_say(int64_t rc)
{
	return rc == SBI_ALREADY_AVAILABLE || rc == SBI_FAILED ||
	       sbi(SBI_BASE, 0).value < SBI_3_0;
}

/* ---- suspended ---- */

static void timer_in(uint64_t ticks)
{
	sbi(SBI_TIME, 0, now() + ticks);
	csr_set(sie, SIP_TIMER);
}

static void timer_off(void)
{
	csr_clear(sie, SIP_TIMER);
	sbi(SBI_TIME, 0, ~0ul);
}

static void suspend_errors(void)
{
	EXPECT_EQ(sbi_error(SBI_HSM, HSM_SUSPEND, 1, 0, 0), SBI_INVALID_PARAM);
	EXPECT_EQ(sbi_error(SBI_HSM, HSM_SUSPEND, 0x0fffffff, 0, 0),
		  SBI_INVALID_PARAM);
	EXPECT_EQ(sbi_error(SBI_HSM, HSM_SUSPEND, 0x80000001, 0, 0),
		  SBI_INVALID_PARAM);
	EXPECT(sbi_error(SBI_HSM, HSM_SUSPEND, 0x10000000, 0, 0) < 0);
	EXPECT(sbi_error(SBI_HSM, HSM_SUSPEND, 0x90000000, 0, 0) < 0);
}

static void suspend_retentive(void)
{
	for (uint64_t i = 1; i < 20; i++) {
		const uint64_t due = now() + i * 2000;

		timer_in(i * 2000);
		EXPECT_EQ(sbi_error(SBI_HSM, HSM_SUSPEND, RETENTIVE, 0, 0), 0);
		EXPECT(now() >= due);
		timer_off();
	}
}

/*
 * All registers are kept, whatever another VCPU has in its own meanwhile: gp,
 * which compilers leave alone, is the one that firmware could forget.
 */
static void set_gp(uint64_t value)
{
	__asm__ volatile("mv gp, %0" :: "r"(value));
}

static uint64_t get_gp(void)
{
	uint64_t value;

	__asm__ volatile("mv %0, gp" : "=r"(value));
	return value;
}

static volatile bool done;

static void spin_with_gp(uint64_t index)
{
	while (!done)
		set_gp(0x5a5a5a5a);
}

static void suspend_keeps_registers(void)
{
	done = false;
	vcpu_begin(1, spin_with_gp, 1);
	for (uint64_t i = 1; i < 20; i++) {
		timer_in(20000);
		set_gp(0x1234500 + i);
		EXPECT_EQ(sbi_error(SBI_HSM, HSM_SUSPEND, RETENTIVE, 0, 0), 0);
		EXPECT_EQ(get_gp(), 0x1234500 + i);
		timer_off();
	}
	done = true;
	vcpu_join(1);
}

/* Comes back at an address of its own: a0 hart, a1 what it was given. */
static uint64_t resume_area[16];
int64_t suspend_call(uint64_t type, uint64_t *area);
__asm__(
	"	.text\n"
	"	.globl	suspend_call\n"
	"suspend_call:\n"
	"	sd	ra, 0(a1)\n"
	"	sd	sp, 8(a1)\n"
	"	sd	s0, 16(a1)\n"
	"	sd	s1, 24(a1)\n"
	"	mv	s0, a1\n"
	"	mv	a2, a1\n"
	"	la	a1, resumed_start\n"
	"	li	a6, 3\n"
	"	li	a7, 0x48534d\n"
	"	ecall\n"
	"	ld	s0, 16(s0)\n"
	"	ret\n"
	"	.globl	resumed_start\n"
	"resumed_start:\n"
	"	ld	ra, 0(a1)\n"
	"	ld	sp, 8(a1)\n"
	"	ld	s0, 16(a1)\n"
	"	ld	s1, 24(a1)\n"
	"	addi	a0, a0, 1000\n"
	"	ret\n");

static void suspend_non_retentive(void)
{
	const uint64_t due = now() + 20000;
	int64_t rc;

	timer_in(20000);
	rc = suspend_call(NON_RETENTIVE, resume_area);
	if (rc == SBI_NOT_SUPPORTED) {
		timer_off();
		return;
	}
	EXPECT_EQ(rc, 1000);			/* came back as VCPU 0 */
	EXPECT(now() >= due);
	EXPECT_EQ(csr_read(sstatus) & SSTATUS_SIE, 0);
	EXPECT_EQ(csr_read(satp), 0);
	timer_off();
}

/* By another's IPI; meanwhile its state can be seen. */
static volatile bool asleep, woken;

static void sleep_until_woken(uint64_t index)
{
	asleep = true;
	csr_write(sie, SIP_SOFT);
	while (!(csr_read(sip) & SIP_SOFT))
		EXPECT_EQ(sbi_error(SBI_HSM, HSM_SUSPEND, RETENTIVE, 0, 0), 0);
	csr_clear(sip, SIP_SOFT);
	woken = true;
}

static void wake_other(void)
{
	for (int i = 0; i < 50; i++) {
		asleep = woken = false;
		vcpu_begin(1, sleep_until_woken, 1);
		EXPECT_SOON(asleep);
		if (i % 2)
			EXPECT_SOON(status(1) == HSM_SUSPENDED);
		EXPECT_EQ(sbi_error(SBI_IPI, 0, 2, 0), 0);
		EXPECT_SOON(woken);
		vcpu_join(1);
	}
}

/* The system sleeps only when the others are stopped. */
static void stay(uint64_t index)
{
	while (!woken)
		;
}

static void system_suspend(void)
{
	if (!sbi_has(SBI_SUSP))
		return;
	woken = false;
	vcpu_begin(1, stay, 1);
	EXPECT_SOON(status(1) == HSM_STARTED);
	EXPECT_EQ(sbi_error(SBI_SUSP, 0, 0, (uintptr_t)resumed_start, 0),
		  SBI_DENIED);
	woken = true;
	vcpu_join(1);
}

void guest_main(void *tree)
{
	const uint64_t count = vcpu_count();

	errors(count);
	for (int i = 0; i < 10; i++)
		turn_on();
	if (count > 2)
		contend();
	nonsense_entry(count);
	suspend_errors();
	suspend_retentive();
	suspend_keeps_registers();
	suspend_non_retentive();
	wake_other();
	system_suspend();
	turn_on();
	pass();
}
