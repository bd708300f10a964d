// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What exits cost.  Words in the boot arguments choose (bench.h); with
 * "bench-fp" guests that switch use FP registers meanwhile.
 */
#include "bench.h"
#include "gic.h"

#define VTIMER_PPI	27
#define GICR_SGI	(gicr_base + 0x10000)

/* Also by vectors of our own: the counter at the first instruction. */
volatile uint64_t bench_irq_time;
static volatile uint64_t irq_count;
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

#define CALL(function, instruction)					\
	__asm__ volatile("mov x0, %0\n\tmov x1, #0\n\tmov x2, #0\n\t"	\
			 "mov x3, #0\n\t" instruction			\
			 :: "r"((uint64_t)(function))			\
			 : "x0", "x1", "x2", "x3", "memory")
#define HVC(name, function)						\
	MEASURE("hypercall-" name, CALL(function, "hvc #0"), CALL(function, ""))

static void hypercalls(void)
{
	HVC("psci-version", PSCI_VERSION);
	HVC("psci-features", PSCI_FEATURES);
	HVC("affinity-info", PSCI_AFFINITY_INFO);
	HVC("migrate-info", 0x84000006);
	HVC("smccc-version", 0x80000000);
	HVC("unknown", 0x8600ff00);
}

#define MRS(name)							\
	MEASURE("sysreg-" #name, (void)sysreg_read(name),		\
		__asm__ volatile(""))

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

/* A register that not every PL011 has. */
#define UART(name, bits, offset) do {					\
	if (!TRAP_OF(mmio_read##bits(uart_base + (offset))))		\
		LOAD(name, bits, uart_base + (offset));			\
} while (0)

static void devices(void)
{
	LOAD("gicd-typer", 32, gicd_base + 4);
	LOAD("gicd-ctlr", 32, gicd_base);
	LOAD("gicd-iidr", 32, gicd_base + 8);
	LOAD("gicd-igroupr1", 32, gicd_base + 0x84);
	LOAD("gicd-isenabler1", 32, gicd_base + 0x104);
	LOAD("gicd-ispendr1", 32, gicd_base + 0x204);
	LOAD("gicd-ipriorityr8", 32, gicd_base + 0x420);
	LOAD("gicd-icfgr2", 32, gicd_base + 0xc08);
	LOAD("gicd-irouter32", 64, gicd_base + 0x6100);
	LOAD("gicr-typer", 64, gicr_base + 8);
	LOAD("gicr-isenabler0", 32, GICR_SGI + 0x100);
	UART("uart-fr", 32, 0x18);
	UART("uart-fr-halfword", 16, 0x18);
	UART("uart-imsc", 32, 0x38);
	UART("uart-cr", 32, 0x30);
	UART("uart-ris", 32, 0x3c);
	UART("uart-ibrd", 32, 0x24);
	UART("uart-periphid0", 32, 0xfe0);
}

static void gic_setup(void)
{
	sysreg_write(S3_0_C12_C12_5, 1);
	mmio_write32(gicd_base, 2);
	mmio_write32(gicr_base + 0x14, 0);
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

static inline void fp_use(void)
{
	if (use_fp)
		__asm__ volatile(".arch_extension fp\n\tfmov d0, x0"
				 ::: "memory");
}

/*
 * Emulators that do not trap WFE get a hypervisor whose table of exits has
 * that of WFE in HVC's place; it goes on behind the nop.
 */
static inline __attribute__((always_inline)) void yield_once(void)
{
	fp_use();
	__asm__ volatile("hvc #1\n\tnop" ::: "memory");
}

/* Xen's SCHEDOP_yield (its public/sched.h), which has a calling convention. */
static void yield_xen(void)
{
	fp_use();
	__asm__ volatile("mov x16, #29\n\tmov x0, #0\n\tmov x1, #0\n\t"
			 "hvc #0xea1" ::: "x0", "x1", "x16", "memory");
}

static void yield_kvm(void)
{
	fp_use();
	mmio_write32(uart_base + UART_YIELD, 0);
}

static void wake(void)
{
	gic_setup();
	timer("wfi-wake-busy", true);
}

void guest_main(void *tree)
{
	use_fp = tree_has_word(tree, "bench-fp");
	if (xen_find(tree))
		bench_chosen(tree, yield_xen, wake);
	else if (tree_has_word(tree, "bench-kvm"))
		bench_chosen(tree, yield_kvm, wake);
	else
		bench_chosen(tree, yield_once, wake);
	report("kick", guest_entry_time - COUNTER_START);
	hypercalls();
	sysregs();
	first_touch(0x41000000);
	devices();
	gic_setup();
	self_sgi();
	timer("timer", false);
	timer("wfi-wake", true);
	pass();
}
