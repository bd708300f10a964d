// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Instructions that trap (Privileged ISA, "Virtual-Instruction Exception"):
 * waiting ones, FP and vectors on first use, registers of interrupt files.
 * All else guests do not have: to them it is an illegal instruction.
 */

#include "exits.h"
#include "vcpu.h"

#include <vmm/errno.h>
#include <vmm/guest.h>

#define INSN_WRS_NTO	0x00d00073u

#define OPCODE_MASK	0x7fu
#define OPCODE_SYSTEM	0x73u

static void illegal(struct vcpu *v, u64 begin)
{
	fault_reflect(v, CAUSE_ILLEGAL, csr_read(CSR_STVAL));
	exit_account(v, EXIT_ILLEGAL, begin);
}

static bool is_on(u64 field)
{
	return csr_read(CSR_VSSTATUS) & field;
}

/* Off to us only: done again with the registers there. */
void exit_illegal(struct vcpu *v, u64 cause)
{
	u64 begin = cycles_read();

	(void)cause;
	if (!v->arch.fp_live && is_on(SSTATUS_FS)) {
		vcpu_fp_load(v);
		exit_account(v, EXIT_FP, begin);
	} else if (v->arch.vector && !v->arch.vector_live &&
		   is_on(SSTATUS_VS)) {
		vcpu_vector_load(v);
		exit_account(v, EXIT_VECTOR, begin);
	} else {
		illegal(v, begin);
	}
}

static bool from_user(void)
{
	return !(csr_read(CSR_SSTATUS) & SSTATUS_SPP);
}

static void wait_interrupt(struct vcpu *v, u64 begin)
{
	exit_step(4);
	exit_account(v, EXIT_WFI, begin);
	vcpu_wait(v);
}

static void wait_reservation(struct vcpu *v, u64 begin)
{
	exit_step(4);
	exit_account(v, EXIT_WRS, begin);
	sched_yield();
}

/* ---- registers of interrupt files ---- */

/* A CSR instruction, taken apart. */
struct csr_insn {
	unsigned csr;
	unsigned rd;
	u64 operand;			/* of rs1, or its number */
	unsigned op;			/* 1 write, 2 set, 3 clear */
	bool reads, writes;
};

static struct csr_insn decode_csr(const struct vcpu *v, u32 insn)
{
	unsigned rs1 = insn >> 15 & 31, op = insn >> 12 & 3;

	return (struct csr_insn){
		.csr = insn >> 20, .rd = insn >> 7 & 31, .op = op,
		.operand = insn & BIT(14) ? rs1 : v->arch.regs->x[rs1],
		.reads = op != 1 || (insn >> 7 & 31),
		.writes = op == 1 || rs1,
	};
}

/* -EINVAL: no such register. */
static int access_sireg(struct vcpu *v, const struct csr_insn *i, u64 *value)
{
	struct vpic_files *f = v->guest->files;
	u64 mask = !i->writes ? 0 : i->op == 1 ? ~0ull : i->operand;

	*value = i->op == 3 ? 0 : i->operand;
	return f->ops->access(f, v, (unsigned)csr_read(CSR_VSISELECT), mask,
			      value);
}

static int access_stopei(struct vcpu *v, const struct csr_insn *i, u64 *value)
{
	struct vpic_files *f = v->guest->files;

	*value = f->ops->top(f, v, i->writes);
	return 0;
}

static bool access_files(struct vcpu *v, u32 insn)
{
	const struct csr_insn i = decode_csr(v, insn);
	u64 value;
	int rc = -EINVAL;

	if (!v->guest->files || from_user() || !i.op)
		return false;
	if (i.csr == CSR_SIREG)
		rc = access_sireg(v, &i, &value);
	else if (i.csr == CSR_STOPEI)
		rc = access_stopei(v, &i, &value);
	if (rc)
		return false;
	if (i.reads && i.rd)
		v->arch.regs->x[i.rd] = value;
	exit_step(4);
	return true;
}

/* ---- */

void exit_virtual(struct vcpu *v, u64 cause)
{
	u64 begin = cycles_read();
	u32 insn = (u32)csr_read(CSR_STVAL);

	(void)cause;
	if (!insn && !fault_fetch(&insn))
		return;
	if (insn == INSN_WFI && !from_user())
		wait_interrupt(v, begin);
	else if (insn == INSN_WRS_NTO)
		wait_reservation(v, begin);
	else if ((insn & OPCODE_MASK) == OPCODE_SYSTEM &&
		 access_files(v, insn))
		exit_account(v, EXIT_CSR, begin);
	else
		illegal(v, begin);
}
