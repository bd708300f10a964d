/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What bare-metal guests are written with.  A guest prints "PASS" after its
 * last step or "FAIL" with the place, and turns itself off.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* QEMU virt's memory map. */
#define UART_BASE	0x09000000ul
#define GICD_BASE	0x08000000ul
#define GICC_BASE	0x08010000ul
#define GICR_BASE	0x080a0000ul
#define RTC_BASE	0x09010000ul

/* What the hypervisor lets a guest's counters begin at. */
#define COUNTER_START	(1ull << 48)

#define PSCI_VERSION		0x84000000u
#define PSCI_CPU_OFF		0x84000002u
#define PSCI_CPU_ON		0xc4000003u
#define PSCI_AFFINITY_INFO	0xc4000004u
#define PSCI_SYSTEM_OFF		0x84000008u
#define PSCI_SYSTEM_RESET	0x84000009u
#define PSCI_FEATURES		0x8400000au

#define sysreg_read(name) __extension__ ({				\
	uint64_t sysreg_v;						\
	__asm__ volatile("mrs %0, " #name : "=r"(sysreg_v));		\
	sysreg_v; })
#define sysreg_write(name, v)						\
	__asm__ volatile("msr " #name ", %0\n\tisb" :: "r"((uint64_t)(v)))

#define MMIO(bits)							\
static inline uint##bits##_t mmio_read##bits(uintptr_t at)		\
{									\
	return *(volatile uint##bits##_t *)at;				\
}									\
static inline void mmio_write##bits(uintptr_t at, uint##bits##_t v)	\
{									\
	*(volatile uint##bits##_t *)at = v;				\
}
MMIO(8)
MMIO(16)
MMIO(32)
MMIO(64)
#undef MMIO

/* The virtual counter at the first instruction. */
extern uint64_t guest_entry_time;

/* The guest itself: each defines the first, and the others if it needs them. */
void guest_main(void *tree);
void guest_secondary(uint64_t index);
void vector_irq(void);
/* Was the exception expected?  Then *elr says where to go on. */
bool guest_sync(uint64_t esr, uint64_t *elr);

/* %u %x %s, values as uint64_t or const char *. */
void print(const char *format, ...);
void expect_failed(const char *file, int line, const char *what,
		   uint64_t a, uint64_t b) __attribute__((noreturn));
void pass(void) __attribute__((noreturn));
void guest_off(void) __attribute__((noreturn));
void guest_cpu_off(void) __attribute__((noreturn));
int64_t psci(uint32_t function, uint64_t a, uint64_t b, uint64_t c);
int64_t secondary_on(uint64_t index);

/* How many VCPUs there are, by asking for each. */
uint64_t vcpu_count(void);
/* Which one this is. */
static inline uint64_t vcpu_index(void)
{
	return sysreg_read(tpidr_el1);
}
/* Runs fn(arg) on another one that is off, and waits until it is off again. */
void vcpu_run(uint64_t index, void (*fn)(uint64_t arg), uint64_t arg);
/* The same without waiting; vcpu_join() waits. */
void vcpu_begin(uint64_t index, void (*fn)(uint64_t arg), uint64_t arg);
void vcpu_join(uint64_t index);

static inline uint64_t now(void)
{
	uint64_t v;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(v) :: "memory");
	return v;
}

/*
 * Exceptions that are wanted: TRAP_OF(statement) gives the ESR_EL1 of the one
 * that the statement took, 0 if it took none; trap_far is its FAR_EL1, trap_elr
 * its ELR_EL1.  The instruction is stepped over; from a jump to nowhere, x30
 * leads back.
 */
extern volatile uint64_t trap_esr[8], trap_far[8], trap_elr[8];
extern volatile bool trap_armed[8];
#define TRAP_OF(statement) __extension__ ({				\
	const uint64_t trap_n = vcpu_index();				\
	trap_esr[trap_n] = 0;						\
	trap_armed[trap_n] = true;					\
	statement;							\
	trap_armed[trap_n] = false;					\
	trap_esr[trap_n]; })
#define ESR_EC(esr)	((esr) >> 26)
#define ESR_IL		(1ul << 25)
#define ESR_WNR		(1ul << 6)
#define EC_UNKNOWN	0x00
#define EC_FETCH_ABORT	0x21
#define EC_DATA_ABORT	0x25
#define ESR_FSC(esr)	((esr) & 0x3f)
#define FSC_EXTERNAL	0x10
#define FSC_ALIGNMENT	0x21

#define EXPECT_EQ(a, b) do {						\
	const uint64_t expect_a = (uint64_t)(a);			\
	const uint64_t expect_b = (uint64_t)(b);			\
	if (expect_a != expect_b)					\
		expect_failed(__FILE__, __LINE__, #a " == " #b,		\
			      expect_a, expect_b);			\
} while (0)
#define EXPECT(c)	EXPECT_EQ(!!(c), 1)
/* Waits for up to 10 s until it is so. */
#define EXPECT_SOON(c) do {						\
	const uint64_t soon_end = now() + 10 * sysreg_read(cntfrq_el0);	\
	while (!(c))							\
		if (now() > soon_end)					\
			expect_failed(__FILE__, __LINE__, #c, 0, 1);	\
} while (0)

#endif
