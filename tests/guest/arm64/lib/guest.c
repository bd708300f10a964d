// SPDX-License-Identifier: GPL-2.0-or-later
/* Console, power and defaults of bare-metal guests (PSCI, Arm DEN 0022). */
#include "guest.h"

#include <stdarg.h>

extern char secondary_start[];
uint64_t guest_entry_time;
void vector_sync(uint64_t *elr, uint64_t x30);

static void put(char c)
{
	if (c == '\n')
		put('\r');
	mmio_write32(UART_BASE, (uint32_t)c);
}

static void put_number(uint64_t value, unsigned base)
{
	char digits[20];
	unsigned count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (count)
		put(digits[--count]);
}

void print(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	for (; *format; format++) {
		if (*format != '%') {
			put(*format);
			continue;
		}
		switch (*++format) {
		case 's':
			for (const char *s = va_arg(ap, const char *); *s; s++)
				put(*s);
			break;
		case 'x':
			put_number(va_arg(ap, uint64_t), 16);
			break;
		default:
			put_number(va_arg(ap, uint64_t), 10);
		}
	}
	va_end(ap);
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

void pass(void)
{
	print("PASS\n");
	guest_off();
}

void expect_failed(const char *file, int line, const char *what,
		   uint64_t a, uint64_t b)
{
	print("FAIL %s:%u: %s: 0x%x and 0x%x\n", file, (uint64_t)line, what,
	      a, b);
	guest_off();
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

/* ---- work for other VCPUs ---- */

static struct {
	void (*fn)(uint64_t arg);
	uint64_t arg;
} work[8];

__attribute__((weak)) void guest_secondary(uint64_t index)
{
	work[index].fn(work[index].arg);
}

void vcpu_begin(uint64_t index, void (*fn)(uint64_t arg), uint64_t arg)
{
	work[index].fn = fn;
	work[index].arg = arg;
	__asm__ volatile("dsb sy" ::: "memory");
	EXPECT_EQ(secondary_on(index), 0);
}

void vcpu_join(uint64_t index)
{
	EXPECT_SOON(psci(PSCI_AFFINITY_INFO, index, 0, 0) == 1);
}

void vcpu_run(uint64_t index, void (*fn)(uint64_t arg), uint64_t arg)
{
	vcpu_begin(index, fn, arg);
	vcpu_join(index);
}

/* ---- exceptions ---- */

volatile uint64_t trap_esr[8], trap_far[8], trap_elr[8];
volatile bool trap_armed[8];

__attribute__((weak)) void vector_irq(void)
{
	expect_failed("interrupt", 0, "none was expected", 0, 0);
}

__attribute__((weak)) bool guest_sync(uint64_t esr, uint64_t *elr)
{
	return false;
}
