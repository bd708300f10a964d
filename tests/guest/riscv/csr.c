// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the isa string promises works, and what it does not list is an illegal
 * instruction: extensions, all 4096 CSRs, privileged instructions in S- and
 * U-mode.  Whoever has no hypervisor extension never gets its exception.  All
 * VCPUs are alike.
 */
#include "guest.h"

static const char *tree;

static uint32_t code[MAX_VCPUS][4] __attribute__((aligned(64)));

/* An instruction with a0 as its only operand; the exception it takes. */
static uint64_t run(uint32_t instruction, uint64_t a0)
{
	volatile uint32_t *const c = code[vcpu_index()];

	c[0] = instruction;
	c[1] = 0x00008067;		/* ret */
	code_sync();
	return TRAP_OF(((uint64_t (*)(uint64_t))(uintptr_t)c)(a0));
}

#define CSRR(n)		((uint32_t)(n) << 20 | 0x2573)	/* csrr a0, n */
#define CSRW(n)		((uint32_t)(n) << 20 | 0x51073)	/* csrw n, a0 */

/* ---- extensions ---- */

static uint64_t block[64] __attribute__((aligned(512)));

static const struct {
	const char *name;
	uint32_t instruction;
} extensions[] = {
	{ "_zba", 0x20a52533 },		/* sh1add */
	{ "_zbb", 0x60051513 },		/* clz */
	{ "_zbc", 0x0aa51533 },		/* clmul */
	{ "_zbs", 0x28a51533 },		/* bset */
	{ "_zicond", 0x0ea55533 },	/* czero.eqz */
	{ "_zicboz", 0x0045200f },	/* cbo.zero */
	{ "_zicbom", 0x0025200f },	/* cbo.flush */
	{ "_zicbom", 0x0015200f },	/* cbo.clean */
	{ "_svinval", 0x16000073 },	/* sinval.vma */
	{ "_svinval", 0x18000073 },	/* sfence.w.inval */
	{ "_sstc", CSRR(0x14d) },	/* stimecmp */
	{ "_zihpm", CSRR(0xc03) },	/* hpmcounter3 */
	{ "_zkr", 0x01501573 },		/* seed */
	{ "_sscofpmf", CSRR(0xda0) },	/* scountovf */
	{ "stateen", CSRR(0x10c) },	/* sstateen0 */
	{ "_zacas", 0x28a5252f },	/* amocas.w */
	{ "_zawrs", 0x01d00073 },	/* wrs.sto */
};

static void check_extensions(void)
{
	const size_t n = sizeof(extensions) / sizeof(extensions[0]);

	for (size_t i = 0; i < n; i++) {
		const uint64_t cause = run(extensions[i].instruction,
					   (uintptr_t)block);
		const uint64_t wanted = isa_has(tree, extensions[i].name) ?
					NO_TRAP : CAUSE_ILLEGAL;

		if (cause != wanted)
			expect_failed(__FILE__, (int)i, extensions[i].name,
				      cause, wanted);
	}
}

/* Hosts without Smstateen can't keep them from guests: they may be there. */
static void check_interrupt_files(void)
{
	EXPECT(isa_has(tree, "_ssaia") || !has_imsic(tree));
	if (!isa_has(tree, "_ssaia"))
		return;
	EXPECT_EQ(run(CSRR(0xdb0), 0), NO_TRAP);	/* stopi */
	EXPECT_EQ(run(CSRR(0x150), 0), NO_TRAP);	/* siselect */
}

static void check_letters(void)
{
	EXPECT(isa_letter(tree, 'i') && isa_letter(tree, 'm'));
	EXPECT(isa_letter(tree, 'a'));
	EXPECT(!isa_letter(tree, 'h'));
	EXPECT_EQ(run(0xe2050553, 0), isa_letter(tree, 'd') ? NO_TRAP :
		  CAUSE_ILLEGAL);		/* fmv.x.d */
	EXPECT_EQ(run(CSRR(0xc22), 0), isa_letter(tree, 'v') ? NO_TRAP :
		  CAUSE_ILLEGAL);		/* vlenb */
	EXPECT_EQ(run(0x0d8072d7, 0), isa_letter(tree, 'v') ? NO_TRAP :
		  CAUSE_ILLEGAL);		/* vsetvli */
}

/* ---- all CSRs ---- */

/* A supervisor's, which may be there; those of nobody else are not. */
static bool may_be(uint32_t n)
{
	return (n & 0x300) == 0 || (n & 0x300) == 0x100;
}

static bool must_be(uint32_t n)
{
	static const uint16_t always[] = {
		0x100, 0x104, 0x105, 0x106, 0x10a, 0x140, 0x141, 0x142, 0x143,
		0x144, 0x180, 0xc01,
	};

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		if (always[i] == n)
			return true;
	return false;
}

