/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For guests that attack, on ARMv8; attack() tells ESR_EL1, 0: an interrupt. */
#ifndef HOSTILE_ARCH_H
#define HOSTILE_ARCH_H

#define PSTATE_EL1H	0x345u		/* interrupts come, D, A, F masked */
#define PSTATE_EL0	0x340u
#define PSTATE_A32	0x150u
#define PSTATE_THUMB	0x170u

#define STATE_KERNEL	PSTATE_EL1H
#define STATE_USER	PSTATE_EL0
#define REG_COUNT	31		/* x0 to x30 */
#define REG_BASE	1
#define REG_DATA	2

static inline void hostile_yield(void)
{
	__asm__ volatile("wfe" ::: "memory");
}

/* Turns a VCPU on there. */
static inline int64_t hostile_start(uint64_t index, uint64_t at)
{
	return psci(PSCI_CPU_ON, index, at, index);
}

/* Where the last exception was taken. */
static inline uint64_t hostile_exception_pc(void)
{
	return sysreg_read(elr_el1);
}

/* Where its exceptions go from now on. */
static inline void hostile_vectors(uint64_t at)
{
	sysreg_write(vbar_el1, at);
}

static inline void hostile_stack(uint64_t at)
{
	__asm__ volatile("msr daifclr, #0xd\n\tmov sp, %0\n\tldr x0, [%1]"
			 :: "r"(at), "r"(NOTHING) : "x0", "memory");
}

/* When the VCPU's timers are due. */
static inline void hostile_timer(uint64_t at)
{
	sysreg_write(cntv_cval_el0, at);
	sysreg_write(cntv_ctl_el0, 1);
	sysreg_write(cntp_cval_el0, at);
	sysreg_write(cntp_ctl_el0, 1);
}

#define IS_INTERRUPT(how)	((how) == 0)
#define SPIN_WORD		0x14000000u	/* b . */

#endif
