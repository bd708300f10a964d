// SPDX-License-Identifier: GPL-2.0-or-later
/* System reset, SBI 3.0 chapter 10. */

#include "sbi.h"

#include <vmm/guest.h>

enum { TYPE_SHUTDOWN, TYPE_COLD_REBOOT, TYPE_WARM_REBOOT, TYPE_COUNT };
enum { REASON_NONE, REASON_FAILURE, REASON_COUNT };

/* The caller's exit parks it. */
void sbi_end(struct vcpu *v, bool reset, bool failed)
{
	if (reset)
		vcpu_end_guest(v, GUEST_END_RESET, "reset by its guest%s",
			       failed ? " after a failure" : "");
	else
		vcpu_end_guest(v, GUEST_END_OFF, "powered off%s",
			       failed ? " after a failure" : "");
}

static sbi_answer system_reset(struct vcpu *v, const u64 *args)
{
	u32 type = (u32)args[0], reason = (u32)args[1];

	if (type >= TYPE_COUNT || reason >= REASON_COUNT)
		return sbi_error(SBI_ERR_INVALID_PARAM);
	sbi_end(v, type != TYPE_SHUTDOWN, reason == REASON_FAILURE);
	return sbi_error(SBI_ERR_FAILED);
}

const struct sbi_extension sbi_srst = SBI_EXTENSION(SBI_SRST, system_reset);
