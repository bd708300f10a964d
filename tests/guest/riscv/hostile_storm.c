// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Firmware calls with random arguments, VCPUs turned on and off by each other
 * with nonsense entries, IPIs to everybody, timers that are always due.
 */
#include "hostile.h"

/* Legacy calls fault for what they can't read: nothing was done. */
bool guest_sync(uint64_t cause, struct frame *f)
{
	f->sepc += 4;
	return true;
}

static uint64_t any_extension(void)
{
	static const uint32_t extensions[] = {
		SBI_BASE, SBI_TIME, SBI_IPI, SBI_RFENCE, SBI_RFENCE, SBI_HSM,
		SBI_HSM, SBI_SRST, SBI_PMU, SBI_PMU, SBI_DBCN, SBI_SUSP,
		SBI_STA, SBI_FWFT, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
	};

	return below(8) ? extensions[below(24)] : any_value();
}

static uint64_t any_argument(void)
{
	switch (below(3)) {
	case 0:
		return below(9);
	case 1:
		return any_address();
	}
	return any_value();
}

static void any_call(void)
{
	const uint64_t extension = any_extension();
	uint64_t function = below(8) ? below(9) : any_value();

	if ((extension == SBI_SRST || extension == 8 ||
	     (extension == SBI_HSM && function == HSM_STOP)) && below(64))
		return;				/* off, but rarely */
	if (extension == SBI_HSM && function == HSM_START)
		function = HSM_STATUS;
	sbi(SBI_TIME, 0, now() + attack_ticks);	/* ends a suspend */
	csr_write(sie, SIP_TIMER);
	sbi(extension, function, any_argument(), any_argument(),
	    any_argument(), any_argument(), any_argument());
	csr_write(sie, 0);
}

static void timers(void)
{
	static const uint64_t later[] = { 0, 1, 10, 100, 10000 };

	sbi(SBI_TIME, 0, below(4) ? now() + later[below(5)] : any_value());
}

static void ipis(void)
{
	sbi(SBI_IPI, 0, below(2) ? below(256) : any_value(),
	    below(2) ? 0 : below(2) ? ~0ull : below(9));
}

static void nonsense_starts(void)
{
	for (uint64_t n = 1; n < MAX_VCPUS; n++) {
		if (below(16))
			secondary_on(n);
		else
			sbi(SBI_HSM, HSM_START, n, any_address(), any_value());
	}
}

static void work(uint64_t index)
{
	static const uint32_t wfi = 0x10500073, spin = 0x0000006f;
	static const uint64_t regs[31];

	for (;;) {
		for (unsigned i = 0; i < 100; i++) {
			timers();
			ipis();
			if (!below(3))
				any_call();
			attack(below(32) ? &spin : &wfi, 1, regs,
			       IN_SUPERVISOR);
		}
		if (!index) {
			hostile_progress("storms");
			nonsense_starts();
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
