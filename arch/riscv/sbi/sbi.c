// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls of the guest's firmware: to the function of the extension. */

#include "sbi.h"

#include "exits.h"

#include <vmm/guest.h>

/*
 * A perfect hash of the extensions' numbers: multiplying by HASH_FACTOR
 * spreads them over the places.  Two in one place do not compile: try other
 * factors.
 */
#define HASH_BITS	4
#define HASH_FACTOR	0x63cbu
#define HASH(id)	((u32)(id) * HASH_FACTOR >> (32 - HASH_BITS))

static const struct sbi_extension nothing = { .id = ~0ull };

#define PLACE(id, extension)	[HASH(id)] = &(extension)

static const struct sbi_extension *const extensions[1 << HASH_BITS] = {
	PLACE(SBI_BASE, sbi_base), PLACE(SBI_TIME, sbi_time),
	PLACE(SBI_IPI, sbi_ipi), PLACE(SBI_RFENCE, sbi_rfence),
	PLACE(SBI_HSM, sbi_hsm), PLACE(SBI_SRST, sbi_srst),
	PLACE(SBI_DBCN, sbi_dbcn), PLACE(SBI_SUSP, sbi_susp),
	PLACE(SBI_PMU, sbi_pmu), PLACE(SBI_STA, sbi_sta),
	PLACE(SBI_FWFT, sbi_fwft),
};

static ALWAYS_INLINE const struct sbi_extension *find(u64 id)
{
	const struct sbi_extension *e = extensions[HASH(id)];

	return likely(e && e->id == id) ? e : &nothing;
}

const struct sbi_extension *sbi_find(u64 id)
{
	const struct sbi_extension *e = find(id);

	return e == &nothing ? NULL : e;
}

static NO_INLINE void call_other(struct vcpu *v)
{
	u64 *x = v->arch.regs->x;

	if (x[17] <= SBI_LEGACY_SHUTDOWN) {
		sbi_legacy_call(v);
		return;
	}
	x[10] = (u64)SBI_ERR_NOT_SUPPORTED;
	x[11] = 0;
}

void exit_sbi(struct vcpu *v)
{
	u64 begin = cycles_read();
	u64 *x = v->arch.regs->x;
	const struct sbi_extension *e = find(x[17]);
	struct sbi_result r;
	u64 pc = exit_step(4);

	if (likely(x[16] < e->count && e->functions[x[16]])) {
		r = e->functions[x[16]](v, &x[10]);
		x[10] = (u64)r.error;
		x[11] = r.value;
	} else {
		call_other(v);
	}
	exit_account(v, EXIT_SBI, begin, pc);
}

static u64 all_vcpus(const struct guest *g)
{
	return ~0ull >> (64 - g->vcpu_count);
}

/* Most guests number their harts as we do VCPUs. */
static ALWAYS_INLINE const struct vcpu *by_hart(struct guest *g, u64 hart)
{
	if (likely(hart < g->vcpu_count && g->vcpus[hart]->hwid == hart))
		return g->vcpus[hart];
	return vcpu_by_hwid(g, hart);
}

bool sbi_harts(const struct vcpu *v, struct hart_mask mask, u64 *vcpus)
{
	struct guest *g = v->guest;
	const struct vcpu *target;
	u64 hart;

	*vcpus = 0;
	if (mask.base == HART_MASK_ALL) {
		*vcpus = all_vcpus(g);
		return true;
	}
	while (mask.bits) {
		if (!hart_mask_take(&mask, &hart))
			return false;
		target = by_hart(g, hart);
		if (!target)
			return false;
		*vcpus |= BIT64(target->index);
	}
	return true;
}
