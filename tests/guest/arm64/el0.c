// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Code at EL0, in AArch64 and, where the CPU has it, in AArch32: what traps
 * to EL1 with which syndrome, what reaches devices, that calls of the
 * hypervisor are not for it.  And at EL1: calls by SMC, the whole space of
 * identification registers.
 */
#include "guest.h"

#define MATCH		(RTC_BASE + 4)		/* 32 bits that only store */

#define PSTATE_EL1H	0x3c5ul
#define PSTATE_EL0	0x3c0ul
#define PSTATE_EL0_A32	0x1d0ul
#define PSTATE_BIG_A32	0x3d0ul

#define EC_WFX		0x01
#define EC_FP		0x07
#define EC_SVC_A32	0x11
#define EC_SVC		0x15
#define EC_SYSREG	0x18
#define EC_FETCH_LOWER	0x20
#define EC_DATA_LOWER	0x24

static struct {
	uint64_t esr, far, elr, spsr;
} taken;
static uint64_t resume;

/* The first exception from EL0 leads back to where EL1 left. */
bool guest_sync(uint64_t esr, uint64_t *elr)
{
	if (!resume)
		return false;
	taken.esr = esr;
	taken.far = sysreg_read(far_el1);
	taken.elr = elr[0];
	taken.spsr = elr[1];
	elr[0] = resume;
	elr[1] = PSTATE_EL1H;
	resume = 0;
	return true;
}

/* What x0 is at the exception; x0 and x1 at the start are given. */
static uint64_t lower(const void *code, uint64_t pstate, uint64_t a, uint64_t b)
{
	register uint64_t x0 __asm__("x0") = a;
	register uint64_t x1 __asm__("x1") = b;

	__asm__ volatile("adr x2, 1f\n\tstr x2, [%2]\n\t"
			 "msr elr_el1, %3\n\tmsr spsr_el1, %4\n\teret\n1:"
			 : "+r"(x0), "+r"(x1)
			 : "r"(&resume), "r"(code), "r"(pstate)
			 : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x30",
			   "memory");
	return x0;
}

/* A few instructions for EL0 under a name. */
#define CODE(name, insns)						\
	__asm__(".pushsection .text\n\t.balign 8\n" #name ":\n\t"	\
		".arch_extension simd\n\t"				\
		insns "\n\tsvc #7\n\t.popsection");			\
	extern const char name[]

CODE(code_none, "nop");
CODE(code_hvc, "hvc #0");
CODE(code_smc, "smc #0");
CODE(code_midr, "mrs x0, midr_el1");
CODE(code_pfr0, "mrs x0, id_aa64pfr0_el1");
CODE(code_actlr, "msr actlr_el1, x0");
CODE(code_sgi, "msr S3_0_C12_C11_5, x0");
CODE(code_mask, "msr daifset, #2");
CODE(code_physical, "mrs x0, cntpct_el0");
CODE(code_timer, "msr cntp_ctl_el0, x0");
CODE(code_wfi, "wfi");
CODE(code_fp, "fmov x0, d0");
CODE(code_load, "ldr w0, [x1]");
CODE(code_signed, "ldrsb x0, [x1, #3]");
CODE(code_store, "str w0, [x1]");
CODE(code_pair, "ldp w0, w2, [x1, #-4]!\n\tadd x0, x1, x2");
CODE(code_stack, "mov sp, x1\n\tldr w0, [sp], #16\n\tmov x1, sp\n\t"
     "sub x0, x1, x0");
CODE(code_jump, "br x1");

#define EL0(code, a, b)	lower(code, PSTATE_EL0, a, b)
/* It must get to its end. */
#define WORKS(code, a, b) __extension__ ({				\
	const uint64_t works_x0 = EL0(code, a, b);			\
	EXPECT_EQ(taken.esr, (uint64_t)EC_SVC << 26 | ESR_IL | 7);	\
	works_x0; })

static void expect_undefined(const void *code, uint64_t a)
{
	EL0(code, a, 0);
	EXPECT_EQ(taken.esr, ESR_IL);
	EXPECT_EQ(taken.elr, (uintptr_t)code);
	EXPECT_EQ(taken.spsr & 0x1f, 0);
}

/* By the guest's own controls: no exit of ours. */
static void expect_trap(const void *code, uint64_t class)
{
	EL0(code, 0, 0);
	EXPECT_EQ(ESR_EC(taken.esr), class);
	EXPECT_EQ(taken.elr, (uintptr_t)code);
}