static uint64_t seen[MAX_VCPUS][64];

static void check_csrs(void)
{
	uint64_t *const bits = seen[vcpu_index()];

	for (uint32_t n = 0; n < 4096; n++) {
		const uint64_t cause = run(CSRR(n), 0);

		if (cause != NO_TRAP && cause != CAUSE_ILLEGAL)
			expect_failed(__FILE__, __LINE__, "CSR", n, cause);
		if (cause == NO_TRAP && !may_be(n))
			expect_failed(__FILE__, __LINE__, "CSR is there", n, 0);
		if (cause != NO_TRAP && must_be(n))
			expect_failed(__FILE__, __LINE__, "no CSR", n, 0);
		if (cause == NO_TRAP)
			bits[n / 64] |= 1ul << n % 64;
		/* What cannot be written is not. */
		if (n >> 10 == 3)
			EXPECT_EQ(run(CSRW(n), 0), CAUSE_ILLEGAL);
		else if (!may_be(n))
			EXPECT_EQ(run(CSRW(n), 0), CAUSE_ILLEGAL);
	}
}

/* What an exception says of the instruction: itself, or nothing. */
static void check_stval(void)
{
	const uint64_t n = vcpu_index();

	EXPECT_EQ(run(CSRR(0x600), 0), CAUSE_ILLEGAL);
	EXPECT(trap_stval[n] == CSRR(0x600) || !trap_stval[n]);
	EXPECT_EQ(trap_sepc[n], (uintptr_t)code[n]);
}

/* ---- privileged instructions ---- */

static void check_privileged(void)
{
	static const uint32_t illegal[] = {
		0x30200073,		/* mret */
		0x22000073, 0x62000073,	/* hfence.vvma, hfence.gvma */
		0x26000073, 0x66000073,	/* hinval.vvma, hinval.gvma */
		0x60054573, 0x68354573,	/* hlv.b, hlvx.wu */
		0x62a54073,		/* hsv.b */
		0x7b200073,		/* dret */
		0xffffffff,
	};

	for (size_t i = 0; i < sizeof(illegal) / sizeof(illegal[0]); i++)
		EXPECT_EQ(run(illegal[i], (uintptr_t)block), CAUSE_ILLEGAL);
	EXPECT_EQ(run(0x12000073, 0), NO_TRAP);		/* sfence.vma */
	EXPECT_EQ(run(0x12b50073, 0), NO_TRAP);
	EXPECT_EQ(run(0x0100000f, 0), NO_TRAP);		/* pause */
	EXPECT_EQ(run(0x00100073, 0), CAUSE_BREAK);
}

/* ---- U-mode ---- */

static volatile uint64_t resume[MAX_VCPUS], user_cause[MAX_VCPUS];
static volatile uint64_t user_pc[MAX_VCPUS], user_a0[MAX_VCPUS];

/* The first exception from there leads back to where S-mode left. */
bool guest_sync(uint64_t cause, struct frame *f)
{
	const uint64_t n = vcpu_index();

	if (!resume[n])
		return false;
	EXPECT(!(f->sstatus & SSTATUS_SPP));
	user_cause[n] = cause;
	user_pc[n] = f->sepc;
	user_a0[n] = f->a[0];
	f->sepc = resume[n];
	f->sstatus |= SSTATUS_SPP;
	resume[n] = 0;
	return true;
}

/* Runs one instruction there, then ECALL; the exception that came first. */
static uint64_t user(uint32_t instruction, uint64_t a)
{
	const uint64_t n = vcpu_index();
	volatile uint32_t *const c = code[n];
	register uint64_t a0 __asm__("a0") = a;

	c[0] = instruction;
	c[1] = 0x00000073;		/* ecall */
	code_sync();
	csr_clear(sstatus, SSTATUS_SPP | SSTATUS_SPIE);
	__asm__ volatile("la t0, 1f\n\tsd t0, (%1)\n\tcsrw sepc, %2\n\t"
			 "sret\n1:"
			 : "+r"(a0) : "r"(&resume[n]), "r"(c)
			 : "t0", "memory");
	return user_cause[n];
}

