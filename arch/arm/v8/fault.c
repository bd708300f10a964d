// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Aborts of guests: accesses to emulated devices, and what is reflected as
 * the architecture would have it (Arm ARM D1.3.3 exception entry, D19.2.40
 * data abort syndrome).
 */

#include "exits.h"
#include "vcpu.h"

#include <vmm/guest.h>
#include <vmm/log.h>

#define ISS_SSE		BIT64(21)
#define ISS_SF		BIT64(15)
#define ISS_FNV		BIT64(10)
#define ISS_CM		BIT64(8)
#define ISS_S1PTW	BIT64(7)
#define ISS_WNR		BIT64(6)

#define FSC(esr)	((unsigned)(esr) & 0x3f)
#define FSC_KIND_MASK	0x3cu
#define FSC_KIND(esr)	((unsigned)(esr) & FSC_KIND_MASK)
#define FSC_TRANSLATION	0x04
#define FSC_ACCESS_FLAG	0x08
#define FSC_PERMISSION	0x0c
#define FSC_EXTERNAL	0x10
#define FSC_EXTERNAL_WALK	0x14

#define EC_INSTRUCTION_LOWER	0x20ull
#define EC_DATA_LOWER		0x24ull
#define EC_SAME_LEVEL		1ull	/* added to either */

#define PSR_MODE_MASK	0xfull
#define PSR_EL1T	0x4ull
#define PSR_EL1H	0x5ull
#define PSR_AARCH32	BIT64(4)
#define PSR_DAIF	0x3c0ull
#define PSR_KEPT	(0xf0000000ull | BIT64(24))	/* NZCV, DIT */
#define PSR_PAN		BIT64(22)
#define PSR_SSBS	BIT64(12)

#define SCTLR_SPAN	BIT64(23)
#define SCTLR_E0E	BIT64(24)
#define SCTLR_EE	BIT64(25)
#define SCTLR_DSSBS	BIT64(44)

#define VECTOR_SAME_SP0		0x000
#define VECTOR_SAME_SPX		0x200
#define VECTOR_LOWER_64		0x400
#define VECTOR_LOWER_32		0x600

static bool from_el0(u64 spsr)
{
	return !(spsr & PSR_MODE_MASK) || spsr & PSR_AARCH32;
}

static u64 vector_offset(u64 spsr)
{
	if (spsr & PSR_AARCH32)
		return VECTOR_LOWER_32;
	switch (spsr & PSR_MODE_MASK) {
	case PSR_EL1H:
		return VECTOR_SAME_SPX;
	case PSR_EL1T:
		return VECTOR_SAME_SP0;
	}
	return VECTOR_LOWER_64;
}

static u64 entry_pstate(u64 spsr)
{
	u64 sctlr = sysreg_read(sctlr_el1);
	u64 pstate = (spsr & (PSR_KEPT | PSR_PAN)) | PSR_DAIF | PSR_EL1H;

	if (!(sctlr & SCTLR_SPAN) && vcpu_has_pan())
		pstate |= PSR_PAN;
	if (sctlr & SCTLR_DSSBS)
		pstate |= PSR_SSBS;
	return pstate;
}

/* A synchronous exception to EL1, as if the guest's own CPU took it. */
static void enter_el1(u64 esr)
{
	u64 spsr = sysreg_read(spsr_el2);

	sysreg_write(esr_el1, esr);
	sysreg_write(elr_el1, sysreg_read(elr_el2));
	sysreg_write(spsr_el1, spsr);
	sysreg_write(elr_el2, sysreg_read(vbar_el1) + vector_offset(spsr));
	sysreg_write(spsr_el2, entry_pstate(spsr));
}

void fault_undefined(struct vcpu *v)
{
	(void)v;
	enter_el1(ESR_IL);
}

void fault_debug(u64 esr)
{
	enter_el1(esr);
}

/* An external abort, for what no RAM and no device answers. */
void fault_abort(struct vcpu *v, u64 esr, u64 far)
{
	u64 class = (u64)ESR_EC(esr);
	u64 iss = FSC_EXTERNAL;

	(void)v;
	if (!from_el0(sysreg_read(spsr_el2)))
		class += EC_SAME_LEVEL;
	if (esr & ISS_S1PTW)
		iss = FSC_EXTERNAL_WALK | (esr & 3);
	if (ESR_EC(esr) == EC_DATA_LOWER)
		iss |= esr & (ISS_WNR | ISS_CM);
	sysreg_write(far_el1, far);
	enter_el1(class << 26 | (esr & ESR_IL) | iss);
}

