// SPDX-License-Identifier: GPL-2.0-or-later
/* IPI extension, SBI 3.0 chapter 7. */

#include "sbi.h"

#include "vcpu.h"

#include <vmm/guest.h>

/* Those that are off have no state to pend in.  Waking many takes long. */
void sbi_ipi_send(struct vcpu *v, u64 vcpus)
{
	struct vcpu **next = v->guest->vcpus;

	for (; vcpus; vcpus >>= 1) {
		struct vcpu *target = *next++;

		if (!(vcpus & 1) || vcpu_power_state(target) != VCPU_ON)
			continue;
		vcpu_count_pair(v, target, PMU_IPI_SENT);
		vcpu_line_raise(target, HVIP_SOFT);
		if (likely(vcpus == 1))
			return;
		vcpu_interruptible_begin(v);
		vcpu_interruptible_end(v);
	}
}

static sbi_answer send_ipi(struct vcpu *v, const u64 *args)
{
	u64 vcpus = sbi_harts(v, args[0], args[1]);

	if (unlikely(vcpus == SBI_NO_HARTS))
		return sbi_error(SBI_ERR_INVALID_PARAM);
	sbi_ipi_send(v, vcpus);
	return sbi_error(SBI_SUCCESS);
}

const struct sbi_extension sbi_ipi = SBI_EXTENSION(SBI_IPI, send_ipi);
