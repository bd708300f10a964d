/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What bare-metal guests of ARMv8 are written with. */
#ifndef GUEST_H
#define GUEST_H

#include "test.h"

/* QEMU virt's memory map. */
#define UART_BASE	0x09000000ul
#define GICD_BASE	0x08000000ul
#define GICC_BASE	0x08010000ul
#define GICR_BASE	0x080a0000ul
#define RTC_BASE	0x09010000ul
#define RAM_BASE	0x40000000ul
/* The first flash, which is ROM to stores, and no device at all. */
#define ROM_BASE	0x00000000ul
#define NOTHING		0x0b000000ul

/* Of the console: UART_BASE, unless a guest knows better. */
extern uintptr_t uart_base;
/*
 * Is this a guest of Xen?  Then its devices, which are elsewhere, are found by
 * all that comes.
 */
bool xen_find(const char *tree);

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

/* The guest defines those that it needs. */
void vector_irq(void);
/* Was the exception expected?  Then *elr says where to go on. */
bool guest_sync(uint64_t esr, uint64_t *elr);

int64_t psci(uint32_t function, uint64_t a, uint64_t b, uint64_t c);

static inline uint64_t vcpu_index(void)
{
	return sysreg_read(tpidr_el1);
}

static inline void wait(void)
{
	__asm__ volatile("wfi" ::: "memory");
}

static inline uint64_t counter_hz(void)
{
	return sysreg_read(cntfrq_el0);
}

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
extern volatile uint64_t trap_esr[MAX_VCPUS], trap_far[MAX_VCPUS];
extern volatile uint64_t trap_elr[MAX_VCPUS];
extern volatile bool trap_armed[MAX_VCPUS];
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
#define NO_TRAP		0ul
#define FSC_EXTERNAL	0x10
#define FSC_ALIGNMENT	0x21

#endif
