// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What exits cost.  Words in the boot arguments choose (bench.h); with
 * "bench-fp" guests that switch use FP registers meanwhile.
 */
#include "bench.h"

/*
 * A vector of our own that ends the interrupt.  A tick of the counter is many
 * instructions: when asked to, it first looks at it until it changes, and
 * counts how often.
 */
volatile uint64_t bench_count, bench_looking, bench_looks, bench_time;
static bool use_fp;

__asm__(
	"	.text\n"
	"	.balign	4\n"
	"bench_vector:\n"
	"	addi	sp, sp, -32\n"
	"	sd	t0, 0(sp)\n"
	"	sd	t1, 8(sp)\n"
	"	ld	t0, bench_looking\n"
	"	beqz	t0, 2f\n"
	"	sd	t2, 16(sp)\n"
	"	li	t2, 0\n"
	"	rdtime	t0\n"
	"1:	addi	t2, t2, 1\n"
	"	rdtime	t1\n"
	"	beq	t0, t1, 1b\n"
	"	sd	t1, bench_time, t0\n"
	"	sd	t2, bench_looks, t0\n"
	"	ld	t2, 16(sp)\n"
	"2:	csrw	sie, zero\n"
	"	csrci	sip, 2\n"
	"	ld	t0, bench_count\n"
	"	addi	t0, t0, 1\n"
	"	sd	t0, bench_count, t1\n"
	"	ld	t0, 0(sp)\n"
	"	ld	t1, 8(sp)\n"
	"	addi	sp, sp, 32\n"
	"	sret\n");

/* ---- calls ---- */

static inline __attribute__((always_inline)) void
call(const char *instruction, uint64_t e, uint64_t f, uint64_t a, uint64_t b)
{
	register uint64_t a0 __asm__("a0") = a;
	register uint64_t a1 __asm__("a1") = b;
	register uint64_t a2 __asm__("a2") = 0;
	register uint64_t a3 __asm__("a3") = 0;
	register uint64_t a4 __asm__("a4") = 0;
	register uint64_t a6 __asm__("a6") = f;
	register uint64_t a7 __asm__("a7") = e;

	if (instruction)
		__asm__ volatile("ecall" : "+r"(a0), "+r"(a1)
				 : "r"(a2), "r"(a3), "r"(a4), "r"(a6), "r"(a7)
				 : "memory");
	else
		__asm__ volatile("" : "+r"(a0), "+r"(a1)
				 : "r"(a2), "r"(a3), "r"(a4), "r"(a6), "r"(a7)
				 : "memory");
}

#define CALL(name, ...)							\
	MEASURE(name, call("ecall", __VA_ARGS__), call(NULL, __VA_ARGS__))

static void calls(void)
{
	(void)TICKS(call("ecall", SBI_BASE, 0, 0, 0));	/* all is warm */
	CALL("sbi-version", SBI_BASE, 0, 0, 0);
	CALL("sbi-impl-id", SBI_BASE, 1, 0, 0);
	CALL("sbi-impl-version", SBI_BASE, 2, 0, 0);
	CALL("sbi-probe", SBI_BASE, 3, SBI_HSM, 0);
	CALL("sbi-mvendorid", SBI_BASE, 4, 0, 0);
	CALL("sbi-unknown", 0x12345678, 0, 0, 0);
	CALL("time-never", SBI_TIME, 0, ~0ul, 0);
	CALL("time-later", SBI_TIME, 0, COUNTER_START << 1, 0);
	CALL("rfence-vma-self", SBI_RFENCE, 1, 1, 0);
	CALL("rfence-vma-all", SBI_RFENCE, 1, 0, ~0ul);
	CALL("rfence-i-self", SBI_RFENCE, 0, 1, 0);
	CALL("hsm-status", SBI_HSM, HSM_STATUS, 0, 0);
}

/* As Linux sets its clock event: each time a bit later. */
static void set_timer(void)
{
	uint64_t due = now() + TIMER_HZ;

	MEASURE("set-timer", (call("ecall", SBI_TIME, 0, due + round, 0)),
		(call(NULL, SBI_TIME, 0, due + round, 0)));
	sbi(SBI_TIME, 0, ~0ul);
}