static void check_calls(void)
{
	EXPECT_EQ(WORKS(code_none, 55, 0), 55);
	expect_undefined(code_hvc, PSCI_SYSTEM_OFF);
	expect_undefined(code_hvc, PSCI_VERSION);
	expect_undefined(code_smc, PSCI_SYSTEM_OFF);
}

static void check_registers(void)
{
	expect_undefined(code_actlr, 0);
	expect_undefined(code_sgi, 1);
	/* With FEAT_IDST they trap as what they are. */
	EL0(code_midr, 0, 0);
	EXPECT(!ESR_EC(taken.esr) || ESR_EC(taken.esr) == EC_SYSREG);
	EL0(code_pfr0, 0, 0);
	EXPECT(!ESR_EC(taken.esr) || ESR_EC(taken.esr) == EC_SYSREG);
	expect_trap(code_mask, EC_SYSREG);
	expect_trap(code_wfi, EC_WFX);
}

static void check_timers(void)
{
	const uint64_t before = now();

	sysreg_write(cntkctl_el1, 0);
	expect_trap(code_physical, EC_SYSREG);
	expect_trap(code_timer, EC_SYSREG);
	sysreg_write(cntkctl_el1, 1 | 1ul << 9);
	EXPECT(WORKS(code_physical, 0, 0) >= before);
	WORKS(code_timer, 2, 0);
	EXPECT_EQ(sysreg_read(cntp_ctl_el0), 2);
	sysreg_write(cntp_ctl_el0, 0);
	sysreg_write(cntkctl_el1, 0);
}

static void check_fp(void)
{
	sysreg_write(cpacr_el1, 1ul << 20);
	expect_trap(code_fp, EC_FP);
	sysreg_write(cpacr_el1, 3ul << 20);
	__asm__ volatile(".arch_extension simd\n\tfmov d0, %0"
			 :: "r"(0x1234567ul));
	EXPECT_EQ(WORKS(code_fp, 0, 0), 0x1234567);
}

#define SCTLR_E0E	(1ul << 24)

static void check_devices(void)
{
	WORKS(code_store, 0x81828384, MATCH);
	EXPECT_EQ(mmio_read32(MATCH), 0x81828384);
	EXPECT_EQ(WORKS(code_load, 0, MATCH), 0x81828384);
	EXPECT_EQ(WORKS(code_signed, 0, MATCH), 0xffffffffffffff81);
	EXPECT_EQ(WORKS(code_pair, 0, MATCH + 4),
		  MATCH + mmio_read32(MATCH + 4));
	mmio_write32(MATCH, 5);
	EXPECT_EQ(WORKS(code_stack, 0, MATCH), MATCH + 16 - 5);
	mmio_write32(MATCH, 0x01020304);
	sysreg_write(sctlr_el1, sysreg_read(sctlr_el1) | SCTLR_E0E);
	EXPECT_EQ(WORKS(code_load, 0, MATCH), 0x04030201);
	sysreg_write(sctlr_el1, sysreg_read(sctlr_el1) & ~SCTLR_E0E);
}

static void expect_abort(const void *code, uint64_t esr, uint64_t elr)
{
	EL0(code, 0, NOTHING);
	EXPECT_EQ(taken.esr, esr | ESR_IL | FSC_EXTERNAL);
	EXPECT_EQ(taken.far, NOTHING);
	EXPECT_EQ(taken.elr, elr);
	EXPECT_EQ(taken.spsr & 0x1f, 0);
}

static void check_aborts(void)
{
	expect_abort(code_load, (uint64_t)EC_DATA_LOWER << 26,
		     (uintptr_t)code_load);
	expect_abort(code_store, (uint64_t)EC_DATA_LOWER << 26 | ESR_WNR,
		     (uintptr_t)code_store);
	expect_abort(code_jump, (uint64_t)EC_FETCH_LOWER << 26, NOTHING);
}

/* ---- EL1 ---- */

/* On the other stack pointer: another vector, another base. */
static void check_el1t(void)
{
	uint64_t value, at = MATCH, esr;

	mmio_write32(MATCH, 0x77);
	__asm__ volatile("msr sp_el0, %1\n\tmsr spsel, #0\n\t"
			 "ldr %w0, [sp], #32\n\t"
			 "msr spsel, #1\n\tmrs %1, sp_el0"
			 : "=&r"(value), "+r"(at) :: "memory");
	EXPECT_EQ(value, 0x77);
	EXPECT_EQ(at, MATCH + 32);
	esr = TRAP_OF(__asm__ volatile("msr spsel, #0\n\tldr w2, [%0]\n\t"
				       "msr spsel, #1"
				       :: "r"(NOTHING) : "x2", "memory"));
	EXPECT_EQ(esr, (uint64_t)EC_DATA_ABORT << 26 | ESR_IL | FSC_EXTERNAL);
}

