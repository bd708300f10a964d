/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SGI 1 of a GICv3 between VCPUs, taken without an exception, or by one. */
#ifndef IPI_H
#define IPI_H

#include "gic.h"

#define IPI_SGI		1

/* By VCPU 0, before all else; then by each VCPU. */
static inline void ipi_init(const char *tree)
{
	xen_find(tree);
}

static inline void ipi_init_cpu(void)
{
	gic_init();
	gic_init_cpu();
	gic_use(IPI_SGI, 0x80);
}

static inline __attribute__((always_inline)) void ipi_send(uint64_t index)
{
	__asm__ volatile("msr S3_0_C12_C11_5, %0\n\tisb"
			 :: "r"((uint64_t)IPI_SGI << 24 | 1ul << index)
			 : "memory");
}

static inline __attribute__((always_inline)) bool ipi_take(void)
{
	const uint64_t ack = sysreg_read(S3_0_C12_C12_0);

	if (ack != IPI_SGI)
		return false;
	sysreg_write(S3_0_C12_C12_1, ack);
	return true;
}

/* What a guest defines that takes them by exceptions. */
#define IPI_VECTOR	vector_irq(void)

static inline void ipi_unmask(void)
{
	__asm__ volatile("msr daifclr, #2" ::: "memory");
}

/* Entries of that VCPU's TLB: the hardware tells it. */
static inline __attribute__((always_inline)) void ipi_flush(uint64_t index)
{
	__asm__ volatile("tlbi vmalle1is\n\tdsb ish\n\tisb" ::: "memory");
}

#endif
