// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RFENCE extension, SBI 3.0 chapter 8.  VCPUs that a CPU holds are fenced
 * there, by our own firmware, which interrupts what we have masked; others
 * when they are loaded next.  That takes long of many.
 */

#include "sbi.h"

#include "vcpu.h"

#include <vmm/cpu.h>
#include <vmm/guest.h>

#define PAGE		4096ull

static void fence_local(const struct fence *f)
{
	const struct fence_range *r = &f->range;
	bool asid = f->kind == FENCE_VMA_ASID;

	if (f->kind == FENCE_I)
		fence_i();
	else if (!r->count && asid)
		hfence_vvma_asid(f->asid);
	else if (!r->count)
		hfence_vvma_all();
	for (u64 i = 0; i < r->count; i++) {
		if (asid)
			hfence_vvma_va_asid(r->start + i * PAGE, f->asid);
		else
			hfence_vvma(r->start + i * PAGE);
	}
}

/* By the firmware: of the VMID that this CPU has in hgatp. */
static void fence_cpu(const struct cpu *cpu, const struct fence *f)
{
	static const u8 functions[] = {
		[FENCE_I] = SBI_RFENCE_FENCE_I,
		[FENCE_VMA] = SBI_RFENCE_HFENCE_VVMA,
		[FENCE_VMA_ASID] = SBI_RFENCE_HFENCE_VVMA_ASID,
	};
	bool all = !f->range.count;

	sbi_call(&(struct sbi_call){
		.extension = SBI_RFENCE, .function = functions[f->kind],
		.args = { 1, cpu->hwid, all ? 0 : f->range.start,
			  all ? ~0ull : f->range.count * PAGE, f->asid },
	});
}

/*
 * Who is about to be loaded either finds the mark, or is found on its CPU:
 * arch_vcpu_load().
 */
static NO_INLINE void fence_other(struct vcpu *target, const struct fence *f)
{
	u32 on;

	__atomic_store_n(&target->arch.stale, true, __ATOMIC_SEQ_CST);
	on = __atomic_load_n(&target->arch.cpu, __ATOMIC_SEQ_CST);
	if (on && on != this_cpu()->index + 1)
		fence_cpu(&cpus[on - 1], f);
}

void sbi_fence(struct vcpu *v, u64 vcpus, const struct fence *f)
{
	static const u8 events[] = {
		[FENCE_I] = PMU_FENCE_I_SENT, [FENCE_VMA] = PMU_SFENCE_SENT,
		[FENCE_VMA_ASID] = PMU_SFENCE_ASID_SENT,
	};
	struct vcpu **next = v->guest->vcpus;

	for (; vcpus; vcpus >>= 1) {
		struct vcpu *target = *next++;

		if (!(vcpus & 1))
			continue;
		vcpu_count_pair(v, target, events[f->kind]);
		if (target == v)
			fence_local(f);
		else
			fence_other(target, f);
		if (likely(vcpus == 1))
			return;
		vcpu_interruptible_begin(v);
		vcpu_interruptible_end(v);
	}
}

static ALWAYS_INLINE sbi_answer remote(struct vcpu *v, const u64 *args,
				       enum fence_kind kind)
{
	u64 vcpus = sbi_harts(v, args[0], args[1]);
	struct fence f;

	if (unlikely(vcpus == SBI_NO_HARTS))
		return sbi_error(SBI_ERR_INVALID_PARAM);
	if (kind == FENCE_I)
		f.range.count = 0;
	else if (unlikely(!fence_range_parse(args[2], args[3], &f.range)))
		return sbi_error(SBI_ERR_INVALID_ADDRESS);
	f.kind = kind;
	f.asid = args[4];
	sbi_fence(v, vcpus, &f);
	return sbi_error(SBI_SUCCESS);
}

static sbi_answer remote_fence_i(struct vcpu *v, const u64 *args)
{
	return remote(v, args, FENCE_I);
}

static sbi_answer remote_sfence_vma(struct vcpu *v, const u64 *args)
{
	return remote(v, args, FENCE_VMA);
}

static sbi_answer remote_sfence_vma_asid(struct vcpu *v, const u64 *args)
{
	return remote(v, args, FENCE_VMA_ASID);
}

/* HFENCEs are for harts with H, which guests do not have. */
const struct sbi_extension sbi_rfence = SBI_EXTENSION(SBI_RFENCE,
	remote_fence_i, remote_sfence_vma, remote_sfence_vma_asid);
