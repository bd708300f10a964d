/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exits from guests: what vectors.S calls, and what the handlers share.
 * Handlers run on the VCPU's thread, interrupts masked, with the guest's
 * EL1 state, ELR_EL2 and SPSR_EL2 in the hardware.
 */
#ifndef EXITS_H
#define EXITS_H

#include <arch/cycles.h>
#include <arch/sysreg.h>
#include <vmm/vcpu.h>

/* Fields of ESR_EL2, Arm ARM D19.2.37 */
#define ESR_EC(esr)		((unsigned)((esr) >> 26 & 0x3f))
#define ESR_IL			BIT64(25)
#define ESR_ISV			BIT64(24)

/* Called by vectors.S. */
typedef void exit_handler(struct vcpu *v, u64 esr);
void exit_irq(struct vcpu *v);
void exit_service(struct vcpu *v);
void exit_serror(struct vcpu *v);
void trace_exit_sync(const struct vcpu *v);
void trace_exit_irq(const struct vcpu *v);
void trace_exit_serror(const struct vcpu *v);
void trace_own_irq(void);
struct arch_frame;
/* A panic, or goes on where the frame says. */
void exit_own_fault(struct arch_frame *frame);
_Noreturn void exit_enter_guest(struct vcpu *v, struct arch_regs *regs,
				u64 pc, u64 pstate);

exit_handler exit_sysreg, exit_data_abort, exit_instruction_abort, exit_hvc,
	     exit_smc, exit_debug;

/* Reflections into the guest's EL1. */
void fault_undefined(struct vcpu *v);
void fault_abort(struct vcpu *v, u64 esr, u64 far);
/* A breakpoint instruction of the guest's own, which trapped. */
void fault_debug(u64 esr);

/* Whether data of the access that exited is big-endian: SCTLR_EL1.EE, .E0E. */
bool fault_is_big_endian(void);
/* An element of 1 to 8 bytes the other way round; what is above is ignored. */
u64 fault_swap_bytes(u64 value, unsigned size);

/*
 * Does the load or store at the guest's pc, whose syndrome says nothing.
 * 0: done; -ENOTSUP: no instruction that devices take; -EFAULT: nothing
 * answers at gpa.
 */
int emulate_access(struct vcpu *v, gpa_t gpa);

static inline u64 exit_pc(void)
{
	return sysreg_read(elr_el2);
}

/*
 * Past the instruction that exited: 4 bytes, 2 for short AArch32 ones.
 * Gives where it is.
 */
static inline u64 exit_advance(u64 esr)
{
	u64 pc = exit_pc();

	sysreg_write(elr_el2, pc + 2 + ((esr & ESR_IL) >> 24));
	return pc;
}

/* The same where it cannot be a short one. */
static inline u64 exit_step(void)
{
	u64 pc = exit_pc();

	sysreg_write(elr_el2, pc + 4);
	return pc;
}

/* An exit of that reason, counted beside, took so many cycles. */
static ALWAYS_INLINE void exit_account_time(struct vcpu *v,
					    enum arch_exit reason, u64 cycles)
{
	struct exit_stats *s = &v->stats[reason];

	s->cycles += cycles;
	s->histogram[(u32)cycles ? __builtin_clz((u32)cycles) : 32]++;
}

/*
 * The end of every handler: one more exit of that reason, since begin.  Gives
 * the cycles that it took.
 */
static ALWAYS_INLINE u64 exit_account(struct vcpu *v, enum arch_exit reason,
				      u64 begin, u64 pc)
{
	u64 cycles = cycles_read() - begin;

	vcpu_count_exit(v, reason, begin, pc);
	exit_account_time(v, reason, cycles);
	return cycles;
}

/* What a general register holds; 31 is the zero register here. */
static inline u64 exit_register(const struct vcpu *v, unsigned n)
{
	return n == 31 ? 0 : v->arch.regs->x[n];
}

static inline void exit_register_set(struct vcpu *v, unsigned n, u64 value)
{
	v->arch.regs->x[n] = value;
}

#endif
