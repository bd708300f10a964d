/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exits from guests: what entry.S calls, and what the handlers share.
 * Handlers run on the VCPU's thread, interrupts masked, with the guest's VS
 * state, sepc, sstatus.SPP and hstatus in the hardware.
 */
#ifndef EXITS_H
#define EXITS_H

#include <arch/csr.h>
#include <arch/cycles.h>
#include <vmm/vcpu.h>

#define CAUSE_COUNT	32

/* Called by entry.S; those of the table have all registers saved. */
typedef void exit_handler(struct vcpu *v, u64 cause);
extern exit_handler *const exit_handlers[CAUSE_COUNT];
exit_handler exit_fetch_fault, exit_load_fault, exit_store_fault,
	     exit_illegal, exit_virtual;

/* A call of the guest's firmware: only what C may change is saved. */
void exit_sbi(struct vcpu *v);
void exit_irq(struct vcpu *v);
void exit_service(struct vcpu *v);
void trace_exit(const struct vcpu *v);

/* Starts the guest on an empty stack; sepc, sstatus, hstatus are set. */
_Noreturn void exit_enter_guest(struct arch_regs *regs);

/* An exception for the guest's own kernel, as if its CPU took it. */
void fault_reflect(struct vcpu *v, u64 cause, u64 value);

/* Past an instruction of that length. */
static inline void exit_step(unsigned length)
{
	csr_write(CSR_SEPC, csr_read(CSR_SEPC) + length);
}

/*
 * ---- Reading as who exited would (HLVX, HLV): a trap on the way finds this
 * CPU's vector turned to the instructions behind.  What it leaves of the trap
 * that we are in, unprivileged_failed() mends.
 */
#define UNPRIVILEGED(value, funct7, rs2, va) do {			\
	u64 unprivileged_vector;					\
	__asm__ volatile("lla	%0, 1f\n\t"				\
			 "csrrw	%0, stvec, %0\n\t"			\
			 ".insn	r 0x73, 4, " #funct7 ", %1, %2, " #rs2 "\n" \
			 "	.balign 4\n"				\
			 "1:	csrw	stvec, %0"			\
			 : "=&r"(unprivileged_vector), "+&r"(value)	\
			 : "r"(va) : "memory");				\
} while (0)

/* 32 bits of code; 0, which is no instruction: they cannot be read. */
static inline u64 unprivileged_word(u64 va)
{
	u64 value = 0;

	UNPRIVILEGED(value, 0x34, x3, va);
	return value;
}

/* 16 bits of code; ~0: they cannot be read. */
static inline u64 unprivileged_half(u64 va)
{
	u64 value = ~0ull;

	UNPRIVILEGED(value, 0x32, x3, va);
	return value;
}

/* pc: what sepc was. */
static inline void unprivileged_failed(u64 pc)
{
	csr_write(CSR_SEPC, pc);
	if (!(csr_read_set(CSR_HSTATUS, HSTATUS_SPV) & HSTATUS_SPVP))
		csr_clear(CSR_SSTATUS, SSTATUS_SPP);
}

/*
 * The instruction that exited, as it lies in memory.  False: it can't be
 * read any more, let the guest try again.
 */
bool fault_fetch(u32 *insn);

extern const u8 exit_buckets[64];
u64 exit_bucket_slow(u64 cycles);

/* The end of every handler: one more exit of that reason since begin. */
static ALWAYS_INLINE void exit_account(struct vcpu *v, enum arch_exit reason,
				       u64 begin)
{
	struct exit_stats *s = &v->stats[reason];
	u64 cycles = cycles_read() - begin;

	s->count++;
	s->cycles += cycles;
	s->histogram[likely(cycles < ARRAY_LEN(exit_buckets)) ?
		     (u64)exit_buckets[cycles] : exit_bucket_slow(cycles)]++;
}

#endif
