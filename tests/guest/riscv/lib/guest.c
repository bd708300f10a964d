// SPDX-License-Identifier: GPL-2.0-or-later
/* Console, power and exceptions of bare-metal guests, by SBI. */
#include "guest.h"
#include "doorbell.h"

extern char secondary_start[];
void vector_sync(struct frame *f);
void vector_interrupt(struct frame *f);

void console_put(char c)
{
	mmio_write8(UART_BASE, (uint8_t)c);
}

struct sbi sbi_call(uint64_t extension, uint64_t function, uint64_t a,
		    const uint64_t more[5])
{
	register uint64_t a0 __asm__("a0") = a;
	register uint64_t a1 __asm__("a1") = more[0];
	register uint64_t a2 __asm__("a2") = more[1];
	register uint64_t a3 __asm__("a3") = more[2];
	register uint64_t a4 __asm__("a4") = more[3];
	register uint64_t a5 __asm__("a5") = more[4];
	register uint64_t a6 __asm__("a6") = function;
	register uint64_t a7 __asm__("a7") = extension;

	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1)
			 : "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a6), "r"(a7)
			 : "memory");
	return (struct sbi){ (int64_t)a0, a1 };
}

bool sbi_has(uint64_t extension)
{
	return sbi(SBI_BASE, 3, extension).value;
}

int64_t secondary_on(uint64_t index)
{
	return sbi_error(SBI_HSM, HSM_START, index, (uintptr_t)secondary_start,
			 index);
}

void guest_off(void)
{
	sbi(SBI_SRST, 0, 0, 0);
	for (;;)
		wait();
}

void guest_cpu_off(void)
{
	sbi(SBI_HSM, HSM_STOP);
	for (;;)
		wait();
}

uint64_t vcpu_count(void)
{
	uint64_t n = 1;

	while (!sbi_error(SBI_HSM, HSM_STATUS, n))
		n++;
	return n;
}

bool vcpu_is_off(uint64_t index)
{
	return sbi(SBI_HSM, HSM_STATUS, index).value == HSM_STOPPED;
}

bool nothing_at(uintptr_t at)
{
	return TRAP_OF(mmio_read32(at)) == CAUSE_LOAD_ACCESS;
}

void registers_fill(uint64_t seed)
{
	csr_write(stval, seed);
	csr_write(sepc, seed & ~3ul);
	csr_write(scause, seed & 31);
}

bool registers_kept(uint64_t seed)
{
	return csr_read(stval) == seed && csr_read(sepc) == (seed & ~3ul) &&
	       csr_read(scause) == (seed & 31);
}

/* ---- exceptions ---- */

volatile uint64_t trap_scause[MAX_VCPUS], trap_stval[MAX_VCPUS];
volatile uint64_t trap_sepc[MAX_VCPUS];
volatile bool trap_armed[MAX_VCPUS];

__attribute__((weak)) void vector_irq(struct frame *f)
{
	if (!doorbell_irq(csr_read(scause)))
		expect_failed("interrupt", 0, "none was expected",
			      csr_read(scause), 0);
}

__attribute__((weak)) bool guest_sync(uint64_t cause, struct frame *f)
{
	return false;
}

static bool is_fetch(uint64_t cause)
{
	return cause <= CAUSE_FETCH_ACCESS || cause == CAUSE_FETCH_PAGE;
}

static bool trap_wanted(uint64_t cause, struct frame *f)
{
	const uint64_t n = vcpu_index();

	if (!trap_armed[n] || trap_scause[n] != NO_TRAP)
		return false;
	trap_scause[n] = cause;
	trap_stval[n] = csr_read(stval);
	trap_sepc[n] = f->sepc;
	if (is_fetch(cause))
		f->sepc = f->ra;
	else
		f->sepc += (*(const uint16_t *)f->sepc & 3) == 3 ? 4 : 2;
	return true;
}

/* What is in f->sepc afterwards is where the guest goes on. */
void vector_sync(struct frame *f)
{
	const uint64_t cause = csr_read(scause);

	if (!trap_wanted(cause, f) && !guest_sync(cause, f))
		expect_failed("exception", 0, "scause and sepc", cause,
			      f->sepc);
}

/* ---- interrupts ---- */

#define MARCHID_QEMU_7_2	0x702u

static volatile bool probing[MAX_VCPUS];

bool is_qemu_7_2(void)
{
	return sbi(SBI_BASE, 5).value >> 8 == MARCHID_QEMU_7_2;
}

bool irq_is_due(uint64_t bit)
{
	const uint64_t n = vcpu_index(), enabled = csr_read(sie);
	bool is_due;

	if (!is_qemu_7_2())
		return csr_read(sip) & bit;
	probing[n] = true;
	csr_write(sie, bit);
	csr_set(sstatus, SSTATUS_SIE);
	__asm__ volatile("nop\n\tnop" ::: "memory");
	csr_clear(sstatus, SSTATUS_SIE);
	is_due = !probing[n];
	probing[n] = false;
	csr_write(sie, enabled);
	return is_due;
}

void vector_interrupt(struct frame *f)
{
	const uint64_t n = vcpu_index();

	if (!probing[n]) {
		vector_irq(f);
		return;
	}
	probing[n] = false;
	csr_write(sie, 0);
}

/* ---- what the tree says ---- */

bool isa_has(const char *tree, const char *extension)
{
	return tree_has_word(tree, extension);
}

bool isa_letter(const char *tree, char letter)
{
	const char *at = tree_find(tree, "rv64im");

	for (at = at ? at + 4 : ""; *at && *at != '_'; at++)
		if (*at == letter)
			return true;
	return false;
}

bool has_plic(const char *tree)
{
	return tree_has_word(tree, "riscv,plic0");
}

bool has_aplic(const char *tree)
{
	return tree_has_word(tree, "riscv,aplic");
}

bool has_imsic(const char *tree)
{
	return tree_has_word(tree, "riscv,imsics");
}
