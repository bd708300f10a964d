// SPDX-License-Identifier: GPL-2.0-or-later
/* Console, power and exceptions of bare-metal guests (PSCI, Arm DEN 0022). */
#include "guest.h"

extern char secondary_start[];
void vector_sync(uint64_t *elr, uint64_t x30);

uintptr_t uart_base = UART_BASE;

void console_put(char c)
{
	mmio_write32(uart_base, (uint32_t)c);
}

int64_t psci(uint32_t function, uint64_t a, uint64_t b, uint64_t c)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = a;
	register uint64_t x2 __asm__("x2") = b;
	register uint64_t x3 __asm__("x3") = c;

	__asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
			 :: "memory");
	return (int64_t)x0;
}

int64_t secondary_on(uint64_t index)
{
	return psci(PSCI_CPU_ON, index, (uintptr_t)secondary_start, index);
}

void guest_off(void)
{
	psci(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;)
		__asm__ volatile("wfi");
}

void guest_cpu_off(void)
{
	psci(PSCI_CPU_OFF, 0, 0, 0);
	for (;;)
		__asm__ volatile("wfi");
}

static bool trap_wanted(uint64_t esr, uint64_t *elr, uint64_t x30)
{
	const uint64_t n = vcpu_index();

	if (!trap_armed[n] || trap_esr[n])
		return false;
	trap_esr[n] = esr;
	trap_far[n] = sysreg_read(far_el1);
	trap_elr[n] = *elr;
	*elr = ESR_EC(esr) == EC_FETCH_ABORT ? x30 : *elr + 4;
	return true;
}

/* What is in *elr afterwards is where the guest goes on. */
void vector_sync(uint64_t *elr, uint64_t x30)
{
	uint64_t esr = sysreg_read(esr_el1);

	if (!trap_wanted(esr, elr, x30) && !guest_sync(esr, elr))
		expect_failed("exception", 0, "ESR and ELR", esr, *elr);
}

uint64_t vcpu_count(void)
{
	uint64_t n = 1;

	while (psci(PSCI_AFFINITY_INFO, n, 0, 0) >= 0)
		n++;
	return n;
}

bool vcpu_is_off(uint64_t index)
{
	return psci(PSCI_AFFINITY_INFO, index, 0, 0) == 1;
}

bool nothing_at(uintptr_t at)
{
	return ESR_FSC(TRAP_OF(mmio_read32(at))) == FSC_EXTERNAL;
}

void registers_fill(uint64_t seed)
{
	sysreg_write(tpidr_el0, seed);
	sysreg_write(tpidrro_el0, ~seed);
	sysreg_write(contextidr_el1, (uint32_t)seed);
	sysreg_write(ttbr0_el1, seed & 0xfffffff000ull);
}

bool registers_kept(uint64_t seed)
{
	return sysreg_read(tpidr_el0) == seed &&
	       sysreg_read(tpidrro_el0) == ~seed &&
	       sysreg_read(contextidr_el1) == (uint32_t)seed &&
	       sysreg_read(ttbr0_el1) == (seed & 0xfffffff000ull);
}

/* ---- exceptions ---- */

volatile uint64_t trap_esr[MAX_VCPUS], trap_far[MAX_VCPUS];
volatile uint64_t trap_elr[MAX_VCPUS];
volatile bool trap_armed[MAX_VCPUS];

__attribute__((weak)) void vector_irq(void)
{
	expect_failed("interrupt", 0, "none was expected", 0, 0);
}

__attribute__((weak)) bool guest_sync(uint64_t esr, uint64_t *elr)
{
	return false;
}
