// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SiFive's test finisher (binding sifive,test0; sifive,test1 can also reset):
 * a store of a command ends the guest.  Linux comes by syscon-poweroff and
 * syscon-reboot, whose nodes name the register and the value.
 */
#include <vmm/vcpu.h>

enum { FINISHER = 0x00 };

#define CODE_SHIFT	16	/* of a failure, above the command */

static const struct command {
	u16 value;
	enum guest_end end;
	const char *reason;
} commands[] = {
	{ 0x3333, GUEST_END_CRASH, "it told its test finisher a failure" },
	{ 0x5555, GUEST_END_OFF, "powered off by its test finisher" },
	{ 0x7777, GUEST_END_RESET, "reset by its test finisher" },
};

static void finish(void *state, const struct reg_context *c, u64 value)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *command = &commands[i];

		if (command->value != (u16)value || !c->vcpu)
			continue;
		if (command->end == GUEST_END_CRASH)
			vcpu_end_guest(c->vcpu, command->end, "%s: code %u",
				       command->reason,
				       (unsigned)(value >> CODE_SHIFT));
		else
			vcpu_end_guest(c->vcpu, command->end, "%s",
				       command->reason);
	}
}

static const struct emu_reg regs[] = {
	HOOK(FINISHER, .write = finish),
};

static const struct emulator sifive_test = {
	.name = "sifive-test",
	.compatible = (const char *const[]){ "sifive,test1", "sifive,test0",
					     NULL },
	.state_size = sizeof(struct emu),
	.regs = regs,
	.reg_count = ARRAY_LEN(regs),
};
EMULATOR(sifive_test);
