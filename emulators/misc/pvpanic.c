// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a guest's kernel tells its panic (QEMU's docs/specs/pvpanic, binding
 * qemu,pvpanic-mmio): one register of events, which reads as those that it
 * understands.  A kernel that loads another one for its crash is told of only.
 */
#include <vmm/guest.h>
#include <vmm/log.h>
#include <vmm/vcpu.h>

enum { EVENTS = 0x00 };

#define PANICKED	BIT(0)
#define CRASH_LOADED	BIT(1)

static u64 events_read(void *state, const struct reg_context *c)
{
	(void)state, (void)c;
	return PANICKED | CRASH_LOADED;
}

static void events_write(void *state, const struct reg_context *c, u64 value)
{
	if (!c->vcpu)
		return;
	if (value & PANICKED)
		vcpu_end_guest(c->vcpu, GUEST_END_CRASH, "panic");
	else if (value & CRASH_LOADED)
		emu_log(state, c->vcpu, "guest: %s: panicked, its crash "
			"kernel goes on", c->vcpu->guest->name);
}

static const struct emu_reg regs[] = {
	{ .offset = EVENTS, .width = 1, .name = "EVENTS", .slot = EMU_NO_SLOT,
	  .read = events_read, .write = events_write },
};

static const struct emulator pvpanic = {
	.name = "pvpanic",
	.compatible = (const char *const[]){ "qemu,pvpanic-mmio", NULL },
	.state_size = sizeof(struct emu),
	.regs = regs,
	.reg_count = ARRAY_LEN(regs),
};
EMULATOR(pvpanic);