/*
 * HPFAR_EL2 holds the address for all but permission faults (D19.2.58);
 * for those the walk is done again.  False: it no longer translates.
 */
static bool fault_address(u64 esr, u64 far, gpa_t *out)
{
	u64 par, saved;

	if (FSC_KIND(esr) != FSC_PERMISSION || esr & ISS_S1PTW) {
		*out = GPA((sysreg_read(hpfar_el2) & ~0xfull) << 8 |
			   (far & 0xfff));
		return true;
	}
	saved = sysreg_read(par_el1);
	__asm__ volatile("at s1e1r, %0\n\tisb" :: "r"(far) : "memory");
	par = sysreg_read(par_el1);
	sysreg_write(par_el1, saved);
	*out = GPA((par & GENMASK64(47, 12)) | (far & 0xfff));
	return !(par & 1);
}

u64 fault_swap_bytes(u64 value, unsigned size)
{
	return __builtin_bswap64(value) >> (64 - 8 * size);
}

bool fault_is_big_endian(void)
{
	u64 spsr = sysreg_read(spsr_el2);

	if (spsr & PSR_AARCH32)
		return spsr & BIT64(9);
	return sysreg_read(sctlr_el1) &
	       (from_el0(spsr) ? SCTLR_E0E : SCTLR_EE);
}

static unsigned access_size(u64 esr)
{
	return 1u << (esr >> 22 & 3);
}

/* What a load into a register makes of the bytes. */
static NO_INLINE u64 extend(u64 value, u64 esr)
{
	unsigned unused = 64 - 8 * access_size(esr);

	if (!(esr & ISS_SSE))
		return value;
	value = (u64)((s64)(value << unused) >> unused);
	return esr & ISS_SF ? value : (u32)value;
}

static unsigned access_register(u64 esr)
{
	return esr >> 16 & 31;
}

static bool is_stage2_fault(u64 esr)
{
	unsigned kind = FSC_KIND(esr);

	return kind == FSC_TRANSLATION || kind == FSC_ACCESS_FLAG ||
	       kind == FSC_PERMISSION || !kind;
}

/* No syndrome, a page-table walk, a cache operation. */
static NO_INLINE void memory_fault(struct vcpu *v, u64 esr, gpa_t gpa)
{
	bool walk = esr & ISS_S1PTW, cache = esr & ISS_CM;
	bool write = esr & ISS_WNR && !walk && !cache;
	u64 pc = exit_pc();
	int rc = vcpu_memory_fault(v, gpa, write);

	if (!rc)
		return;
	if (rc == -ENOTSUP && !walk && !cache)
		rc = emulate_access(v, gpa);
	if (rc == -ENOTSUP)
		vcpu_log(v, "guest: %s/%u: pc 0x%llx: no instruction for a "
			 "device at 0x%llx", v->guest->name, v->index,
			 (unsigned long long)pc,
			 (unsigned long long)gpa.v);
	if (!rc || (cache && !walk))
		exit_advance(esr);
	else
		fault_abort(v, esr, sysreg_read(far_el2));
}

/*
 * A load or store whose syndrome says all about it, and its step.  Gives its
 * tally; 0: nothing answers.
 */
static u64 any_access(struct vcpu *v, u64 esr, gpa_t gpa)
{
	unsigned size = access_size(esr), rt = access_register(esr);
	bool big = fault_is_big_endian();
	struct vcpu_loaded loaded;
	u64 value;

	if (esr & ISS_WNR) {
		value = exit_register(v, rt);
		loaded.tally = vcpu_store(v, gpa, size, big ?
					  fault_swap_bytes(value, size) :
					  value);
	} else {
		loaded = vcpu_load(v, gpa, size);
		if (big)
			loaded.value = fault_swap_bytes(loaded.value, size);
		if (loaded.tally)
			exit_register_set(v, rt, extend(loaded.value, esr));
	}
	if (loaded.tally)
		exit_advance(esr);
	return loaded.tally;
}

