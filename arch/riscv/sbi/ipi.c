// SPDX-License-Identifier: GPL-2.0-or-later
/* IPI extension, SBI 3.0 chapter 7. */

#include "sbi.h"

#include "vcpu.h"

#include <vmm/guest.h>

/* Those that are off have no state to pend in. */
void sbi_ipi_send(struct vcpu *v, u64 vcpus)
{
	struct guest *g = v->guest;

	for (unsigned i = 0; vcpus; i++, vcpus >>= 1) {
		if (!(vcpus & 1) || vcpu_power_state(g->vcpus[i]) != VCPU_ON)
			continue;
		vcpu_count_pair(v, g->vcpus[i], PMU_IPI_SENT);
		vcpu_line_raise(g->vcpus[i], HVIP_SOFT);
	}
}

static struct sbi_result send_ipi(struct vcpu *v, const u64 *args)
{
	const struct hart_mask mask = { args[0], args[1] };
	u64 vcpus;

	if (unlikely(!sbi_harts(v, mask, &vcpus)))
		return sbi_error(SBI_ERR_INVALID_PARAM);
	sbi_ipi_send(v, vcpus);
	return sbi_error(SBI_SUCCESS);
}

static sbi_function *const functions[] = { send_ipi };

const struct sbi_extension sbi_ipi = SBI_EXTENSION(SBI_IPI, functions);