static void check_user(void)
{
	const uint64_t n = vcpu_index();

	EXPECT_EQ(user(0x00000013, 77), CAUSE_CALL_USER);
	EXPECT_EQ(user_a0[n], 77);
	EXPECT_EQ(user_pc[n], (uintptr_t)&code[n][1]);
	EXPECT_EQ(user(CSRR(0x100), 0), CAUSE_ILLEGAL);	/* sstatus */
	EXPECT_EQ(user_pc[n], (uintptr_t)&code[n][0]);
	EXPECT_EQ(user(CSRR(0x14d), 0), CAUSE_ILLEGAL);	/* stimecmp */
	EXPECT_EQ(user(CSRR(0x150), 0), CAUSE_ILLEGAL);	/* siselect */
	EXPECT_EQ(user(CSRR(0x151), 0), CAUSE_ILLEGAL);	/* sireg */
	EXPECT_EQ(user(CSRR(0xdb0), 0), CAUSE_ILLEGAL);	/* stopi */
	EXPECT_EQ(user(CSRR(0x600), 0), CAUSE_ILLEGAL);	/* hstatus */
	EXPECT_EQ(user(0x10200073, 0), CAUSE_ILLEGAL);	/* sret */
	EXPECT_EQ(user(0x12000073, 0), CAUSE_ILLEGAL);	/* sfence.vma */
	EXPECT_EQ(user(0x22000073, 0), CAUSE_ILLEGAL);	/* hfence.vvma */
	EXPECT_EQ(user(0x60054573, (uintptr_t)block), CAUSE_ILLEGAL);
	EXPECT_EQ(user(0x00100073, 0), CAUSE_BREAK);
	csr_write(scounteren, 0);
	EXPECT_EQ(user(CSRR(0xc01), 0), CAUSE_ILLEGAL);	/* time */
	csr_write(scounteren, 2);
	EXPECT_EQ(user(CSRR(0xc01), 0), CAUSE_CALL_USER);
}

/* Devices from there, and nothing. */
static void check_user_loads(void)
{
	const uint64_t n = vcpu_index();

	mmio_write8(UART_BASE + 7, 0xa5);
	EXPECT_EQ(user(0x00750503, UART_BASE), CAUSE_CALL_USER);
	EXPECT_EQ(user_a0[n], 0xffffffffffffffa5);
	EXPECT_EQ(user(0x00052503, NOTHING), CAUSE_LOAD_ACCESS);
	EXPECT_EQ(csr_read(stval), NOTHING);
	EXPECT_EQ(user(0x00a52023, NOTHING + 8), CAUSE_STORE_ACCESS);
	EXPECT_EQ(csr_read(stval), NOTHING + 8);
}

void vector_irq(struct frame *f)
{
	EXPECT(guest_sync(csr_read(scause), f));
}

/* A user that waits is stopped at once, or by the interrupt. */
static void check_user_waits(void)
{
	uint64_t cause;

	sbi(SBI_TIME, 0, now() + TIMER_HZ / 1000);
	csr_write(sie, SIP_TIMER);
	cause = user(0x10500073, 0);
	EXPECT(cause == (1ul << 63 | 5) || cause == CAUSE_ILLEGAL);
	csr_write(sie, 0);
	sbi(SBI_TIME, 0, ~0ul);
}

/* cycle and instret tell no more of the host than time does. */
static void check_counters(void)
{
	const uint64_t before = csr_read(time);
	const uint64_t cycles = csr_read(cycle), done = csr_read(instret);

	EXPECT(cycles >= before && cycles <= csr_read(time));
	EXPECT(done >= cycles && done <= csr_read(time));
	csr_write(scounteren, 0);
	EXPECT_EQ(user(CSRR(0xc00), 0), CAUSE_ILLEGAL);
	EXPECT_EQ(user(CSRR(0xc02), 0), CAUSE_ILLEGAL);
	csr_write(scounteren, 5);
	EXPECT_EQ(user(CSRR(0xc00), 0), CAUSE_CALL_USER);
	EXPECT_EQ(user(CSRR(0xc02), 0), CAUSE_CALL_USER);
	EXPECT(user_a0[vcpu_index()] >= done);
}

/* ---- all VCPUs are alike ---- */

static void check_scratch(void)
{
	const uint64_t index = vcpu_index();

	registers_fill(0x1122334455667780 + 8 * index);
	sbi(SBI_BASE, 0);
	(void)mmio_read8(UART_BASE + 5);
	EXPECT(registers_kept(0x1122334455667780 + 8 * index));
}

static void look(uint64_t index)
{
	check_extensions();
	check_letters();
	check_interrupt_files();
	check_csrs();
	check_stval();
	check_privileged();
	check_user();
	check_user_loads();
	check_counters();
	check_scratch();
}

void guest_main(void *given)
{
	const uint64_t count = vcpu_count();

	tree = given;
	look(0);
	check_user_waits();
	for (uint64_t i = 1; i < count; i++) {
		vcpu_run(i, look, i);
		for (unsigned k = 0; k < 64; k++)
			EXPECT_EQ(seen[i][k], seen[0][k]);
	}
	pass();
}
