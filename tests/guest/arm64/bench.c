// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What exits cost, in ticks of the counter: one line "bench NAME TICKS/1000"
 * for each kind, the mean of 1000 rounds less the empty loop.  Under QEMU's
 * -icount shift=0 a tick is a fixed number of instructions.
 *
 * With the word "partner" in its boot arguments it loops on WFE, so that a
 * second one can measure switches; "fp": both use FP registers meanwhile.
 */
#include "guest.h"

#define ROUNDS	1000


#define GICR_SGI	(GICR_BASE + 0x10000)
#define VTIMER_PPI	27

/* Also by vectors of our own: the counter at the first instruction. */
volatile uint64_t bench_irq_time;
static volatile uint64_t irq_count;
static uint64_t empty_loop;
static bool use_fp;

void bench_irq(void);
void bench_irq(void)
{
	uint64_t id = sysreg_read(S3_0_C12_C12_0);

	sysreg_write(cntv_ctl_el0, 2);
	sysreg_write(S3_0_C12_C12_1, id);
	irq_count++;
}

/* Only the IRQ vector of the current level is ever taken. */
__asm__(
	"	.balign 2048\n"
	"bench_vectors:\n"
	"	.skip 0x280\n"
	"	sub	sp, sp, #256\n"
	"	stp	x0, x1, [sp]\n"
	"	mrs	x0, cntvct_el0\n"
	"	adrp	x1, bench_irq_time\n"
	"	str	x0, [x1, :lo12:bench_irq_time]\n"
	"	stp	x2, x3, [sp, #16]\n"
	"	stp	x4, x5, [sp, #32]\n"
	"	stp	x6, x7, [sp, #48]\n"
	"	stp	x8, x9, [sp, #64]\n"
	"	stp	x10, x11, [sp, #80]\n"
	"	stp	x12, x13, [sp, #96]\n"
	"	b	bench_vector_rest\n"
	"	.balign 2048\n"
	"bench_vector_rest:\n"
	"	stp	x14, x15, [sp, #112]\n"
	"	stp	x16, x17, [sp, #128]\n"
	"	stp	x18, x30, [sp, #144]\n"
	"	mrs	x0, elr_el1\n"
	"	mrs	x1, spsr_el1\n"
	"	stp	x0, x1, [sp, #160]\n"
	"	bl	bench_irq\n"
	"	ldp	x0, x1, [sp, #160]\n"
	"	msr	elr_el1, x0\n"
	"	msr	spsr_el1, x1\n"
	"	ldp	x14, x15, [sp, #112]\n"
	"	ldp	x16, x17, [sp, #128]\n"
	"	ldp	x18, x30, [sp, #144]\n"
	"	ldp	x2, x3, [sp, #16]\n"
	"	ldp	x4, x5, [sp, #32]\n"
	"	ldp	x6, x7, [sp, #48]\n"
	"	ldp	x8, x9, [sp, #64]\n"
	"	ldp	x10, x11, [sp, #80]\n"
	"	ldp	x12, x13, [sp, #96]\n"
	"	ldp	x0, x1, [sp]\n"
	"	add	sp, sp, #256\n"
	"	eret\n");

static void report(const char *name, uint64_t ticks)
{
	print("bench %s %u\n", name, ticks);
}

/* ROUNDS times the statement; ticks for all, less the empty loop's. */
#define MEASURE(name, statement) do {					\
	uint64_t measure_begin = now(), measure_ticks;			\
									\
	for (unsigned round = 0; round < ROUNDS; round++) {		\
		statement;						\
	}								\
	measure_ticks = now() - measure_begin;				\
	report(name, measure_ticks > empty_loop ?			\
	       measure_ticks - empty_loop : 0);				\
} while (0)

static void measure_empty(void)
{
	uint64_t begin = now();

	for (unsigned round = 0; round < ROUNDS; round++)
		__asm__ volatile("");
	empty_loop = now() - begin;
}

#define HVC(function)							\
	__asm__ volatile("mov x0, %0\n\tmov x1, #0\n\tmov x2, #0\n\t"	\
			 "hvc #0" :: "r"((uint64_t)(function))		\
			 : "x0", "x1", "x2", "x3", "memory")

static void hypercalls(void)
{
	MEASURE("hypercall-psci-version", HVC(PSCI_VERSION));
	MEASURE("hypercall-psci-features", HVC(PSCI_FEATURES));
	MEASURE("hypercall-affinity-info", HVC(PSCI_AFFINITY_INFO));
	MEASURE("hypercall-migrate-info", HVC(0x84000006));
	MEASURE("hypercall-smccc-version", HVC(0x80000000));
	MEASURE("hypercall-unknown", HVC(0x8600ff00));
}

#define MRS(name)	MEASURE("sysreg-" #name, (void)sysreg_read(name))

