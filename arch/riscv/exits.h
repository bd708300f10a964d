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

#define CAUSE_COUNT	64

#define INSN_WFI	0x10500073u

/*
 * Called by entry.S; those of the table have all registers saved.  True: may
 * have changed one of EXIT_KEPT, so that all are to be restored.
 */
typedef bool exit_handler(struct vcpu *v, u64 cause);
extern exit_handler *const exit_handlers[CAUSE_COUNT];
exit_handler exit_fetch_fault, exit_load_fault, exit_store_fault,
	     exit_illegal, exit_virtual, exit_breakpoint;

/* gp, s0 to s11: what C keeps is the guest's all the time. */
#define EXIT_KEPT	(BIT(3) | BIT(8) | BIT(9) | (u32)GENMASK64(27, 18))

/* See also exit_sbi().  Only what C may change is saved. */
void exit_irq(struct vcpu *v);
void exit_service(struct vcpu *v);
void trace_exit(const struct vcpu *v);

/* Starts the guest on an empty stack; sepc, sstatus, hstatus are set. */
_Noreturn void exit_enter_guest(struct arch_regs *regs);

/* An exception for the guest's own kernel, as if its CPU took it. */
void fault_reflect(struct vcpu *v, u64 cause, u64 value);

static inline u64 exit_pc(void)
{
	return csr_read(CSR_SEPC);
}

/* Past an instruction of that length.  Gives where it is. */
static inline u64 exit_step(unsigned length)
{
	u64 pc = exit_pc();

	csr_write(CSR_SEPC, pc + length);
	return pc;
}

/*
 * An instruction that changes how v's addresses translate and traps for that,
 * while its debugger wants to know: done.  False: another one.
 */
bool debug_tables(struct vcpu *v, u32 insn);

/*
 * ---- Reading as who exited would: traps on the way end in entry.S, which
 * knows the registers used here.  What they leave of the trap that we are in,
 * unprivileged_failed() mends. ----
 */
#define UNPRIVILEGED(funct7, rs2, va, value, failed)			\
	__asm__ volatile(".insn	r 0x73, 4, " #funct7 ", %0, %2, " #rs2	\
			 : "=r"(value), "+r"(failed) : "r"(va) : "memory")

/* HLVX.WU: 32 bits of code; 0, which is no instruction: not to be read. */
static ALWAYS_INLINE u64 unprivileged_word(u64 va)
{
	register u64 value __asm__("t1");

	__asm__ volatile(".insn	r 0x73, 4, 0x34, %0, %1, x3"
			 : "=r"(value) : "r"(va) : "t2", "memory");
	return value;
}

/* HLVX.HU: 16 bits of code. */
static inline bool unprivileged_half(u64 va, u32 *half)
{
	register u64 value __asm__("t1");
	register u64 failed __asm__("t2") = 0;

	UNPRIVILEGED(0x32, x3, va, value, failed);
	*half = (u32)value;
	return !failed;
}

/* HLV.D: 64 bits of data. */
static inline bool unprivileged_data(u64 va, u64 *data)
{
	register u64 value __asm__("t1");
	register u64 failed __asm__("t2") = 0;

	UNPRIVILEGED(0x36, x0, va, value, failed);
	*data = value;
	return !failed;
}

/* pc: what sepc was. */
static inline void unprivileged_failed(u64 pc)
{
	u64 hstatus = csr_read_set(CSR_HSTATUS, HSTATUS_SPV);

	csr_write(CSR_SEPC, pc);
	if (hstatus & HSTATUS_SPVP)	/* who exited: a trap of ours ... */
		csr_set(CSR_SSTATUS, SSTATUS_SPP);
	else				/* ... and its end change SPP only */
		csr_clear(CSR_SSTATUS, SSTATUS_SPP);
}

/*
 * The instruction that exited, as it lies in memory.  False: it can't be
 * read any more, let the guest try again.
 */
bool fault_fetch(u32 *insn);

/* Leading zeros of 32 bits, of the least values. */
extern const u8 exit_buckets[64];

/* An exit of that reason, counted beside, took so many cycles. */
static ALWAYS_INLINE void exit_account_time(struct vcpu *v,
					    enum arch_exit reason, u64 cycles)
{
	struct exit_stats *s = &v->stats[reason];
	u64 rest = cycles;
	u32 *bucket = s->histogram;

	s->cycles += cycles;
	if (unlikely(rest >= ARRAY_LEN(exit_buckets)))
		for (rest = (u32)rest; rest >= ARRAY_LEN(exit_buckets);
		     rest >>= 1)
			bucket--;
	bucket[exit_buckets[rest]]++;
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

#endif
