/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPIs of the SBI between VCPUs, taken without an exception, or by one. */
#ifndef IPI_H
#define IPI_H

#include "guest.h"

/* By VCPU 0, before all else; then by each VCPU. */
static inline void ipi_init(const char *tree)
{
}

static inline void ipi_init_cpu(void)
{
	csr_write(sie, SIP_SOFT);
}

static inline __attribute__((always_inline)) void
ipi_call(uint64_t extension, uint64_t function, uint64_t index)
{
	register uint64_t a0 __asm__("a0") = 1ul << index;
	register uint64_t a1 __asm__("a1") = 0;
	register uint64_t a2 __asm__("a2") = 0;
	register uint64_t a3 __asm__("a3") = ~0ul;
	register uint64_t a6 __asm__("a6") = function;
	register uint64_t a7 __asm__("a7") = extension;

	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1)
			 : "r"(a2), "r"(a3), "r"(a6), "r"(a7) : "memory");
}

static inline __attribute__((always_inline)) void ipi_send(uint64_t index)
{
	ipi_call(SBI_IPI, 0, index);
}

static inline __attribute__((always_inline)) bool ipi_take(void)
{
	if (!(csr_read(sip) & SIP_SOFT))
		return false;
	csr_clear(sip, SIP_SOFT);
	return true;
}

/* What a guest defines that takes them by exceptions. */
#define IPI_VECTOR	vector_irq(struct frame *f)

static inline void ipi_unmask(void)
{
	csr_set(sstatus, SSTATUS_SIE);
}

/* All entries of that VCPU's TLB. */
static inline __attribute__((always_inline)) void ipi_flush(uint64_t index)
{
	ipi_call(SBI_RFENCE, 1, index);
}

#endif
