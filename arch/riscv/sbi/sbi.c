// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls of the guest's firmware: to the function of the extension. */

#include "sbi.h"

#include "exits.h"

#include <vmm/guest.h>

/*
 * A perfect hash of extensions' numbers: multiplying by HASH_FACTOR spreads
 * them over the places.  Two in one place do not compile: try other factors.
 * Extensions that guests do not have fill the rest, so that none is NULL.
 */
#define HASH_BITS	4
#define HASH_FACTOR	0x1ce11eu
#define HASH(id)	((u32)(id) * HASH_FACTOR >> (32 - HASH_BITS))

static const struct sbi_extension nothing = SBI_EXTENSION(~0ull, sbi_other);

#define PLACE(id, extension)	[HASH(id)] = &(extension)

static const struct sbi_extension *const extensions[1 << HASH_BITS] = {
	PLACE(SBI_BASE, sbi_base), PLACE(SBI_TIME, sbi_time),
	PLACE(SBI_IPI, sbi_ipi), PLACE(SBI_RFENCE, sbi_rfence),
	PLACE(SBI_HSM, sbi_hsm), PLACE(SBI_SRST, sbi_srst),
	PLACE(SBI_DBCN, sbi_dbcn), PLACE(SBI_SUSP, sbi_susp),
	PLACE(SBI_PMU, sbi_pmu), PLACE(SBI_STA, sbi_sta),
	PLACE(SBI_FWFT, sbi_fwft), PLACE(SBI_CPPC, nothing),
	PLACE(SBI_NACL, nothing), PLACE(SBI_SSE, nothing),
	PLACE(SBI_DBTR, nothing), PLACE(SBI_MPXY, nothing),
};

sbi_answer sbi_probe_extension(struct vcpu *v, const u64 *args)
{
	const u64 id = args[0];
	const struct sbi_extension *e = extensions[HASH(id)];

	(void)v;
	return sbi_value(e->id == id ? e != &nothing :
				       id <= SBI_LEGACY_SHUTDOWN);
}

sbi_answer sbi_other(struct vcpu *v, const u64 *args)
{
	if (args[7] > SBI_LEGACY_SHUTDOWN)
		return sbi_error(SBI_ERR_NOT_SUPPORTED);
	return sbi_pair((u64)sbi_legacy_call(v, args), args[1]);
}

/* The function that v calls, also for who predicts that it is there. */
static ALWAYS_INLINE sbi_function *find(const u64 *x)
{
	const struct sbi_extension *e = extensions[HASH(x[17])];
	u64 number;

	__asm__("andi	%0, %1, %2"
		: "=r"(number) : "r"(x[16]), "i"(SBI_FUNCTION_COUNT - 1));
	if (unlikely(e->id != x[17] || number != x[16]))
		return sbi_other;
	return e->functions[number];
}

sbi_answer exit_sbi(struct vcpu *v)
{
	const u64 begin = cycles_read();
	const u64 *x = v->arch.regs->x;
	sbi_function *function = find(x);
	sbi_answer answer;
	u64 pc;

	pc = exit_step(4);
	answer = function(v, &x[10]);
	exit_account(v, EXIT_SBI, begin, pc);
	return answer;
}

static u64 all_vcpus(const struct guest *g)
{
	return ~0ull >> (64 - g->vcpu_count);
}

u64 sbi_harts_search(struct guest *g, struct hart_mask mask)
{
	const struct vcpu *target;
	u64 hart, vcpus = 0;

	if (mask.base == HART_MASK_ALL)
		return all_vcpus(g);
	while (mask.bits) {
		if (!hart_mask_take(&mask, &hart))
			return SBI_NO_HARTS;
		target = vcpu_by_hwid(g, hart);
		if (!target)
			return SBI_NO_HARTS;
		vcpus |= BIT64(target->index);
	}
	return vcpus;
}
