// SPDX-License-Identifier: GPL-2.0-or-later
/* Legacy extensions, SBI 3.0 chapter 5: a0 is the only result. */

#include "sbi.h"

#include "exits.h"
#include "vcpu.h"

#include "console.h"

#include <vmm/guest.h>

#define FAILED	(-1)

static s64 set_timer(struct vcpu *v, const u64 *args)
{
	v->arch.events[PMU_SET_TIMER]++;
	timer_arm(v, args[0]);
	return 0;
}

static s64 console_putchar(struct vcpu *v, const u64 *args)
{
	u8 byte = (u8)args[0];

	console_write(v, &byte, 1);
	return 0;
}

static s64 console_getchar(struct vcpu *v, const u64 *args)
{
	u8 byte;

	(void)args;
	return console_read(v, &byte, 1) ? byte : FAILED;
}

/* Positive: one was pending. */
static s64 clear_ipi(struct vcpu *v, const u64 *args)
{
	(void)args;
	return (s64)(csr_read_clear(CSR_HVIP, HVIP_SOFT) & HVIP_SOFT);
}

/*
 * The mask lies in the guest's memory, by its own translation; NULL: all.
 * What that faults with is the caller's, who is where it called.
 */
static bool read_harts(struct vcpu *v, u64 va, u64 *vcpus)
{
	u64 base = va ? 0 : HART_MASK_ALL, bits = 0, pc = csr_read(CSR_SEPC);

	if (va && !unprivileged_data(va, &bits)) {
		u64 cause = csr_read(CSR_SCAUSE);

		unprivileged_failed(pc - 4);
		fault_reflect(v, cause == CAUSE_LOAD_PAGE ? cause :
			      CAUSE_LOAD_ACCESS, va);
		return false;
	}
	*vcpus = 0;
	for (unsigned i = 0; i < v->guest->vcpu_count; i++) {
		u64 hwid = v->guest->vcpus[i]->hwid;

		if (base || (hwid < 64 && bits >> hwid & 1))
			*vcpus |= BIT64(i);
	}
	return true;
}

/* a0 as it was: the call has not been made yet. */
static s64 send_ipi(struct vcpu *v, const u64 *args)
{
	u64 vcpus;

	if (!read_harts(v, args[0], &vcpus))
		return (s64)args[0];
	sbi_ipi_send(v, vcpus);
	return 0;
}

static s64 remote(struct vcpu *v, const u64 *args, struct fence *f)
{
	u64 vcpus;

	if (f->kind != FENCE_I &&
	    !fence_range_parse(args[1], args[2], &f->range))
		return FAILED;
	if (!read_harts(v, args[0], &vcpus))
		return (s64)args[0];
	sbi_fence(v, vcpus, f);
	return 0;
}

static s64 remote_fence_i(struct vcpu *v, const u64 *args)
{
	return remote(v, args, &(struct fence){ .kind = FENCE_I });
}

static s64 remote_sfence_vma(struct vcpu *v, const u64 *args)
{
	return remote(v, args, &(struct fence){ .kind = FENCE_VMA });
}

static s64 remote_sfence_vma_asid(struct vcpu *v, const u64 *args)
{
	return remote(v, args, &(struct fence){
		.kind = FENCE_VMA_ASID, .asid = args[3],
	});
}

static s64 shutdown(struct vcpu *v, const u64 *args)
{
	(void)args;
	sbi_end(v, false, false);
	return 0;
}

static s64 (*const calls[])(struct vcpu *v, const u64 *args) = {
	[SBI_LEGACY_SET_TIMER] = set_timer,
	[SBI_LEGACY_PUTCHAR] = console_putchar,
	[SBI_LEGACY_GETCHAR] = console_getchar,
	[SBI_LEGACY_CLEAR_IPI] = clear_ipi,
	[SBI_LEGACY_SEND_IPI] = send_ipi,
	[SBI_LEGACY_FENCE_I] = remote_fence_i,
	[SBI_LEGACY_SFENCE_VMA] = remote_sfence_vma,
	[SBI_LEGACY_SFENCE_VMA_ASID] = remote_sfence_vma_asid,
	[SBI_LEGACY_SHUTDOWN] = shutdown,
};

s64 sbi_legacy_call(struct vcpu *v, const u64 *args)
{
	return calls[index_clamp(args[7], ARRAY_LEN(calls))](v, args);
}
