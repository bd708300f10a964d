// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The physical timer (Arm ARM D11) when its guest's clock stands: the test
 * pauses the guest after "armed", for longer than the timer has to run.  Then
 * a reset while its line is high, after which it must be low.  GICv3.
 */
#include "guest.h"

#define ISPENDR0	(GICR_BASE + 0x10000 + 0x200)
#define PENDING		(1u << 30)
#define MARK		0x41f00000ul	/* what a reset leaves alone */
#define MAGIC		0x6d61726bu

static uint64_t physical(void)
{
	__asm__ volatile("isb");
	return sysreg_read(cntpct_el0);
}

static bool is_pending(void)
{
	return mmio_read32(ISPENDR0) & PENDING;
}

static void in_pause(void)
{
	uint64_t due = physical() + 2 * sysreg_read(cntfrq_el0);

	sysreg_write(cntp_cval_el0, due);
	sysreg_write(cntp_ctl_el0, 1);
	print("armed\n");
	while (physical() < due) {
		bool early = is_pending();

		EXPECT(!early || physical() >= due);
	}
	for (unsigned i = 0; i < 1000000 && !is_pending(); i++)
		;
	EXPECT(is_pending());
	sysreg_write(cntp_ctl_el0, 0);
	EXPECT(!is_pending());
}

void guest_main(void *tree)
{
	if (mmio_read32(MARK) == MAGIC) {
		EXPECT_EQ(sysreg_read(cntp_ctl_el0), 0);
		EXPECT(!is_pending());
		pass();
	}
	in_pause();
	sysreg_write(cntp_cval_el0, 0);
	sysreg_write(cntp_ctl_el0, 1);
	EXPECT(is_pending());
	mmio_write32(MARK, MAGIC);
	psci(PSCI_SYSTEM_RESET, 0, 0, 0);
}
