/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The firmware that guests call: RISC-V SBI 3.0.  One file for an extension
 * or for a few small ones; sbi.c has the table of them.
 */
#ifndef SBI_H
#define SBI_H

#include <arch/sbi.h>
#include <vmm/guest.h>

#include "pure/hart_mask.h"

/*
 * The guest's new a0, the error, and above it a1, the value: as one number,
 * which compilers keep in registers.
 */
typedef unsigned __int128 sbi_answer;

static inline sbi_answer sbi_pair(u64 a0, u64 a1)
{
	return (sbi_answer)a1 << 64 | a0;
}

static inline sbi_answer sbi_error(s64 error)
{
	return (u64)error;
}

static inline sbi_answer sbi_value(u64 value)
{
	return sbi_pair(SBI_SUCCESS, value);
}

/* A call: entry.S has saved only what C may change. */
sbi_answer exit_sbi(struct vcpu *v);

/*
 * A function of an extension.  args: a0 to a7 at the call.  On v's thread,
 * interrupts masked, sepc past the call; may switch, may not return.
 */
typedef sbi_answer sbi_function(struct vcpu *v, const u64 *args);

/* Of whatever is no function of an extension: legacy calls, and errors. */
sbi_function sbi_other;

#define SBI_FUNCTION_COUNT	8

struct sbi_extension {
	u64 id;
	sbi_function *functions[SBI_FUNCTION_COUNT];
};

/* number, and its functions from 0 on. */
#define SBI_EXTENSION(number, ...)					\
	{ .id = (number), .functions = { SBI_FIRST_8(__VA_ARGS__,	\
		sbi_other, sbi_other, sbi_other, sbi_other,		\
		sbi_other, sbi_other, sbi_other, sbi_other) } }
#define SBI_FIRST_8(a, b, c, d, e, f, g, h, ...)	a, b, c, d, e, f, g, h

extern const struct sbi_extension sbi_base, sbi_time, sbi_ipi, sbi_rfence,
	sbi_hsm, sbi_srst, sbi_pmu, sbi_dbcn, sbi_susp, sbi_sta, sbi_fwft;

/* Of the base extension: is that one there?  Where the table of them is. */
sbi_function sbi_probe_extension;

/* Extensions 0 to 8 of SBI 0.1, which have no functions: the new a0. */
s64 sbi_legacy_call(struct vcpu *v, const u64 *args);

/*
 * VCPUs of v's guest by a mask of harts and its base, BIT64(index) each, of
 * which the highest is nobody's.  SBI_NO_HARTS: one of them does not exist.
 * Most guests number their harts as we do VCPUs.
 */
#define SBI_NO_HARTS	(~0ull)
u64 sbi_harts_search(struct guest *g, struct hart_mask mask);
static ALWAYS_INLINE u64 sbi_harts(const struct vcpu *v, u64 bits, u64 base)
{
	struct guest *g = v->guest;

	if (likely(base < g->vcpu_count && !g->arch.harts_renumbered &&
		   !(bits >> (g->vcpu_count - base))))
		return bits << base;
	return sbi_harts_search(g, (struct hart_mask){ bits, base });
}

/* What several extensions do. */
void sbi_ipi_send(struct vcpu *v, u64 vcpus);
struct fence {
	enum fence_kind { FENCE_I, FENCE_VMA, FENCE_VMA_ASID } kind;
	struct fence_range range;
	u64 asid;
};
/* Done on all of them when it returns. */
void sbi_fence(struct vcpu *v, u64 vcpus, const struct fence *fence);
/* Waits, then goes on at entry as a hart that was started, a1: argument. */
sbi_answer sbi_suspend(struct vcpu *v, u64 entry, u64 argument);
void sbi_end(struct vcpu *v, bool reset, bool failed);

/* v begins anew; steal time's load and put, where it is counted. */
void sbi_vcpu_reset(struct vcpu *v);
void sbi_steal_load(struct vcpu *v);
void sbi_steal_put(struct vcpu *v);
void sbi_steal_wake(struct vcpu *v);
/* v is about to be woken.  Any CPU, interrupts masked. */
static inline void sbi_steal_begin(struct vcpu *v)
{
	if (unlikely(v->arch.steal.gpa != ~0ull))
		sbi_steal_wake(v);
}

#endif
