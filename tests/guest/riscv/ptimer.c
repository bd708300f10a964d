// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The timer when its guest's clock stands: the test pauses the guest after
 * "armed", for longer than the timer has to run.  Then a reset while it is due,
 * after which it must not be.
 */
#include "guest.h"

#define MARK	(RAM_BASE + 0x1f00000)	/* what a reset leaves alone */
#define MAGIC	0x6d61726bu

static void in_pause(void)
{
	const uint64_t due = now() + 2 * TIMER_HZ;

	sbi(SBI_TIME, 0, due);
	print("armed\n");
	while (now() < due) {
		const bool early = timer_is_due();

		EXPECT(!early || now() >= due);
	}
	EXPECT_SOON(timer_is_due());
	sbi(SBI_TIME, 0, ~0ul);
	EXPECT(!timer_is_due());
}

void guest_main(void *tree)
{
	if (mmio_read32(MARK) == MAGIC) {
		EXPECT(!timer_is_due());
		pass();
	}
	in_pause();
	sbi(SBI_TIME, 0, 0);
	EXPECT_SOON(timer_is_due());
	mmio_write32(MARK, MAGIC);
	sbi(SBI_SRST, 0, 1, 0);
}
