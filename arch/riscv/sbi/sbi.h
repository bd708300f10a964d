/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The firmware that guests call: RISC-V SBI 3.0.  One file for an extension
 * or for a few small ones; sbi.c has the table of them.
 */
#ifndef SBI_H
#define SBI_H

#include <arch/sbi.h>
#include <vmm/vcpu.h>

#include "pure/hart_mask.h"

/*
 * A function of an extension.  args: a0 to a6 at the call.  On v's thread,
 * interrupts masked, sepc past the call; may switch, may not return.
 */
typedef struct sbi_result sbi_function(struct vcpu *v, const u64 *args);

struct sbi_extension {
	u64 id;
	sbi_function *const *functions;		/* NULL: not supported */
	u64 count;
};

#define SBI_EXTENSION(number, table)					\
	{ .id = (number), .functions = (table), .count = ARRAY_LEN(table) }

extern const struct sbi_extension sbi_base, sbi_time, sbi_ipi, sbi_rfence,
	sbi_hsm, sbi_srst, sbi_pmu, sbi_dbcn, sbi_susp, sbi_sta, sbi_fwft;

/* By number, or NULL. */
const struct sbi_extension *sbi_find(u64 id);

/* Extensions 0 to 8 of SBI 0.1, which have no functions and one result. */
void sbi_legacy_call(struct vcpu *v);

static inline struct sbi_result sbi_error(s64 error)
{
	return (struct sbi_result){ .error = error };
}

static inline struct sbi_result sbi_value(u64 value)
{
	return (struct sbi_result){ .value = value };
}

/*
 * VCPUs of v's guest by mask, BIT64(index) each.  False: one of the harts
 * does not exist.
 */
bool sbi_harts(const struct vcpu *v, struct hart_mask mask, u64 *vcpus);

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
struct sbi_result sbi_suspend(struct vcpu *v, u64 entry, u64 argument);
void sbi_end(struct vcpu *v, bool reset, bool failed);

/* v begins anew; steal time's load and put. */
void sbi_vcpu_reset(struct vcpu *v);
void sbi_steal_load(struct vcpu *v);
void sbi_steal_put(struct vcpu *v);

#endif