/* The syndrome tells nothing of the instruction. */
static NO_INLINE void exit_undecoded(struct vcpu *v, u64 esr)
{
	u64 begin = cycles_read(), pc = exit_pc();
	u64 far = sysreg_read(far_el2);
	gpa_t gpa;

	if (!is_stage2_fault(esr))
		fault_abort(v, esr, far);
	else if (fault_address(esr, far, &gpa))
		memory_fault(v, esr, gpa);
	exit_account(v, EXIT_FAULT, begin, pc);
}

static NO_INLINE void exit_decoded(struct vcpu *v, u64 esr)
{
	u64 begin = cycles_read(), pc = exit_pc(), cycles, tally = 0;
	u64 far = sysreg_read(far_el2);
	gpa_t gpa;

	if (!is_stage2_fault(esr) ||
	    (fault_address(esr, far, &gpa) &&
	     !(tally = any_access(v, esr, gpa))))
		fault_abort(v, esr, far);
	cycles = exit_account(v, EXIT_MMIO, begin, pc);
	if (!tally)
		return;
	if (esr & ISS_WNR)
		vcpu_count_store(v, tally, cycles);
	else
		vcpu_count_load(v, tally, cycles);
}

/* A little-endian access of AArch64 code to what is not mapped. */
static ALWAYS_INLINE bool is_usual(u64 esr)
{
	return FSC_KIND(esr) == FSC_TRANSLATION &&
	       !(sysreg_read(spsr_el2) & PSR_AARCH32) &&
	       !(sysreg_read(sctlr_el1) & (SCTLR_EE | SCTLR_E0E));
}

static ALWAYS_INLINE gpa_t usual_address(void)
{
	return GPA((sysreg_read(hpfar_el2) & ~0xfull) << 8 |
		   (sysreg_read(far_el2) & 0xfff));
}

/* Nothing answers; gives where the load or store is. */
static NO_INLINE u64 usual_abort(struct vcpu *v, u64 esr)
{
	u64 pc = exit_pc();

	fault_abort(v, esr, sysreg_read(far_el2));
	return pc;
}

static NO_INLINE void usual_load(struct vcpu *v, u64 esr)
{
	u64 begin = cycles_read(), pc;
	struct vcpu_loaded loaded = vcpu_load(v, usual_address(),
					      access_size(esr));

	if (unlikely(!loaded.tally)) {
		pc = usual_abort(v, esr);
		loaded.tally = VCPU_TALLY_NONE;
	} else {
		if (unlikely(esr & ISS_SSE))
			loaded.value = extend(loaded.value, esr);
		exit_register_set(v, access_register(esr), loaded.value);
		pc = exit_step();
	}
	vcpu_count_load(v, loaded.tally,
			exit_account(v, EXIT_MMIO, begin, pc));
}

static NO_INLINE void usual_store(struct vcpu *v, u64 esr)
{
	u64 begin = cycles_read(), pc;
	u64 tally = vcpu_store(v, usual_address(), access_size(esr),
			       exit_register(v, access_register(esr)));

	if (unlikely(!tally)) {
		pc = usual_abort(v, esr);
		tally = VCPU_TALLY_NONE;
	} else {
		pc = exit_step();
	}
	vcpu_count_store(v, tally, exit_account(v, EXIT_MMIO, begin, pc));
}

void exit_data_abort(struct vcpu *v, u64 esr)
{
	if (unlikely(!(esr & ESR_ISV)))
		exit_undecoded(v, esr);
	else if (unlikely(!is_usual(esr)))
		exit_decoded(v, esr);
	else if (esr & ISS_WNR)
		usual_store(v, esr);
	else
		usual_load(v, esr);
}

void exit_instruction_abort(struct vcpu *v, u64 esr)
{
	u64 begin = cycles_read(), pc = exit_pc();
	u64 far = sysreg_read(far_el2);
	gpa_t gpa;

	if (!is_stage2_fault(esr))
		fault_abort(v, esr, far);
	else if (fault_address(esr, far, &gpa) &&
		 vcpu_memory_fault(v, gpa, false))
		fault_abort(v, esr, far);
	exit_account(v, EXIT_FAULT, begin, pc);
}
