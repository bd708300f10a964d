// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a VCPU is at, for people: pc, masks, its timer, what its own interrupt
 * register lets through, the last exception of its own (Privileged ISA 12.1).
 */

#include "vcpu.h"

#include <vmm/guest.h>
#include <vmm/why.h>

#define DIRECT_SIZE	64u	/* of a handler: where it begins */
#define VECTORED_SIZE	256u

/* A switched register of v: its CPU's, or what is kept of it. */
#define HELD(v, name)							\
	(vcpu_is_loaded_here(v) ? csr_read(CSR_##name) :		\
				  (v)->arch.vs[VS_##name])

static const char *const cause_names[] = {
	[CAUSE_FETCH_MISALIGNED] = "a misaligned pc",
	[CAUSE_FETCH_ACCESS] = "an instruction access fault",
	[CAUSE_ILLEGAL] = "an illegal instruction",
	[CAUSE_BREAKPOINT] = "a breakpoint",
	[CAUSE_LOAD_MISALIGNED] = "a misaligned load",
	[CAUSE_LOAD_ACCESS] = "a load access fault",
	[CAUSE_STORE_MISALIGNED] = "a misaligned store",
	[CAUSE_STORE_ACCESS] = "a store access fault",
	[CAUSE_ECALL_U] = "a system call",
	[CAUSE_FETCH_PAGE] = "an instruction page fault",
	[CAUSE_LOAD_PAGE] = "a load page fault",
	[CAUSE_STORE_PAGE] = "a store page fault",
};

static void explain_pc(const struct vcpu *v, enum vcpu_place place,
		       struct vcpu_why *w)
{
	u64 mode = v->arch.mode;

	w->pc = v->arch.pc;
	if (place == VCPU_INTERRUPTED) {
		w->pc = csr_read(CSR_SEPC);
		mode = csr_read(CSR_SSTATUS);
	} else if (place == VCPU_SWITCHED) {
		w->pc = v->thread.arch.sepc;
		mode = v->thread.arch.sstatus;
	}
	w->user = !(mode & SSTATUS_SPP);
	w->masked = !w->user && !(HELD(v, VSSTATUS) & SSTATUS_SIE);
	w->mask = "sstatus.SIE";
	w->translated = HELD(v, VSATP) >> ATP_MODE_SHIFT;
}

static void explain_exception(const struct vcpu *v, struct why_exception *e)
{
	const u64 cause = HELD(v, VSCAUSE), vector = HELD(v, VSTVEC);
	const char *name = cause < ARRAY_LEN(cause_names) ?
			   cause_names[cause] : NULL;

	*e = (struct why_exception){
		.vector = vector & ~3ull,
		.vector_size = vector & 3 ? VECTORED_SIZE : DIRECT_SIZE,
		.pc = HELD(v, VSEPC), .address = HELD(v, VSTVAL),
	};
	if (cause & CAUSE_IRQ || (!e->pc && !cause))
		return;
	e->name = name ? name : "an exception";
	if (cause == CAUSE_ILLEGAL)
		e->address = 0;		/* the instruction */
}

/* Its own controller: software, timer; and the wire of the one outside. */
static void explain_lines(struct vcpu *v, struct vcpu_why *w)
{
	const u64 enabled = HELD(v, VSIE);
	const u64 lines = __atomic_load_n(&v->arch.lines, __ATOMIC_RELAXED) |
			  (vcpu_is_loaded_here(v) ? csr_read(CSR_HIP) :
						    v->arch.hvip);
	const struct why_timer *t = &w->timers[0];

	w->enable = "sie";
	w->wire_stops = enabled & BIT(IRQ_S_EXT) ? 0 : WHY_STOP_CPU;
	why_source_add(w, &(struct why_source){
		.id = IRQ_S_SOFT, .kind = WHY_IPI, .name = "software",
		.pending = lines & HVIP_SOFT,
		.stops = enabled & BIT(IRQ_S_SOFT) ? 0 : WHY_STOP_CPU,
	});
	why_source_add(w, &(struct why_source){
		.id = IRQ_S_TIMER, .kind = WHY_TIMER,
		.pending = lines & HVIP_TIMER || t->due,
		.stops = enabled & BIT(IRQ_S_TIMER) ? 0 : WHY_STOP_CPU,
	});
}

void arch_vcpu_explain(struct vcpu *v, enum vcpu_place place,
		       struct vcpu_why *w)
{
	if (v->arch.suspended && w->state == WHY_IDLE)
		w->state = WHY_SUSPENDED;
	explain_pc(v, place, w);
	explain_exception(v, &w->exception);
	timer_vcpu_explain(v, w);
	explain_lines(v, w);
}
