// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Firmware calls with random arguments, VCPUs turned on and off by each other
 * with nonsense entries, IPIs to everybody, timers that are always due.
 */
#include "hostile.h"

static void any_call(void)
{
	static const uint32_t functions[] = {
		0x84000000, 0x84000001, 0x84000003, 0xc4000003, 0x84000004,
		0xc4000004, 0x84000006, 0x8400000a, 0x84000012, 0x80000000,
		0x80000001, 0x80008000, 0xc4000001, 0x8400ffff,
	};
	uint64_t function = functions[below(14)];

	if (!below(4))
		function = any_value();
	if ((uint32_t)function - 0x84000008u < 2 && below(64))
		return;				/* off and reset, but rarely */
	if ((function | 0x40000000) == 0xc4000012 && below(64))
		return;
	sysreg_write(cntv_tval_el0, attack_ticks);	/* ends a suspend */
	sysreg_write(cntv_ctl_el0, 1);
	psci((uint32_t)function, below(2) ? below(9) : any_value(),
	     below(2) ? any_address() : any_value(), any_value());
}

static void timers(void)
{
	static const int64_t tvals[] = { 0, 1, -1, 10, 0x7fffffff };

	sysreg_write(cntv_tval_el0, tvals[below(5)]);
	sysreg_write(cntv_ctl_el0, below(4));
	sysreg_write(cntp_tval_el0, tvals[below(5)]);
	sysreg_write(cntp_ctl_el0, below(4));
	if (!below(16))
		sysreg_write(cntp_cval_el0, any_value());
}

static void ipis(void)
{
	uint64_t sgi = any() & 0x0f00ffff;

	if (!below(3))
		sgi |= 1ull << 40;
	if (!below(8))
		sgi = any();
	__asm__ volatile("msr S3_0_C12_C11_5, %0\n\tisb" :: "r"(sgi));
}

static void work(uint64_t index)
{
	static const uint32_t wfi = 0xd503207f, spin = 0xd503203f;
	static const uint64_t regs[31];

	for (;;) {
		watchdog_init();
		for (unsigned i = 0; i < 100; i++) {
			timers();
			ipis();
			if (!below(3))
				any_call();
			attack(below(32) ? &spin : &wfi, 1, regs, PSTATE_EL1H);
		}
		if (!index) {
			hostile_progress("storms");
			for (uint64_t n = 1; n < 8; n++)
				secondary_on(n);
		} else if (!below(100)) {
			guest_cpu_off();
		}
	}
}

void guest_secondary(uint64_t index)
{
	work(index);
}

void guest_main(void *tree)
{
	attack_ticks = counter_hz() / 50000;
	chance_begin(tree);
	work(0);
}
