// SPDX-License-Identifier: GPL-2.0-or-later
/* Between models of interrupt controllers, CPUs and devices with messages. */

#include <vmm/vpic.h>

#include <vmm/errno.h>
#include <vmm/guest.h>

const struct vpic_slots *vpic_slots;
const struct vpic_pins *vpic_pins;
const struct vpic_file_slots *vpic_file_slots;

void vpic_pins_sync(struct vpic *p, struct vcpu *v)
{
	vpic_pins->sync(v);
}

bool vpic_pins_pending(struct vpic *p, struct vcpu *v)
{
	return vpic_pins->pending(v);
}

int guest_msi(struct guest *g, u32 device, gpa_t address, u32 data)
{
	const struct region *r = aspace_find(&g->memory, address,
					     sizeof(data));

	if (!r || !r->emu || !r->emu->type->message)
		return -EFAULT;
	r->emu->type->message(r->emu, &(struct emu_message){
		.offset = address.v - r->base.v, .region = r->index,
		.device = device, .data = data,
	});
	return 0;
}
