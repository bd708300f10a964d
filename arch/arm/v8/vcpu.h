/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of a VCPU's state that several files of this architecture touch. */
#ifndef VCPU_H
#define VCPU_H

#include "fpsimd.h"

#include <arch/sysreg.h>
#include <vmm/vcpu.h>

/* CPTR_EL2, Arm ARM D19.2.34: SVE, trace, activity monitors trap; so may FP. */
#define CPTR_GUEST	(0x33ffull | BIT64(20) | BIT64(30))
#define CPTR_TFP	BIT64(10)

/* HCR_EL2, Arm ARM D19.2.48 */
#define HCR_VM		BIT64(0)
#define HCR_SWIO	BIT64(1)
#define HCR_PTW		BIT64(2)
#define HCR_FMO		BIT64(3)
#define HCR_IMO		BIT64(4)
#define HCR_AMO		BIT64(5)
#define HCR_VSE		BIT64(8)
#define HCR_FB		BIT64(9)
#define HCR_BSU_INNER	BIT64(10)
#define HCR_TWI		BIT64(13)
#define HCR_TWE		BIT64(14)
#define HCR_TID3	BIT64(18)
#define HCR_TSC		BIT64(19)
#define HCR_TIDCP	BIT64(20)
#define HCR_TACR	BIT64(21)
#define HCR_RW		BIT64(31)
#define HCR_TLOR	BIT64(35)
#define HCR_TERR	BIT64(36)
#define HCR_APK		BIT64(40)
#define HCR_API		BIT64(41)

/* Its FP registers replace whoever's; fpsimd.h moves them. */
static inline void vcpu_fp_load(struct vcpu *v)
{
	sysreg_write(cptr_el2, CPTR_GUEST);
	isb();
	fpsimd_restore(&v->arch.fp);
	v->arch.fp_live = true;
}

/* They go into v->arch.fp, until the guest's next use of any. */
void vcpu_fp_put(struct vcpu *v);

/* What its debugger set, into the CPU and out of it; debug.c. */
void debug_load(const struct arch_debug *d);
void debug_put(void);
/* v, which has a debugger, goes on from v->arch.pc and pstate. */
void debug_service(struct vcpu *v);

/* Generic timers of v; timer.c. */
int timer_init_guests(void);
void timer_vcpu_init(struct vcpu *v);
void timer_vcpu_fini(struct vcpu *v);
void timer_vcpu_reset(struct vcpu *v);
void timer_vcpu_explain(const struct vcpu *v, struct vcpu_why *w);
/* Once cval is in the hardware, or in memory: when it is enabled. */
void timer_load_enabled(struct vcpu *v);
void timer_put_enabled(struct vcpu *v);
/* The emulated one, which is on: ARCH_ALSO_PTIMER. */
void timer_load_physical(struct vcpu *v);
void timer_put_physical(struct vcpu *v);
u64 timer_physical_read(struct vcpu *v, unsigned reg);
void timer_physical_write(struct vcpu *v, unsigned reg, u64 value);
enum { TIMER_TVAL, TIMER_CTL, TIMER_CVAL };

/* Features of this machine that guests may use. */
bool vcpu_has_pan(void);
bool vcpu_has_pauth(void);

/* HCR_EL2 for guests on this machine; constant once the first CPU is up. */
extern u64 vcpu_hcr;

/* AMAIR_EL1, AFSR0_EL1, AFSR1_EL1 hold what is written on some CPU. */
extern bool vcpu_has_aux;

/* Of the GICv3's CPU interface VMCR and one pair of APRs is all there is. */
extern bool vgic_v3_plain;

/* Identification registers as guests see them; idregs.c. */
void idregs_init(void);
/* index: CRm << 3 | op2 of op0 3, op1 0, CRn 0. */
#define IDREGS_COUNT	64
extern u64 idregs_values[IDREGS_COUNT];
static inline u64 idregs_read(unsigned index)
{
	return idregs_values[index % IDREGS_COUNT];
}

/* Active alternatives and mitigations, for people; patch.c. */
struct console;
void patch_describe(struct console *con);

#endif
