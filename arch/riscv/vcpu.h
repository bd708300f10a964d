/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of a VCPU's state that several files of this architecture touch. */
#ifndef VCPU_H
#define VCPU_H

#include <arch/csr.h>
#include <arch/isa.h>
#include <vmm/vcpu.h>

#define HVIP_SOFT	BIT(IRQ_VS_SOFT)
#define HVIP_TIMER	BIT(IRQ_VS_TIMER)
#define HVIP_EXT	BIT(IRQ_VS_EXT)
#define HVIP_ALL	(HVIP_SOFT | HVIP_TIMER | HVIP_EXT)

/* Guests' interrupts come from the CPU's first guest file. */
#define HSTATUS_FILE	(UL(1) << HSTATUS_VGEIN_SHIFT)

/* v->arch.pc and .mode are where the next sret goes.  Interrupts masked. */
void vcpu_set_return(struct vcpu *v);

/* May code of v's run at that address? */
bool vcpu_is_code(const struct vcpu *v, u64 address);

/*
 * Lines of v, HVIP_...: any CPU, interrupts masked.  HVIP_SOFT is up until
 * the guest takes it down.
 */
void vcpu_line_raise(struct vcpu *v, u32 line);
void vcpu_line_lower(struct vcpu *v, u32 line);
/* An event that v sends, and the one after it, that another receives. */
static inline void vcpu_count_pair(struct vcpu *v, struct vcpu *other,
				   unsigned sent)
{
	v->arch.events[sent]++;
	__atomic_fetch_add(&other->arch.events[sent + 1], 1, __ATOMIC_RELAXED);
}
/* Waits as the guest's WFI does; switches. */
void vcpu_wait(struct vcpu *v);

/* v's FP or vector registers into the CPU, and out of it. */
void vcpu_fp_load(struct vcpu *v);
void vcpu_vector_load(struct vcpu *v);
/* What is in memory is as new as what is in the CPU, which keeps it. */
void fp_save(struct arch_fp *to);
void fp_restore(const struct arch_fp *from);
void vector_save(struct arch_vector *to, u64 vlenb);
void vector_restore(const struct arch_vector *from, u64 vlenb);

/* What this machine offers guests, constant once the first CPU is up. */
void vcpu_features_init(void);
extern u64 vcpu_henvcfg;
extern u64 vcpu_vlenb;			/* bytes of a vector register, or 0 */
extern u64 vcpu_maker[4];		/* mvendorid, marchid, mimpid */
extern bool vcpu_has_select;		/* vsiselect: AIA or Sscsrind */
extern unsigned vcpu_vmid_max;		/* 0: TLBs know one guest only */
/* Registers that are the same for all guests; each CPU. */
void vcpu_cpu_init(void);

/* Files of the hardware's for guests, if there are any; files.c. */
void files_init(void);

/* v's registers of AIA; aia.c. */
void aia_vcpu_reset(struct vcpu *v);
/* One of its kernel's instructions, of SYSTEM: false: no such register. */
bool aia_access(struct vcpu *v, u32 insn);

/* v's timer; timer.c. */
void timer_vcpu_init(struct vcpu *v);
void timer_vcpu_fini(struct vcpu *v);
void timer_vcpu_reset(struct vcpu *v);
void timer_vcpu_explain(const struct vcpu *v, struct vcpu_why *w);
/* With Sstc, the CPU's vstimecmp is the loaded VCPU's; without: the other. */
static ALWAYS_INLINE bool timer_has_sstc(void)
{
	return likely(vcpu_henvcfg & ENVCFG_STCE);
}
void timer_load_emulated(struct vcpu *v);
/* Rings for v, which is loaded here, at a time of its guest's. */
void timer_arm_emulated(struct vcpu *v, u64 timecmp);
static inline void timer_arm(struct vcpu *v, u64 timecmp)
{
	if (timer_has_sstc())
		csr_write(CSR_VSTIMECMP, timecmp);
	else
		timer_arm_emulated(v, timecmp);
}
/* v, which is loaded here, begins and ends to wait for an interrupt. */
void timer_wait_begin(struct vcpu *v);
static inline void timer_wait_end(struct vcpu *v)
{
	if (timer_has_sstc() && timer_is_set(&v->arch.timer))
		timer_cancel(&v->arch.timer);
}

#endif
