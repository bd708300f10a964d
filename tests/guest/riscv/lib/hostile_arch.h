/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For guests that attack, on RISC-V; attack() tells scause. */
#ifndef HOSTILE_ARCH_H
#define HOSTILE_ARCH_H

/* sstatus of the code: interrupts come. */
#define IN_SUPERVISOR	(SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_FS | SSTATUS_VS)
#define IN_USER		(SSTATUS_SPIE | SSTATUS_FS | SSTATUS_VS)

/* The words leave sscratch, stvec and satp alone. */
#define STATE_KERNEL	IN_SUPERVISOR
#define STATE_USER	IN_USER
#define REG_COUNT	31		/* x1 to x31 */
#define REG_BASE	14
#define REG_DATA	13

static inline void hostile_yield(void)
{
	__asm__ volatile(".word 0x0100000f" ::: "memory");	/* pause */
}

/* Turns a VCPU on there. */
static inline int64_t hostile_start(uint64_t index, uint64_t at)
{
	return sbi_error(SBI_HSM, HSM_START, index, at, index);
}

/* Where the last exception was taken. */
static inline uint64_t hostile_exception_pc(void)
{
	return csr_read(sepc);
}

/* Where its exceptions go from now on. */
static inline void hostile_vectors(uint64_t at)
{
	csr_write(stvec, at);
}

static inline void hostile_stack(uint64_t at)
{
	__asm__ volatile("mv sp, %0\n\tld t0, (%1)"
			 :: "r"(at), "r"(NOTHING) : "t0", "memory");
}

/* When the VCPU's timer is due. */
static inline void hostile_timer(uint64_t at)
{
	sbi(SBI_TIME, 0, at);
}

#define IS_INTERRUPT(how)	((how) >> 63)
#define SPIN_WORD		0x0000006fu	/* j . */

#endif
