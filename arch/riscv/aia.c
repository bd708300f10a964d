// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A guest's registers of AIA (Advanced Interrupt Architecture 1.0, 2.2, 3.10
 * and 5.5), where its instructions for them trap: of interrupt files that no
 * CPU has, and all of them where CPUs have no AIA.  What CPUs without know as
 * interrupts has the default order only, so the array of priorities is zeros.
 */

#include "vcpu.h"

#include <vmm/errno.h>
#include <vmm/guest.h>

#define SELECT		0x1ffu
#define IPRIO_FIRST	0x30
#define IPRIO_LAST	0x3f
#define TOP_ID_SHIFT	16
#define TOP_PRIORITY	1	/* of whatever it is: there are no others */

/* What a CSR instruction does to a register. */
struct csr_access {
	u64 mask;			/* bits written, 0: a read */
	u64 bits;			/* what to */
	bool writes;
};

static void exchange(u64 *reg, u64 legal, const struct csr_access *a,
		     u64 *was)
{
	const u64 mask = a->mask & legal;

	*was = *reg;
	*reg = (*reg & ~mask) | (a->bits & mask);
}

static int access_select(struct vcpu *v, const struct csr_access *a, u64 *was)
{
	exchange(&v->arch.vsiselect, SELECT, a, was);
	return 0;
}

static int access_indirect(struct vcpu *v, const struct csr_access *a,
			   u64 *was)
{
	struct vpic_files *f = v->guest->files;
	const u64 number = vcpu_has_select ? csr_read(CSR_VSISELECT) :
					     v->arch.vsiselect;

	*was = 0;
	if (number >= IPRIO_FIRST && number <= IPRIO_LAST)
		return number & 1 ? -EINVAL : 0;
	*was = a->bits;
	return f->ops->access(f, v, (unsigned)number, a->mask, was);
}

static int access_top_file(struct vcpu *v, const struct csr_access *a,
			   u64 *was)
{
	struct vpic_files *f = v->guest->files;

	*was = f->ops->top(f, v, a->writes);
	return 0;
}

/* Pending and enabled ones; external, software, timer is their order. */
static int access_top(struct vcpu *v, const struct csr_access *a, u64 *was)
{
	static const u8 order[] = { IRQ_S_EXT, IRQ_S_SOFT, IRQ_S_TIMER };
	const u64 due = (csr_read(CSR_HIP) & csr_read(CSR_HIE)) >> 1;

	(void)v;
	*was = 0;
	if (a->writes)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_LEN(order) && !*was; i++)
		if (due & BIT(order[i]))
			*was = (u64)order[i] << TOP_ID_SHIFT | TOP_PRIORITY;
	return 0;
}

static const struct {
	unsigned csr;
	int (*access)(struct vcpu *v, const struct csr_access *a, u64 *was);
} registers[] = {
	{ CSR_SISELECT, access_select }, { CSR_SIREG, access_indirect },
	{ CSR_STOPEI, access_top_file }, { CSR_STOPI, access_top },
};

static int access_csr(struct vcpu *v, unsigned csr,
		      const struct csr_access *a, u64 *was)
{
	for (size_t i = 0; i < ARRAY_LEN(registers); i++)
		if (registers[i].csr == csr)
			return registers[i].access(v, a, was);
	return -EINVAL;
}

/* Zicsr: writes, sets or clears, by a register or by its number. */
static struct csr_access decode(const struct vcpu *v, u32 insn)
{
	const unsigned rs1 = insn >> 15 & 31, op = insn >> 12 & 3;
	const u64 operand = insn & BIT(14) ? rs1 : v->arch.regs->x[rs1];

	return (struct csr_access){
		.mask = op == 1 ? ~0ull : operand,
		.bits = op == 3 ? 0 : operand,
		.writes = op == 1 || rs1,
	};
}

bool aia_access(struct vcpu *v, u32 insn)
{
	const struct csr_access a = decode(v, insn);
	const unsigned rd = insn >> 7 & 31;
	u64 was;

	if (!v->guest->files || !(insn >> 12 & 3) ||
	    access_csr(v, insn >> 20, &a, &was))
		return false;
	if (rd)
		v->arch.regs->x[rd] = was;
	return true;
}

void aia_vcpu_reset(struct vcpu *v)
{
	v->arch.vsiselect = 0;
	v->arch.aia_traps = v->guest->files && !isa_has(ISA_SSAIA);
}