static void sysregs(void)
{
	MRS(actlr_el1);
	MRS(id_aa64pfr0_el1);
	MRS(id_aa64mmfr0_el1);
	MRS(id_aa64isar0_el1);
	MRS(id_aa64dfr0_el1);
	MRS(mdscr_el1);
	MRS(oslsr_el1);
}

#define LOAD(name, at)	MEASURE(name, (void)mmio_read32(at))

static void devices(void)
{
	LOAD("gicd-typer", GICD_BASE + 4);
	LOAD("gicd-ctlr", GICD_BASE);
	LOAD("gicd-iidr", GICD_BASE + 8);
	LOAD("gicd-isenabler1", GICD_BASE + 0x104);
	LOAD("gicd-ipriorityr8", GICD_BASE + 0x420);
	LOAD("gicd-icfgr2", GICD_BASE + 0xc08);
	LOAD("gicr-typer", GICR_BASE + 8);
	LOAD("uart-fr", UART_BASE + 0x18);
	LOAD("uart-imsc", UART_BASE + 0x38);
	LOAD("uart-cr", UART_BASE + 0x30);
	LOAD("uart-ris", UART_BASE + 0x3c);
	LOAD("uart-ibrd", UART_BASE + 0x24);
	LOAD("uart-periphid0", UART_BASE + 0xfe0);
}

static void gic_setup(void)
{
	sysreg_write(S3_0_C12_C12_5, 1);
	mmio_write32(GICD_BASE, 2);
	mmio_write32(GICR_BASE + 0x14, 0);
	mmio_write32(GICR_SGI + 0x80, ~0u);
	mmio_write32(GICR_SGI + 0x100, 1u << VTIMER_PPI | 1);
	sysreg_write(S3_0_C4_C6_0, 0xff);
	sysreg_write(S3_0_C12_C12_7, 1);
	__asm__ volatile("adr x0, bench_vectors\n\tmsr vbar_el1, x0\n\t"
			 "isb\n\tmsr daifclr, #2" ::: "x0", "memory");
}

/* From the store to the handler's first instructions, varying the phase. */
static void self_sgi(void)
{
	uint64_t sum = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t count = irq_count, begin;

		for (unsigned i = 0; i < round % 16; i++)
			__asm__ volatile("nop");
		begin = now();
		__asm__ volatile("msr S3_0_C12_C11_5, %0\n\tisb" :: "r"(1ul)
				 : "memory");
		while (irq_count == count)
			;
		sum += bench_irq_time - begin;
	}
	report("self-sgi", sum);
}

/* From the counter's reaching the compare value. */
static void timer(const char *name, bool sleep)
{
	uint64_t sum = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t count = irq_count;
		uint64_t due = now() + 200 + round % 16;

		sysreg_write(cntv_cval_el0, due);
		sysreg_write(cntv_ctl_el0, 1);
		for (unsigned i = 0; i < round % 31; i++)
			__asm__ volatile("nop");
		while (irq_count == count) {
			if (sleep)
				__asm__ volatile("wfi" ::: "memory");
		}
		sum += bench_irq_time - due;
	}
	report(name, sum);
}

static void first_touch(void)
{
	volatile uint64_t *p = (void *)0x41000000;

	MEASURE("first-touch", p[round * 512] = round);
}

static void yield_once(void)
{
	if (use_fp)
		__asm__ volatile(".arch_extension fp\n\tfmov d0, x0"
				 ::: "memory");
	__asm__ volatile("wfe" ::: "memory");
}

/* There and back again: two switches a round. */
static void switches(void)
{
	for (unsigned i = 0; i < 100; i++)
		yield_once();
	MEASURE("yield-round", yield_once());
}

/* Is the word in the tree?  Boot arguments are the only place for it. */
static bool has_word(const char *tree, const char *word)
{
	uint32_t size = __builtin_bswap32(*(const uint32_t *)(tree + 4));

	for (uint32_t i = 0; i < size; i++) {
		uint32_t n = 0;

		while (word[n] && tree[i + n] == word[n])
			n++;
		if (!word[n])
			return true;
	}
	return false;
}

void guest_main(void *tree)
{
	use_fp = has_word(tree, "bench-fp");
	if (has_word(tree, "bench-partner"))
		for (;;)
			yield_once();
	measure_empty();
	if (has_word(tree, "bench-switch")) {
		switches();
		pass();
	}
	if (has_word(tree, "bench-wake")) {
		gic_setup();
		timer("wfi-wake-busy", true);
		pass();
	}
	report("frequency", sysreg_read(cntfrq_el0));
	report("empty-loop", empty_loop);
	hypercalls();
	sysregs();
	first_touch();
	devices();
	gic_setup();
	self_sgi();
	timer("timer", false);
	timer("wfi-wake", true);
	pass();
}
