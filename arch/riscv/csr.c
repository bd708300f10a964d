// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Instructions that trap (Privileged ISA, "Virtual-Instruction Exception"):
 * waiting ones, FP and vectors on first use, registers of AIA (aia.c), counters
 * that would tell of others.
 * All else guests do not have: to them it is an illegal instruction.
 */

#include "exits.h"
#include "vcpu.h"

#include <vmm/guest.h>
#include <vmm/sched.h>

#define INSN_WRS_NTO	0x00d00073u

#define OPCODE_MASK	0x7fu
#define OPCODE_SYSTEM	0x73u
/* CSRRS or CSRRC with x0 or 0 */
#define READ_MASK	0x000fa07fu
#define READ_CSR	0x00002073u

static void illegal(struct vcpu *v, u64 begin)
{
	u64 pc = exit_pc();

	fault_reflect(v, CAUSE_ILLEGAL, csr_read(CSR_STVAL));
	exit_account(v, EXIT_ILLEGAL, begin, pc);
}

static bool is_on(u64 field)
{
	return csr_read(CSR_VSSTATUS) & field;
}

static bool from_user(void)
{
	return !(csr_read(CSR_SSTATUS) & SSTATUS_SPP);
}

static void wait_interrupt(struct vcpu *v, u64 begin)
{
	exit_account(v, EXIT_WFI, begin, exit_step(4));
	vcpu_wait(v);
}

static void wait_reservation(struct vcpu *v, u64 begin)
{
	exit_account(v, EXIT_WRS, begin, exit_step(4));
	sched_yield();
}

/*
 * cycle and instret (Zicntr) read as time does, so that nothing is learnt of
 * what else the host does.
 */
static bool read_counter(struct vcpu *v, u32 insn, u64 begin, u64 pc)
{
	const u32 csr = insn >> 20, rd = insn >> 7 & 31;

	if ((insn & READ_MASK) != READ_CSR ||
	    (csr != CSR_CYCLE && csr != CSR_INSTRET) ||
	    (from_user() && !(csr_read(CSR_SCOUNTEREN) & BIT(csr & 31))))
		return false;
	if (rd)
		v->arch.regs->x[rd] = guest_clock_cycles(v->guest);
	exit_step(4);
	exit_account(v, EXIT_CSR, begin, pc);
	return true;
}

/* A register of AIA's, of the guest's kernel: done, and gone on behind it. */
static bool access_aia(struct vcpu *v, u32 insn, u64 begin, u64 pc)
{
	if ((insn & OPCODE_MASK) != OPCODE_SYSTEM || from_user() ||
	    !aia_access(v, insn))
		return false;
	exit_step(4);
	exit_account(v, EXIT_CSR, begin, pc);
	return true;
}

/* Tables that a debugger wants to know of: the same. */
static bool access_tables(struct vcpu *v, u32 insn, u64 begin, u64 pc)
{
	if (likely(!v->arch.hstatus) || from_user() || !debug_tables(v, insn))
		return false;
	exit_account(v, EXIT_CSR, begin, pc);
	return true;
}

bool exit_virtual(struct vcpu *v, u64 cause)
{
	u64 begin = cycles_read(), pc = exit_pc();
	u32 insn = (u32)csr_read(CSR_STVAL);

	(void)cause;
	if (!insn && !fault_fetch(&insn))
		return false;
	if (insn == INSN_WFI && !from_user())
		wait_interrupt(v, begin);
	else if (insn == INSN_WRS_NTO)
		wait_reservation(v, begin);
	else if (access_aia(v, insn, begin, pc) ||
		 read_counter(v, insn, begin, pc) ||
		 access_tables(v, insn, begin, pc))
		return true;
	else
		illegal(v, begin);
	return false;
}

/* Off to us only: done again with the registers there. */
static void illegal_or_off(struct vcpu *v, u64 begin)
{
	if (!v->arch.fp_live && is_on(SSTATUS_FS)) {
		vcpu_fp_load(v);
		exit_account(v, EXIT_FP, begin, exit_pc());
	} else if (v->arch.vector && !v->arch.vector_live &&
		   is_on(SSTATUS_VS)) {
		vcpu_vector_load(v);
		exit_account(v, EXIT_VECTOR, begin, exit_pc());
	} else {
		illegal(v, begin);
	}
}

bool exit_illegal(struct vcpu *v, u64 cause)
{
	u64 begin = cycles_read(), pc;
	u32 insn;

	(void)cause;
	if (likely(!v->arch.aia_traps)) {
		illegal_or_off(v, begin);
		return false;
	}
	pc = exit_pc();
	insn = (u32)csr_read(CSR_STVAL);
	if (!insn && !fault_fetch(&insn))
		return false;
	if (access_aia(v, insn, begin, pc))
		return true;
	illegal_or_off(v, begin);
	return false;
}