/* ---- devices ---- */

static void devices(const char *tree)
{
	LOAD("uart-lsr", 8, UART_BASE + 5);
	LOAD("uart-ier", 8, UART_BASE + 1);
	LOAD("uart-iir", 8, UART_BASE + 2);
	LOAD("uart-lcr", 8, UART_BASE + 3);
	LOAD("uart-mcr", 8, UART_BASE + 4);
	LOAD("uart-scr", 8, UART_BASE + 7);
	STORE("uart-scr-store", 8, UART_BASE + 7, 1);
	LOAD("rtc-low", 32, RTC_BASE);
	if (has_plic(tree)) {
		LOAD("plic-priority", 32, PLIC_BASE + 4 * 10);
		LOAD("plic-enable", 32, PLIC_BASE + 0x2080);
		LOAD("plic-claim", 32, PLIC_BASE + 0x201004);
	}
	if (has_aplic(tree)) {
		LOAD("aplic-domaincfg", 32, APLIC_BASE);
		LOAD("aplic-sourcecfg", 32, APLIC_BASE + 4 * 10);
	}
}

/* ---- interrupts ---- */

static void interrupts_on(void)
{
	__asm__ volatile("la t0, bench_vector\n\tcsrw stvec, t0\n\t"
			 "csrsi sstatus, 2" ::: "t0", "memory");
}

/* Until the handler has come and gone. */
static void send_and_wait(void)
{
	const uint64_t before = bench_count;

	csr_write(sie, SIP_SOFT);
	call("ecall", SBI_IPI, 0, 1, 0);
	while (bench_count == before)
		;
}

static void self_ipi(void)
{
	MEASURE("self-ipi", send_and_wait(), __asm__ volatile(""));
}

/* Of the vector's loop, in a hundred ticks. */
static uint64_t looks_in_100(void)
{
	const uint64_t begin = now() + 1;
	uint64_t looks = 0;

	while (now() < begin)
		;
	__asm__ volatile("1:	addi	%0, %0, 1\n\t"
			 "rdtime	t1\n\t"
			 "blt	t1, %1, 1b"
			 : "+r"(looks) : "r"(begin + 100) : "t1");
	return looks;
}

/* From the counter's reaching the time that was asked for to the handler. */
static void timer(const char *name, bool sleep)
{
	const uint64_t looks_all = looks_in_100();
	uint64_t sum = 0, looks = 0;

	bench_looking = 1;
	for (unsigned round = 0; round < ROUNDS; round++) {
		const uint64_t before = bench_count;
		const uint64_t due = now() + 200 + round % 16;

		sbi(SBI_TIME, 0, due);
		csr_write(sie, SIP_TIMER);
		while (bench_count == before) {
			if (sleep)
				wait();
		}
		looks += bench_looks;
		sum += bench_time - due;
	}
	sbi(SBI_TIME, 0, ~0ul);
	report(name, sum - looks * 100 / looks_all);
}

static inline void fp_use(void)
{
	if (use_fp)
		__asm__ volatile(".option push\n\t.option arch, +d\n\t"
				 "fmv.d.x f0, zero\n\t.option pop"
				 ::: "memory");
}

/* Leaves the CPU to the other guest: by WRS.NTO, where there is Zawrs. */
static inline __attribute__((always_inline)) void yield_once(void)
{
	fp_use();
	__asm__ volatile(".insn i 0x73, 0, x0, x0, 0x00d" ::: "memory");
}

static void yield_kvm(void)
{
	fp_use();
	mmio_write32(UART_BASE + UART_YIELD, 0);
}

static void wake(void)
{
	interrupts_on();
	timer("wfi-wake-busy", true);
}

void guest_main(void *tree)
{
	use_fp = tree_has_word(tree, "bench-fp");
	if (tree_has_word(tree, "bench-kvm"))
		bench_chosen(tree, yield_kvm, wake);
	else
		bench_chosen(tree, yield_once, wake);
	report("kick", guest_entry_time - COUNTER_START);
	calls();
	set_timer();
	first_touch(RAM_BASE + 0x1000000);
	devices(tree);
	interrupts_on();
	self_ipi();
	timer("timer", false);
	timer("wfi-wake", true);
	pass();
}
