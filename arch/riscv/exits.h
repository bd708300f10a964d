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

/*
 * Half of an instruction at the guest's virtual address, with the rights of
 * who exited.  ~0: it cannot be read, and all registers of traps are what
 * that left of them.  entry.S
 */
u64 exit_read_half(u64 va);
/* The same of 8 bytes of data; *failed becomes scause, or stays. */
u64 exit_read_data(u64 va, u64 *failed);

/* An exception for the guest's own kernel, as if its CPU took it. */
void fault_reflect(struct vcpu *v, u64 cause, u64 value);

/* Past an instruction of that length. */
static inline void exit_step(unsigned length)
{
	csr_write(CSR_SEPC, csr_read(CSR_SEPC) + length);
}

/*
 * The instruction that exited, as it lies in memory.  False: it can't be
 * read any more, let the guest try again.
 */
bool fault_fetch(u32 *insn);

extern const u8 exit_buckets[64];
unsigned exit_bucket_slow(u64 cycles);

/* The end of every handler: one more exit of that reason since begin. */
static ALWAYS_INLINE void exit_account(struct vcpu *v, enum arch_exit reason,
				       u64 begin)
{
	struct exit_stats *s = &v->stats[reason];
	u64 cycles = cycles_read() - begin;

	s->count++;
	s->cycles += cycles;
	s->histogram[likely(cycles < ARRAY_LEN(exit_buckets)) ?
		     exit_buckets[cycles] : exit_bucket_slow(cycles)]++;
}

#endif