static int64_t smc(uint32_t function)
{
	register uint64_t x0 __asm__("x0") = function;

	__asm__ volatile("smc #0" : "+r"(x0)
			 :: "x1", "x2", "x3", "memory");
	return (int64_t)x0;
}

static void check_smc(void)
{
	EXPECT_EQ(smc(PSCI_VERSION), psci(PSCI_VERSION, 0, 0, 0));
	EXPECT_EQ(smc(0x8400ffff), -1);
}

static uint32_t made[2] __attribute__((aligned(64)));

static uint64_t call_made(uint32_t insn)
{
	*(volatile uint32_t *)&made[0] = insn;
	*(volatile uint32_t *)&made[1] = 0xd65f03c0;	/* ret */
	__asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0\n\t"
			 "dsb ish\n\tisb" :: "r"(made) : "memory");
	return ((uint64_t (*)(uint64_t))(uintptr_t)made)(0);
}

/* mrs x0, S3_0_C0_CRm_op2: all of them are readable, none is writable. */
static void check_id_space(void)
{
	for (uint32_t i = 8; i < 64; i++) {
		const uint32_t mrs = 0xd5380000 | (i >> 3) << 8 | (i & 7) << 5;

		EXPECT_EQ(TRAP_OF(call_made(mrs)), 0);
		EXPECT_EQ(TRAP_OF(call_made(mrs & ~(1u << 21))), ESR_IL);
	}
}

/* ---- AArch32 ---- */

/* A32: what it is given in r1, result in r0; ends with svc #9. */
static uint64_t a32_in(uint64_t pstate, uint32_t insn, uint64_t b)
{
	static uint32_t code[2] __attribute__((aligned(64)));

	*(volatile uint32_t *)&code[0] = insn;
	*(volatile uint32_t *)&code[1] = 0xef000009;
	__asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0\n\t"
			 "dsb ish\n\tisb" :: "r"(code) : "memory");
	return lower(code, pstate, 0, b);
}

static uint64_t a32(uint32_t insn, uint64_t b)
{
	return a32_in(PSTATE_EL0_A32, insn, b);
}

#define ESR_SVC_A32	((uint64_t)EC_SVC_A32 << 26 | ESR_IL | 9)

static void check_a32(void)
{
	if ((sysreg_read(id_aa64pfr0_el1) & 0xf) != 2)
		return;
	EXPECT_EQ(a32(0xe1a00001, 0x1234), 0x1234);	/* mov r0, r1 */
	EXPECT_EQ(taken.esr, ESR_SVC_A32);
	EXPECT_EQ(taken.spsr & 0x1f, 0x10);
	mmio_write32(MATCH, 0x818283f4);
	EXPECT_EQ(a32(0xe5910000, MATCH), 0x818283f4);	/* ldr r0, [r1] */
	EXPECT_EQ(taken.esr, ESR_SVC_A32);
	EXPECT_EQ(a32_in(PSTATE_BIG_A32, 0xe5910000, MATCH), 0xf4838281);
	EXPECT_EQ(a32(0xe1d100d0, MATCH), 0xfffffff4);	/* ldrsb r0, [r1] */
	EXPECT_EQ(taken.esr, ESR_SVC_A32);
	a32(0xe5811000, MATCH);				/* str r1, [r1] */
	EXPECT_EQ(mmio_read32(MATCH), MATCH);
	a32(0xe5910000, NOTHING);
	EXPECT_EQ(taken.esr, (uint64_t)EC_DATA_LOWER << 26 | ESR_IL |
		  FSC_EXTERNAL);
	EXPECT_EQ(taken.far, NOTHING);
	a32(0xe8910005, MATCH);				/* ldm r1, {r0, r2} */
	EXPECT_EQ(taken.esr, (uint64_t)EC_DATA_LOWER << 26 | ESR_IL |
		  FSC_EXTERNAL);
	a32(0xe1400070, 0);				/* hvc #0 */
	EXPECT_EQ(taken.esr, ESR_IL);
	a32(0xe1600070, 0);				/* smc #0 */
	EXPECT_EQ(taken.esr, ESR_IL);
}

static void all(uint64_t index)
{
	check_calls();
	check_registers();
	check_timers();
	check_fp();
	check_devices();
	check_aborts();
	check_el1t();
	check_smc();
	check_id_space();
	check_a32();
}

void guest_main(void *tree)
{
	all(0);
	vcpu_run(1, all, 1);
	pass();
}
