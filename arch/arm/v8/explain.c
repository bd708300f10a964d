// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a VCPU is at, for people: pc, masks, timers, the last exception of its
 * own (Arm ARM D19.2.37 exception syndrome, D11 timers).
 */

#include "vcpu.h"

#include <vmm/guest.h>
#include <vmm/why.h>

#define PSR_MODE_MASK	0xfull
#define PSR_I		BIT64(7)
#define PSR_AARCH32	BIT64(4)
#define SCTLR_M		BIT64(0)
#define VECTOR_SIZE	0x800
#define ESR_CLASS(esr)	((esr) >> 26 & 0x3f)

/* A switched register of v: its CPU's, or what is kept of it. */
#define HELD(v, index, name)						\
	(vcpu_is_loaded_here(v) ? sysreg_read(name) :			\
				  (v)->arch.sysregs[SR_##index])

__extension__ static const char *const class_names[64] = {
	[0x00] = "an undefined instruction",
	[0x07] = "use of FP, which is off",
	[0x0e] = "an illegal return state",
	[0x15] = "a system call",
	[0x20 ... 0x21] = "an instruction abort",
	[0x22] = "a misaligned pc",
	[0x24 ... 0x25] = "a data abort",
	[0x26] = "a misaligned stack pointer",
	[0x3c] = "a breakpoint",
};

static void explain_pc(const struct vcpu *v, enum vcpu_place place,
		       struct vcpu_why *w)
{
	u64 pstate = v->arch.pstate;

	w->pc = v->arch.pc;
	if (place == VCPU_INTERRUPTED) {
		w->pc = sysreg_read(elr_el2);
		pstate = sysreg_read(spsr_el2);
	} else if (place == VCPU_SWITCHED) {
		w->pc = v->thread.arch.elr;
		pstate = v->thread.arch.spsr;
	}
	w->user = !(pstate & PSR_MODE_MASK) || pstate & PSR_AARCH32;
	w->masked = pstate & PSR_I;
	w->mask = "PSTATE.I";
	w->translated = HELD(v, SCTLR_EL1, sctlr_el1) & SCTLR_M;
}

static void explain_exception(const struct vcpu *v, struct why_exception *e)
{
	const u64 esr = HELD(v, ESR_EL1, esr_el1);
	const char *name = class_names[ESR_CLASS(esr)];

	*e = (struct why_exception){
		.vector = HELD(v, VBAR_EL1, vbar_el1),
		.vector_size = VECTOR_SIZE,
		.pc = HELD(v, ELR_EL1, elr_el1),
	};
	if (!e->pc && !esr)
		return;
	e->name = name ? name : "an exception";
	if (ESR_CLASS(esr) >= 0x20 && ESR_CLASS(esr) <= 0x25)
		e->address = HELD(v, FAR_EL1, far_el1);
}

void arch_vcpu_explain(struct vcpu *v, enum vcpu_place place,
		       struct vcpu_why *w)
{
	if (v->arch.suspended && w->state == WHY_IDLE)
		w->state = WHY_SUSPENDED;
	explain_pc(v, place, w);
	explain_exception(v, &w->exception);
	timer_vcpu_explain(v, w);
}
